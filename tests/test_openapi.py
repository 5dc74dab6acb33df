"""The API's document is a promise: it changes only when somebody means it, and says what every operation may answer."""

import difflib
import json
import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from ninja import Schema

from tests.endpoints import operations

SNAPSHOT = Path(__file__).parent / "snapshots/openapi.json"
RENEW = "SHANZHI_RENEW_SNAPSHOTS=1 .venv/bin/python -m pytest tests/test_openapi.py"
IDS = re.compile(r"^(id|.+_id|up_to)$")


@pytest.fixture
def document() -> dict[str, Any]:
    response = Client().get("/api/v1/openapi.json")
    assert response.status_code == 200
    assert response["Content-Type"] == "application/json"
    found: dict[str, Any] = response.json()
    return found


def each(document: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            yield f"{method.upper()} {path}", operation


def test_the_document_is_the_one_that_was_promised(document: dict[str, Any]) -> None:
    text = json.dumps(document, ensure_ascii=False, indent=1, sort_keys=True) + "\n"
    if os.environ.get("SHANZHI_RENEW_SNAPSHOTS") == "1":
        SNAPSHOT.write_text(text, encoding="utf-8")
    promised = SNAPSHOT.read_text(encoding="utf-8") if SNAPSHOT.exists() else ""
    if text != promised:
        changes = difflib.unified_diff(promised.splitlines(), text.splitlines(), "promised", "now", n=2, lineterm="")
        shown = "\n".join(list(changes)[:60])
        pytest.fail(
            "The API's document changed. If clients of today still work (nothing removed, nothing newly required), or "
            f"this was decided, renew the snapshot and commit it:\n  {RENEW}\n{shown}",
            pytrace=False,
        )


def test_the_document_tells_every_operation(document: dict[str, Any]) -> None:
    told = {f"{name.split()[0]} {re.sub(r'{[^}]+}', '{}', name.split()[1])}" for name, _ in each(document)}
    there = {f"{method} {re.sub(r'<[^>]+>', '{}', e.path)}" for e in operations() for method in e.methods}
    assert told == {re.sub(r"(\w)//", r"\1/", name) for name in there}


def test_every_operation_is_described_and_named_once(document: dict[str, Any]) -> None:
    names = [operation["operationId"] for _, operation in each(document)]
    assert sorted({name for name in names if names.count(name) > 1}) == []
    assert [name for name in names if not re.fullmatch(r"[a-z]+(_[a-z]+)+", name)] == []
    silent = [name for name, operation in each(document) if not (operation["summary"] and operation.get("description"))]
    assert silent == []


def test_every_operation_declares_its_refusals(document: dict[str, Any]) -> None:
    wrong = []
    for name, operation in each(document):
        statuses = set(operation["responses"])
        wanted = {"404", "422"}
        if operation.get("security") != []:
            wanted |= {"401", "403"}
        if name.startswith("POST"):
            wanted |= {"400", "409", "413", "429"}
        wrong += [(name, status) for status in sorted(wanted - statuses)]
        wrong += [(name, status) for status in statuses if status.startswith("5") and status != "503"]  # disk full
    assert wrong == []


def test_refusals_are_problems_and_the_token_is_declared(document: dict[str, Any]) -> None:
    assert document["components"]["securitySchemes"]["token"]["scheme"] == "bearer"
    assert document["security"] == [{"token": []}]
    for name, operation in each(document):
        for status, answer in operation["responses"].items():
            if int(status) >= 400:
                schema = answer["content"]["application/problem+json"]["schema"]
                assert schema == {"$ref": "#/components/schemas/Problem"}, (name, status)


def test_ids_are_strings(document: dict[str, Any]) -> None:
    """They have 63 bits; a JavaScript number has 53."""
    numbers = []
    for name, schema in document["components"]["schemas"].items():
        for field, said in schema.get("properties", {}).items():
            kinds = {said.get("type"), *(option.get("type") for option in said.get("anyOf", ()))}
            if IDS.match(field) and kinds & {"integer", "number"}:
                numbers.append(f"{name}.{field}")
    assert numbers == []


def test_a_county_has_six_digits(document: dict[str, Any]) -> None:
    for name, operation in each(document):
        (county,) = [p for p in operation["parameters"] if p["name"] == "county"]
        assert (county["schema"]["minimum"], county["schema"]["maximum"]) == (100_000, 999_999), name


def test_every_reference_leads_somewhere(document: dict[str, Any]) -> None:
    found = set(re.findall(r'"\$ref": "#/components/schemas/(\w+)"', json.dumps(document)))
    assert found <= set(document["components"]["schemas"])


def test_every_schema_of_ours_has_a_name_of_its_own() -> None:
    """The document knows schemas by name: of two with one name, one would describe the other's answers."""
    ours: dict[str, set[str]] = {}
    kinds = [Schema]
    while kinds:
        kind = kinds.pop()
        kinds += kind.__subclasses__()
        if kind.__module__.startswith("shanzhi."):
            ours.setdefault(kind.__name__, set()).add(kind.__module__)
    assert {name: modules for name, modules in ours.items() if len(modules) > 1} == {}

"""What the measurements of the field send, and what they refuse to call a result."""

import json
from pathlib import Path
from urllib.parse import parse_qs

import pytest
from django.test import Client
from django.urls import resolve

from bench import field
from bench.server import Broken
from bench.tests.test_cases import SITE
from shanzhi.cases.models import Case
from tests.cast import Cast


def test_the_village_is_the_one_of_the_first_reporter() -> None:
    path = field.village_path(SITE)
    assert resolve(path).kwargs["code"] == SITE["reporters"][0]["area"][:12]


def test_a_queued_form_is_the_form_of_the_phone() -> None:
    call = field.queued_call(SITE, {**SITE["reporters"][0], "cookie": "c"}, 3, "k" * 32)
    sent = parse_qs((call.body or b"").decode())
    assert (call.method, call.headers["X-Queued"]) == ("POST", "1")
    assert sent["idempotency_key"] == ["k" * 32]
    assert sent["asked"] == sent["kind"] == [field.KIND]
    assert f"csrf={field.CSRF}" in call.headers["Cookie"]
    assert sent["csrfmiddlewaretoken"] == [field.CSRF]


def test_the_product_takes_it_twice_and_opens_one_case(cast: Cast) -> None:
    worker, site = cast["grid_worker"], {"county": cast.county.id}
    signed = worker.client()
    cookie = signed.cookies["session"].value
    call = field.queued_call(site, {"area": cast.areas["g1"].code, "cookie": cookie}, 1, "k" * 32)
    browser = Client(enforce_csrf_checks=True)
    answers = []
    for _ in range(field.TIMES):
        headers = {name: value for name, value in call.headers.items() if name != "Content-Type"}
        answer = browser.post(call.path, call.body, call.headers["Content-Type"], headers=headers)
        assert answer.status_code == 200, answer.content.decode()
        answers.append(json.loads(answer.content)["number"])
    assert answers[0] == answers[1] == Case.objects.get().number


@pytest.mark.parametrize(
    ("answers", "words"),
    [
        ([{"a": {"1"}}, {"b": {"2", "3"}}], "not one case"),
        ([{"a": {"1"}}, {"b": {""}}], "not one case"),
        ([{"a": {"1"}}, {"b": {"1"}}], "1 cases of 2"),
        ([{"a": {"1"}}], "1 cases of 2"),
    ],
)
def test_twice_or_lost_is_no_result(answers: list[dict[str, set[str]]], words: str) -> None:
    with pytest.raises(Broken, match=words):
        field.once(answers, 2)


def test_each_one_case_is_a_result() -> None:
    field.once([{"a": {"1"}}, {"b": {"2"}}], 2)


def test_a_measure_that_nobody_asked_for_is_not_made() -> None:
    assert list(field.measures([], SITE, None)) == []  # type: ignore[arg-type]


def test_it_is_named_where_measures_are_chosen() -> None:
    text = (Path(field.__file__).parent / "__main__.py").read_text()
    assert all(f'"{name}"' in text for name in ("village_public_page", "queued_1000"))

"""Imports for programs: sent, watched, taken in."""

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from shanzhi.jobs.testing import drain
from shanzhi.people.models import RegisterImport, Resident
from shanzhi.people.tests.importing.lists import csv_bytes, row, send
from tests.cast import Cast

API = "/api/v1/341181/people/imports"


@pytest.fixture
def client(cast: Cast) -> Client:
    return cast["township_officer"].client()


def test_sent_watched_taken_in(client: Client) -> None:
    body = {"file": SimpleUploadedFile("名册.csv", csv_bytes([row(1), row(2, 姓名="")])), "as_of": "2026-01-01"}
    answer = client.post(API, body, headers={"Idempotency-Key": "one"})
    assert answer.status_code == 201
    made: dict[str, Any] = answer.json()
    assert made["state"] == "checking"
    drain()
    seen = client.get(f"{API}/{made['id']}").json()
    assert (seen["state"], seen["rows"], seen["new"], seen["bad"]) == ("checked", 2, 1, 1)
    faults = client.get(f"{API}/{made['id']}/faults").json()
    assert faults == {"items": [{"row": 3, "column": "姓名", "sentence": "姓名没有填，请补上"}], "next": None}
    taken = client.post(f"{API}/{made['id']}/applications", {"version": seen["version"]}, "application/json")
    assert taken.json()["state"] == "applying"
    drain()
    assert client.get(f"{API}/{made['id']}").json()["state"] == "applied"
    assert Resident.objects.count() == 1


def test_lists_newest_first(cast: Cast, client: Client) -> None:
    for _twice in range(2):
        send(cast, csv_bytes([row(1)]))
    found = client.get(API).json()
    assert [one["id"] for one in found["items"]] == [f"{one.id}" for one in RegisterImport.objects.order_by("-id")]
    assert found["next"] is None


def test_refusals(cast: Cast, client: Client) -> None:
    sent = send(cast, csv_bytes([row(1)]))
    other = cast["other_officer"].client()
    assert other.get(f"{API}/{sent.id}").status_code == 404
    assert other.get(f"{API}/{sent.id}/faults").status_code == 404
    assert cast["grid_worker"].client().get(API).status_code == 403
    stale = client.post(f"{API}/{sent.id}/applications", {"version": 99}, "application/json")
    assert (stale.status_code, stale.json()["code"]) == (409, "stale")
    nothing = client.post(API, {"as_of": "2026-01-01"})
    assert nothing.status_code == 422

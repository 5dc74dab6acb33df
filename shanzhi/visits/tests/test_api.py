"""The same for programs: by the services of the pages, names masked, refusals as problem+json."""

import json
from typing import Any

import pytest
from django.test import Client

from shanzhi.cases.models import Case
from shanzhi.people.tests.world import ago, today
from shanzhi.visits.models import Visit
from shanzhi.visits.tests.world import due, groups, make
from tests.cast import Cast

BASE = "/api/v1/341181/visits"
SAID = {"alone": {"health": "好", "food": "no"}}


@pytest.fixture
def worker(cast: Cast) -> Client:
    groups(cast)
    return cast["grid_worker"].client()


def post(client: Client, row: Any, **said: Any) -> Any:
    headers = {"Idempotency-Key": said.pop("key")} if "key" in said else {}
    return client.post(f"{BASE}/planned/{row.id}", json.dumps(said), content_type="application/json", headers=headers)


def test_whom_to_visit(cast: Cast, worker: Client) -> None:
    row = due(cast, on=ago(2))
    answer = worker.get(f"{BASE}/planned").json()
    assert answer == {
        "items": [
            {"resident": str(row.id), "name": "张*平", "groups": ["alone"], "due_on": str(ago(2)), "seen_on": None}
        ],
        "next": None,
    }
    assert worker.get(f"{BASE}/planned?after=x").status_code == 422


def test_a_visit_is_made_once_and_read_again(cast: Cast, worker: Client) -> None:
    row = due(cast, on=ago(2))
    said = {"outcome": "need", "note": "屋顶漏雨", "answers": SAID, "report": True}
    first = post(worker, row, **said, key="one")
    again = post(worker, row, **said, key="one")
    assert (first.status_code, again.status_code) == (201, 201)
    told = first.json()
    assert told == again.json()
    assert (told["on"], told["outcome"], told["name"], told["groups"]) == (str(today()), "need", "张*平", ["alone"])
    assert told["replies"] == [
        {"question": "身体怎么样", "answer": "好"}, {"question": "吃饭有没有困难", "answer": "没有"},
    ]  # fmt: skip
    assert told["case"] == Case.objects.get().number
    assert Visit.objects.count() == 1
    assert worker.get(BASE).json()["items"] == [told]


@pytest.mark.parametrize(
    ("said", "field"),
    [
        ({"outcome": "gone"}, "outcome"),
        ({"outcome": "need", "answers": SAID}, "note"),
        ({"outcome": "well"}, "q_alone_health"),
        ({"outcome": "well", "answers": SAID, "on": "2999-01-01"}, "on"),
        ({"outcome": "well", "answers": SAID, "report": True}, "report"),
        ({}, "body.outcome"),
        ({"outcome": "well", "answers": "好"}, "body.answers"),
    ],
)
def test_what_is_wrong_is_named_by_field(cast: Cast, worker: Client, said: dict[str, Any], field: str) -> None:
    answer = post(worker, due(cast), **said)
    assert answer.status_code == 422
    assert answer["Content-Type"] == "application/problem+json"
    assert field.removeprefix("body.") in {name.removeprefix("body.") for name in answer.json()["fields"]}
    assert not Visit.objects.exists()


@pytest.mark.parametrize(
    ("who", "status"),
    [("other_worker", 404), ("county_leader", 404), ("command_centre", 403), ("system_admin", 404), ("resident", 404)],
)
def test_who_may_not(cast: Cast, worker: Client, settings: Any, who: str, status: int) -> None:
    settings.SHANZHI_REQUIRE_TOTP = False
    answer = post(cast[who].client(), due(cast), outcome="absent")
    assert answer.status_code == status
    assert not Visit.objects.exists()


def test_lists_narrow(cast: Cast, worker: Client) -> None:
    first, second = due(cast), due(cast, name="李四", order=102)
    make(cast, first, on=ago(10))
    make(cast, second, "absent", by="village_clerk")
    clerk = cast["village_clerk"].client()

    def found(query: str) -> list[str]:
        return [item["name"] for item in clerk.get(f"{BASE}?{query}").json()["items"]]

    assert found("") == ["李*", "张*平"]
    assert found("outcome=absent") == ["李*"]
    assert found(f"last={ago(5)}") == ["张*平"]
    assert found(f"first={ago(5)}") == ["李*"]
    assert found("mine=true") == ["李*"]


def test_numbers(cast: Cast, worker: Client) -> None:
    row = due(cast, on=ago(1))
    due(cast, name="李四", order=102)
    make(cast, row, "absent")
    told = cast["county_leader"].client().get(f"{BASE}/counts").json()
    assert told["total"] == {"planned": 2, "in_time": 1, "in_time_rate": 50.0, "made": 1, "met": 0}
    places = {place["code"]: place["figures"] for place in told["places"]}
    assert places[cast.areas["t1"].code]["made"] == 1
    assert places[cast.areas["t2"].code] == {"planned": 0, "in_time": 0, "in_time_rate": None, "made": 0, "met": 0}
    assert worker.get(f"{BASE}/counts?first=2026-02-01&last=2026-01-01").status_code == 422
    assert worker.get(f"{BASE}/counts?area={cast.areas['t2'].code}").status_code == 404

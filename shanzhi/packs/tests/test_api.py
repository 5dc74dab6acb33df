"""Definitions through the API: the same rules as the pages, refusals as problem+json."""

from typing import Any

import pytest
from django.test import Client

from shanzhi.accounts.tests import factories as accounts
from shanzhi.accounts.tests.factories import Town, browser
from shanzhi.packs.models import Version
from shanzhi.packs.tests.factories import A, publish
from shanzhi.tenancy.models import County

pytestmark = pytest.mark.django_db
LAMP = "definitions/sample/lamp"


@pytest.fixture
def town(county_a: County) -> Town:
    return accounts.build_town(A)


@pytest.fixture
def desk(town: Town) -> Client:
    return browser(accounts.person(town, "system_admin", "county", "李系统"))


def put(client: Client, town: Town, body: Any, expected: Any = 0, path: str = LAMP, **more: Any) -> Any:
    said = {"body": body, "expected": expected, "note": more.pop("note", "改")}
    return client.put(town.api(path), said, content_type="application/json", **more)


def post(client: Client, town: Town, path: str, said: Any = None) -> Any:
    return client.post(town.api(path), said or {}, content_type="application/json")


def test_published_read_and_listed(town: Town, desk: Client) -> None:
    made = put(desk, town, {"label": "路灯", "limit": 7})
    assert made.status_code == 200, made.content
    assert made.json()["body"] == {"label": "路灯", "limit": 7}
    assert made.json()["published_by"] == "李系统"
    put(desk, town, {"label": "新路灯"}, 1)
    assert desk.get(town.api(LAMP)).json()["number"] == 2
    assert desk.get(town.api(f"{LAMP}?number=1")).json()["title"] == "路灯"
    publish("road", label="道路", origin="pack")
    rows = desk.get(town.api("definitions?family=sample&size=1")).json()
    assert [row["code"] for row in rows["items"]] == ["lamp"]
    rest = desk.get(town.api("definitions"), {"family": "sample", "size": 1, "after": rows["next"]}).json()
    assert [(row["code"], row["origin"]) for row in rest["items"]] == [("road", "pack")]
    assert desk.get(town.api("definitions?q=道")).json()["items"][0]["title"] == "道路"


def test_sent_twice_published_once(town: Town, desk: Client) -> None:
    key = {"HTTP_IDEMPOTENCY_KEY": "k"}
    first, second = (put(desk, town, {"label": "路灯"}, **key) for _ in range(2))
    assert first.json() == second.json()
    assert Version.objects.count() == 1
    other = put(desk, town, {"label": "别的"}, **key)
    assert (other.status_code, other.json()["code"]) == (422, "idempotency_key_reused")


def test_a_stale_number_is_a_conflict(town: Town, desk: Client) -> None:
    publish()
    answer = put(desk, town, {"label": "新"}, 0)
    assert (answer.status_code, answer.json()["code"]) == (409, "stale")


def test_mistakes_stand_by_their_path(town: Town, desk: Client) -> None:
    answer = put(desk, town, {"lable": "x", "limit": 1.5, "parts": [{"code": "A"}]})
    assert (answer.status_code, answer.json()["code"]) == (422, "definition_faulty")
    assert set(answer.json()["fields"]) == {"label", "lable", "limit", "parts.0.code", "parts.0.label"}
    unit = put(desk, town, {"label": "x", "units": ["无局"]})
    assert list(unit.json()["fields"]) == ["units.0"]
    assert not Version.objects.exists()


@pytest.mark.parametrize(
    ("path", "body", "status"),
    [("definitions/nosuch/lamp", {}, 404), ("definitions/sample/Lamp", {}, 422), (LAMP, [], 422), (LAMP, None, 422)],
)
def test_what_is_no_definition(town: Town, desk: Client, path: str, body: Any, status: int) -> None:
    assert put(desk, town, body, path=path).status_code == status


def test_a_note_and_a_number_are_needed(town: Town, desk: Client) -> None:
    assert put(desk, town, {"label": "x"}, note="").status_code == 422
    assert put(desk, town, {"label": "x"}, -1).status_code == 422
    assert put(desk, town, {"label": "x"}, 2**40).status_code == 422


def test_retired_and_brought_back(town: Town, desk: Client) -> None:
    publish()
    assert post(desk, town, f"{LAMP}/retirements", {"expected": 2}).status_code == 409
    gone = post(desk, town, f"{LAMP}/retirements", {"expected": 1})
    assert gone.json()["retired_at"] is not None
    assert desk.get(town.api("definitions")).json()["items"] == []
    assert len(desk.get(town.api("definitions?state=retired")).json()["items"]) == 1
    assert post(desk, town, f"{LAMP}/returns").json()["retired_at"] is None
    assert post(desk, town, "definitions/sample/other/returns").status_code == 404


def test_who_may_what(town: Town, county_b: County) -> None:
    publish()
    officer = browser(accounts.person(town, "township_officer", "town"))
    assert officer.get(town.api(LAMP)).status_code == 200
    assert put(officer, town, {"label": "新"}, 1).status_code == 403
    assert post(officer, town, f"{LAMP}/retirements", {"expected": 1}).status_code == 403
    assert browser().get(town.api(LAMP)).status_code == 401
    resident = browser(accounts.person(town, "resident", "village"))
    assert resident.get(town.api("definitions")).status_code == 403
    assert resident.get(f"/api/v1/{county_b.id}/definitions").status_code == 404

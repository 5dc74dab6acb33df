"""The API: the same services and selectors as the pages, with the refusals that programs read."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from shanzhi.accounts.services import token_issue
from shanzhi.lib.times import local
from shanzhi.staffing.models import Assignment, PhoneShown, RuleEntry
from tests.cast import Cast

BASE = "/api/v1/341181/staffing"


class Api:
    """The API as one of the cast, with a session of a browser and its token against forgery left out."""

    def __init__(self, cast: Cast, login: str) -> None:
        person = cast[login]
        issued = token_issue(actor=cast.actor("security_admin"), user_id=person.user.pk, name="试", days=30, key=None)
        self.headers = {"Authorization": f"Bearer {issued.secret}"}
        self.client = Client()

    def get(self, path: str, **query: str) -> Any:
        return self.client.get(BASE + path, query, headers=self.headers)

    def post(self, path: str, body: dict[str, Any], key: str = "") -> Any:
        headers = {**self.headers, **({"Idempotency-Key": key} if key else {})}
        return self.client.post(BASE + path, body, content_type="application/json", headers=headers)


@pytest.fixture
def clerk(cast: Cast) -> Api:
    return Api(cast, "village_clerk")


def day(shift: int = 0) -> str:
    return str(local(timezone.now()).date() + timedelta(days=shift))


def person(cast: Cast, **changes: Any) -> dict[str, Any]:
    return {"role": "police", "place": cast.areas["v1"].code, "name": "孙志平", "phone": "139-5550-1234",
            "organisation": "派出所", "valid_from": day(), **changes}  # fmt: skip


def test_the_life_of_an_assignment(cast: Cast, clerk: Api) -> None:
    made = clerk.post("/people", person(cast, valid_to=day(100)), key="k")
    assert made.status_code == 201
    told = made.json()
    assert (told["phone"], told["state"], told["version"]) == ("139****1234", "live", 1)
    assert clerk.post("/people", person(cast, valid_to=day(100)), key="k").json()["id"] == told["id"]
    path = f"/people/{told['id']}"
    fixed = clerk.post(f"{path}/corrections", {"name": "孙志萍", "version": 1}).json()
    assert (fixed["name"], fixed["phone"], fixed["organisation"]) == ("孙志萍", "139****1234", "")
    assert clerk.post(f"{path}/terms", {"valid_from": day(), "valid_to": day(50), "reason": "改短", "version": 2}).json()[
        "valid_to"] == day(50)  # fmt: skip
    assert clerk.post(f"{path}/renewals", {"valid_to": day(400), "version": 3}).json()["valid_to"] == day(400)
    gone = clerk.post(f"{path}/ends", {"reason": "调离", "version": 4}).json()
    assert (gone["state"], gone["ended_on"]) == ("ended", day())
    again = clerk.post(f"{path}/renewals", {"version": 5}).json()
    assert again["id"] != told["id"]
    assert again["valid_to"] is None
    assert clerk.get(path).json()["version"] == 5


@pytest.mark.parametrize(
    ("changes", "status", "field"),
    [
        ({"role": "leader"}, 422, "role"), ({"name": " "}, 422, "name"), ({"phone": "1"}, 422, "phone"),
        ({"valid_to": "2001-01-01"}, 422, "valid_to"), ({"place": "1"}, 422, "body.place"),
        ({"place": "341181102203"}, 404, ""),
    ],
)  # fmt: skip
def test_what_is_wrong_is_a_problem_with_its_field(
    cast: Cast, clerk: Api, changes: dict[str, Any], status: int, field: str
) -> None:
    refused = clerk.post("/people", person(cast, **changes))
    assert refused.status_code == status
    assert refused["Content-Type"] == "application/problem+json"
    if field:
        assert field in refused.json()["fields"]


def test_who_was_slower_is_told_409(cast: Cast, clerk: Api) -> None:
    told = clerk.post("/people", person(cast)).json()
    for path, body in (
        ("corrections", {"name": "x"}), ("terms", {"valid_from": day(), "reason": "x"}), ("renewals", {}),
        ("ends", {"reason": "x"}),
    ):  # fmt: skip
        refused = clerk.post(f"/people/{told['id']}/{path}", {**body, "version": 7})
        assert (refused.status_code, refused.json()["code"]) == (409, "stale")
    twice = clerk.post("/people", person(cast))
    assert (twice.status_code, twice.json()["code"]) == (409, "assigned_twice")


def test_a_number_is_given_for_a_purpose(cast: Cast, clerk: Api) -> None:
    told = clerk.post("/people", person(cast)).json()
    path = f"/people/{told['id']}/phone"
    assert clerk.post(path, {"purpose": "curiosity"}).status_code == 422
    assert clerk.post(path, {"purpose": "case"}).json() == {"phone": "13955501234"}
    assert PhoneShown.objects.count() == 1
    assert Api(cast, "auditor").post(path, {"purpose": "case"}).status_code == 403
    assert Api(cast, "other_clerk").post(path, {"purpose": "case"}).status_code == 404


def test_the_overview_and_the_vacancies_agree(cast: Cast, clerk: Api) -> None:
    api = Api(cast, "county_centre")
    told = api.get("/overview").json()
    assert told["place"]["headless"] == 3
    assert [row["name"] for row in told["below"]] == ["东镇", "西镇"]
    gaps = api.get("/vacancies").json()
    assert sum(row["missing"] for row in gaps["items"]) == told["place"]["missing"]
    assert gaps["total"] == len(gaps["items"])
    assert {row["role"] for row in api.get("/vacancies", role="chief").json()["items"]} == {"chief"}
    assert {row["level"] for row in api.get("/vacancies", level="grid").json()["items"]} == {"grid"}
    assert clerk.get("/overview").json()["place"]["name"] == "张庄村"
    assert clerk.get("/overview", area=cast.areas["v3"].code).status_code == 404
    assert api.get("/overview", on="1850-01-01").json()["code"] == "day_wrong"
    assert api.get("/overview", on=day(-400)).json()["on"] == day(-400)


def test_people_are_listed_by_pages_without_numbers(cast: Cast, clerk: Api) -> None:
    clerk.post("/people", person(cast))
    told = clerk.get("/people", role="police").json()
    assert [row["name"] for row in told["items"]] == ["孙志平"]
    assert "phone" not in told["items"][0]
    assert told["next"] is None
    assert clerk.get("/people", state="nonsense").status_code == 422
    assert clerk.get("/people", after="nonsense").json()["code"] == "cursor_invalid"
    assert clerk.get("/people", role="police", on=day(-1)).json()["items"] == []
    posts = clerk.get("/people", role="leader").json()["items"]
    assert [row["id"] for row in posts] == [""]


def test_who_is_responsible(cast: Cast, clerk: Api) -> None:
    clerk.post("/people", person(cast))
    told = Api(cast, "other_worker").post("/here", {"area": cast.areas["g1"].code}).json()
    assert [spot["level"] for spot in told["spots"]] == ["grid", "village", "township", "county"]
    assert "孙志平" in [one["name"] for one in told["spots"][1]["people"]]
    assert told["spots"][0]["vacant"] == ["网格指导员"]
    for body, status in (({}, 422), ({"lon": 1, "lat": 1}, 422), ({"area": "999999999999"}, 404), ({"lon": 999}, 422)):
        assert clerk.post("/here", body).status_code == status
    assert Api(cast, "resident").post("/here", {"area": cast.areas["g1"].code}).status_code == 403


def test_the_rule_is_read_and_changed(cast: Cast, clerk: Api) -> None:
    centre = Api(cast, "county_centre")
    assert {"level": "grid", "role": "instructor", "least": 2} in clerk.get("/rule").json()["levels"]
    body = {"role": "lawyer", "level": "village", "least": 1, "reason": "一村一法律顾问", "seen": 0}
    made = centre.post("/rule", body, key="r")
    assert made.status_code == 201
    assert centre.post("/rule", body, key="r").json()["number"] == 1
    assert centre.post("/rule", {**body, "least": 2}).json()["code"] == "stale"
    assert centre.post("/rule", {**body, "seen": 1}).json()["code"] == "rule_same"
    assert centre.post("/rule", {**body, "least": 1000}).status_code == 422
    told = clerk.get("/rule").json()
    assert [(row["number"], row["area"]) for row in told["entries"]] == [(1, None)]
    assert clerk.post("/rule", body).status_code == 403
    town = Api(cast, "command_centre")
    assert town.post("/rule", {**body, "least": 3, "seen": 1}).json()["code"] == "county_only"
    own = town.post("/rule", {"role": "worker", "place": cast.areas["g1"].code, "least": 2, "reason": "专属网格"})
    assert own.json()["area"]["code"] == cast.areas["g1"].code
    assert RuleEntry.objects.count() == 2


def test_the_number_lies_sealed_whoever_sent_it(cast: Cast, clerk: Api) -> None:
    clerk.post("/people", person(cast))
    assert Assignment.objects.get().phone == "13955501234"

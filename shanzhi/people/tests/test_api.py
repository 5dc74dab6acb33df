"""The operations: the same services, shapes of answers, refusals as problem+json, and nothing whole in any of them."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from shanzhi.people.models import Household, Look, Membership, Request, Resident, Stay
from shanzhi.people.tests.world import ago, dwelling, groups, household, id_number, member, resident, today
from tests.cast import Cast

BASE = "/api/v1/341181/people"
AWAY = "江苏省苏州市"


class Api:
    """One person of the cast with the browser's session; the guard of the operations is the matrix's matter."""

    def __init__(self, cast: Cast, who: str = "village_clerk") -> None:
        self.client = cast[who].client()

    def get(self, path: str) -> Any:
        return self.client.get(BASE + path)

    def post(self, path: str, body: Any = None, **headers: str) -> Any:
        return self.client.post(BASE + path, json.dumps(body or {}), content_type="application/json", headers=headers)


@pytest.fixture
def api(cast: Cast) -> Api:
    return Api(cast)


@pytest.fixture
def code(cast: Cast) -> Callable[[str], str]:
    return lambda name: cast.areas[name].code


def person(**changes: Any) -> dict[str, Any]:
    return {"name": "张小平", "paper_number": id_number(), "phone": "13955501234", "on": str(ago(30)), **changes}


def day(back: int = 0) -> str:
    return str(ago(back))


def test_somebody_new(api: Api, code: Callable[[str], str]) -> None:
    answer = api.post("/residents", person(lives=code("g1"), registered=code("v1")))
    assert answer.status_code == 201
    made = answer.json()
    assert (made["name"], made["population"], made["version"]) == ("张小平", "settled", 1)
    assert (made["lives"]["code"], made["registered"]["code"]) == (code("g1"), code("v1"))
    assert (made["phone"], made["paper_number"]) == ("139****1234", "9900**********" + id_number()[-4:])
    assert isinstance(made["id"], str)
    read = api.get(f"/residents/{made['id']}").json()
    assert [(stay["since"], stay["until"], stay["change"]) for stay in read["stays"]] == [(day(30), None, "first")]
    listed = api.get("/residents").json()
    assert [one["id"] for one in listed["items"]] == [made["id"]]
    assert listed["next"] is None


def test_a_known_number_is_a_problem_with_the_person(api: Api, cast: Cast, code: Callable[[str], str]) -> None:
    row = resident(cast, paper_number=id_number())
    answer = api.post("/residents", person(lives=code("g1"), registered=code("g1")))
    told = answer.json()
    assert (answer.status_code, told["code"], told["resident"]) == (409, "known_person", str(row.id))
    strange = Api(cast, "other_clerk").post("/residents", person(lives=code("g3"), registered=code("g3")))
    assert (strange.status_code, "resident" in strange.json()) == (409, False)


@pytest.mark.parametrize(
    ("said", "field"),
    [
        ({"lives": "x"}, "body.lives"), ({"on": "gestern"}, "body.on"), ({"name": "长" * 200}, "body.name"),
        ({"household": "abc"}, "body.household"), ({"paper_number": "1"}, "paper_number"), ({"lives": ""}, "lives"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_named(api: Api, code: Callable[[str], str], said: dict[str, Any], field: str) -> None:
    answer = api.post("/residents", person(**{"lives": code("g1"), "registered": code("g1"), **said}))
    assert answer.status_code == 422
    assert field in answer.json()["fields"]
    assert not Resident.objects.exists()


def test_a_key_works_once(api: Api, code: Callable[[str], str]) -> None:
    body = person(lives=code("g1"), registered=code("g1"))
    headers = {"Idempotency-Key": "k1"}
    first, again = (api.post("/residents", body, **headers).json() for _ in range(2))
    assert first["id"] == again["id"]
    other = api.post("/residents", {**body, "name": "别人"}, **headers)
    assert (other.status_code, other.json()["code"]) == (422, "idempotency_key_reused")


def test_events_one_after_the_other(api: Api, cast: Cast, code: Callable[[str], str]) -> None:
    row = resident(cast)
    path = f"/residents/{row.id}/events"
    left = api.post(path, {"version": 1, "event": "left", "on": day(20), "lives_elsewhere": AWAY, "note": "打工"})
    assert (left.status_code, left.json()["population"], left.json()["lives"]) == (200, "away", None)
    stale = api.post(path, {"version": 1, "event": "back", "on": day(), "lives": code("g1")})
    assert (stale.status_code, stale.json()["code"]) == (409, "stale")
    early = api.post(path, {"version": 2, "event": "back", "on": day(21), "lives": code("g1")})
    assert (early.status_code, list(early.json()["fields"])) == (422, ["on"])
    back = api.post(path, {"version": 2, "event": "back", "on": day(), "lives": code("g1")})
    assert back.json()["population"] == "settled"
    impossible = api.post(path, {"version": 3, "event": "moved-in", "on": day(), "lives": code("g1")})
    assert (impossible.status_code, impossible.json()["code"]) == (409, "impossible")
    taken = api.post(f"/residents/{row.id}/withdrawals", {"version": 3})
    assert taken.json()["population"] == "away"


def test_a_correction(api: Api, cast: Cast, code: Callable[[str], str]) -> None:
    row = resident(cast)
    stay = Stay.objects.get()
    said = {"version": 1, "since": day(500), "note": "户口本上写的", "lives": code("g4"), "registered": code("g1")}
    answer = api.post(f"/stays/{stay.id}/corrections", said)
    assert answer.status_code == 200
    told = answer.json()
    assert (told["since"], told["lives"]["code"], told["void"]) == (day(500), code("g4"), False)
    stays = api.get(f"/residents/{row.id}").json()["stays"]
    assert sorted((one["since"], one["void"]) for one in stays) == [(day(500), False), (day(400), True)]


def test_facts(api: Api, cast: Cast) -> None:
    row = resident(cast)
    answer = api.post(f"/residents/{row.id}/facts", {"version": 1, "name": "张晓平", "phone": "13800001234"})
    assert (answer.status_code, answer.json()["name"], answer.json()["phone"]) == (200, "张晓平", "138****1234")
    assert answer.json()["paper_number"].startswith("9900")


def test_a_dwelling_and_who_lives_there(api: Api, cast: Cast, code: Callable[[str], str]) -> None:
    body = {"place": code("g1"), "road": "张庄组", "door": "12号", "lon": 118.83, "lat": 32.66}
    made = api.post("/dwellings", body)
    assert made.status_code == 201
    told = made.json()
    assert (told["door"], told["lon"], told["lat"]) == ("***", 118.83, 32.66)
    twice = api.post("/dwellings", body)
    assert (twice.status_code, twice.json()["dwelling"]) == (409, told["id"])
    row = resident(cast, dwelling=int(told["id"]))
    full = api.get(f"/dwellings/{told['id']}").json()
    assert full["people"] == [{"id": str(row.id), "name": "张小平", "relation": "", "population": "settled"}]
    change = {**body, "door": "", "road": "李庄组", "version": 1}
    assert api.post(f"/dwellings/{told['id']}/changes", change).json()["road"] == "李庄组"
    torn = api.post(f"/dwellings/{told['id']}/demolitions", {"version": 2, "on": day()})
    assert (torn.status_code, torn.json()["code"]) == (409, "inhabited")
    assert [one["id"] for one in api.get("/dwellings").json()["items"]] == [told["id"]]
    assert api.get("/dwellings?gone=true").json()["items"] == []


def test_a_household_from_opening_to_closing(api: Api, cast: Cast, code: Callable[[str], str]) -> None:
    man, wife, son = (resident(cast, name=name) for name in ("张大", "李妻", "张儿"))
    made = api.post(
        "/households", {"place": code("g1"), "on": day(9), "members": {str(man.id): "0", str(wife.id): "1"}}
    )
    assert made.status_code == 201
    home = made.json()
    path = f"/households/{home['id']}"
    joined = api.post(f"{path}/members", {"resident": str(son.id), "relation": "2", "on": day()})
    assert joined.json()["household"] == home["id"]
    full = api.get(path).json()
    assert [(one["name"], one["relation"]) for one in full["members"]] == [("张大", "0"), ("李妻", "1"), ("张儿", "2")]
    listed = api.get("/households").json()["items"]
    assert [(one["head"], one["people"]) for one in listed] == [("张大", 3)]
    moved = api.post(f"{path}/events", {"version": 1, "event": "left", "on": day(), "lives_elsewhere": AWAY})
    assert [one["population"] for one in moved.json()] == ["away"] * 3
    head = api.post(f"{path}/heads", {"version": 1, "on": day(), "head": str(son.id), "relations": {str(man.id): "5"}})
    assert head.json()["version"] == 2
    new = api.post(f"{path}/splits", {"version": 2, "on": day(), "members": {str(wife.id): "0"}}).json()
    merged = api.post(f"/households/{new['id']}/merges", {"version": 1, "on": day(), "into": home["id"]})
    assert merged.json()["id"] == home["id"]
    for row in (man, wife, son):
        version = Resident.objects.get(id=row.id).version
        assert api.post(f"/residents/{row.id}/leavings", {"version": version, "on": day()}).status_code == 200
    version = Household.objects.get(id=int(home["id"])).version
    closed = api.post(f"{path}/closures", {"version": version, "on": day()})
    assert closed.json()["closed_on"] == day()
    assert len(api.get("/households?closed=true").json()["items"]) == 2


def test_care(api: Api, cast: Cast) -> None:
    groups(cast)
    row = resident(cast)
    begun = api.post(f"/residents/{row.id}/memberships", {"group": "alone", "since": day(9), "reason": "走访"})
    assert (begun.status_code, begun.json()["label"]) == (201, "独居老人")
    assert [one["group"] for one in api.get(f"/residents/{row.id}/memberships").json()] == ["alone"]
    assert api.get("/care").json()["items"][0] | {"late": 0} == {
        "code": "alone", "label": "独居老人", "people": 1, "late": 0, "visit_every_days": 30, "retention_days": 365,
    }  # fmt: skip
    assert [one["name"] for one in api.get("/care/alone").json()["items"]] == ["张小平"]
    assert api.get("/care/correction").status_code == 404
    strict = Api(cast, "township_officer")
    strict.post(f"/residents/{row.id}/memberships", {"group": "correction", "since": day(9), "reason": "司法所"})
    assert [one["name"] for one in strict.get("/care/correction").json()["items"]] == ["张*平"]
    ended = api.post(
        f"/memberships/{begun.json()['id']}/ends", {"version": 1, "until": day(), "reason": "子女回来"}
    )  # fmt: skip
    assert (ended.status_code, ended.json()["until"]) == (200, day())
    assert [one["group"] for one in api.get(f"/residents/{row.id}/memberships").json()] == ["alone"]


def test_a_whole_number_for_a_purpose(api: Api, cast: Cast) -> None:
    row = resident(cast)
    refused = api.post(f"/residents/{row.id}/reveals", {"field": "phone", "purpose": "fun"})
    assert (refused.status_code, list(refused.json()["fields"])) == (422, ["purpose"])
    told = api.post(f"/residents/{row.id}/reveals", {"field": "phone", "purpose": "case"}).json()
    assert told == {"value": "13955501234", "seconds": 60}
    looks = api.get(f"/residents/{row.id}/looks").json()["items"]
    assert [(one["what"], one["fields"], one["purpose"]) for one in looks] == [("revealed", "电话", "case")]


def test_requests(api: Api, cast: Cast) -> None:
    row = resident(cast)
    asked = api.post(f"/residents/{row.id}/requests", {"kind": "explain", "text": "为什么"}).json()
    assert (asked["state"], asked["resident"]) == ("open", str(row.id))
    assert api.get(f"/requests/{asked['id']}").json()["text"] == "为什么"
    done = api.post(f"/requests/{asked['id']}/decisions", {"version": 1, "done": True, "answer": "已解释。"})
    assert done.json()["state"] == "done"
    assert [one["id"] for one in api.get("/requests?state=done").json()["items"]] == [asked["id"]]
    assert api.get("/requests?state=open").json()["items"] == []
    kept = api.post(f"/residents/{row.id}/erasures", {"version": 1})
    assert (kept.status_code, kept.json()["code"]) == (409, "must_keep")
    wish = api.post(f"/residents/{row.id}/requests", {"kind": "erase", "text": "登错了"}).json()
    gone = api.post(
        f"/residents/{row.id}/erasures",
        {"version": 1, "mistaken": True, "request": wish["id"], "request_version": wish["version"]},
    )
    assert gone.status_code == 204
    assert not Resident.objects.exists()
    assert Request.objects.get(id=int(wish["id"])).state == "done"


def test_counts_of_a_day(api: Api, cast: Cast, code: Callable[[str], str]) -> None:
    resident(cast, on=ago(50))
    now = api.get(f"/counts?area={code('v1')}").json()
    assert (now["on"], now["figures"]["living"], now["area"]["code"]) == (str(today()), 1, code("v1"))
    assert [(row["area"]["code"], row["figures"]["settled"]) for row in now["below"]] == [
        (code("g1"), 1),
        (code("g4"), 0),
    ]
    assert api.get(f"/counts?on={day(51)}").json()["figures"]["living"] == 0
    for bad in (str(today().replace(year=today().year + 1)), "1800-01-01"):
        assert api.get(f"/counts?on={bad}").status_code == 422
    assert Api(cast, "auditor").get("/counts").json()["figures"]["living"] == 1
    assert Api(cast, "auditor").get("/residents").status_code == 403


def test_lists_page_and_filter(api: Api, cast: Cast, code: Callable[[str], str]) -> None:
    for number in range(52):
        resident(cast, name=f"某{number:02}", order=200 + number)
    first = api.get("/residents?population=settled&sex=&age=60-79").json()
    assert len(first["items"]) == 50
    rest = api.get(f"/residents?population=settled&age=60-79&after={first['next']}").json()
    assert [one["name"] for one in rest["items"]] == ["某50", "某51"]
    assert "某" not in first["next"]
    assert api.get("/residents?after=nonsense").status_code == 422
    assert api.get(f"/residents?area={code('v3')}").status_code == 404
    assert api.get("/residents?tab=registered&population=away").json()["items"] == []


def test_no_answer_says_a_number_whole(api: Api, cast: Cast) -> None:
    groups(cast)
    home = dwelling(cast, door="特别门牌77")
    row = resident(cast, dwelling=home.id)
    house = household(cast, {row: "0"})
    member(cast, row)
    for path in ("/residents", f"/residents/{row.id}", "/dwellings", f"/dwellings/{home.id}", "/households",
                 f"/households/{house.id}", "/care", "/care/alone", f"/residents/{row.id}/memberships",
                 f"/residents/{row.id}/looks", "/requests", "/counts"):  # fmt: skip
        answer = api.get(path)
        assert answer.status_code == 200, path
        for whole in (row.paper_number, "13955501234", "特别门牌77"):
            assert whole not in answer.content.decode(), path
    assert Membership.objects.count() == 1
    assert Look.objects.filter(what="opened").count() == 1


@pytest.mark.parametrize("path", ["/residents/{}", "/dwellings/{}", "/households/{}", "/requests/{}"])
@pytest.mark.parametrize("number", ["5", str(2**62), "9" * 19, "0"])
def test_what_is_not_there(api: Api, path: str, number: str) -> None:
    assert api.get(path.format(number)).status_code in (404, 422)

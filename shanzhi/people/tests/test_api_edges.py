"""The operations at their edges: each key once, the right row in the answer, refusals that tell nothing."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from shanzhi.people.models import (
    Dwelling,
    Household,
    Look,
    Membership,
    Request,
    Resident,
    Stay,
)
from shanzhi.people.selectors.residents import PeopleFilter, resident_page
from shanzhi.people.services import request_take
from shanzhi.people.tests.test_api import Api, person
from shanzhi.people.tests.test_pages import url, words
from shanzhi.people.tests.world import ago, dwelling, groups, happen, household, member, resident, today
from shanzhi.trail.models import Entry
from tests.cast import Cast

AWAY = "江苏省苏州市"
MODELS = (Resident, Stay, Dwelling, Household, Membership, Look, Request, Entry)


@pytest.fixture
def api(cast: Cast) -> Api:
    return Api(cast)


class World:
    """One of each, so that every operation has something to be done to."""

    def __init__(self, cast: Cast) -> None:
        groups(cast)
        self.code = cast.areas["g1"].code
        self.home = dwelling(cast)
        self.man, self.wife = resident(cast, name="张大"), resident(cast, name="李妻")
        self.free = resident(cast, name="王自由")
        self.house, self.empty = household(cast, {self.man: "0", self.wife: "1"}), household(cast)
        self.care = member(cast, self.free)
        self.asked = request_take(actor=cast.actor("village_clerk"), resident=self.free.id, kind="copy")
        self.stay = Stay.objects.get(resident=self.free)


@pytest.fixture
def world(cast: Cast) -> World:
    return World(cast)


DAY = str(today())
WRITES: dict[str, Callable[[World], tuple[str, dict[str, Any]]]] = {
    "resident": lambda w: ("/residents", person(lives=w.code, registered=w.code)),
    "facts": lambda w: (f"/residents/{w.free.id}/facts", {"version": 1, "name": "王晓"}),
    "event": lambda w: (
        f"/residents/{w.free.id}/events", {"version": 1, "event": "left", "on": DAY, "lives_elsewhere": AWAY},
    ),
    "correction": lambda w: (
        f"/stays/{w.stay.id}/corrections",
        {"version": 1, "since": str(ago(390)), "note": "错", "lives": w.code, "registered": w.code},
    ),
    "leave": lambda w: (f"/residents/{w.wife.id}/leavings", {"version": 2, "on": DAY}),
    "take_back": lambda w: (f"/residents/{w.wife.id}/withdrawals", {"version": 2}),
    "dwelling": lambda w: ("/dwellings", {"place": w.code, "road": "李庄组", "door": "1号"}),
    "dwelling_change": lambda w: (
        f"/dwellings/{w.home.id}/changes", {"place": w.code, "road": "王庄组", "version": 1},
    ),
    "dwelling_gone": lambda w: (f"/dwellings/{w.home.id}/demolitions", {"version": 1, "on": DAY}),
    "household": lambda w: ("/households", {"place": w.code, "on": DAY, "members": {str(w.free.id): "0"}}),
    "join": lambda w: (
        f"/households/{w.house.id}/members", {"resident": str(w.free.id), "relation": "8", "on": DAY},
    ),
    "head": lambda w: (f"/households/{w.house.id}/heads", {"version": 1, "on": DAY, "head": str(w.wife.id)}),
    "split": lambda w: (
        f"/households/{w.house.id}/splits", {"version": 1, "on": DAY, "members": {str(w.wife.id): "0"}},
    ),
    "merge": lambda w: (f"/households/{w.house.id}/merges", {"version": 1, "on": DAY, "into": str(w.empty.id)}),
    "close": lambda w: (f"/households/{w.empty.id}/closures", {"version": 1, "on": DAY}),
    "household_event": lambda w: (
        f"/households/{w.house.id}/events", {"version": 1, "event": "left", "on": DAY, "lives_elsewhere": AWAY},
    ),
    "care": lambda w: (
        f"/residents/{w.man.id}/memberships", {"group": "alone", "since": DAY, "reason": "走访"},
    ),
    "care_end": lambda w: (f"/memberships/{w.care.id}/ends", {"version": 1, "until": DAY, "reason": "好了"}),
    "reveal": lambda w: (f"/residents/{w.man.id}/reveals", {"field": "phone", "purpose": "case"}),
    "request": lambda w: (f"/residents/{w.man.id}/requests", {"kind": "looks"}),
    "decide": lambda w: (f"/requests/{w.asked.id}/decisions", {"version": 1, "done": False, "answer": "不是本人"}),
}  # fmt: skip


@pytest.mark.parametrize("name", WRITES)
def test_an_answer_that_was_lost_is_given_again_and_nothing_is_done_twice(api: Api, world: World, name: str) -> None:
    path, body = WRITES[name](world)
    headers = {"Idempotency-Key": "k"}
    first = api.post(path, body, **headers)
    assert first.status_code in (200, 201), first.content.decode()
    rows = {model: model._default_manager.count() for model in MODELS}
    again = api.post(path, body, **headers)
    assert (again.status_code, again.json()) == (first.status_code, first.json())
    assert {model: model._default_manager.count() for model in MODELS} == rows


@pytest.mark.parametrize("name", WRITES)
def test_whoever_has_no_part_in_it_is_told_nothing(cast: Cast, world: World, name: str) -> None:
    """The other village's clerk: not there, or not for them; never a name, and nothing changes."""
    path, body = WRITES[name](world)
    before = {model: sorted(model._default_manager.values_list("id", flat=True)) for model in MODELS}
    answer = Api(cast, "other_clerk").post(path, body)
    assert answer.status_code in (403, 404, 422)
    assert answer["Content-Type"] == "application/problem+json"
    told = answer.content.decode()
    assert not [name for name in ("张大", "李妻", "王自由", "13955501234") if name in told]
    assert {model: sorted(model._default_manager.values_list("id", flat=True)) for model in MODELS} == before


@pytest.mark.parametrize("name", sorted(set(WRITES) - {"care", "care_end", "reveal"}))
def test_whoever_may_only_look_changes_nothing(cast: Cast, world: World, name: str) -> None:
    path, body = WRITES[name](world)
    before = Entry.objects.count()
    answer = Api(cast, "branch_secretary").post(path, body)
    if name == "decide":  # requests lie with the offices: for anybody else there are none
        assert answer.status_code == 404
    else:
        assert (answer.status_code, answer.json()["status"]) == (403, 403)
    assert Entry.objects.count() == before


STALE = sorted(
    {"facts", "event", "correction", "leave", "take_back", "dwelling_change", "dwelling_gone", "head", "split",
     "merge", "close", "care_end", "decide"}
)  # fmt: skip


@pytest.mark.parametrize("name", STALE)
def test_whoever_saw_an_older_version_is_refused(api: Api, world: World, name: str) -> None:
    path, body = WRITES[name](world)
    answer = api.post(path, {**body, "version": 77})
    assert (answer.status_code, answer.json()["code"]) == (409, "stale")
    assert "看最新的再改" in answer.json()["detail"]


def test_of_two_moves_the_one_that_was_corrected_is_answered(api: Api, cast: Cast) -> None:
    """The answer is the entry that was mended, not another of the same kind."""
    row, code = resident(cast), {name: cast.areas[name].code for name in ("g1", "g4")}
    happen(cast, row, "moved", lives=code["g4"], on=ago(200))
    happen(cast, row, "moved", lives=code["g1"], on=ago(100))
    older = Stay.objects.get(resident=row, change="moved", since=ago(200))
    said = {"version": 3, "since": str(ago(210)), "note": "早十天", "lives": code["g4"], "registered": code["g1"]}
    told = api.post(f"/stays/{older.id}/corrections", said).json()
    assert (told["since"], told["until"], told["lives"]["code"]) == (str(ago(210)), str(ago(100)), code["g4"])
    assert told["id"] == str(Stay.objects.get(since=ago(210)).id)


def test_a_deletion_answers_only_what_this_person_asked(api: Api, cast: Cast) -> None:
    """A guessed id with a fitting version must not close the request of somebody else, nor of another village."""
    gone, other = resident(cast, name="登错了"), resident(cast, name="别人", by="other_clerk", place="g3")
    wish = request_take(actor=cast.actor("other_clerk"), resident=other.id, kind="erase", text="请删除")
    said = {"version": 1, "mistaken": True, "request": str(wish.id), "request_version": 0}
    refused = api.post(f"/residents/{gone.id}/erasures", said)
    assert (refused.status_code, refused.json()["code"]) == (409, "other_request")
    wish.refresh_from_db()
    assert (wish.state, wish.text, wish.version) == ("open", "请删除", 1)
    assert Resident.objects.filter(id=gone.id).exists()
    assert api.post(f"/residents/{gone.id}/erasures", {**said, "request": ""}).status_code == 204


def test_a_request_that_was_decided_is_not_answered_by_a_deletion(api: Api, cast: Cast) -> None:
    row = resident(cast)
    wish = api.post(f"/residents/{row.id}/requests", {"kind": "erase", "text": "登错了"}).json()
    api.post(f"/requests/{wish['id']}/decisions", {"version": 1, "done": False, "answer": "还住在本村"})
    said = {"version": 1, "mistaken": True, "request": wish["id"], "request_version": 2}
    answer = api.post(f"/residents/{row.id}/erasures", said)
    assert (answer.status_code, answer.json()["code"]) == (409, "request_decided")
    assert Request.objects.get().answer == "还住在本村"


def test_lists_and_pages_say_the_same(api: Api, cast: Cast, world: World) -> None:
    clerk = cast["village_clerk"].client()
    for query in ("", "tab=registered", "population=settled", "age=60-79", "care=alone", "sex=1", "sex=2"):
        items = api.get(f"/residents?{query}").json()["items"]
        wanted = PeopleFilter(**dict(part.split("=") for part in query.split("&") if part))
        rows = resident_page(cast.actor("village_clerk"), cast.areas["v1"], wanted, today=today()).rows
        assert [one["id"] for one in items] == [str(row.id) for row in rows]
        page = words(clerk.get(f"{url('list')}?{query}"))
        assert {name: name in page for name in ("张大", "李妻", "王自由")} == {
            name: name in {one["name"] for one in items} for name in ("张大", "李妻", "王自由")
        }
    read = api.get(f"/residents/{world.man.id}").json()
    for said in (read["phone"], read["paper_number"]):
        assert said in words(clerk.get(url("resident", world.man.id)))


def test_what_is_told_of_a_person_of_another_place_is_the_same_as_of_nobody(api: Api, cast: Cast) -> None:
    far = resident(cast, by="other_clerk", place="g3")
    for path in ("", "/memberships", "/looks"):
        here, nowhere = api.get(f"/residents/{far.id}{path}"), api.get(f"/residents/77{path}")
        assert here.status_code == nowhere.status_code == 404
        drop = {"instance", "trace", "request_id"}
        assert {k: v for k, v in here.json().items() if k not in drop} == {
            k: v for k, v in nowhere.json().items() if k not in drop
        }
    assert not Look.objects.filter(resident_id=far.id).exists()


def test_a_body_is_held_against_its_shape(api: Api, world: World) -> None:
    path = f"/residents/{world.free.id}/events"
    for said in (
        {"version": -1, "event": "died", "on": DAY}, {"version": 2**31, "event": "died", "on": DAY},
        {"version": 1, "event": "died"}, {"version": "一", "event": "died", "on": DAY},
        {"version": 1, "event": "x" * 21, "on": DAY}, {"version": 1, "event": "left", "on": "2026-02-30"},
    ):  # fmt: skip
        answer = api.post(path, said)
        assert (answer.status_code, answer["Content-Type"]) == (422, "application/problem+json"), said
    assert json.loads(api.get(f"/residents/{world.free.id}").content)["population"] == "settled"

"""Every way that a case may go is one that the case services allow, step by step, by these persons."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest

from shanzhi.accounts.models import User
from shanzhi.accounts.selectors import actor_for
from shanzhi.areas.models import Area, Unit
from shanzhi.cases.catalogue import State
from shanzhi.cases.models import Assignment, Case, Step
from shanzhi.demo.acting import Players
from shanzhi.demo.chance import chance
from shanzhi.demo.packs import OpenCase, pack_get
from shanzhi.demo.stories import Deed, Story, Teller
from shanzhi.demo.tests.loaded import A, Loaded
from shanzhi.demo.ways import WAYS
from shanzhi.lib.errors import DomainError
from shanzhi.tenancy.context import county

pytestmark = pytest.mark.django_db
PREFIXES = [(name, last) for name, way in sorted(WAYS.items()) for last in range(len(way))]


@pytest.fixture
def players(small: Loaded) -> Iterator[Players]:
    users = {user.username: user for user in User.objects.filter(home_county=A)}
    with county(A):
        yield Players(
            actor_of=lambda login: actor_for(user=users[login], county_id=A, at=small.first.end),
            areas={area.code: area for area in Area.objects.select_related("parent")},
            units={(unit.area.code, unit.name): unit for unit in Unit.objects.select_related("area")},
            seats=small.first.seats,
        )


@pytest.fixture
def teller(small: Loaded) -> Teller:
    plan = small.first
    return Teller(
        plan.townships[0], plan.seats, plan.pack.departments, "341181000000", seed="ways", end=plan.end, years=1
    )


def told(teller: Teller, name: str, last: int, number: int = 0, about: str = "") -> Story:
    """A story that goes this way as far as its move `last`."""
    received = (teller.end - timedelta(days=150)).replace(hour=9)
    wanted = OpenCase(name, "", 0, about=about) if about else None
    return teller._told(
        chance(name, last, number), name, received, last, hours=72, photo=False, late=False, wanted=wanted
    )


def played(players: Players, story: Story) -> Case:
    case = players.report(story)
    for deed in story.deeds[1:]:
        case = players.act(case, deed)
    return case


@pytest.mark.parametrize(("name", "last"), PREFIXES, ids=lambda value: str(value))
def test_every_step_of_every_way(players: Players, teller: Teller, name: str, last: int) -> None:
    case = played(players, told(teller, name, last))
    fresh = Case.objects.get(id=case.id)
    assert fresh.state == WAYS[name][last].state
    assert fresh.version == Step.objects.filter(case_id=case.id).count()
    assert fresh.is_open == (fresh.state != State.CLOSED)
    assert Assignment.objects.filter(case_id=case.id, ended_at=None, role=Assignment.Role.LEAD).count() == (
        fresh.state in {State.DISPATCHED, State.HANDLING}
    )


@pytest.mark.parametrize("name", sorted(WAYS))
def test_several_stories_of_each_way(players: Players, teller: Teller, name: str) -> None:
    """Whoever reports and whatever it is about: all of them end."""
    for number in range(1, 5):
        story = told(teller, name, len(WAYS[name]) - 1, number)
        assert story.is_closed
        case = played(players, story)
        assert case.state == State.CLOSED
        assert case.ended_at == story.deeds[-1].at


def test_who_is_in_charge(players: Players, teller: Teller) -> None:
    levels = {name: played(players, told(teller, name, len(way) - 1)).owner.level for name, way in WAYS.items()}
    assert levels["grid"] == levels["village"] == levels["spot"] == levels["down"] == "village"
    assert levels["unit"] == levels["desk"] == "township"
    assert levels["county"] == "county"


def test_the_wrong_grid_gives_it_back(players: Players, teller: Teller) -> None:
    story = next(
        story
        for number in range(40)
        if (story := told(teller, "bounced", len(WAYS["bounced"]) - 1, number)).deeds[2].target != story.area
    )
    played(players, story)
    assert story.deeds[4].target == story.area
    assert story.deeds[3].act == "return"


def test_a_deed_by_the_wrong_person_is_refused(players: Players, teller: Teller) -> None:
    """The loader has no way around the guard of the case services."""
    story = told(teller, "grid", len(WAYS["grid"]) - 1)
    case = players.report(story)
    dispatch = story.deeds[2]
    with pytest.raises(DomainError):
        players.act(case, dispatch)
    assert Case.objects.get(id=case.id).state == State.REPORTED


KINDS_OF = {"unit": ("power", "old_house", "wages", "noise"), "grid": ("power", "water")}


@pytest.mark.parametrize(("way", "kind"), [(way, kind) for way, kinds in KINDS_OF.items() for kind in kinds])
def test_kinds_with_stages_and_rules_of_their_own(players: Players, teller: Teller, way: str, kind: str) -> None:
    """A rule that gives the case to somebody at once fits, or that one gives it back; stages are gone through."""
    for number in range(2):
        story = told(teller, way, len(WAYS[way]) - 1, number, about=kind)
        case = played(players, story)
        assert (story.kind, case.kind, case.state, case.stage) == (kind, kind, State.CLOSED, "")


def test_a_rule_that_gives_it_to_another(players: Players, teller: Teller) -> None:
    """Over the village a wire is the power station's by rule: a story that means another unit goes back first."""
    story = told(teller, "unit", len(WAYS["unit"]) - 1, about="power")
    deeds = tuple(replace(deed, unit="城建中心") if deed.act == "dispatch" else deed for deed in story.deeds[:4])
    case = played(players, replace(story, deeds=deeds))
    assert case.handler_unit.name == "城建中心"
    acts = list(Step.objects.filter(case=case).order_by("version").values_list("act", "target"))
    assert [act for act, _ in acts] == ["report", "escalate", "accept", "return", "dispatch"]
    assert acts[2][1].startswith("按规则派给供电所")


def test_what_happens_beside(players: Players, teller: Teller) -> None:
    """The asides of one case, in their order, each by its own person and with what it needs."""
    last = next(index for index, move in enumerate(WAYS["grid"]) if move.act == "start")
    township = teller.township.code
    story = told(teller, "grid", last, about="facilities")
    by = {deed.act: deed.who for deed in story.deeds}
    clerk, worker, officer = by["accept"], by["start"], "tianchang.township_officer"
    rows = [
        ("whistle", clerk, {"units": ["城建中心", "派出所"]}), ("arrive", "tianchang.department_handler", {}),
        ("finish", "tianchang.department_handler", {}), ("note", clerk, {"mention": [worker]}),
        ("supervise", "tianchang.county_leader", {"limit": "1 working days"}), ("answer", worker, {}),
        ("ask", worker, {"more_days": 1}), ("refuse", clerk, {}), ("ask", worker, {"more_days": 3}),
        ("grant", clerk, {}), ("suspend", clerk, {"days": 3}), ("resume", clerk, {}),
        ("moderate", clerk, {"what": "body", "instead": "有一处坏了。"}), ("supervise", officer, {}),
    ]  # fmt: skip
    case, at = played(players, story), story.deeds[-1].at
    for number, (act, who, more) in enumerate(rows, 1):
        moment = at + timedelta(minutes=5 * number)
        case = players.act(case, Deed(moment, act, who, "写明了", township, beside=True, more=more))
    acts = list(Step.objects.filter(case=case).order_by("version").values_list("act", flat=True))
    assert acts[len(story.deeds) :] == [act for act, _, _ in rows]
    assert (case.version, case.supervised, case.asking, case.body) == (len(acts), 1, 0, "有一处坏了。")
    here, absent = Assignment.objects.filter(case=case, whistled=True).order_by("id")
    assert (here.state, here.arrived_at, absent.state) == ("done", at + timedelta(minutes=10), "called")
    assert absent.is_absent(at + timedelta(hours=2))


def test_split_merge_and_reopening(players: Players, teller: Teller) -> None:
    main = played(players, told(teller, "village", 1, about="facilities"))
    story = told(teller, "village", 1, about="facilities")
    clerk, at = story.deeds[1].who, story.deeds[-1].at
    split = played(players, story)
    players.act(split, Deed(at, "split", clerk, "分两件", beside=True, more={"parts": ["一头", "另一头"]}))
    players.act(split, Deed(at, "handle", clerk, "清走了", beside=True, more={"part": 0}))
    assert (split.parts, Case.objects.filter(parent=split).count()) == (2, 2)
    again = players.report(replace(story, deeds=story.deeds[:1]))
    players.act(again, Deed(at, "merge", clerk, "同一处", beside=True), main)
    assert (again.state, again.merged_into_id) == (State.MERGED, main.id)
    ended = played(players, told(teller, "village", len(WAYS["village"]) - 1))
    reporter = ended.reporter.username
    players.act(ended, Deed(at, "reopen", reporter, "又坏了", beside=True))
    assert (ended.state, ended.reopened) == (State.RETURNED, 1)


def test_people_are_looked_up_once(players: Players) -> None:
    assert players.actor("tianchang.grid_worker") is players.actor("tianchang.grid_worker")
    assert players.actor("tianchang.grid_worker").posts[0].role == "grid_worker"


def test_the_township_has_all_it_needs() -> None:
    """Every unit that a situation names is there to be given a case."""
    for name in ("small", "counties"):
        township = pack_get(name).counties[0].townships[0]
        assert {"城建中心", "水务站", "派出所"} <= set(township.units)

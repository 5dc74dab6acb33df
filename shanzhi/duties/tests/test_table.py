"""Who may do what in which state, written by hand: the code is held against it, act by act and state by state."""

from typing import Any

import pytest

from shanzhi.access.actor import Actor, ActorPost
from shanzhi.duties.acts import acts_for, permission_of, require, why_not
from shanzhi.duties.catalogue import FROM, OPEN, SHAPES, TO, Act, State
from shanzhi.duties.models import Line
from shanzhi.duties.permissions import ISSUE, RECEIVE
from shanzhi.duties.specs import SPECS
from shanzhi.duties.tests.world import do, in_days, issue, line_at
from shanzhi.lib.errors import Conflict, Forbidden
from tests.cast import Cast

# By hand: what each side can do with a line in each state, with and without an extension that waits.
RECEIVER: dict[tuple[str, bool], set[str]] = {
    ("issued", False): {"receive", "done", "decline", "ask"},
    ("issued", True): {"receive", "done", "decline"},
    ("received", False): {"progress", "done", "decline", "ask"},
    ("received", True): {"progress", "done", "decline"},
    ("returned", False): {"progress", "done", "decline", "ask"},
    ("returned", True): {"progress", "done", "decline"},
    ("declined", False): set(),
    ("done", False): set(),
    ("struck", False): set(),
    ("withdrawn", False): set(),
}
ISSUER: dict[tuple[str, bool], set[str]] = {
    ("issued", False): {"withdraw"},
    ("issued", True): {"grant", "refuse", "withdraw"},
    ("received", False): {"withdraw"},
    ("received", True): {"grant", "refuse", "withdraw"},
    ("returned", False): {"withdraw"},
    ("returned", True): {"grant", "refuse", "withdraw"},
    ("declined", False): {"send_back", "withdraw"},
    ("done", False): {"strike", "send_back", "withdraw"},
    ("struck", False): set(),
    ("withdrawn", False): set(),
}


@pytest.fixture
def line(cast: Cast, county_a: Any) -> Line:
    return line_at(cast, issue(cast))


@pytest.mark.parametrize(("state", "asked"), list(RECEIVER))
def test_each_side_in_each_state(cast: Cast, line: Line, state: str, asked: bool) -> None:
    line.state, line.asked_until = state, line.due_at if asked else None
    assert {act.value for act in acts_for(cast.actor("village_clerk"), line)} == RECEIVER[state, asked]
    assert {act.value for act in acts_for(cast.actor("township_officer"), line)} == ISSUER[state, asked]
    for who in ("command_centre", "county_leader", "auditor", "other_clerk", "resident", "system_admin"):
        assert acts_for(cast.actor(who), line) == []


@pytest.mark.parametrize("act", list(FROM))
def test_an_act_is_required_as_it_is_offered(cast: Cast, line: Line, act: Act) -> None:
    """403 for the other side whatever the state is, 409 for the own side in the wrong one."""
    mine, others = ("village_clerk", "township_officer")[:: 1 if permission_of(act) == RECEIVE else -1]
    for state in State:
        line.state, line.asked_until = state, None
        with pytest.raises(Forbidden):
            require(cast.actor(others), line, act)
        if why_not(line, act):
            with pytest.raises(Conflict):
                require(cast.actor(mine), line, act)
        else:
            assert require(cast.actor(mine), line, act).role == mine


def test_somebody_on_both_sides_has_the_acts_of_both(cast: Cast, county_a: Any) -> None:
    """A township's officer who is also the clerk of a village; each act is done under its own post."""
    officer, clerk = cast.actor("township_officer"), cast.actor("village_clerk")
    both = Actor(
        user_id=officer.user_id, name=officer.name, county_id=officer.county_id, posts=officer.posts + clerk.posts
    )
    line = line_at(cast, issue(cast))
    assert {"receive", "withdraw"} <= {act.value for act in acts_for(both, line)}
    assert require(both, line, Act.RECEIVE).role == "village_clerk"
    assert require(both, line, Act.WITHDRAW).role == "township_officer"


def test_a_stand_in_works_the_line_and_says_so(cast: Cast, county_a: Any) -> None:
    clerk = cast.actor("village_clerk").posts[0]
    away = ActorPost(
        id=clerk.id, role=clerk.role, label="村文书（代）", area_id=clerk.area_id, area_path=clerk.area_path,
        area_level=clerk.area_level, area_name=clerk.area_name, stand_in=True,
    )  # fmt: skip
    other = cast.actor("other_clerk")
    instead = Actor(user_id=other.user_id, name=other.name, county_id=other.county_id, posts=(*other.posts, away))
    line = do(instead, line_at(cast, issue(cast)), Act.RECEIVE)
    step = line.steps.get(version=2)
    assert (step.actor_title, step.post_id) == ("张庄村 村文书（代）", clerk.id)


def test_whoever_holds_the_post_and_stands_in_acts_under_the_own(cast: Cast, county_a: Any) -> None:
    clerk, secretary = cast.actor("village_clerk").posts[0], cast.actor("branch_secretary")
    away = ActorPost(
        id=clerk.id, role=clerk.role, label="村文书（代）", area_id=clerk.area_id, area_path=clerk.area_path,
        area_level=clerk.area_level, area_name=clerk.area_name, stand_in=True,
    )  # fmt: skip
    both = Actor(
        user_id=secretary.user_id, name=secretary.name, county_id=secretary.county_id, posts=(away, *secretary.posts)
    )
    line = do(both, line_at(cast, issue(cast)), Act.RECEIVE)
    assert line.steps.get(version=2).actor_title == "张庄村 村支部书记"


def test_every_act_has_its_face_and_every_state_its_shape() -> None:
    assert {spec.act for spec in SPECS} == set(FROM)
    assert len({spec.slug for spec in SPECS}) == len(SPECS)
    assert set(SHAPES) == set(State)
    assert {permission_of(spec.act) for spec in SPECS} == {ISSUE, RECEIVE}
    assert all(act in FROM for act in TO)
    assert all(state in OPEN for states in FROM.values() for state in states)
    assert all(act.did for act in Act)
    assert [spec.act.value for spec in SPECS if spec.direct] == ["receive"]


def test_an_extension_that_waits_ends_with_the_line(cast: Cast, line: Line) -> None:
    for act, who, said in (
        (Act.DECLINE, "village_clerk", {"text": "水务站的。"}),
        (Act.WITHDRAW, "township_officer", {"text": "取消。"}),
    ):
        duty = issue(cast)
        mine = line_at(cast, duty)
        do(cast.actor("village_clerk"), mine, Act.ASK, text="桥在修。", until=in_days(9))
        assert do(cast.actor(who), mine, act, **said).asked_until is None
        assert line_at(cast, duty).asked_until is None

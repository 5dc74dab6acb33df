"""Every way that a case may go is one that the case services allow, step by step, by these persons."""

from collections.abc import Iterator
from datetime import timedelta

import pytest

from shanzhi.accounts.models import User
from shanzhi.accounts.selectors import actor_for
from shanzhi.areas.models import Area, Unit
from shanzhi.cases.catalogue import State
from shanzhi.cases.models import Assignment, Case, Step
from shanzhi.demo.acting import Players
from shanzhi.demo.chance import chance
from shanzhi.demo.packs import pack_get
from shanzhi.demo.stories import Story, Teller
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
        )


@pytest.fixture
def teller(small: Loaded) -> Teller:
    plan = small.first
    return Teller(
        plan.townships[0], plan.seats, plan.pack.departments, "341181000000", seed="ways", end=plan.end, years=1
    )


def told(teller: Teller, name: str, last: int, number: int = 0) -> Story:
    """A story that goes this way as far as its move `last`."""
    received = (teller.end - timedelta(days=150)).replace(hour=9)
    return teller._told(chance(name, last, number), name, received, last, hours=72, photo=False, late=False)


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
    assert Assignment.objects.filter(case_id=case.id, ended_at=None).count() == (
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


def test_people_are_looked_up_once(players: Players) -> None:
    assert players.actor("tianchang.grid_worker") is players.actor("tianchang.grid_worker")
    assert players.actor("tianchang.grid_worker").posts[0].role == "grid_worker"


def test_the_township_has_all_it_needs() -> None:
    """Every unit that a situation names is there to be given a case."""
    for name in ("small", "counties"):
        township = pack_get(name).counties[0].townships[0]
        assert {"城建中心", "水务站", "派出所"} <= set(township.units)

"""Two posts in two places: what one of them may do is not done in the place of the other one."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any, Final
from uuid import uuid4

import pytest

from shanzhi.access.actor import Actor
from shanzhi.lib.errors import Forbidden, Invalid, Stale
from shanzhi.people.catalogue import Relation
from shanzhi.people.models import Look, Request, Resident, Stay
from shanzhi.people.selectors import resident_get_for
from shanzhi.people.services import (
    Facts,
    Whither,
    event_take_back,
    household_event,
    household_join,
    household_leave,
    number_show,
    request_take,
    resident_change,
    resident_erase,
)
from shanzhi.people.tests.world import ago, household, resident, today
from tests.cast import Cast

Act = Callable[[Actor, Resident], object]


def _household_event(actor: Actor, row: Resident) -> object:
    assert row.household is not None
    return household_event(
        actor=actor, number=row.household.id, version=row.household.version, event="left", on=ago(1),
        whither=Whither(lives_elsewhere="江苏省苏州市"),
    )  # fmt: skip


ACTS: Final[dict[str, Act]] = {
    "number": lambda who, row: number_show(actor=who, number=row.id, field="phone", purpose="case"),
    "erase": lambda who, row: resident_erase(actor=who, number=row.id, version=row.version, mistaken=True),
    "change": lambda who, row: resident_change(
        actor=who, number=row.id, version=row.version, facts=Facts(name="李四")
    ),
    "take_back": lambda who, row: event_take_back(actor=who, number=row.id, version=row.version),
    "leave": lambda who, row: household_leave(actor=who, resident=row.id, version=row.version, on=ago(1)),
    "household": _household_event,
    "request": lambda who, row: request_take(actor=who, resident=row.id, kind="copy"),
}  # fmt: skip


def both(cast: Cast, *names: str) -> Actor:
    """One person who holds the posts of all of these."""
    first, *others = (cast.actor(name) for name in names)
    return replace(first, posts=(*first.posts, *(post for one in others for post in one.posts)), _scopes={})


def settled(cast: Cast) -> Resident:
    row = resident(cast)
    household(cast, {row: Relation.HEAD})
    return Resident.objects.select_related("household").get(id=row.id)


@pytest.mark.parametrize("name", ACTS)
def test_what_the_post_elsewhere_allows_is_not_done_here(cast: Cast, name: str) -> None:
    row = settled(cast)
    who = both(cast, "county_centre", "other_clerk")
    assert resident_get_for(who, row.id) == row
    with pytest.raises(Forbidden):
        ACTS[name](who, row)
    kept = Resident.objects.get(id=row.id)
    assert (kept.version, kept.name, kept.household_id) == (row.version, row.name, row.household_id)
    assert not Request.objects.exists()
    assert not Look.objects.exclude(purpose="").exists(), "no number was shown"
    assert Stay.objects.filter(resident=row, until=None).count() == 1


@pytest.mark.parametrize("name", [one for one in ACTS if one != "erase"])
def test_with_the_post_of_the_place_it_is_done(cast: Cast, name: str) -> None:
    ACTS[name](both(cast, "county_centre", "village_clerk"), settled(cast))


def test_a_household_that_somebody_changed_meanwhile_is_not_moved(cast: Cast) -> None:
    row = settled(cast)
    assert row.household is not None
    row.household.version = 77
    with pytest.raises(Stale):
        _household_event(cast.actor("village_clerk"), row)
    assert Resident.objects.get(id=row.id).population == row.population


def test_nobody_joins_a_household_tomorrow(cast: Cast) -> None:
    row, other = settled(cast), resident(cast, name="乙")
    assert row.household is not None
    said: dict[str, Any] = {"number": row.household.id, "resident": other.id, "relation": Relation.SPOUSE}
    with pytest.raises(Invalid):
        household_join(actor=cast.actor("village_clerk"), on=ago(-1), **said)
    assert Resident.objects.get(id=other.id).household_id is None
    assert household_join(actor=cast.actor("village_clerk"), on=today(), **said).household_id == row.household.id


def test_a_key_of_one_request_is_none_of_another_person(cast: Cast) -> None:
    one, two, key = resident(cast), resident(cast, name="乙"), str(uuid4())
    clerk = cast.actor("village_clerk")
    taken = request_take(actor=clerk, resident=one.id, kind="copy", key=key)
    with pytest.raises(Invalid, match="已用于另一次操作"):
        request_take(actor=clerk, resident=two.id, kind="copy", key=key)
    assert [row.id for row in Request.objects.all()] == [taken.id]

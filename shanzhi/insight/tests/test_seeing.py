"""Whoever may not see a kind has it in no figure; where the rows can't tell, the cases are counted."""

from dataclasses import replace
from typing import Any

import pytest
from django.utils import timezone

from shanzhi.access.actor import Actor, ActorPost
from shanzhi.cases.models import Case
from shanzhi.cases.rates.periods import YEAR, named
from shanzhi.insight import live, rolled
from shanzhi.insight.live import Reader
from shanzhi.insight.models import PlaceDay, Rolling, Touched
from shanzhi.insight.reading import by_area, by_day, figures
from shanzhi.insight.services import roll
from shanzhi.insight.tests.proof import agrees, built, plain, proved
from tests.cast import Cast, report
from tests.kinds import kind_add

CARE: dict[str, Any] = {"label": "特殊照护", "seen_by": ["village_clerk", "township_officer"]}


def post(cast: Cast, role: str, place: str, unit_id: int | None = None) -> ActorPost:
    area = cast.areas[place]
    return ActorPost(
        id=len(role), role=role, label=role, area_id=area.id, area_path=area.path, area_level=area.level,
        area_name=area.name, unit_id=unit_id,
    )  # fmt: skip


def holding(cast: Cast, *posts: ActorPost) -> Actor:
    """The clerk, with these posts instead of the one of the cast."""
    return replace(cast.actor("village_clerk"), posts=posts, _scopes={})


@pytest.fixture
def two(cast: Cast) -> Cast:
    """A case that everybody may see and one for two roles, in the same grid; counted in full, then one of each more."""
    kind_add("aided", CARE)
    report(cast)
    report(cast, kind="aided")
    built()
    report(cast)
    report(cast, kind="aided")
    return cast


def reported(actor: Actor, cast: Cast, place: str) -> int:
    at = timezone.now()
    return figures(actor, cast.areas[place], named(YEAR, at), at)["reported"].numerator


@pytest.mark.parametrize(
    ("who", "place", "expected"),
    [
        ("village_clerk", "v1", 4),
        ("township_officer", "t1", 4),
        ("branch_secretary", "v1", 2),
        ("command_centre", "t1", 2),
        ("county_leader", "county", 2),
        ("auditor", "county", 2),
        ("county_centre", "county", 2),
    ],
)
def test_each_role_counts_what_it_sees(two: Cast, who: str, place: str, expected: int) -> None:
    actor = two.actor(who)
    assert reported(actor, two, place) == expected
    roll(at=timezone.now())
    assert reported(actor, two, place) == expected
    assert agrees(Reader(actor, two.areas[place], timezone.now()), named(YEAR, timezone.now())) > 0


def test_rows_are_kept_for_each_group_of_roles(two: Cast) -> None:
    roll(at=timezone.now())
    rows = PlaceDay.objects.filter(path=two.areas["v1"].path, reported__gt=0).order_by("shown")
    assert [(row.shown, row.reported) for row in rows] == [("", 2), ("|township_officer|village_clerk|", 2)]
    proved()


@pytest.mark.parametrize(
    ("posts", "place", "sees"),
    [
        ([("village_clerk", "v1")], "v1", True),
        ([("branch_secretary", "v1")], "v1", False),
        ([("village_clerk", "v1"), ("branch_secretary", "v1")], "v1", True),
        ([("village_clerk", "v2"), ("branch_secretary", "v1")], "v1", None),
        ([("village_clerk", "t1"), ("county_leader", "county")], "v1", True),
        ([("village_clerk", "v1"), ("county_leader", "county")], "county", None),
        ([("resident", "v1"), ("branch_secretary", "v1")], "v1", False),
    ],
)
def test_what_is_seen_in_a_place_follows_from_the_posts_that_reach_it(
    cast: Cast, posts: list[tuple[str, str]], place: str, sees: bool | None
) -> None:
    reader = Reader(holding(cast, *(post(cast, *one) for one in posts)), cast.areas[place], timezone.now())
    assert rolled.may_see(reader, "|township_officer|village_clerk|") is sees
    assert rolled.may_see(reader, "") is True


def test_the_system_sees_everything(cast: Cast) -> None:
    reader = Reader(Actor.system(cast.county.id), cast.areas["county"], timezone.now())
    assert rolled.may_see(reader, "|auditor|") is True


def test_somebody_with_a_role_elsewhere_is_answered_from_the_cases(two: Cast) -> None:
    actor = holding(two, post(two, "village_clerk", "v2"), post(two, "branch_secretary", "v1"))
    at = timezone.now()
    reader = Reader(actor, two.areas["v1"], at)
    with pytest.raises(rolled.Unknown):
        rolled.by_place(reader, named(YEAR, at))
    with pytest.raises(rolled.Unknown):
        rolled.by_day(reader, named(YEAR, at))
    assert reported(actor, two, "v1") == 2
    days = by_day(actor, two.areas["v1"], named(YEAR, at), at, ["reported", "open", "nothing"])
    assert set(days) == {"reported", "open"}
    assert sum(one.value.numerator for one in days["reported"]) == 2
    assert days["open"][-1].value.numerator == 2


def test_where_there_is_nothing_of_such_a_kind_the_rows_are_enough(cast: Cast) -> None:
    report(cast)
    built()
    actor, at = holding(cast, post(cast, "village_clerk", "v2"), post(cast, "branch_secretary", "v1")), timezone.now()
    reader = Reader(actor, cast.areas["v1"], at)
    assert plain(rolled.by_place(reader, named(YEAR, at))) == plain(live.by_place(reader, named(YEAR, at)))


def test_without_roll_ups_the_same_figures_are_counted(two: Cast) -> None:
    at, clerk = timezone.now(), two.actor("village_clerk")
    area, during = two.areas["v1"], named(YEAR, timezone.now())
    with_rows = figures(clerk, area, during, at), by_area(clerk, area, during, at)
    days = by_day(clerk, area, during, at, ["reported", "open", "satisfied_rate"])
    Rolling.objects.all().delete()
    assert (figures(clerk, area, during, at), by_area(clerk, area, during, at)) == with_rows
    assert by_day(clerk, area, during, at, ["reported", "open", "satisfied_rate"]) == days


def test_a_kind_that_becomes_one_of_some_roles_moves_to_their_rows(cast: Cast) -> None:
    case = report(cast)
    built()
    leader = cast.actor("county_leader")
    assert reported(leader, cast, "county") == 1
    Case.objects.filter(id=case.id).update(seen_by="|village_clerk|")
    assert Touched.objects.count() == 1
    for _ in range(2):
        assert reported(leader, cast, "county") == 0
        assert reported(cast.actor("village_clerk"), cast, "v1") == 1
        roll(at=timezone.now())
    proved()


def test_what_lies_at_a_place_itself_stands_last(cast: Cast) -> None:
    built()
    report(cast, place="v1", by="resident")
    report(cast, place="g1")
    at = timezone.now()
    rows = by_area(cast.actor("village_clerk"), cast.areas["v1"], named(YEAR, at), at)
    assert [(row.name, row.code != "", row.values["reported"].numerator) for row in rows] == [
        (cast.areas["g1"].name, True, 1),
        (cast.areas["g4"].name, True, 0),
        ("本级，没有分到下面", False, 1),
    ]
    assert by_area(cast.actor("village_clerk"), cast.areas["g1"], named(YEAR, at), at) == []

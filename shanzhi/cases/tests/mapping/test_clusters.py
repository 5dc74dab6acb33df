"""Clusters and points: together exactly the list under the same filters, by either way of counting."""

from dataclasses import replace
from datetime import timedelta
from typing import Any
from unittest.mock import patch

import pytest
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from shanzhi.cases.catalogue import State
from shanzhi.cases.mapping import selectors
from shanzhi.cases.mapping.selectors import IN_SQUARE, READ, Cluster, Seen, apart, is_wide, seen_on_map
from shanzhi.cases.models import Case
from shanzhi.cases.selectors import CaseFilter, Tab, case_list_for
from shanzhi.cases.tests.mapping.world import SOUTH, UNIT, WEST, WHOLE, at, copies, place_case
from shanzhi.cases.tests.pages import statements
from shanzhi.lib.georead import Box
from tests.cast import Cast

NOW = timezone.now()
ROWS = 60


def counted(cast: Cast, who: str, wanted: CaseFilter, box: Box, zoom: int) -> Seen:
    return seen_on_map(cast.actor(who), wanted, box, zoom, now=NOW)


def listed(cast: Cast, who: str, wanted: CaseFilter, box: Box) -> int:
    return case_list_for(cast.actor(who), replace(wanted, box=box), now=NOW).count()


@pytest.fixture
def scattered(cast: Cast) -> Cast:
    """Cases of two townships at all sorts of positions, some of them at one spot, some without any."""
    first = place_case(cast, 1, 1)
    places = [cast.areas[name] for name in ("g1", "g2", "g3", "g4")]
    rows: list[dict[str, Any]] = []
    for number in range(ROWS):
        place = places[number % 4]
        lon, lat = at((number * 7) % 40 + 0.37, (number * 11) % 20 + 0.53) if number % 9 else at(5, 5)
        rows.append({
            "area_id": place.id, "area_path": place.path, "lon": lon if number % 10 else None,
            "lat": lat if number % 10 else None, "kind": "fire" if number % 3 else "facilities",
            "urgent": number % 5 == 0, "due_at": NOW + timedelta(hours=number - ROWS // 2),
        })  # fmt: skip
        if number % 4 == 1:
            ended = {"ended_at": NOW, "state": State.CLOSED, "turn_area_id": None, "due_at": None}
            rows[-1] |= ended
    copies(first, rows)
    return cast


boxes = st.tuples(st.integers(-5, 40), st.integers(-5, 20), st.integers(1, 45), st.integers(1, 25)).map(
    lambda told: (
        WEST + told[0] * UNIT, SOUTH + told[1] * UNIT, WEST + (told[0] + told[2]) * UNIT,
        SOUTH + (told[1] + told[3]) * UNIT,
    )
)  # fmt: skip
filters = st.builds(
    CaseFilter, tab=st.sampled_from([Tab.OPEN, Tab.ENDED, Tab.OVERDUE, Tab.MINE, Tab.REPORTED]),
    kinds=st.sampled_from([(), ("fire",)]), urgent=st.booleans(), due=st.sampled_from(["", "late"]),
)  # fmt: skip


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    box=boxes, zoom=st.integers(0, 22), wanted=filters,
    who=st.sampled_from(["grid_worker", "village_clerk", "township_officer", "other_officer", "county_leader"]),
)  # fmt: skip
def test_clusters_sum_to_the_list(scattered: Cast, box: Box, zoom: int, wanted: CaseFilter, who: str) -> None:
    seen = counted(scattered, who, wanted, box, zoom)
    assert seen.total == listed(scattered, who, wanted, box)
    assert seen.total == sum(one.count for one in seen.clusters) + len(seen.points)
    assert not seen.more
    west, south, east, north = box
    for one in seen.clusters:
        assert one.count > 1
        assert west <= one.box[0] <= one.lon <= one.box[2] <= east
        assert south <= one.box[1] <= one.lat <= one.box[3] <= north
    numbers = {case.number for case in seen.points}
    rows = case_list_for(scattered.actor(who), replace(wanted, box=box), now=NOW)
    assert numbers <= set(rows.values_list("number", flat=True))


@pytest.mark.parametrize("zoom", [6, 10, 13, 16, 19])
def test_both_ways_of_counting_find_the_same(scattered: Cast, zoom: int) -> None:
    wide = counted(scattered, "county_leader", CaseFilter(), WHOLE, zoom)
    with patch.object(selectors, "is_wide", return_value=False):
        read = counted(scattered, "county_leader", CaseFilter(), WHOLE, zoom)
    spelled = [
        [(one.count, one.lon, one.lat, one.box) for one in sorted(seen.clusters, key=lambda one: one.box)]
        for seen in (wide, read)
    ]
    close = all(
        (a[0], a[3]) == (b[0], b[3]) and abs(a[1] - b[1]) <= 5 and abs(a[2] - b[2]) <= 5
        for a, b in zip(*spelled, strict=True)
    )
    assert close, spelled
    assert len(spelled[0]) == len(spelled[1])
    assert {case.id for case in wide.points} == {case.id for case in read.points}


def test_what_would_lie_upon_one_another_is_one() -> None:
    def cluster(count: int, lon: int, lat: int) -> Cluster:
        return Cluster(count, lon, lat, (lon, lat, lon, lat), False, lon)

    far, near, big = cluster(1, 900, 0), cluster(2, 40, 30), replace(cluster(6, 0, 0), more=True)
    joined, other = apart([far, near, big], 50)
    assert (joined.count, joined.lon, joined.lat, joined.more) == (8, 10, 7, True)
    assert joined.box == (0, 0, 40, 30)
    assert other == far
    assert apart([near, big], 30) == [big, near]


def test_deeper_is_finer_until_only_one_spot_is_left(scattered: Cast) -> None:
    found = [counted(scattered, "county_leader", CaseFilter(), WHOLE, zoom) for zoom in (5, 9, 12)]
    assert [len(one.points) for one in found] == sorted(len(one.points) for one in found)
    x, y = at(5, 5)
    near = counted(scattered, "county_leader", CaseFilter(), (x - 900, y - 900, x + 900, y + 900), 19)
    (left,) = near.clusters
    assert left.box == (x, y, x, y)
    assert near.total == left.count > 1


def test_what_is_in_the_list_of_a_township_only_is_on_its_map_only(scattered: Cast) -> None:
    east = (WEST + 20 * UNIT + 1, SOUTH, WEST + 40 * UNIT, SOUTH + 20 * UNIT)
    here = Case.objects.filter(town_path=scattered.areas["t1"].path, ended_at=None, spot__isnull=False).count()
    assert counted(scattered, "township_officer", CaseFilter(), WHOLE, 9).total == here > 0
    there = Case.objects.filter(town_path=scattered.areas["t2"].path, ended_at=None, spot__isnull=False)
    assert counted(scattered, "other_officer", CaseFilter(), WHOLE, 9).total == there.count()
    within = there.filter(lon__gte=east[0]).count()
    assert counted(scattered, "other_officer", CaseFilter(), east, 9).total == within
    narrowed = CaseFilter(area=scattered.areas["t2"])
    assert counted(scattered, "county_leader", narrowed, WHOLE, 9).total == there.count()


@pytest.mark.parametrize(
    ("who", "wanted", "wide"),
    [
        ("county_leader", CaseFilter(), True), ("township_officer", CaseFilter(tab=Tab.ENDED), True),
        ("township_officer", CaseFilter(tab=Tab.OVERDUE), True), ("village_clerk", CaseFilter(), False),
        ("county_leader", CaseFilter(query="井盖"), False), ("county_leader", CaseFilter(tab=Tab.SUSPENDED), False),
        ("township_officer", CaseFilter(tab=Tab.MINE), False), ("department_handler", CaseFilter(), False),
    ],
)  # fmt: skip
def test_short_lists_are_read_and_long_ones_counted(cast: Cast, who: str, wanted: CaseFilter, wide: bool) -> None:
    assert is_wide(cast.actor(who), wanted) is wide


def test_a_square_is_counted_so_far_and_says_so(cast: Cast) -> None:
    first = place_case(cast, 5, 5)
    lon, lat = at(5, 5)
    copies(first, [{"lon": lon + number, "lat": lat} for number in range(IN_SQUARE + 5)])
    (one,) = counted(cast, "county_leader", CaseFilter(), WHOLE, 10).clusters
    assert (one.count, one.more) == (IN_SQUARE, True)
    assert counted(cast, "county_leader", CaseFilter(), WHOLE, 10).more
    read = counted(cast, "village_clerk", CaseFilter(), WHOLE, 10)
    assert (read.total, read.more) == (IN_SQUARE + 6, False)


def test_a_list_that_is_longer_than_is_read_is_counted_by_squares(cast: Cast) -> None:
    first = place_case(cast, 5, 5)
    copies(first, [{"lon": first.lon, "lat": first.lat} for _ in range(8)])
    with patch.object(selectors, "READ", 5), statements() as made:
        seen = counted(cast, "village_clerk", CaseFilter(), WHOLE, 10)
    assert seen.total == 9
    assert len(made) == 2 + 1  # the posts of the actor
    assert READ == 2_000


def test_the_statements_do_not_grow_with_what_is_seen(scattered: Cast) -> None:
    actor = scattered.actor("county_leader")
    for box, zoom in ((WHOLE, 8), (WHOLE, 16), ((0, 0, 10, 10), 5)):
        with statements() as made:
            seen_on_map(actor, CaseFilter(), box, zoom, now=NOW)
        assert len(made) <= 2

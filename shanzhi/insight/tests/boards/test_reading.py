"""A board reads in one statement what `insight.reading` reads in many, whatever waits to be rolled."""

from datetime import datetime, timedelta
from random import Random

import pytest
from django.utils import timezone

from shanzhi.cases.models import Case
from shanzhi.cases.rates.periods import RANGE, Period
from shanzhi.cases.tests.pages import act, statements
from shanzhi.insight import reading
from shanzhi.insight.boards.board import board_of
from shanzhi.insight.boards.periods import before, last_days
from shanzhi.insight.boards.reading import numbers_of
from shanzhi.insight.models import Rolling, Touched
from shanzhi.insight.services import roll
from shanzhi.insight.tests.proof import built, numbers
from shanzhi.lib.clocks import Span
from shanzhi.lib.times import local
from tests.cast import Cast, report
from tests.kinds import kind_add

PLACES = {"g1": ("grid_worker", "village_clerk"), "g4": ("village_clerk", "village_clerk"),
          "g3": ("other_worker", "other_clerk"), "v1": ("village_clerk", "village_clerk")}  # fmt: skip


def some_cases(cast: Cast, random: Random, at: datetime, count: int = 6) -> None:
    """At random places and times, each so far on its way as the dice say."""
    for _ in range(count):
        place = random.choice(list(PLACES))
        by, clerk = PLACES[place]
        began = at - timedelta(days=random.randrange(1, 20), hours=random.randrange(20))
        case = report(cast, place=place, by=by, at=began)
        steps = [
            ("accept", {}), ("dispatch", {"area": cast.areas["g3" if place == "g3" else "g1"],
                                          "limit": Span.parse(random.choice(["10 hours", "72 hours"]))}),
            ("handle", {"text": "好了"}), ("verify", {}), ("close", {}), ("reopen", {"text": "又坏了"}),
        ]  # fmt: skip
        for number, (name, more) in enumerate(steps[: random.randrange(len(steps) + 1)], start=1):
            who = ("other_worker" if place == "g3" else "grid_worker") if name == "handle" else clerk
            act(cast, who, name, case, at=began + timedelta(hours=4 * number), **more)
        if random.random() < 0.3:
            Case.objects.filter(id=case.id).update(rated_at=began + timedelta(days=1), satisfied=random.random() < 0.5)


def agrees(cast: Cast, who: str, area: str, period: Period, at: datetime) -> int:
    """Places, total, the period before and days are those of the readers that count piece by piece."""
    actor, place, past = cast.actor(who), cast.areas[area], before(period)
    board = board_of(actor, place, period, at)
    rows = reading.by_area(actor, place, period, at)
    assert [(row.name, numbers(dict(row.values))) for row in board.places] == [
        (row.name, numbers(dict(row.values))) for row in rows
    ]
    assert numbers(dict(board.total)) == numbers(reading.figures(actor, place, period, at))
    late = {"t1": 1}
    found = numbers_of(actor, place, period, past, at, late).past
    plain = reading.figures(actor, place, past, at)
    without = {code: one for code, one in numbers(plain).items() if code != "overdue"}
    assert numbers({code: one for code, one in found.items() if code != "overdue"}) == without
    days = reading.by_day(actor, place, period, at, ("reported", "closed"))
    for code, number in (("reported", 0), ("closed", 1)):
        told = {one.day: one.value.numerator for one in days[code] if one.value.numerator}
        assert {day: two[number] for day, two in board.days.items() if two[number]} == told
    return len(numbers(dict(board.total)))


@pytest.mark.parametrize("seed", [1, 2])
def test_the_same_as_counted_piece_by_piece(cast: Cast, seed: int) -> None:
    random, at = Random(seed), timezone.now()
    kind_add("clue", {"label": "线索", "seen_by": ["township_officer"]})
    report(cast, kind="clue", by="township_officer", place="g1", at=at - timedelta(days=2))
    some_cases(cast, random, at)
    assert not Rolling.objects.exists()  # nothing is rolled up yet: it is counted
    today, compared = local(at).date(), 0
    looks = [("county_leader", "county"), ("township_officer", "t1"), ("auditor", "v1"), ("other_officer", "t2")]
    for state in ("counted", "rolled", "waiting", "half"):
        if state == "rolled":
            built()
        if state == "waiting":
            some_cases(cast, random, at, 3)
            assert Touched.objects.exists()
        if state == "half":
            roll(at=at, size=1)
        for who, area in looks:
            first = today - timedelta(days=random.randrange(3, 22))
            compared += agrees(cast, who, area, Period(RANGE, first, first + timedelta(days=random.randrange(9))), at)
            compared += agrees(cast, who, area, last_days("month", at), at)
    assert compared > 60


@pytest.mark.parametrize("waiting", [False, True])
def test_statements_of_a_board_do_not_grow(cast: Cast, waiting: bool) -> None:
    at = timezone.now()
    some_cases(cast, Random(3), at)
    built()
    if waiting:
        report(cast)
    actor, area = cast.actor("county_leader"), cast.areas["county"]
    with statements() as ran:
        numbers_of(actor, area, last_days("year", at), before(last_days("year", at)), at, {})
    assert len(ran) == (7 if waiting else 2), ran  # the places; and marks, shares before, cases, calls, the batch

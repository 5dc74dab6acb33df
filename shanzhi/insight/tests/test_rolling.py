"""Marks, batches, and what happens to a roller that is killed or that somebody reads beside."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.db.models import F, Q, Value
from django.db.models.expressions import CombinedExpression
from django.db.transaction import atomic
from django.utils import timezone

from shanzhi.access.actor import Actor
from shanzhi.cases.models import Case
from shanzhi.cases.rates.facts import CALLED, CALLS, FACTS, MOMENTS
from shanzhi.cases.rates.periods import YEAR, named
from shanzhi.cases.tests.pages import act
from shanzhi.insight import jobs, marking, rolled
from shanzhi.insight.live import Reader, summed
from shanzhi.insight.models import Counted, PlaceDay, Rolling, Touched
from shanzhi.insight.services import recount, roll, roll_all, rolling
from shanzhi.insight.shares import BITS, COLUMNS, RULES, STANDING, Share, Sums
from shanzhi.insight.tests.proof import built, proved
from shanzhi.lib.times import local
from tests.cast import Cast, report


def reported(cast: Cast, name: str = "county") -> int:
    at = timezone.now()
    reader = Reader(Actor.system(cast.county.id), cast.areas[name], at)
    return summed(rolled.by_place(reader, named(YEAR, at)).values()).get("reported", 0)


def marks() -> int:
    return Touched.objects.count()


def test_what_changes_a_figure_leaves_a_mark_and_what_does_not_leaves_none(cast: Cast) -> None:
    built()
    case = report(cast)
    assert marks() == 1
    act(cast, "village_clerk", "accept", case)
    assert marks() == 2
    Case.objects.filter(id=case.id).update(joined=3, summary="路灯坏了")
    assert marks() == 2
    Case.objects.filter(id=case.id).update(area_path=case.area_path)
    assert marks() == 3
    assert set(Touched.objects.values_list("case_id", flat=True)) == {case.id}


def test_a_mark_goes_back_with_its_transaction(cast: Cast) -> None:
    built()
    before = marks()
    with pytest.raises(ZeroDivisionError), atomic():
        assert report(cast).id > 1 / (marks() - before - 1)
    assert marks() == before


def test_triggers_can_be_installed_twice(cast: Cast) -> None:
    if connection.vendor == "postgresql":
        pytest.skip("only the owner of the tables may")
    marking.install(connection)
    built()
    report(cast)
    assert marks() == 1


def test_every_fact_has_a_column_and_the_other_way_round() -> None:
    integers = {field.name for field in PlaceDay._meta.get_fields() if field.get_internal_type() == "IntegerField"}
    assert integers - {"county_id"} == set(COLUMNS)
    assert len(set(BITS.values())) == len(COLUMNS)


def names_in(condition: Any) -> set[str]:
    """Columns of the case that a condition reads."""
    if isinstance(condition, F):
        return names_in((condition.name, None))
    if isinstance(condition, tuple):
        name, value = condition
        column = name.removeprefix("case__").partition("__")[0]
        return {column} | (names_in(value) if isinstance(value, (F, CombinedExpression)) else set())
    parts = condition.children if isinstance(condition, Q) else condition.get_source_expressions()
    return {name for part in parts for name in names_in(part)} if not isinstance(condition, Value) else set()


def test_every_column_that_a_fact_reads_is_watched() -> None:
    """A new fact can't be forgotten there: what it is counted from has a trigger on it."""
    facts = [MOMENTS[fact.moment] & fact.condition & Q((fact.moment, None)) for fact in FACTS.values()]
    facts += [fact.condition & Q((fact.moment, None)) for fact in STANDING.values()]
    read = {name for condition in facts for name in names_in(condition)} | {"area_path", "seen_by"}
    watched = {name.removesuffix("_id") for name in marking.COLUMNS["cases_case"][1]}
    assert read == watched
    called = {name for condition in CALLS.values() for name in names_in(CALLED & condition)}
    assert called - read <= set(marking.COLUMNS["cases_callback"][1])


def test_a_roller_that_is_killed_between_batches_loses_nothing(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    built()
    for _ in range(3):
        report(cast)
    assert roll(at=timezone.now(), size=1) == 1
    monkeypatch.setattr(rolling, "add", killed)
    with pytest.raises(KeyboardInterrupt):
        roll(at=timezone.now(), size=1)
    assert (marks(), Counted.objects.count()) == (2, 1)
    monkeypatch.undo()
    assert reported(cast) == 3, "what waits is counted by whoever reads"
    assert roll_all(at=timezone.now()) == 2
    assert reported(cast) == 3
    proved()


def killed(*args: object) -> None:
    raise KeyboardInterrupt


def test_the_rows_are_those_of_every_level(cast: Cast) -> None:
    built()
    report(cast, place="g1")
    roll(at=timezone.now())
    today = local(timezone.now()).date()
    rows = PlaceDay.objects.filter(day=today, reported=1).order_by("path")
    areas = [cast.areas[name] for name in ("county", "t1", "v1", "g1")]
    assert [(row.path, row.up) for row in rows] == [(area.path, area.path[:-4]) for area in areas]
    assert [reported(cast, name) for name in ("county", "t1", "v1", "g1", "t2", "g4")] == [1, 1, 1, 1, 0, 0]


def test_a_county_is_counted_in_full_by_the_first_round_and_followed_by_the_others(cast: Cast) -> None:
    report(cast)
    with pytest.raises(rolled.Unknown):
        reported(cast)
    assert roll(at=timezone.now()) == 0
    assert jobs.roll_up(timezone.now()) == 1
    assert reported(cast) == 1
    report(cast)
    assert jobs.roll_up(timezone.now()) == 1
    assert jobs.roll_up(timezone.now()) == 0


def test_other_rules_count_everything_anew(cast: Cast) -> None:
    report(cast)
    built()
    Rolling.objects.update(rules=RULES + 1)
    PlaceDay.objects.update(reported=7)
    with pytest.raises(rolled.Unknown):
        reported(cast)
    jobs.roll_up(timezone.now())
    assert reported(cast) == 1


def test_a_recount_says_what_differed_and_mends_it(cast: Cast) -> None:
    case = report(cast)
    built()
    PlaceDay.objects.filter(path=cast.areas["v1"].path, reported=1).update(reported=5)
    found = recount(at=timezone.now())
    assert (found.wrong_cases, found.wrong_rows, found.cases) == (0, 1, 1)
    assert "{'reported': 5} is {'reported': 1}" in found.samples[0]
    proved()
    Counted.objects.filter(id=case.id).update(facts="")
    found = recount(at=timezone.now())
    assert (found.wrong_cases, found.wrong_rows) == (1, 0)
    PlaceDay.objects.filter(path=cast.areas["g1"].path).delete()
    assert "no row" in recount(at=timezone.now()).samples[0]
    proved()


def test_rows_that_came_to_nothing_go_with_a_recount(cast: Cast) -> None:
    case = report(cast)
    built()
    Case.objects.filter(id=case.id).update(received_at=case.received_at - timedelta(days=40))
    roll(at=timezone.now())
    nothing = dict.fromkeys(COLUMNS, 0)
    assert PlaceDay.objects.filter(**{**nothing, "running": 1}).count() == 4, "it is due as before"
    assert PlaceDay.objects.filter(**nothing).count() in (0, 4), "none if it is due on the day that it came in"
    proved()
    assert PlaceDay.objects.filter(reported=1).count() == 4
    assert not PlaceDay.objects.filter(**nothing).exists()


def test_more_marks_than_a_batch_are_not_counted_on_the_fly(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    built()
    report(cast)
    report(cast)
    monkeypatch.setattr(rolled, "PENDING", 1)
    with pytest.raises(rolled.Unknown):
        reported(cast)
    roll(at=timezone.now())
    assert reported(cast) == 2


def test_a_roller_that_comes_between_is_noticed(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    built()
    report(cast)
    seen, read = [], rolled.waiting

    def pending() -> Sums:
        found = read()
        if not seen:
            roll(at=timezone.now())
        seen.append(len(found.days))
        return found

    monkeypatch.setattr(rolled, "waiting", pending)
    assert reported(cast) == 1
    assert seen[0] >= 4, "a place of each level"
    assert seen[1:] == [0]


def test_a_share_reads_as_it_was_written() -> None:
    share = Share("00010002", "|auditor|", ((739926, 3), (739930, 1 << 17)), (739926, 739930, 1))
    assert Share.read("00010002", "|auditor|", share.text) == share
    assert Share.read("0001", "", "") == Share("0001", "")
    assert len(Share("", "", ((739926, (1 << len(COLUMNS)) - 1),) * 8, (739926, 739930, 1)).text) < 200


@pytest.mark.parametrize(
    "new",
    [
        Share("00010002", "", ((739926, 3),), None),
        Share("00010002", "", ((739926, 1), (739930, 6)), (739926, 739930, 1)),
        Share("00010002", "", ((739927, 3),), (739926, 739930, 0)),
        Share("00010003", "", ((739926, 3),), (739926, 739930, 1)),
        Share("00010002", "|auditor|", ((739926, 3),), (739926, 739930, 1)),
        Share("00010002", "", (), None),
    ],
)
def test_a_change_is_what_goes_and_what_comes(new: Share) -> None:
    old = Share("00010002", "", ((739926, 3),), (739926, 739930, 1))
    short, long = Sums(), Sums()
    short.change(old, new)
    long.add(old, -1)
    long.add(new)
    short.drop_nothing()
    long.drop_nothing()
    assert (short.days, short.pairs) == (long.days, long.pairs)
    first = Sums()
    first.change(None, new)
    assert len(first.days) == 2 * len(new.days)


def test_adding_and_taking_away_is_nothing() -> None:
    sums, share = Sums(), Share("00010002", "", ((739926, 3),), (739926, 739930, 1))
    sums.add(share)
    assert sums.days["0001", "", 739926][:3] == [1, 1, 0]
    sums.add(share, -1)
    sums.drop_nothing()
    assert (sums.days, sums.pairs) == ({}, {})

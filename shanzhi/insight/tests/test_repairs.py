"""Whatever is wrong with a row, a recount says what differed, mends it, and finds nothing the next time."""

from collections.abc import Callable
from datetime import timedelta
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from shanzhi.cases.callbacks.services import Answers, callback_open, callback_record
from shanzhi.cases.models import Case
from shanzhi.cases.tests.pages import act
from shanzhi.cases.tests.rates.test_counting import to_close
from shanzhi.insight import jobs
from shanzhi.insight.models import Counted, PlaceDay, PlacePair, Rolling, Touched
from shanzhi.insight.services import Recount, recount, recounting, roll, roll_all, rolling
from shanzhi.insight.shares import RULES
from shanzhi.insight.tests.proof import built, proved
from shanzhi.tenancy.ids import new_id
from tests.cast import Cast, report

Tamper = Callable[[Cast], Any]


def again() -> Recount:
    return recount(at=timezone.now())


def rated_and_called(cast: Cast) -> Case:
    """The one thing that has a pair: rated by its reporter, and called back today."""
    at = timezone.now() - timedelta(days=10)
    case = to_close(cast, report(cast, by="resident", place="v1", at=at), at)
    Case.objects.filter(id=case.id).update(rated_at=at + timedelta(days=1), satisfied=True)
    officer = cast.actor("township_officer")
    row = callback_open(actor=officer, case=case)
    callback_record(actor=officer, case=case, version=row.version, answers=Answers("reached", "yes", False, False))
    return case


def rows() -> set[tuple[Any, ...]]:
    """Everything that is kept, without the ids."""
    days = PlaceDay.objects.values_list("path", "up", "shown", "day", "reported", "closed", "ended", "called")
    pairs = PlacePair.objects.values_list("path", "up", "shown", "rated_on", "called_on", "pairs", "pairs_satisfied")
    counted = Counted.objects.values_list("id", "path", "shown", "facts")
    return {*days, *pairs, *counted}


TAMPERS: dict[str, tuple[Tamper, str]] = {
    "more": (lambda cast: PlaceDay.objects.filter(path=cast.areas["g1"].path, reported=1).update(reported=9),
             "{'reported': 9} is {'reported': 1}"),
    "less than nothing": (lambda cast: PlaceDay.objects.filter(path=cast.areas["t1"].path, reported=1).update(
        reported=-4), "{'reported': -4} is {'reported': 1}"),
    "of the county": (lambda cast: PlaceDay.objects.filter(up="", reported=1).update(closed=5),
                      "{'closed': 5} is {'closed': 0}"),
    "a day that is gone": (lambda cast: PlaceDay.objects.filter(path=cast.areas["v1"].path, reported=1).delete(),
                           "no row"),
    "a day that never was": (lambda cast: PlaceDay.objects.create(
        id=new_id(), path=cast.areas["g4"].path, up=cast.areas["v1"].path, day="2020-02-02", reported=2),
        "2020-02-02: {'reported': 2} is {'reported': 0}"),
    "a place without cases": (lambda cast: PlaceDay.objects.create(
        id=new_id(), path=cast.areas["t2"].path, up=cast.areas["county"].path, day="2020-02-02", ended=1),
        "{'ended': 1} is {'ended': 0}"),
    "roles": (lambda cast: PlaceDay.objects.filter(path=cast.areas["g1"].path, reported=1).update(shown="|auditor|"),
              "{'reported': 1"),
    "a pair": (lambda cast: PlacePair.objects.filter(path=cast.areas["v1"].path).update(pairs_satisfied=0),
               "{'pairs_satisfied': 0} is {'pairs_satisfied': 1}"),
    "a pair that is gone": (lambda cast: PlacePair.objects.filter(path=cast.areas["t1"].path).delete(), "no row"),
    "a case that was not counted": (lambda cast: Counted.objects.all().delete(), ": None is Share("),
    "a case counted elsewhere": (lambda cast: Counted.objects.update(path=cast.areas["g3"].path), "is Share("),
}  # fmt: skip


@pytest.mark.parametrize("what", TAMPERS)
def test_what_was_tampered_with_is_named_and_mended(cast: Cast, what: str) -> None:
    rated_and_called(cast)
    report(cast)
    built()
    right, (tamper, words) = rows(), TAMPERS[what]
    assert PlacePair.objects.count() == 3
    tamper(cast)
    assert rows() != right
    found = again()
    assert (found.agrees, found.first, found.cases) == (False, False, 2)
    assert any(words in line for line in found.samples), found.samples
    assert rows() == right
    proved()


@pytest.mark.parametrize("tamper", ["a pair", "a pair that is gone"])
def test_a_pair_is_named_with_both_of_its_days(cast: Cast, tamper: str) -> None:
    rated_and_called(cast)
    built()
    pair = PlacePair.objects.filter(path=cast.areas["v1"].path).get()
    TAMPERS[tamper][0](cast)
    (line,) = again().samples
    assert f" {pair.rated_on}/{pair.called_on}: " in line


def test_only_so_much_is_told_but_all_of_it_is_counted_and_mended(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    for _ in range(3):
        report(cast)
    built()
    monkeypatch.setattr(recounting, "SAMPLES", 2)
    Counted.objects.update(facts="")
    PlaceDay.objects.update(returned=7)
    found = again()
    assert (len(found.samples), found.wrong_cases, found.wrong_rows) == (2, 3, PlaceDay.objects.count())
    proved()


def test_chunks_make_no_difference(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    for place in ("g1", "g1", "g4"):
        report(cast, place=place, by="village_clerk")
    monkeypatch.setattr(recounting, "CHUNK", 2)
    monkeypatch.setattr(rolling, "ROWS", 2)
    built()
    assert PlaceDay.objects.filter(up="").get(reported=3).path == cast.areas["county"].path
    proved()


def test_what_only_waits_is_no_error(cast: Cast) -> None:
    built()
    case = report(cast)
    act(cast, "village_clerk", "accept", case)
    assert Touched.objects.count() == 2
    found = again()
    assert (found.agrees, found.samples, found.cases) == (True, [], 1)
    assert not Touched.objects.exists()


def test_marks_of_cases_that_there_are_not_are_taken_away(cast: Cast) -> None:
    built()
    Touched.objects.create(id=1, case_id=987654321)
    assert roll(at=timezone.now()) == 1
    assert not Touched.objects.exists()
    assert not Counted.objects.exists()
    proved()


def test_while_the_rules_are_others_marks_wait_for_the_recount(cast: Cast) -> None:
    report(cast)
    built()
    Rolling.objects.update(rules=RULES - 1)
    report(cast)
    assert roll_all(at=timezone.now()) == 0
    assert Touched.objects.count() == 1
    assert jobs.roll_up(timezone.now()) == 2, "every case, and not the mark alone"
    assert not Touched.objects.exists()
    proved()


def test_each_round_moves_the_batch_and_its_time_and_an_empty_one_does_not(cast: Cast) -> None:
    built()
    first = Rolling.objects.get()
    later = timezone.now() + timedelta(minutes=5)
    assert roll(at=later) == 0
    assert Rolling.objects.get().batch == first.batch
    report(cast)
    roll(at=later)
    second = Rolling.objects.get()
    assert (second.batch, second.counted_at, second.recounted_at) == (first.batch + 1, later, first.recounted_at)
    recount(at=later)
    assert Rolling.objects.get().recounted_at == later


def test_rolling_stops_at_the_most_that_was_asked_for(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    built()
    for _ in range(5):
        report(cast)
    monkeypatch.setattr(rolling, "BATCH", 2)
    monkeypatch.setattr(rolling.roll, "__kwdefaults__", {"size": 2})
    assert roll_all(at=timezone.now(), most=2) == 4
    assert Touched.objects.count() == 1
    assert roll_all(at=timezone.now()) == 1
    proved()


def test_without_any_county_the_command_says_what_to_do(db: None) -> None:
    with pytest.raises(CommandError, match="还没有县，先载入数据再汇总。"):
        call_command("rollup", stdout=StringIO())
    with pytest.raises(CommandError, match="没有这个县，请核对六位代码。"):
        call_command("rollup", "--county", "341181", stdout=StringIO())
    with pytest.raises(CommandError, match="invalid int value"):
        call_command("rollup", "--county", "天长", stdout=StringIO())

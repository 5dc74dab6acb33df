"""What is counted is what a naive recount from the steps finds, whatever happened; and a few histories by hand."""

from collections import Counter
from dataclasses import asdict, fields
from datetime import datetime, timedelta
from random import Random
from typing import Any

import pytest
from django.db import transaction
from django.utils import timezone

from shanzhi.areas.models import Area
from shanzhi.cases.acts import Act
from shanzhi.cases.callbacks.services import Answers, callback_open, callback_record
from shanzhi.cases.models import Case
from shanzhi.cases.rates.counting import ANYBODY, Counts, below, counted, group_of, summed
from shanzhi.cases.rates.doings import records
from shanzhi.cases.rates.registry import figures_of
from shanzhi.cases.tests.pages import act, statements
from shanzhi.cases.tests.rates.naive import recount
from shanzhi.cases.tests.taking.people import taken
from shanzhi.cases.tests.test_engine_stateful import KINDS, Engine
from shanzhi.lib.clocks import Span
from shanzhi.lib.errors import DomainError
from tests.cast import Cast, report
from tests.kinds import kind_add


def numbers(area: Area, start: datetime, end: datetime) -> dict[str, int]:
    return {name: n for name, n in asdict(summed(counted(area, start, end).values())).items() if n}


def opened(area: Area, start: datetime, end: datetime) -> dict[str, int]:
    """How many cases each count opens, by the conditions of the list."""
    rows = Case.objects.filter(below(area), ANYBODY)
    found = {one.name: rows.filter(records(one.name, start, end, at=end)).count() for one in fields(Counts)}
    return {name: n for name, n in found.items() if n}


def always(cast: Cast) -> dict[str, int]:
    at = timezone.now()
    return numbers(cast.areas["county"], at - timedelta(days=400), at + timedelta(days=400))


def to_close(cast: Cast, case: Case, at: datetime, **close: Any) -> Case:
    """Through the village and its grid, an hour each."""
    hours = iter(range(1, 9))
    for who, name, more in (
        ("village_clerk", "accept", {}),
        ("village_clerk", "dispatch", {"area": cast.areas["g1"], "limit": Span.parse("72 hours")}),
        ("grid_worker", "handle", {"text": "修好了"}),
        ("village_clerk", "verify", {}),
        ("village_clerk", "close", close),
    ):
        act(cast, who, name, case, at=at + timedelta(hours=next(hours)), **more)
    return Case.objects.get(id=case.id)


def test_one_that_goes_well(cast: Cast) -> None:
    at = timezone.now() - timedelta(days=10)
    to_close(cast, report(cast, at=at), at)
    assert always(cast) == {
        "reported": 1, "accepted": 1, "due": 1, "finished": 1, "in_time": 1, "dispatched": 1, "accurate": 1,
        "closed": 1,
    }  # fmt: skip


def test_the_deadline_says_where_it_is_due_and_the_receipt_where_it_is_reported(cast: Cast) -> None:
    at = timezone.now() - timedelta(days=10)
    to_close(cast, report(cast, at=at), at)
    until, county = at + timedelta(days=2), cast.areas["county"]
    first, then = numbers(county, at, until), numbers(county, until, timezone.now())
    assert first == {"reported": 1, "accepted": 1, "dispatched": 1, "accurate": 1, "closed": 1}
    assert then == {"due": 1, "finished": 1, "in_time": 1}


def test_late_is_the_result_and_not_the_silence_of_the_reporter(cast: Cast) -> None:
    at = timezone.now() - timedelta(days=30)
    late, waiting = report(cast, at=at), report(cast, at=at)
    for case, days in ((late, 4), (waiting, 2)):
        act(cast, "village_clerk", "accept", case, at=at)
        act(cast, "village_clerk", "dispatch", case, area=cast.areas["g1"], limit=Span.parse("72 hours"), at=at)
        act(cast, "grid_worker", "handle", case, text="好了", at=at + timedelta(days=days))
        act(cast, "village_clerk", "verify", case, at=at + timedelta(days=8))
        act(cast, "village_clerk", "close", case, at=at + timedelta(days=15))
    found = always(cast)
    assert (found["due"], found["finished"], found["in_time"]) == (2, 2, 1)


def test_given_back_and_given_anew_gains_no_time(cast: Cast) -> None:
    at = timezone.now() - timedelta(days=10)
    case = report(cast, at=at)
    act(cast, "village_clerk", "accept", case, at=at)
    act(cast, "village_clerk", "dispatch", case, area=cast.areas["g1"], limit=Span.parse("24 hours"), at=at)
    due = Case.objects.get(id=case.id).close_by
    act(cast, "grid_worker", "return", case, text="不归我们", at=at + timedelta(days=3))
    act(
        cast,
        "village_clerk",
        "dispatch",
        case,
        area=cast.areas["g4"],
        limit=Span.parse("7 days"),
        at=at + timedelta(days=3),
    )
    case.refresh_from_db()
    assert case.close_by == due
    assert due is not None
    assert case.due_at is not None
    assert case.due_at > due
    found = always(cast)
    assert (found["dispatched"], found.get("accurate", 0), found["returned"]) == (1, 0, 1)


def test_reopened_begins_a_new_round(cast: Cast) -> None:
    at = timezone.now() - timedelta(days=10)
    case = to_close(cast, report(cast, at=at), at)
    act(cast, "village_clerk", "reopen", case, text="又坏了", at=at + timedelta(days=5))
    again = Case.objects.get(id=case.id)
    assert again.close_by is not None
    assert case.close_by is not None
    assert again.close_by > case.close_by
    assert again.closed_at == case.closed_at
    assert again.handled_at is None
    act(cast, "village_clerk", "dispatch", case, area=cast.areas["g1"], at=at + timedelta(days=5))
    assert not Case.objects.get(id=case.id).redispatched
    found = always(cast)
    assert (found["closed"], found["reopened"], found["due"], found.get("finished", 0)) == (1, 1, 1, 0)


def test_rejected_and_merged_are_reported_and_nothing_else(cast: Cast) -> None:
    at = timezone.now() - timedelta(days=10)
    main, twin, wrong = (report(cast, at=at) for _ in range(3))
    act(cast, "village_clerk", "accept", twin, at=at)
    act(cast, "village_clerk", "merge", twin, into=main, text="同一件", at=at)
    act(cast, "village_clerk", "reject", wrong, text="不归这里", at=at)
    assert always(cast) == {"reported": 3}


def test_a_rating_and_a_call_back_are_one(cast: Cast) -> None:
    at = timezone.now() - timedelta(days=10)
    rated = to_close(cast, report(cast, by="resident", place="v1", at=at), at)
    Case.objects.filter(id=rated.id).update(rated_at=at, satisfied=True)
    called = to_close(cast, taken(cast), timezone.now())
    for case in (rated, called):
        officer, row = cast.actor("township_officer"), callback_open(actor=cast.actor("township_officer"), case=case)
        said = Answers("reached", "yes", case == called, case == called)
        callback_record(actor=officer, case=case, version=row.version, answers=said)
    found = always(cast)
    assert (found["called"], found["solved"], found["rated"], found["satisfied"]) == (2, 1, 2, 1)


def test_six_statements_for_every_place_side_by_side(cast: Cast) -> None:
    by = {"g1": "grid_worker", "g2": "township_officer", "g3": "other_worker", "g4": "village_clerk"}
    for place, who in by.items():
        report(cast, place=place, by=who)
    at = timezone.now()
    for name, groups in (("county", 2), ("t1", 2), ("v1", 2), ("g1", 1)):
        with statements() as ran:
            found = counted(cast.areas[name], at - timedelta(days=1), at + timedelta(days=1))
        assert len(ran) == 6
        assert len(found) == groups, name
    assert group_of(cast.areas["county"]) == "town_path"


def test_a_kind_that_is_not_public_is_in_no_public_figure(cast: Cast) -> None:
    kind_add("secret", {"label": "线索", "public": False})
    report(cast, kind="secret")
    report(cast)
    assert always(cast)["reported"] == 1


def test_a_rate_over_nothing_is_no_value() -> None:
    assert all(figure.value is None and figure.text == "" for figure in figures_of(Counts()))
    many = {figure.rate.code: figure.text for figure in figures_of(Counts(due=3000, finished=2999, in_time=1))}
    assert (many["finished"], many["in_time"]) == ("99.9", "0.1")
    whole = {figure.rate.code: figure.text for figure in figures_of(Counts(due=229, finished=229, in_time=219))}
    assert (whole["finished"], whole["in_time"]) == ("100", "95.6")


class Walker(Engine):
    """The same walks without what their own test holds after each act."""

    def _print(self) -> list[Any]:
        return []


def walk(cast: Cast, seed: int) -> tuple[int, Counter[Act]]:
    """Random acts by random people, with contacts and call-backs; every few steps both counts are the same."""
    random, engine = Random(seed), Walker()
    engine.mine = Engine.done
    begin, compared = engine.now, 0
    try:
        for _ in range(3):
            engine.first(random.choice(KINDS))
        engine.ids.append(report(cast, by="resident", place="v1", at=engine.now).id)
        engine.ids.append(taken(cast).id)
        Case.objects.filter(id=engine.ids[-1]).update(received_at=engine.now)
        for number in range(36):
            engine.do_something(random.choice, rare=random.random() < 0.6)
            called(cast, engine, random)
            go_on(engine, random)
            engine.now += timedelta(hours=random.choice([1, 5, 20, 60]))
            if number % 12 == 11:
                for days in (3, 20):
                    start = begin + timedelta(days=random.randrange(-2, 20))
                    compared += compare(cast, start, start + timedelta(days=days))
        return compared, Engine.done
    finally:
        engine.teardown()


RARE = {"closed": ("village_clerk", Act.REOPEN), "suspended": ("village_clerk", Act.RESUME),
        "merged": ("village_clerk", Act.UNMERGE)}  # fmt: skip


def go_on(engine: Engine, random: Random) -> None:
    """What stands still goes on now and then: dice alone seldom come to it."""
    case = engine._case(random.choice)
    if case.state in RARE and random.random() < 0.4:
        name, act_now = RARE[case.state]
        engine._try(random.choice, case, name, act_now, text="情况说明")


def called(cast: Cast, engine: Engine, random: Random) -> None:
    case, officer = engine._case(random.choice), engine.actors["county_centre"]
    said = Answers("reached", "no", random.random() < 0.5, random.random() < 0.5)
    try:
        with transaction.atomic():
            row = callback_open(actor=officer, case=case, at=engine.now)
            callback_record(actor=officer, case=case, version=row.version, answers=said, at=engine.now)
    except DomainError:
        return


def compare(cast: Cast, start: datetime, end: datetime) -> int:
    total = 0
    for name in ("county", "v1"):
        area = cast.areas[name]
        by_hand = {key: n for key, n in recount(area.path, start, end).items() if n}
        assert numbers(area, start, end) == by_hand, name
        assert opened(area, start, end) == by_hand, name
        total += sum(by_hand.values())
    return total


@pytest.mark.slow
def test_whatever_happened_the_recount_agrees(cast: Cast) -> None:
    Engine.cast, Engine.done = cast, Counter()
    compared = sum(walk(cast, seed)[0] for seed in range(6))
    assert compared > 60
    assert {Act.REOPEN, Act.SUSPEND, Act.RESUME, Act.MERGE, Act.CONTACT, Act.RETURN} <= set(Engine.done)

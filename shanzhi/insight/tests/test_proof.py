"""Whatever happened and whenever the roller came: roll-ups, a recount and counting the cases say the same."""

from collections import Counter
from datetime import date, timedelta
from random import Random

import pytest
from django.utils import timezone

from shanzhi.access.actor import Actor
from shanzhi.areas.services import area_merge
from shanzhi.cases.models import Case
from shanzhi.cases.rates.periods import MONTH, YEAR, named
from shanzhi.cases.tests.pages import act
from shanzhi.cases.tests.phone.sending import ago, late_report, late_step
from shanzhi.cases.tests.phone.test_late_reports import fields
from shanzhi.cases.tests.rates.naive import recount as by_hand
from shanzhi.cases.tests.rates.test_counting import Walker, called, go_on, to_close
from shanzhi.cases.tests.taking.people import taken
from shanzhi.cases.tests.test_engine_stateful import KINDS, Engine
from shanzhi.insight import rolled
from shanzhi.insight.live import Reader, summed
from shanzhi.insight.models import Counted, PlaceDay, Touched
from shanzhi.insight.services import roll
from shanzhi.insight.tests.proof import agrees, all_agree, built, plain, proved, some
from shanzhi.jobs.testing import drain
from tests.cast import Cast, report


def system(cast: Cast) -> Actor:
    return Actor.system(cast.county.id)


def walk(cast: Cast, seed: int) -> int:
    """Random acts by random people with call-backs, the roller in between, now and then a comparison."""
    random, engine = Random(seed), Walker()
    engine.mine = Engine.done
    begin, compared = engine.now, 0
    areas = [cast.areas[name] for name in ("county", "t1", "v1", "g1")]
    try:
        for _ in range(3):
            engine.first(random.choice(KINDS))
        engine.ids.append(report(cast, by="resident", place="v1", at=engine.now).id)
        engine.ids.append(taken(cast).id)
        Case.objects.filter(id=engine.ids[-1]).update(received_at=engine.now)
        for number in range(24):
            engine.do_something(random.choice, rare=random.random() < 0.6)
            called(cast, engine, random)
            go_on(engine, random)
            some(random, engine.now)
            engine.now += timedelta(hours=random.choice([1, 5, 20, 60]))
            if number % 12 == 11:
                compared += all_agree(system(cast), random.sample(areas, 1), begin, random, at=engine.now)
        during = named(YEAR, begin)
        facts = summed(plain(rolled.by_place(Reader(system(cast), cast.areas["county"], engine.now), during)).values())
        naive = by_hand(cast.areas["county"].path, during.start, during.end)
        assert {n: v for n, v in facts.items() if n != "open"} == {n: v for n, v in naive.items() if v}
        proved(engine.now)
        return compared
    finally:
        engine.teardown()


@pytest.mark.slow
def test_random_histories_with_the_roller_at_random_moments(cast: Cast) -> None:
    Engine.cast, Engine.done = cast, Counter()
    built()
    assert sum(walk(cast, seed) for seed in (1, 3)) > 20
    assert len(Engine.done) > 6


def test_what_a_phone_sends_late(cast: Cast) -> None:
    built()
    case = report(cast, at=timezone.now() - timedelta(days=3))
    act(cast, "village_clerk", "accept", case, at=timezone.now() - timedelta(days=2))
    act(cast, "village_clerk", "dispatch", case, area=cast.areas["g1"], at=timezone.now() - timedelta(days=2))
    roll(at=timezone.now())
    worker = cast["grid_worker"].client()
    case.refresh_from_db()
    assert late_step(worker, case, "handle", text="修好了", done_at=ago(hours=30)).status_code == 200
    assert late_report(worker, fields(cast, done_at=ago(days=2))).json()["state"] == "done"
    assert Touched.objects.exists()
    for _ in range(2):  # while marks wait, and when they have been rolled
        assert agrees(Reader(system(cast), cast.areas["v1"], timezone.now()), named(MONTH, timezone.now())) > 0
        roll(at=timezone.now())
    proved()


def test_a_village_is_merged_in_mid_year(cast: Cast) -> None:
    at = timezone.now() - timedelta(days=20)
    to_close(cast, report(cast, at=at), at)
    report(cast, at=at)
    built()
    old, new, county = cast.areas["v1"], cast.areas["v2"], cast.areas["county"]
    during = named(YEAR, at)
    before = rolled.by_place(Reader(system(cast), county, timezone.now()), during)
    old.refresh_from_db()
    area_merge(
        actor=cast.actor("system_admin"), area=old, version=old.version, into=new, reason="撤并村", on=date(2026, 1, 1)
    )
    drain()  # rewrites the paths of the cases, and passes on what was open
    path = cast.areas["v1"].path
    for _ in range(2):
        for area in (new, county, cast.areas["t1"]):
            assert agrees(Reader(system(cast), area, timezone.now()), during) > 0
        roll(at=timezone.now())
    after = rolled.by_place(Reader(system(cast), county, timezone.now()), during)
    assert summed(plain(before).values())["reported"] == summed(plain(after).values())["reported"] == 2
    assert not Counted.objects.filter(path__startswith=path).exists()
    assert not any(row.reported for row in PlaceDay.objects.filter(path__startswith=path))
    proved()


def test_reopened_moves_what_was_done_in_time_to_another_day(cast: Cast) -> None:
    built()
    at = timezone.now() - timedelta(days=30)
    case = to_close(cast, report(cast, at=at), at)
    roll(at=timezone.now())
    was = Counted.objects.get(id=case.id).facts
    act(cast, "village_clerk", "reopen", case, text="又坏了", at=at + timedelta(days=12))
    reader = Reader(system(cast), cast.areas["g1"], timezone.now())
    facts = summed(rolled.by_place(reader, named(YEAR, at)).values())
    assert (facts["closed"], facts["reopened"], facts["finished"], facts["open"]) == (1, 1, 0, 1)
    roll(at=timezone.now())
    assert Counted.objects.get(id=case.id).facts != was
    assert summed(rolled.by_place(reader, named(YEAR, at)).values()) == facts
    proved()


def test_a_rating_and_a_call_of_different_days_are_one_in_a_period_with_both(cast: Cast) -> None:
    built()
    at = timezone.now() - timedelta(days=10)
    case = to_close(cast, report(cast, by="resident", place="v1", at=at), at)
    Case.objects.filter(id=case.id).update(rated_at=at, satisfied=True)
    engine = Walker.__new__(Walker)
    engine.actors, engine.now, engine.ids = {"county_centre": cast.actor("township_officer")}, timezone.now(), [case.id]
    engine._case = lambda choice: Case.objects.get(id=case.id)  # type: ignore[method-assign]
    called(cast, engine, Random(1))
    for _ in range(2):
        reader, today = Reader(system(cast), cast.areas["v1"], timezone.now()), timezone.now()
        total = summed(rolled.by_place(reader, named(YEAR, today)).values())
        assert (total["rated"], total["called"]) == (1, 1)
        assert agrees(reader, named(YEAR, today)) > 0
        days = [facts["rated"] for facts in rolled.by_day(reader, named(YEAR, today)).values() if facts.get("rated")]
        assert days == [1, 1]
        roll(at=timezone.now())
    proved()

"""What was written wrong: corrected in the middle, at the beginning, at the end; the newest taken back."""

from datetime import date, timedelta
from itertools import pairwise
from typing import Any

import pytest

from shanzhi.lib.errors import Conflict, Forbidden, Invalid, NotFound, Stale
from shanzhi.people.models import Membership, Resident, Stay
from shanzhi.people.selectors.counts import population_on
from shanzhi.people.selectors.residents import can_take_back, correctable, stay_on, stays_shown
from shanzhi.people.services import (
    Whither,
    dwelling_gone,
    event_take_back,
    household_close,
    household_leave,
    stay_correct,
    stay_get_for,
)
from shanzhi.people.tests.world import (
    ago,
    dwelling,
    groups,
    happen,
    household,
    member,
    resident,
    stays,
    stranger,
    today,
)
from shanzhi.trail.models import Entry
from tests.cast import Cast

AWAY = "江苏省苏州市"


def now(row: Resident) -> Resident:
    return Resident.objects.get(id=row.id)


def stay(row: Resident, change: str) -> Stay:
    return Stay.objects.get(resident=row, change=change, void=False)


def correct(cast: Cast, wrong: Stay, *, by: str = "village_clerk", since: date, **said: Any) -> Stay:
    row = Resident.objects.get(id=wrong.resident_id)
    code = cast.areas["g1"].code
    more = {name: said.pop(name) for name in ("note", "version", "key") if name in said}
    where = {"registered": code, **({} if "lives_elsewhere" in said or "dwelling" in said else {"lives": code}), **said}
    more = {"note": "写错了", "version": row.version, **more}
    return stay_correct(actor=cast.actor(by), stay_id=wrong.id, since=since, whither=Whither(**where), **more)


def back(cast: Cast, row: Resident, *, by: str = "village_clerk", **said: Any) -> Resident:
    said = {"version": now(row).version, **said}
    return event_take_back(actor=cast.actor(by), number=row.id, **said)


@pytest.fixture
def life(cast: Cast) -> Resident:
    """Known since 400 days, away 200 days ago, back 100 days ago, dead 10 days ago."""
    row = resident(cast)
    happen(cast, row, "left", lives_elsewhere=AWAY, on=ago(200))
    happen(cast, row, "back", lives=cast.areas["g1"].code, on=ago(100))
    return happen(cast, row, "died", on=ago(10))


@pytest.mark.parametrize(
    ("change", "since", "wanted"),
    [
        ("first", 500, [500, 200, 100, 10]), ("first", 200, [200, 200, 100, 10]), ("left", 400, [400, 400, 100, 10]),
        ("left", 100, [400, 100, 100, 10]), ("back", 150, [400, 200, 150, 10]), ("back", 10, [400, 200, 10, 10]),
        ("died", 30, [400, 200, 100, 30]), ("died", 0, [400, 200, 100, 0]),
    ],
)  # fmt: skip
def test_another_day_draws_the_one_before_along(
    cast: Cast, life: Resident, change: str, since: int, wanted: list[int]
) -> None:
    elsewhere = {"lives_elsewhere": AWAY} if change == "left" else {}
    correct(cast, stay(life, change), since=ago(since), **elsewhere)
    found = stays(life)
    assert sorted(one[0] for one in found) == sorted(ago(back) for back in wanted)
    spans = sorted(found, key=lambda one: (one[0], one[1] or date.max))
    assert all(one[1] == two[0] for one, two in pairwise(spans))
    assert spans[-1][1] is None
    assert now(life).died_on == ago(wanted[-1])


@pytest.mark.parametrize(
    ("change", "since"), [("left", 401), ("left", 99), ("back", 201), ("back", 9), ("died", 101), ("first", 199)]
)
def test_not_past_its_neighbours(cast: Cast, life: Resident, change: str, since: int) -> None:
    before = stays(life)
    elsewhere = {"lives_elsewhere": AWAY} if change == "left" else {}
    with pytest.raises(Conflict) as refused:
        correct(cast, stay(life, change), since=ago(since), **elsewhere)
    assert refused.value.code == "stay_order"
    assert list(refused.value.fields) == ["since"]
    assert stays(life) == before
    assert now(life).version == life.version


def test_a_day_to_come_is_none(cast: Cast, life: Resident) -> None:
    with pytest.raises(Invalid):
        correct(cast, stay(life, "died"), since=today() + timedelta(days=1))
    with pytest.raises(Invalid, match="为什么更正"):
        correct(cast, stay(life, "died"), since=ago(9), note=" ")
    with pytest.raises(Stale):
        correct(cast, stay(life, "died"), since=ago(9), version=1)


def test_a_corrected_death_keeps_the_way_to_the_page(cast: Cast, life: Resident) -> None:
    correct(cast, stay(life, "died"), since=ago(30))
    row = now(life)
    assert (row.population, row.last_path, row.lives) == ("dead", cast.areas["g1"].path, None)
    assert back(cast, row).population == "settled"


def test_another_place_in_the_past_changes_the_counts_of_those_days(cast: Cast, life: Resident) -> None:
    area = cast.areas["v1"]
    assert population_on(area, ago(150)).figures.away == 1
    correct(cast, stay(life, "left"), since=ago(200), lives=cast.areas["g4"].code)
    figures = population_on(area, ago(150)).figures
    assert (figures.away, figures.settled) == (0, 1)
    then = stay_on(life, ago(150))
    assert then is not None
    assert (then.lives, then.population) == (cast.areas["g4"], "settled")
    assert now(life).population == "dead"


def test_a_dwelling_can_be_put_right(cast: Cast) -> None:
    home = dwelling(cast, place="g4")
    row = resident(cast)
    right = correct(cast, stay(row, "first"), since=ago(400), dwelling=home.id)
    assert (right.dwelling, right.lives) == (home, cast.areas["g4"])
    assert now(row).dwelling == home


def test_the_wrong_one_is_kept_with_who_corrected_and_why(cast: Cast, life: Resident) -> None:
    correct(cast, stay(life, "left"), by="township_officer", since=ago(210), lives_elsewhere="上海市", note="看了车票")
    shown = stays_shown(life)
    void = [one for one in shown if one.void]
    assert [(one.since, one.lives_elsewhere) for one in void] == [(ago(200), AWAY)]
    right = stay(life, "left")
    assert (right.note, right.actor_post) == ("看了车票", "东镇 镇综治中心受理员")
    codes = {"people.stay.voided", "people.stay.corrected", "people.stay.drawn", "people.resident.corrected"}
    assert set(Entry.objects.filter(code__in=codes).values_list("code", flat=True)) == codes


def test_a_key_corrects_once(cast: Cast, life: Resident) -> None:
    wrong = stay(life, "left")
    version = now(life).version
    first = correct(cast, wrong, since=ago(210), lives_elsewhere=AWAY, key="k", version=version)
    again = correct(cast, wrong, since=ago(210), lives_elsewhere=AWAY, key="k", version=version)
    assert first.id == again.id != wrong.id
    assert Stay.objects.filter(void=True).count() == 1


def test_who_may_correct(cast: Cast, life: Resident) -> None:
    wrong = stay(life, "left")
    for who, error in (("other_clerk", NotFound), ("branch_secretary", Forbidden), ("auditor", NotFound)):
        with pytest.raises(error):
            correct(cast, wrong, by=who, since=ago(210), lives_elsewhere=AWAY)
        with pytest.raises(error):
            back(cast, life, by=who)
    with pytest.raises(NotFound):
        stay_get_for(cast.actor("village_clerk"), 5)


def test_a_change_of_household_is_mended_at_the_household(cast: Cast) -> None:
    row = resident(cast)
    household(cast, {row: "0"})
    kinds = {one.change: correctable(one) for one in stays_shown(row)}
    assert kinds == {"first": True, "household": False}
    assert can_take_back(stays_shown(row))
    assert not can_take_back(stays_shown(stranger(cast)))


def test_everything_can_be_taken_back_but_the_first(cast: Cast, life: Resident) -> None:
    populations = [back(cast, life).population for _ in range(3)]
    assert populations == ["settled", "away", "settled"]
    assert stays(life) == [(ago(400), None, "first")]
    with pytest.raises(Conflict, match="第一条登记"):
        back(cast, life)
    assert Stay.objects.filter(resident=life, void=True).count() == 3


def test_taken_back_once_under_one_key(cast: Cast, life: Resident) -> None:
    version = now(life).version
    assert back(cast, life, version=version, key="k").version == version + 1
    assert back(cast, life, version=version, key="k").version == version + 1
    with pytest.raises(Stale):
        back(cast, life, version=version)


def test_a_membership_that_ended_with_a_death_does_not_come_back_by_itself(cast: Cast) -> None:
    groups(cast)
    row = resident(cast)
    care = member(cast, row)
    happen(cast, row, "died")
    back(cast, row)
    care.refresh_from_db()
    assert care.until == today()
    assert member(cast, row, since=today()).until is None
    assert Membership.objects.count() == 2


def test_of_two_changes_on_one_day_the_later_holds(cast: Cast) -> None:
    row = resident(cast)
    happen(cast, row, "left", lives_elsewhere=AWAY)
    happen(cast, row, "back", lives=cast.areas["g4"].code)
    then = stay_on(row, today())
    assert then is not None
    assert (then.change, then.lives) == ("back", cast.areas["g4"])
    assert population_on(cast.areas["g4"], today()).figures.living == 1
    assert population_on(cast.areas["g1"], today()).figures.away == 1


def test_nobody_is_taken_back_into_a_house_that_was_torn_down(cast: Cast) -> None:
    home = dwelling(cast)
    row = resident(cast, dwelling=home.id)
    happen(cast, row, "moved", lives=cast.areas["g4"].code)
    dwelling_gone(actor=cast.actor("village_clerk"), number=home.id, version=1, on=today())
    with pytest.raises(Conflict, match="已经拆除，不能撤回") as refused:
        back(cast, row)
    assert refused.value.code == "dwelling_gone"
    assert (now(row).lives, now(row).dwelling_id, now(row).version) == (cast.areas["g4"], None, 2)
    assert not Stay.objects.filter(void=True).exists(), "nothing of it was kept"


def test_nobody_is_taken_back_into_a_household_that_was_closed(cast: Cast) -> None:
    row = resident(cast)
    house = household(cast, {row: "0"})
    clerk = cast.actor("village_clerk")
    household_leave(actor=clerk, resident=row.id, version=2, on=today())
    household_close(actor=clerk, number=house.id, version=1, on=today())
    with pytest.raises(Conflict, match="已经销户，不能撤回") as refused:
        back(cast, row)
    assert refused.value.code == "household_closed"
    assert (now(row).household_id, now(row).version) == (None, 3)


def test_a_death_is_taken_back_into_what_still_stands(cast: Cast) -> None:
    home = dwelling(cast)
    row = resident(cast, dwelling=home.id)
    house = household(cast, {row: "0"})
    happen(cast, row, "died")
    again = back(cast, row)
    assert (again.dwelling, again.household, again.relation, again.died_on) == (home, house, "0", None)

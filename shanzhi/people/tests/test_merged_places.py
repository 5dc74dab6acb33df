"""After two villages became one: whoever lived in the one is written of by the other, and is found there only."""

from datetime import date

import pytest

from shanzhi.areas.elsewhere import lying_elsewhere
from shanzhi.areas.services import area_merge, area_move
from shanzhi.jobs.testing import drain
from shanzhi.lib.errors import Forbidden, NotFound
from shanzhi.people.models import Dwelling, Household, Membership, Resident, Stay
from shanzhi.people.selectors.counts import population_on
from shanzhi.people.selectors.residents import PeopleFilter, resident_page
from shanzhi.people.services import (
    Facts,
    Home,
    dwelling_change,
    household_split,
    resident_change,
    stay_correct,
)
from shanzhi.people.services.placing import Whither
from shanzhi.people.tests.test_pages import sent, url, words
from shanzhi.people.tests.world import ago, dwelling, groups, happen, household, member, resident, stays, today
from shanzhi.people.trails import residents_agree
from tests.cast import Cast

BY = "township_officer"
DAY = date(2026, 1, 1)


def merge(cast: Cast, gone: str = "v2", into: str = "v1") -> None:
    area_merge(
        actor=cast.actor("system_admin"), area=cast.areas[gone], version=1, into=cast.areas[into], reason="撤并村",
        on=DAY,
    )  # fmt: skip
    drain()


def paths(row: Resident) -> tuple[str, str]:
    now = Resident.objects.get(id=row.id)
    return now.lives_path, now.registered_path


@pytest.fixture
def merged(cast: Cast) -> Resident:
    """A couple of the village that is gone, written to the village itself and not to a grid, with everything."""
    groups(cast)
    home = dwelling(cast, place="v2", by=BY)
    row = resident(cast, place="v2", by=BY, dwelling=home.id)
    wife = resident(cast, place="v2", by=BY, name="李秀英")
    household(cast, {row: "0", wife: "1"}, place="v2", by=BY)
    member(cast, row, by=BY)
    merge(cast)
    return Resident.objects.get(id=row.id)


def test_the_clerk_of_the_successor_writes_on(cast: Cast, merged: Resident) -> None:
    """The place of the row is the old one; where it counts is where that went."""
    left = happen(cast, merged, "left", lives_elsewhere="上海市")
    assert (left.population, left.lives) == ("away", None)
    assert paths(merged) == ("", cast.areas["v1"].path)
    back = happen(cast, merged, "back", lives=cast.areas["g1"].code)
    assert (back.population, back.lives_path) == ("settled", cast.areas["g1"].path)
    facts = Facts("张晓平")
    row = resident_change(actor=cast.actor("village_clerk"), number=merged.id, version=back.version, facts=facts)
    assert row.name == "张晓平"


def test_what_happens_afterwards_lies_with_the_successor(cast: Cast, merged: Resident) -> None:
    new = cast.areas["v1"].path
    happen(cast, merged, "registered", registered_elsewhere="河南省固始县")
    assert paths(merged) == (new, "")
    stay = Stay.objects.get(resident=merged, until=None, void=False)
    assert (stay.lives_path, stay.population) == (new, "inflow")
    assert Membership.objects.get().path == new
    clerk = cast.actor("village_clerk")
    listed = resident_page(clerk, cast.areas["v1"], PeopleFilter(), today=today()).rows
    assert merged.id in {row.id for row in listed}
    assert list(residents_agree([Resident.objects.get(id=merged.id)])) == []


def test_a_household_that_is_split_afterwards_lies_there_too(cast: Cast, merged: Resident) -> None:
    wife, house = Resident.objects.get(name="李秀英"), Household.objects.get()
    new = household_split(
        actor=cast.actor("village_clerk"), number=house.id, version=1, members={wife.id: "0"}, on=today()
    )
    assert new.area_path == cast.areas["v1"].path
    assert list(lying_elsewhere([new])) == []
    assert cast["village_clerk"].client().get(url("household", new.id)).status_code == 200


def test_a_dwelling_that_is_mended_afterwards_stays_in_reach(cast: Cast, merged: Resident) -> None:
    row = Dwelling.objects.get()
    home = Home(cast.areas["v2"].code, "李庄路", "8号")
    mended = dwelling_change(actor=cast.actor("village_clerk"), number=row.id, version=1, home=home)
    assert (mended.road, mended.area_path) == ("李庄路", cast.areas["v1"].path)
    moved = dwelling_change(
        actor=cast.actor("village_clerk"), number=row.id, version=2, home=Home(cast.areas["g4"].code, "李庄路", "8号")
    )
    assert moved.area_path == cast.areas["g4"].path
    assert paths(merged)[0] == cast.areas["g4"].path, "whoever lives there goes along"


def test_history_stays_in_the_place_that_there_was(cast: Cast, merged: Resident) -> None:
    """The village of last year is named as it was called; its people of last year are counted where it went."""
    assert stays(merged) == [(ago(400), ago(300), "first"), (ago(300), None, "household")]
    first = Stay.objects.get(resident=merged, change="first")
    assert first.lives == cast.areas["v2"]
    page = words(cast["village_clerk"].client().get(url("resident", merged.id)))
    assert "李庄村" in page
    assert population_on(cast.areas["v1"], today()).figures.living == 2
    assert population_on(cast.areas["t1"], ago(350)).figures.living == 2
    assert [row.figures.living for row in population_on(cast.areas["t1"], today()).rows] == [2]
    then = {row.area.code for row in population_on(cast.areas["t1"], date(2025, 6, 1)).rows}
    assert cast.areas["v2"].code in then, "the places are those of the day"


def test_a_wrong_entry_of_before_is_corrected_by_the_successor(cast: Cast, merged: Resident) -> None:
    first = Stay.objects.get(resident=merged, change="first")
    code = cast.areas["g1"].code
    right = stay_correct(
        actor=cast.actor("village_clerk"), stay_id=first.id, version=merged.version, since=ago(390), note="记错了日子",
        whither=Whither(lives=code, registered=code),
    )  # fmt: skip
    assert (right.since, right.until, right.lives_path) == (ago(390), ago(300), cast.areas["g1"].path)
    assert paths(merged) == (cast.areas["v1"].path,) * 2, "the newest entry still holds"


def test_nobody_else_gets_hold_of_them_by_it(cast: Cast, merged: Resident) -> None:
    with pytest.raises(NotFound):
        happen(cast, merged, "died", by="other_clerk")
    with pytest.raises(NotFound):
        happen(cast, merged, "died", by="grid_worker")
    assert cast["other_clerk"].client().get(url("resident", merged.id)).status_code == 404


def test_a_merge_twice_over_leads_to_the_last(cast: Cast) -> None:
    row = resident(cast, place="g1")
    merge(cast, "g1", "g4")
    merge(cast, "v1", "v2")
    officer = cast.actor("township_officer")
    happen(cast, row, "registered", registered_elsewhere="河南省固始县", by="township_officer")
    lives = paths(row)[0]
    assert lives.startswith(cast.areas["v2"].path)
    found = resident_page(officer, cast.areas["v2"], PeopleFilter(), today=today()).rows
    assert [one.id for one in found] == [row.id]
    assert list(residents_agree([Resident.objects.get(id=row.id)])) == []


def test_a_place_that_is_hung_elsewhere_takes_its_people_along(cast: Cast) -> None:
    """Not merged but moved to the other township: the same place with another path, and other offices over it."""
    row = resident(cast, place="g2", by=BY)
    area_move(
        actor=cast.actor("system_admin"), area=cast.areas["v2"], version=1, parent=cast.areas["t2"], reason="区划调整",
        on=DAY,
    )  # fmt: skip
    drain()
    town = cast.areas["t2"].path
    assert all(path.startswith(town) for path in paths(row))
    with pytest.raises(NotFound):
        happen(cast, row, "died", by="township_officer")
    happen(cast, row, "left", lives_elsewhere="上海市", by="other_officer")
    assert paths(row)[1].startswith(town)
    assert population_on(cast.areas["t2"], today()).figures.away == 1
    assert population_on(cast.areas["t1"], today()).figures.registered == 0


def test_the_page_of_an_event_offers_places_that_there_are(cast: Cast, merged: Resident) -> None:
    clerk = cast["village_clerk"].client()
    form = clerk.get(url("event", merged.id, "moved"))
    assert cast.areas["g1"].code in form.content.decode()
    assert f'value="{cast.areas["v2"].code}"' not in form.content.decode()
    said = sent(version=merged.version, on=str(today()), lives=cast.areas["v2"].code, note="还写旧村")
    refused = clerk.post(url("event", merged.id, "moved"), said)
    assert refused.status_code == 422
    assert 'value="还写旧村"' in refused.content.decode()
    assert Resident.objects.get(id=merged.id).version == merged.version


def test_a_grid_worker_writes_of_their_own_grid_only(cast: Cast, merged: Resident) -> None:
    row = resident(cast, name="网格里的")
    with pytest.raises(Forbidden):
        resident(cast, name="别的网格", place="g4", by="grid_worker")
    assert happen(cast, row, "left", lives_elsewhere="上海市", by="grid_worker").population == "away"

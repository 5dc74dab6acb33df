"""The edges: first and last days, leap days, the end of the calendar; and days on which the tree was another one."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.utils import timezone

from shanzhi.areas.models import Area
from shanzhi.areas.services import area_abolish, area_add, area_merge, area_move, area_rename
from shanzhi.jobs.testing import drain
from shanzhi.lib.errors import Conflict, Invalid
from shanzhi.lib.times import local
from shanzhi.staffing import selectors, services
from shanzhi.staffing.models import Assignment
from shanzhi.staffing.selectors import AsOf, StaffFilter, board_of, gaps_of, rule_on, standing_of
from shanzhi.staffing.services import Details
from shanzhi.staffing.tests.conftest import NOW, TODAY, Appoint, days
from tests.cast import Cast

REAL = local(timezone.now()).date()  # places change in the present only
YESTERDAY = REAL - timedelta(days=1)


def held(cast: Cast, day: date, place: str = "g1", today: date = TODAY) -> int:
    """Instructors in office."""
    standing = standing_of(cast.areas[place], AsOf(day, today))
    return sum(count.live for (_, one), count in standing.counts.items() if one == "instructor")


def listed(cast: Cast, day: date, by: str = "county_centre", today: date = TODAY, **wanted: Any) -> list[str]:
    rows = selectors.holder_list(cast.actor(by), StaffFilter(**wanted), AsOf(day, today), limit=99)
    return [one.name for one in rows if one.number]


@pytest.mark.parametrize(("first", "last"), [
    (days(0), days(0)), (date(2028, 2, 29), date(2028, 2, 29)), (date(2027, 12, 31), date(2028, 1, 1)),
    (date(2099, 12, 31), date(2099, 12, 31)), (date(2020, 1, 2), date(2028, 2, 29)),
])  # fmt: skip
def test_both_days_of_a_term_count_and_none_beside_them(cast: Cast, appoint: Appoint, first: date, last: date) -> None:
    row = appoint(first=first, last=last)
    one = timedelta(days=1)
    found = {day: held(cast, day) for day in (first - one, first, last, last + one)}
    assert found == {first - one: 0, first: 1, last: 1, last + one: 0}
    assert [bool(listed(cast, day)) for day in found] == [bool(number) for number in found.values()]
    assert [row.state_on(day) for day in found] == ["coming", "live", "live", "over"] or first == last


@pytest.mark.parametrize(("first", "last", "field"), [
    (days(0), days(-1), "valid_to"), (days(5), days(4), "valid_to"), (days(-90), days(-1), "valid_to"),
    (date(1989, 12, 31), None, "valid_from"), (date(2100, 1, 1), None, "valid_from"), (date.max, None, "valid_from"),
    (days(0), date(2100, 1, 1), "valid_to"), (days(0), date.max, "valid_to"), (date.min, date.max, "valid_from"),
])  # fmt: skip
def test_a_term_that_can_not_be_is_refused_beside_its_field(
    cast: Cast, appoint: Appoint, first: date, last: date | None, field: str
) -> None:
    with pytest.raises(Invalid) as error:
        appoint(first=first, last=last)
    assert list(error.value.fields) == [field]
    assert not Assignment.objects.exists()


def test_a_day_that_the_calendar_lacks_is_told_and_nothing_is_lost(cast: Cast) -> None:
    clerk = cast["village_clerk"].client()
    sent = {"place": cast.areas["g1"].code, "role": "instructor", "name": "周闰年", "valid_from": "2027-02-29"}
    refused = clerk.post("/341181/staffing/people/new/", sent)
    assert refused.status_code == 422
    assert all(kept in refused.content.decode() for kept in ("日期写成 2026-03-01 这样。", "周闰年", "2027-02-29"))
    done = clerk.post("/341181/staffing/people/new/", {**sent, "valid_from": "2028-02-29"})
    assert done.status_code == 302
    assert Assignment.objects.get().valid_from == date(2028, 2, 29)


def test_one_who_never_served_a_day_counts_on_none(cast: Cast, appoint: Appoint) -> None:
    row = appoint(first=days(-3))
    services.assignment_end(
        actor=cast.actor("county_centre"), number=row.id, version=1, on=row.valid_from, reason="写错了", at=NOW
    )
    assert {held(cast, days(n)) for n in range(-5, 3)} == {0}
    coming = appoint(name="没来", first=days(7))
    services.assignment_end(actor=cast.actor("county_centre"), number=coming.id, version=1, reason="不来了", at=NOW)
    assert {held(cast, days(n)) for n in range(-1, 9)} == {0}
    assert listed(cast, days(8), state="ended") == ["周明远", "没来"]
    appoint(name="没来", first=days(-9))  # nor does it stand in the way of a term that was served


def test_handed_over_on_one_day_nobody_is_there_twice_or_missing(cast: Cast, appoint: Appoint) -> None:
    row = appoint(name="旧任")
    services.assignment_end(actor=cast.actor("county_centre"), number=row.id, version=1, reason="换届", at=NOW)
    appoint(name="新任", first=TODAY)
    assert [(held(cast, days(n)), listed(cast, days(n))) for n in (-1, 0, 1)] == [
        (1, ["旧任"]), (1, ["新任"]), (1, ["新任"]),
    ]  # fmt: skip


def test_what_was_written_down_of_a_term_that_is_over_may_still_be_mended(cast: Cast, appoint: Appoint) -> None:
    """Even after the same person came back: the two terms do not meet."""
    row, centre = appoint(first=days(-300)), cast.actor("county_centre")
    services.assignment_end(actor=centre, number=row.id, version=1, on=days(-30), reason="调离", at=NOW)
    again = services.assignment_renew(actor=centre, number=row.id, version=2, valid_to=None, at=NOW)
    mended = Details(row.name, source="杨政发〔2025〕3 号")
    services.assignment_correct(actor=centre, number=row.id, version=2, details=mended, at=NOW)
    assert Assignment.objects.get(id=row.id).source == mended.source
    assert again.id != row.id
    with pytest.raises(Conflict):  # the one in office is there already
        appoint(first=days(-20), last=days(20))


def test_a_correction_that_makes_two_people_one_is_refused(cast: Cast, appoint: Appoint) -> None:
    appoint(name="周明远", phone="13955501234")
    row = appoint(name="周明原", phone="13955501234")
    with pytest.raises(Conflict) as error:
        services.assignment_correct(
            actor=cast.actor("county_centre"), number=row.id, version=1, details=Details("周明远"), at=NOW
        )
    assert error.value.code == "assigned_twice"
    assert Assignment.objects.get(id=row.id).name == "周明原"


# --- Days on which the tree was another one.


def change(cast: Cast, what: Any, place: str, **changes: Any) -> Any:
    area = Area.objects.get(id=cast.areas[place].id)
    done = what(actor=cast.actor("system_admin"), area=area, version=area.version, reason="调整", on=REAL, **changes)
    drain()
    return done


def agrees(cast: Cast, day: date, *tops: str, today: date = REAL) -> None:
    """What lies below adds up to the whole; and the list, the vacancies and the board say the same."""
    for top in tops:
        area = Area.objects.get(id=cast.areas[top].id)
        board = board_of(area, AsOf(day, today))
        if board.rows:
            for figure in ("people", "missing", "headless", "grids"):
                parts = [getattr(row.figures, figure) for row in board.rows]
                assert sum(parts) == getattr(board.figures, figure), (top, figure, parts)
        assert board.figures.missing == sum(gap.missing for gap in gaps_of(board.standing))
        listed = selectors.holder_list(
            cast.actor("county_centre"), StaffFilter(path=area.path), AsOf(day, today), limit=99
        )
        assert len(listed) == board.figures.people, (top, [one.name for one in listed])


def test_a_renamed_place_keeps_its_people_on_every_day(cast: Cast, appoint: Appoint) -> None:
    appoint(place="g1")
    change(cast, area_rename, "v1", name="新张庄社区")
    for day in (YESTERDAY, REAL, REAL + timedelta(days=400)):
        assert held(cast, day, today=REAL) == 1
        agrees(cast, day, "county", "t1", "v1")
    worker = cast.actor("grid_worker")
    assert selectors.areas_named(worker, "张庄社区")[0][0].id == cast.areas["v1"].id
    assert selectors.areas_named(worker, "张庄村") == ([], False)


def test_a_grid_merged_into_another_village_counts_where_it_lay_on_the_day(cast: Cast, appoint: Appoint) -> None:
    appoint(place="g4", name="随格走")
    appoint(place="g2", name="原来的")
    change(cast, area_merge, "g4", into=Area.objects.get(id=cast.areas["g2"].id))
    assert held(cast, REAL, "v2", today=REAL) == held(cast, REAL + timedelta(days=9), "v2", today=REAL) == 2
    assert held(cast, REAL, "v1", today=REAL) == 0
    assert (held(cast, YESTERDAY, "v1", today=REAL), held(cast, YESTERDAY, "v2", today=REAL)) == (1, 1)
    agrees(cast, REAL, "county", "t1", "v1", "v2")
    agrees(cast, YESTERDAY, "county", "t1", "v1", "v2")


def test_a_grid_moved_below_a_new_village_is_in_some_row_of_every_day(cast: Cast, appoint: Appoint) -> None:
    """Yesterday the village was not yet there: what lies in it now still belongs to a row of the township."""
    appoint(place="g4")
    town = Area.objects.get(id=cast.areas["t1"].id)
    village = area_add(
        actor=cast.actor("system_admin"), parent=town, name="新设村", code="341181101299", reason="新设", on=REAL
    )
    change(cast, area_move, "g4", parent=village)
    agrees(cast, REAL, "county", "t1", "v1")
    agrees(cast, YESTERDAY, "county", "t1", "v1")
    assert held(cast, YESTERDAY, "t1", today=REAL) == held(cast, REAL, "t1", today=REAL) == 1


def test_an_abolished_grid_asks_for_nobody_any_more(cast: Cast, appoint: Appoint) -> None:
    appoint(place="g4", name="没处去")
    before = len(gaps_of(standing_of(cast.areas["v1"], AsOf(YESTERDAY, REAL))))
    change(cast, area_abolish, "g4")
    after = gaps_of(standing_of(cast.areas["v1"], AsOf(REAL, REAL)))
    assert len(after) == before - 3
    agrees(cast, YESTERDAY, "county", "v1")
    assert held(cast, REAL, "v1", today=REAL) == 0
    assert listed(cast, REAL, today=REAL) == ["没处去"]  # still to be found, and to be ended
    assert selectors.areas_named(cast.actor("grid_worker"), cast.areas["g4"].code) == ([], False)


def test_a_link_to_a_merged_place_leads_to_its_heir(cast: Cast, appoint: Appoint) -> None:
    row = appoint(place="g4", name="老指导员")
    change(cast, area_merge, "g4", into=Area.objects.get(id=cast.areas["g1"].id))
    client = cast["village_clerk"].client()
    page = client.get(f"/341181/staffing/here/?area={cast.areas['g4'].code}")
    assert page.status_code == 200
    assert "老指导员" in page.content.decode()
    assert client.get(f"/341181/staffing/people/{row.id}/").status_code == 200
    gone = client.get(f"/341181/staffing/?area={cast.areas['g4'].code}")
    assert gone.status_code == 200  # the past of the place is still to be seen


# --- Rules of places and levels.


def test_dedicated_grids_have_their_own_rule_and_the_rest_keeps_the_level_s(cast: Cast, appoint: Appoint) -> None:
    centre, grid = cast.actor("county_centre"), cast.areas["g1"]
    say: dict[str, Any] = {"actor": centre, "role": "instructor", "reason": "专属网格", "at": NOW}
    services.rule_set(place=grid.code, least=1, **say)
    services.rule_set(level="grid", least=3, **say)
    gaps = {gap.place.code: gap.missing for gap in gaps_of(standing_of(cast.areas["t1"], AsOf(TODAY, TODAY)),
                                                            role="instructor")}  # fmt: skip
    assert gaps == {grid.code: 1, cast.areas["g2"].code: 3, cast.areas["g4"].code: 3}
    services.rule_set(place=grid.code, least=None, **say)
    assert rule_on(TODAY).least("grid", "instructor", grid.id) == 3
    services.rule_set(place=grid.code, least=0, **say)
    assert "instructor" not in rule_on(TODAY).needs("grid", grid.id)
    assert "instructor" in rule_on(TODAY).needs("grid", cast.areas["g2"].id)


def test_taking_back_what_nobody_ruled_is_no_change(cast: Cast) -> None:
    for level, role in (("grid", "instructor"), ("village", "lawyer")):
        with pytest.raises(Conflict) as error:
            services.rule_set(
                actor=cast.actor("county_centre"), role=role, level=level, least=None, reason="取消", at=NOW
            )
        assert error.value.code == "rule_same"


def test_a_place_of_another_level_is_not_ruled_by_mistake(cast: Cast) -> None:
    """A village's lawyer was chosen and the code of a grid typed: one of the two is wrong, and it is said."""
    centre = cast["county_centre"].client()
    sent = {"what": "village.lawyer", "place": cast.areas["g1"].code, "least": "1", "reason": "一村一顾问", "seen": "0"}
    refused = centre.post("/341181/staffing/rule/changes/", sent)
    assert refused.status_code == 422
    assert "一村一顾问" in refused.content.decode()
    assert centre.post("/341181/staffing/rule/changes/", {**sent, "place": cast.areas["v1"].code}).status_code == 302
    unknown = centre.post("/341181/staffing/rule/changes/", {**sent, "place": "999999999999"})
    assert unknown.status_code == 404
    assert "一村一顾问" in unknown.content.decode()

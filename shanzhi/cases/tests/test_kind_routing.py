"""Who gets a case: by kind, place, time and answers; and a draft tried on the past."""

from datetime import date, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shanzhi.areas.models import Unit
from shanzhi.cases.kinds.routing import Directory, Target, fits_time, routed
from shanzhi.cases.kinds.schema import RouteBody
from shanzhi.cases.tests.kinds import kind
from shanzhi.cases.tests.pages import statements
from shanzhi.lib.clocks import Calendar
from shanzhi.lib.times import SHANGHAI
from tests.cast import Cast

MONDAY = datetime(2026, 11, 23, 9, 30, tzinfo=SHANGHAI)
CALENDAR = Calendar(holidays=frozenset({date(2026, 10, 1)}), workdays=frozenset({date(2026, 9, 20)}))
CENTRE, STATION = "镇城建中心", "西镇水务站"


def go(
    cast: Cast, *routes: dict[str, Any], place: str = "g1", at: datetime = MONDAY, answers: Any = None
) -> Target | None:
    return routed(kind(routes=list(routes)), cast.areas[place].path, at, CALENDAR, answers=answers)


def name(target: Target | None) -> str:
    return target.words if target is not None else ""


def test_the_first_route_that_fits_is_taken(cast: Cast) -> None:
    village, unit = {"areas": "village"}, {"units": [CENTRE]}
    assert name(go(cast, village, unit)) == "张庄村"
    assert name(go(cast, unit, village)) == CENTRE
    found = go(cast, unit)
    assert found is not None
    assert found.unit == cast.units["t1"]
    assert found.route == 0
    assert not found.auto
    assert go(cast) is None


def test_a_unit_is_that_of_the_place_and_a_route_without_it_is_passed_over(cast: Cast) -> None:
    unit, grid = {"units": [CENTRE], "optional": True}, {"areas": "grid", "auto": True}
    assert name(go(cast, unit, grid, place="g3")) == "王庄村第一网格"
    found = go(cast, unit, grid, place="g3")
    assert found is not None
    assert found.auto
    assert found.route == 1
    assert found.lead == cast.areas["g3"]
    assert name(go(cast, unit, place="g3")) == ""


def test_several_units_the_first_leads(cast: Cast) -> None:
    Unit.objects.create(area=cast.areas["t1"], kind="centre", code="X1", name="派出所", valid_from=date(2020, 1, 1))
    target = go(cast, {"units": [CENTRE, "派出所", "没有的站"]})
    assert target is not None
    assert target.words == "镇城建中心，配合：派出所"
    assert go(cast, {"units": ["没有的站", "派出所"]}) is None
    by_code = go(cast, {"units": [cast.units["t1"].code]})
    assert by_code is not None
    assert by_code.unit == cast.units["t1"]


def test_an_abolished_unit_gets_nothing(cast: Cast) -> None:
    Unit.objects.filter(id=cast.units["t1"].id).update(valid_to=date(2026, 1, 1))
    assert go(cast, {"units": [CENTRE]}) is None


def test_units_of_the_county(cast: Cast) -> None:
    assert name(go(cast, {"units": ["县住建局"], "level": "county"}, place="g3")) == "县住建局"
    assert go(cast, {"units": ["县住建局"]}) is None


def test_a_village_without_grids_has_no_grid_to_go_to(cast: Cast) -> None:
    assert go(cast, {"areas": "grid"}, place="v1") is None
    assert name(go(cast, {"areas": "village"}, place="v1")) == "张庄村"
    assert go(cast, {"areas": "village"}, place="t1") is None


def test_one_person_gets_it_in_the_post_that_handles(cast: Cast) -> None:
    clerk = cast["village_clerk"]
    target = go(cast, {"person": clerk.user.username})
    assert target is not None
    assert target.area == cast.areas["v1"]
    assert target.user_id == clerk.user.pk
    handler = go(cast, {"person": cast["department_handler"].user.username})
    assert handler is not None
    assert handler.unit == cast.units["t1"]
    assert handler.area is None
    assert go(cast, {"person": "nobody"}) is None


def test_where_a_route_holds(cast: Cast) -> None:
    route = {"areas": "village", "where": [cast.areas["t1"].code]}
    assert name(go(cast, route, place="g1")) == "张庄村"
    assert go(cast, route, place="g3") is None
    two = {"areas": "village", "where": [cast.areas["v3"].code, cast.areas["v1"].code]}
    assert name(go(cast, two, place="g1")) == "张庄村"
    assert go(cast, two, place="g2") is None
    assert go(cast, {"areas": "village", "where": ["000000000000"]}) is None


def test_what_was_answered(cast: Cast) -> None:
    route = {"areas": "village", "answers": {"what": ["路灯", "路面"]}}
    assert go(cast, route) is None
    assert name(go(cast, route, answers={"what": "路面"})) == "张庄村"
    assert go(cast, route, answers={"what": "供电"}) is None


@pytest.mark.parametrize(
    ("route", "at", "fits"),
    [
        ({}, MONDAY, True),
        ({"hours": "08:00-18:00"}, MONDAY, True),
        ({"hours": "08:00-09:30"}, MONDAY, False),
        ({"hours": "09:30-09:31"}, MONDAY, True),
        ({"hours": "18:00-24:00"}, datetime(2026, 11, 23, 23, 59, tzinfo=SHANGHAI), True),
        ({"days": "working"}, MONDAY, True),
        ({"days": "off"}, MONDAY, False),
        ({"days": "working"}, datetime(2026, 11, 21, 9, 30, tzinfo=SHANGHAI), False),
        ({"days": "off"}, datetime(2026, 11, 21, 9, 30, tzinfo=SHANGHAI), True),
        ({"days": "working"}, datetime(2026, 9, 20, 9, 30, tzinfo=SHANGHAI), True),
        ({"days": "off"}, datetime(2026, 10, 1, 9, 30, tzinfo=SHANGHAI), True),
        ({"days": "working", "hours": "08:00-18:00"}, datetime(2026, 10, 1, 9, 30, tzinfo=SHANGHAI), False),
    ],
)
def test_when_a_route_holds(route: dict[str, Any], at: datetime, fits: bool) -> None:
    assert fits_time(RouteBody(areas="village", **route), at, CALENDAR) is fits


@given(st.datetimes(datetime(2026, 1, 1), datetime(2026, 12, 31)))
def test_working_and_off_days_share_all_time_and_two_hours_share_a_day(moment: datetime) -> None:
    at = moment.replace(tzinfo=SHANGHAI)
    days = [RouteBody(areas="village", days=value) for value in ("working", "off")]
    hours = [RouteBody(areas="village", hours=value) for value in ("00:00-08:00", "08:00-24:00")]
    for pair in (days, hours):
        assert [fits_time(route, at, CALENDAR) for route in pair].count(True) == 1


def test_a_route_costs_few_statements_and_none_without_routes(cast: Cast) -> None:
    path, code = cast.areas["g1"].path, cast.areas["t1"].code
    with statements() as none:
        routed(kind(routes=[]), path, MONDAY, CALENDAR)
    assert len(none) == 0
    many = [{"units": ["没有"], "where": [code]}, {"units": ["也没有"]}, {"units": [CENTRE]}]
    with statements() as few:
        assert routed(kind(routes=many), path, MONDAY, CALENDAR) is not None
    assert len(few) <= 2


def test_a_directory_serves_many_cases(cast: Cast) -> None:
    body = kind(routes=[{"units": [CENTRE], "where": [cast.areas["t1"].code]}, {"areas": "village"}])
    known = Directory()
    for place in ("g1", "g2", "g3"):
        routed(body, cast.areas[place].path, MONDAY, CALENDAR, known=known)
    with statements() as again:
        found = [routed(body, cast.areas[g].path, MONDAY, CALENDAR, known=known) for g in ("g1", "g2", "g3")]
    assert len(again) == 0
    assert [name(one) for one in found] == [CENTRE, CENTRE, "王庄村"]

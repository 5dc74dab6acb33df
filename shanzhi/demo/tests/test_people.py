"""Seats: as many as the figures say, each with a login, the cast among them."""

from collections import Counter
from dataclasses import replace

import pytest
from django.core.exceptions import ValidationError

from shanzhi.access.permissions import ROLES, Level
from shanzhi.accounts.models import LOGIN_RULE
from shanzhi.demo.chance import chance
from shanzhi.demo.packs import CastPart, pack_get
from shanzhi.demo.people import Seat, cast_places, name_of, plan_people, surnames
from shanzhi.demo.places import plan_places
from shanzhi.lib.errors import Invalid

PACK = pack_get("counties")
COUNTY = PACK.counties[0]
PLACES = plan_places(COUNTY, PACK.divisions, "x")
SEATS = plan_people(COUNTY, PLACES, PACK.cast, "x")
YANGCUN = "341181104"


def level_of(seat: Seat) -> Level:
    if seat.unit:
        return Level.UNIT
    if len(seat.area) == 15:
        return Level.GRID
    if not seat.area.endswith("000"):
        return Level.VILLAGE
    return Level.COUNTY if seat.area.endswith("000000") else Level.TOWNSHIP


def test_the_figures_of_yangcun() -> None:
    roles = Counter(seat.role for seat in SEATS if seat.area.startswith(YANGCUN))
    assert (roles["grid_leader"], roles["grid_worker"], roles["volunteer"]) == (55, 290, 341)


def test_every_grid_has_one_leader_and_workers() -> None:
    leaders = Counter(seat.area for seat in SEATS if seat.role == "grid_leader")
    workers = Counter(seat.area for seat in SEATS if seat.role == "grid_worker" and seat.area.startswith(YANGCUN))
    assert set(leaders.values()) == {1}
    assert set(workers.values()) == {5, 6}
    assert len(workers) == 55


def test_every_village_has_its_office() -> None:
    for village in PLACES[0].villages:
        roles = {seat.role for seat in SEATS if seat.area == village.code}
        assert {"village_clerk", "branch_secretary", "accountant", "supervisor", "resident"} <= roles


def test_every_unit_has_somebody() -> None:
    units = {(seat.area, seat.unit) for seat in SEATS if seat.unit}
    assert {("341181104000", name) for name in COUNTY.townships[0].units} <= units
    assert {("341181000000", name) for name in COUNTY.departments} <= units


def test_roles_sit_where_they_may() -> None:
    for seat in SEATS:
        assert level_of(seat) in ROLES[seat.role].levels, seat


def test_logins() -> None:
    logins = [seat.login for seat in SEATS]
    assert len(set(logins)) == len(logins)
    for login in logins:
        try:
            LOGIN_RULE(login)
        except ValidationError:  # pragma: no cover
            pytest.fail(login)


def test_logins_of_two_counties_differ() -> None:
    other = PACK.counties[1]
    theirs = plan_people(other, plan_places(other, PACK.divisions, "x"), PACK.cast, "x")
    assert not {seat.login for seat in SEATS} & {seat.login for seat in theirs}


def test_the_cast() -> None:
    cast = [seat for seat in SEATS if seat.cast]
    assert len(cast) == len(PACK.cast)
    assert {seat.role for seat in cast} == set(ROLES)
    assert "tianchang.grid_worker" in {seat.login for seat in cast}
    assert "tianchang.grid_worker.2" in {seat.login for seat in cast}
    places = {seat.area for seat in cast if seat.role == "grid_worker"}
    assert len(places) == 3


def test_the_cast_is_in_two_townships_and_three_villages() -> None:
    places = cast_places(COUNTY, PLACES)
    assert (places["t1"][0], places["t2"][0]) == ("341181104000", "341181100000")
    assert len({places[f"v{number}"] for number in (1, 2, 3)}) == 3
    assert places["v3"][0].startswith("341181100")
    assert places["g1"][0] == places["v1"][0] + "001"
    assert places["u0"] == ("341181000000", "住建局")


def test_a_member_without_a_seat_gets_one() -> None:
    more = (*PACK.cast, *(CastPart("county_leader", "county") for _ in range(2)))
    seats = plan_people(COUNTY, PLACES, more, "x")
    leaders = [seat for seat in seats if seat.role == "county_leader"]
    assert [seat.login for seat in leaders if seat.cast] == [
        "tianchang.county_leader",
        "tianchang.county_leader.2",
        "tianchang.county_leader.3",
    ]
    assert len(seats) == len(SEATS) + 2


def test_a_member_that_would_change_the_figures_is_refused() -> None:
    township = replace(COUNTY.townships[1], volunteers=0)
    county = replace(COUNTY, townships=(COUNTY.townships[0], township))
    places = plan_places(county, PACK.divisions, "x")
    with pytest.raises(Invalid, match="g3 没有 volunteer 的位置"):
        plan_people(county, places, (CastPart("volunteer", "g3"),), "x")


def test_names() -> None:
    assert all(seat.name and 3 <= len(seat.name) <= 4 for seat in SEATS)
    assert len({seat.name for seat in SEATS}) > 0.9 * len(SEATS)
    assert all(seat.name[-1] != seat.name[-2] for seat in SEATS)


def test_names_depend_on_the_seed_only() -> None:
    assert plan_people(COUNTY, PLACES, PACK.cast, "x") == SEATS
    assert [seat.name for seat in plan_people(COUNTY, PLACES, PACK.cast, "y")] != [seat.name for seat in SEATS]


def test_surnames_are_as_frequent_as_they_are() -> None:
    assert surnames().count("王") > surnames().count("季") >= 1
    drawn = Counter(name_of(chance("names", index), "grid_worker")[0] for index in range(3_000))
    assert drawn["王"] > drawn["薛"]

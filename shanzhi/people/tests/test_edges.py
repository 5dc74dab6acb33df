"""Edges: the document of the operations, two counties side by side, places that were merged, what is full."""

from datetime import date, timedelta
from typing import Any

import pytest

from shanzhi.areas.elsewhere import lying_elsewhere
from shanzhi.areas.services import area_merge
from shanzhi.config.api import api
from shanzhi.jobs.testing import drain
from shanzhi.lib.errors import Conflict, Invalid
from shanzhi.people.models import Dwelling, Household, Resident
from shanzhi.people.operations import router
from shanzhi.people.permissions import CARE, COUNTS, EDIT, EXPORT, IMPORT, REVEAL, RIGHTS, VIEW
from shanzhi.people.selectors.counts import population_on
from shanzhi.people.services import Home, dwelling_change, dwellings
from shanzhi.people.tests.test_pages import url, words
from shanzhi.people.tests.world import ago, dwelling, happen, household, resident, today
from shanzhi.tenancy.context import county
from tests.cast import Cast

PATHS = {path: ways for path, ways in api.get_openapi_schema()["paths"].items() if "/people/" in path}


def test_every_operation_is_described_and_says_how_it_refuses() -> None:
    assert len(PATHS) >= 30
    for path, ways in PATHS.items():
        for way, told in ways.items():
            if not told["operationId"].startswith("people_"):
                continue
            assert told["description"].strip().endswith("."), path
            assert {401, 403, 404} <= {int(code) for code in told["responses"]}, (way, path)
            assert told["tags"] == ["people"]


def test_every_operation_needs_a_permission_of_ours() -> None:
    ours = {VIEW, EDIT, CARE, REVEAL, IMPORT, EXPORT, RIGHTS, COUNTS}
    used = set()
    for path_view in router.path_operations.values():
        for operation in path_view.operations:
            used.add(operation.view_func.permission)  # type: ignore[attr-defined]
    assert used <= ours
    assert {VIEW, EDIT, CARE, REVEAL, RIGHTS, COUNTS} <= used


def test_two_counties_keep_their_own(cast: Cast, cast_b: Cast) -> None:
    """The same paper, the same address and the same number of a household in both."""
    for one in (cast, cast_b):
        with county(one.county.id):
            home = dwelling(one)
            row = resident(one, dwelling=home.id, order=7)
            assert household(one, {row: "0"}).number.endswith("-000001")
            assert Resident.objects.count() == Dwelling.objects.count() == Household.objects.count() == 1
            assert population_on(one.areas["county"], today()).figures.living == 1


def test_a_person_of_the_other_county_is_not_found_by_id(cast: Cast, cast_b: Cast) -> None:
    row = resident(cast)
    stranger = cast_b["village_clerk"].client()
    for name in ("resident", "facts", "looks", "copy"):
        assert stranger.get(url(name, row.id)).status_code == 404
        assert stranger.get(url(name, row.id).replace("/341181/", "/410927/")).status_code == 404


def test_a_merged_village_keeps_its_people_and_takes_no_new_ones(cast: Cast) -> None:
    row = resident(cast, place="g2", by="township_officer")
    area_merge(
        actor=cast.actor("system_admin"), area=cast.areas["v2"], version=1, into=cast.areas["v1"], reason="撤并村",
        on=date(2026, 1, 1),
    )  # fmt: skip
    drain()
    clerk = cast["village_clerk"].client()
    assert clerk.get(url("resident", row.id)).status_code == 200
    with pytest.raises(Invalid, match="没有这个代码"):
        resident(cast, name="新人", lives=cast.areas["v2"].code, by="township_officer")
    assert list(lying_elsewhere([Resident.objects.get()], "lives", path="lives_path")) == []
    assert population_on(cast.areas["t1"], today()).figures.living == 1


def test_rows_without_a_place_lie_nowhere_wrong(cast: Cast) -> None:
    row = resident(cast)
    happen(cast, row, "died")
    dead = [Resident.objects.get()]
    assert list(lying_elsewhere(dead, "lives", path="lives_path")) == []
    Resident.objects.update(lives_path=cast.areas["g1"].path)
    assert [one.id for one in lying_elsewhere(dead, "lives", path="lives_path")] == [row.id]


def test_a_house_with_too_many_is_not_moved_at_once(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dwellings, "MOST", 1)
    home = dwelling(cast)
    for number in range(2):
        resident(cast, name=f"某{number}", dwelling=home.id)
    with pytest.raises(Conflict, match="请先分开登记房屋"):
        dwelling_change(
            actor=cast.actor("village_clerk"), number=home.id, version=1,
            home=Home(cast.areas["g4"].code, "张庄组", "12号"),
        )  # fmt: skip
    assert Dwelling.objects.get().version == 1
    assert set(Resident.objects.values_list("lives_path", flat=True)) == {cast.areas["g1"].path}


@pytest.mark.parametrize("event", ["left", "moved-out", "died"])
def test_the_last_one_out_leaves_an_open_household(cast: Cast, event: str) -> None:
    """Registration holds a household together, not presence; an empty one is closed by hand."""
    row = resident(cast)
    house = household(cast, {row: "0"})
    happen(cast, row, event, lives_elsewhere="上海市")
    house.refresh_from_db()
    there = Resident.objects.filter(household=house).count()
    assert (house.closed_on, there) == (None, 1 if event == "left" else 0)


def test_a_birthday_today_is_an_age(cast: Cast) -> None:
    born = today().replace(year=today().year - 60) if (today().month, today().day) != (2, 29) else ago(60 * 365 + 15)
    resident(cast, papers="none", paper_number="", born_on=born, sex="1", on=ago(10))
    page: Any = cast["village_clerk"].client().get(url("list") + "?age=60-79")
    assert "60 岁" in words(page)
    assert born <= today() - timedelta(days=60 * 365)

"""Many at once: no path twice, no code twice, one winner; on SQLite by the fair lock, on PostgreSQL by rows."""

from collections.abc import Callable
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from shanzhi.areas import paths, services
from shanzhi.areas.models import Area
from shanzhi.areas.tests import factories
from shanzhi.areas.tests.factories import BEIDANG, GUANGLING, XIAOGUAN, YANGCUN, ZHANGPU, A, Tree, act
from shanzhi.tenancy.context import county
from shanzhi.tenancy.models import County
from tests.racing import together

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def opened(transactional_db: None) -> Tree:
    """A county that is committed, so that other threads see it."""
    factories.load()
    services.county_open(code=str(A), since=factories.SINCE)
    return Tree(A)


def whole() -> list[Area]:
    """All places, after checking that each path is one place and hangs on its parent's."""
    with county(A):
        areas = list(Area.objects.select_related("parent"))
    assert len({area.path for area in areas}) == len(areas)
    for area in areas:
        if area.parent is not None:
            assert area.path == paths.child(area.parent.path, area.ordinal)
    return areas


def test_grids_added_at_once_get_a_path_and_a_code_each(opened: Tree) -> None:
    with county(A):
        village = opened.area(XIAOGUAN)

    def add(number: int) -> Callable[[], Area]:
        return lambda: services.area_add(actor=opened.system, parent=village, **act(name=f"网格{number}"))

    results = together(*[add(number) for number in range(6)])
    assert all(isinstance(result, Area) for result in results), results
    grids = [area for area in whole() if area.level == "grid"]
    assert sorted(area.code[-3:] for area in grids) == [f"{number:03d}" for number in range(1, 7)]


def test_the_same_key_at_once_adds_once(opened: Tree) -> None:
    with county(A):
        village = opened.area(XIAOGUAN)
    values = act(name="网格甲", key="same")

    def add() -> Area:
        return services.area_add(actor=opened.system, parent=village, **values)

    results = together(add, add, add)
    assert len({result.id for result in results}) == 1
    assert len([area for area in whole() if area.level == "grid"]) == 1


def test_of_two_renames_at_once_one_is_stale(opened: Tree) -> None:
    with county(A):
        village = opened.area(BEIDANG)

    def rename(name: str) -> Callable[[], Area]:
        return lambda: services.area_rename(actor=opened.system, area=village, version=1, **act(name=name))

    results = together(rename("甲村"), rename("乙村"))
    assert sorted(type(result).__name__ for result in results) == ["Area", "Stale"]
    with county(A):
        winner = next(result for result in results if isinstance(result, Area))
        assert opened.area(BEIDANG).name == winner.name
        assert opened.area(BEIDANG).version == 2


def test_a_child_added_while_its_parent_moves_hangs_on_it(opened: Tree) -> None:
    with county(A):
        village, town = opened.area(BEIDANG), opened.area(ZHANGPU)
    results = together(
        lambda: services.area_add(actor=opened.system, parent=village, **act(name="网格")),
        lambda: services.area_move(actor=opened.system, area=village, parent=town, version=1, **act()),
    )
    assert all(isinstance(result, Area) for result in results), results
    areas = {area.name: area for area in whole()}
    assert areas["网格"].path.startswith(areas["北荡村"].path)
    assert areas["北荡村"].path.startswith(areas["张铺镇"].path)


def test_two_places_merged_into_each_other_at_once_leave_one(opened: Tree) -> None:
    with county(A):
        one, two = opened.area(YANGCUN), opened.area(ZHANGPU)
    results = together(
        lambda: services.area_merge(actor=opened.system, area=one, into=two, version=1, **act()),
        lambda: services.area_merge(actor=opened.system, area=two, into=one, version=1, **act()),
    )
    assert sorted(type(result).__name__ for result in results) in (["Area", "Conflict"], ["Area", "Stale"])
    towns = [area for area in whole() if area.level == "township" and area.is_open]
    assert len(towns) == 1
    villages = [area for area in whole() if area.level == "village"]
    assert {area.parent_id for area in villages} == {towns[0].id}


def test_units_set_up_at_once_get_a_code_each(opened: Tree) -> None:
    with county(A):
        town = opened.area(YANGCUN)

    def add(number: int) -> Callable[[], Any]:
        return lambda: services.unit_add(actor=opened.system, area=town, kind="centre", **act(name=f"中心{number}"))

    results = together(*[add(number) for number in range(4)])
    assert sorted(unit.code[-4:] for unit in results) == ["C001", "C002", "C003", "C004"]


def test_a_county_opened_twice_at_once_is_opened_once(transactional_db: None) -> None:
    factories.load()
    results = together(*[lambda: services.county_open(code=str(A), since=factories.SINCE)] * 2)
    made = [result[1] for result in results if isinstance(result, tuple)]
    assert sum(made) == 6
    assert County.objects.count() == 1
    assert len(whole()) == 6


def test_the_database_itself_refuses_a_path_that_is_taken(opened: Tree) -> None:
    with county(A):
        village = opened.area(GUANGLING)
        with pytest.raises(IntegrityError), transaction.atomic():
            Area.objects.create(
                level="village",
                code="341181111299",
                name="别村",
                parent=village.parent,
                ordinal=village.ordinal,
                path=village.path,
                valid_from=factories.SINCE,
            )


def test_the_database_itself_refuses_a_code_that_is_open(opened: Tree) -> None:
    with county(A):
        village = opened.area(GUANGLING)
        with pytest.raises(IntegrityError), transaction.atomic():
            Area.objects.create(
                level="village",
                code=GUANGLING,
                name="别村",
                parent=village.parent,
                ordinal=99,
                path=paths.child(village.path, 99),
                valid_from=factories.SINCE,
            )

"""A county joins with the tree that the register has for it."""

from datetime import date
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from shanzhi.areas import paths, selectors
from shanzhi.areas.models import Area, AreaVersion, Division
from shanzhi.areas.services import county_open
from shanzhi.areas.tests.factories import (
    BEIDANG,
    COUNTY,
    OTHER_COUNTY,
    REGISTER,
    SINCE,
    XIAOGUAN,
    YANGCUN,
    A,
    B,
    Tree,
    load,
)
from shanzhi.lib.errors import Conflict, Invalid
from shanzhi.tenancy.context import county
from shanzhi.tenancy.models import County
from shanzhi.trail.models import Entry

pytestmark = pytest.mark.django_db


def test_the_tree_is_the_registers(tree: Tree) -> None:
    rows = Area.objects.order_by("path").values_list("code", "level", "path")
    assert list(rows) == [
        (COUNTY, "county", "0001"),
        (YANGCUN, "township", "00010001"),
        (XIAOGUAN, "village", "000100010001"),
        (BEIDANG, "village", "000100010002"),
        ("341181111000", "township", "00010002"),
        ("341181111200", "village", "000100020001"),
    ]
    assert tree.area(XIAOGUAN).kind == "residents"
    assert all(area.valid_from == SINCE and area.is_open for area in Area.objects.all())


def test_each_area_has_its_first_history_and_a_trail(tree: Tree) -> None:
    assert AreaVersion.objects.count() == Area.objects.count()
    assert set(AreaVersion.objects.values_list("act", "reason")) == {("opened", "按官方区划开通")}
    assert Entry.objects.get(code="areas.area.added").size == Area.objects.count()


def test_the_next_child_continues_the_count(tree: Tree) -> None:
    assert tree.area(YANGCUN).issued == 2
    grid = tree.grid(XIAOGUAN)
    assert grid.path == paths.child(tree.area(XIAOGUAN).path, 1)


def test_opened_again_nothing_happens(tree: Tree) -> None:
    before = list(Area.objects.values_list())
    row, made = county_open(code=str(A))
    assert (row.id, made) == (A, 0)
    assert list(Area.objects.values_list()) == before


def test_two_counties_have_a_tree_each(tree: Tree, county_b: County) -> None:
    row, made = county_open(code=OTHER_COUNTY, since=SINCE)
    assert (row.id, made) == (B, 3)
    assert Area.objects.count() == 6
    with county(B):
        assert list(Area.objects.order_by("path").values_list("name", flat=True)) == ["台前县", "侯庙镇", "后张村"]


@pytest.mark.parametrize("code", ["341181", "341181000000"])
def test_six_or_twelve_digits_name_the_county(register: None, code: str) -> None:
    row, made = county_open(code=code)
    assert (row.id, row.name, made) == (A, "天长市", 6)


@pytest.mark.parametrize(
    ("code", "words"),
    [
        ("999999", "官方区划里没有 999999000000"),
        ("341100", "滁州市（341100000000）不是县级区划"),
        (YANGCUN, f"杨村镇（{YANGCUN}）不是县级区划"),
        ("34", "官方区划里没有 34"),
    ],
)
def test_a_wrong_code_is_one_sentence(register: None, code: str, words: str) -> None:
    with pytest.raises(Invalid) as caught:
        county_open(code=code)
    assert words in caught.value.message


def test_an_abolished_county_cannot_join(register: None) -> None:
    Division.objects.filter(code=COUNTY).update(status="abolished")
    with pytest.raises(Invalid, match="官方区划里没有"):
        county_open(code=str(A))


def test_a_city_without_districts_joins_as_a_county(db: None) -> None:
    load(
        [
            ("440000000000", "广东省", "province", ""),
            ("441900000000", "东莞市", "prefecture", "440000000000"),
            ("441900003000", "东城街道", "township", "441900000000"),
            ("441900003001", "岗贝社区", "village", "441900003000"),
        ]
    )
    row, made = county_open(code="441900")
    assert (row.id, made) == (441900, 3)
    with county(441900):
        assert selectors.area_get("441900000000").level == "county"


def test_a_register_with_a_county_in_a_county_is_refused(register: None) -> None:
    Division.objects.filter(code=YANGCUN).update(level="county")
    with pytest.raises(Conflict):
        county_open(code=str(A))
    assert not County.objects.exists()


def test_abolished_divisions_do_not_join(register: None) -> None:
    Division.objects.filter(code=BEIDANG).update(status="abolished", successor_code=XIAOGUAN)
    county_open(code=str(A))
    with county(A):
        assert not Area.objects.filter(code=BEIDANG).exists()


def test_the_command_speaks_plainly(register: None, capsys: Any) -> None:
    call_command("open_county", "341181", "--since", "2024-05-01")
    assert "已开通天长市（341181），建立 6 个区划。" in capsys.readouterr().out
    with county(A):
        assert Area.objects.get(code=COUNTY).valid_from == date(2024, 5, 1)
    call_command("open_county", "341181")
    assert "早已开通" in capsys.readouterr().out
    with pytest.raises(CommandError, match="不是县级区划"):
        call_command("open_county", "341100")


def test_a_day_that_is_still_to_come_is_refused(register: None) -> None:
    with pytest.raises(Invalid, match="不能晚于今天"):
        county_open(code=str(A), since=date(2999, 1, 1))


def test_the_whole_register_is_open_to_every_county(tree: Tree) -> None:
    assert Division.objects.count() == len(REGISTER)

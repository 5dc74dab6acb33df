"""Whoever is in one's scope is found by each way, and nobody else by any."""

import pytest

from shanzhi.lib.errors import NotFound
from shanzhi.people.finding.selectors import find
from shanzhi.people.models import Resident
from shanzhi.people.tests.importing.lists import id_number
from shanzhi.tenancy.keyset import CursorInvalid
from tests.cast import Cast

COUNTY, TOWN, VILLAGE, GRID = "county_centre", "township_officer", "village_clerk", "grid_worker"


def names(cast: Cast, text: str, who: str = COUNTY, area: str = "") -> list[str]:
    return [hit.resident.name for hit in find(cast.actor(who), text, area=cast.areas[area].code if area else "").rows]


def whys(cast: Cast, text: str, who: str = COUNTY) -> set[str]:
    return {hit.why for hit in find(cast.actor(who), text).rows}


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("张", ["张小平", "张小平", "张平"]),
        ("张小平", ["张小平", "张小平"]),
        ("小平", ["张小平", "王小平", "张小平", "欧阳小平"]),
        ("平", ["张平", "张小平", "王小平", "张小平"]),
        ("阳", ["欧阳小平"]),
        ("zxp", ["张小平", "张小平"]),
        ("ZP", ["张平"]),
        ("st", ["单田芳"]),
        ("13800000003", ["王小平"]),
        ("138 0000-0003", ["王小平"]),
        (id_number(5), ["单田芳"]),
        (id_number(5).lower(), ["单田芳"]),
        (f"单田芳 {id_number(5)[-4:]}", ["单田芳"]),
        (f"单田芳 {id_number(4)[-4:]}", []),
        ("李庄村", ["单田芳", "王小平", "欧阳小平"]),
        ("李庄3组", ["欧阳小平", "王小平"]),
        ("李庄村 3组4号", ["欧阳小平"]),
        ("李庄村3组 4号", ["欧阳小平"]),
        ("张庄村第二网格", ["张平"]),
        ("张庄村第二网格2号", ["张平"]),
        ("刘外出", ["刘外出"]),
        ("无证", ["无证人"]),
        ("没有人", []),
        ("13899999999", []),
        (id_number(400), []),
    ],
)
def test_each_way_finds(people: Cast, text: str, found: list[str]) -> None:
    assert sorted(names(people, text)) == sorted(found)


@pytest.mark.parametrize(
    ("text", "why"),
    [("张小平", "姓名"), ("zxp", "拼音首字母"), ("13800000001", "电话一致"), (id_number(1), "证件号码一致"),
     ("李庄村3组", "地址"), (f"张小平 {id_number(1)[-4:]}", "姓名和证件号后四位")],
)  # fmt: skip
def test_it_says_why_somebody_is_there(people: Cast, text: str, why: str) -> None:
    assert whys(people, text) == {why}


@pytest.mark.parametrize(
    ("who", "found"), [(COUNTY, 2), (TOWN, 1), (VILLAGE, 1), (GRID, 1), ("other_officer", 1), ("other_clerk", 1)]
)
def test_the_scope_bounds_a_name(people: Cast, who: str, found: int) -> None:
    assert len(names(people, "张小平", who)) == found


@pytest.mark.parametrize("text", ["13800000006", id_number(6), f"张小平 {id_number(6)[-4:]}", "王庄村", "王庄村1号"])
def test_outside_of_the_scope_is_like_nobody(people: Cast, text: str) -> None:
    assert names(people, text)
    for who in (TOWN, VILLAGE, GRID):
        assert names(people, text, who) == []


def test_who_is_registered_here_and_lives_elsewhere_is_found(people: Cast) -> None:
    assert names(people, "刘外出", GRID) == ["刘外出"]
    person = Resident.objects.get(name="王小平")
    person.registered, person.registered_path = people.areas["v3"], people.areas["v3"].path
    person.save()
    assert names(people, "王小平", "other_clerk") == ["王小平"]
    assert names(people, "13800000003", "other_clerk") == ["王小平"]


def test_a_place_narrows_it(people: Cast) -> None:
    assert names(people, "小平", area="v1") == ["张小平"]
    assert sorted(names(people, "小平", area="t1")) == ["张小平", "欧阳小平", "王小平"]
    with pytest.raises(NotFound):
        names(people, "小平", TOWN, area="v3")


def test_in_one_village_an_address_needs_no_name_of_it(people: Cast) -> None:
    assert names(people, "3组4号", area="v2") == ["欧阳小平"]
    assert names(people, "3组4号") == []


def test_nobody_may_look_who_holds_no_post_for_it(people: Cast) -> None:
    assert names(people, "张小平", "auditor") == []


def test_pages_go_on_through_every_way_without_a_repetition(people: Cast) -> None:
    actor, cursor, found = people.actor(COUNTY), "", []
    for _page in range(20):
        page = find(actor, "平", cursor=cursor, size=1)
        found += [hit.id for hit in page.rows]
        cursor = page.next_cursor or ""
        if not cursor:
            break
    assert len(found) == len(set(found)) == 4
    everybody = find(actor, "平", size=10)
    assert [hit.id for hit in everybody.rows] == found
    assert everybody.next_cursor is None


@pytest.mark.parametrize("cursor", ["x", "a.b", "x" * 500])
def test_a_cursor_that_nobody_gave_out_is_refused(people: Cast, cursor: str) -> None:
    with pytest.raises(CursorInvalid):
        find(people.actor(COUNTY), "平", cursor=cursor)

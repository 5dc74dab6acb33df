"""People to be found, in three villages of two townships."""

import pytest

from shanzhi.people.tests.importing.lists import HEADS, apply, csv_bytes, id_number, row, send
from tests.cast import Cast

PEOPLE = (
    ("张小平", "张庄村", "第一网格", "1号", "13800000001"),
    ("张平", "张庄村", "第二网格", "2号", "13800000002"),
    ("王小平", "李庄村", "3组", "3号", "13800000003"),
    ("欧阳小平", "李庄村", "3组", "4号", "13800000004"),
    ("单田芳", "李庄村", "5组", "5号", ""),
    ("张小平", "王庄村", "", "1号", "13800000006"),
)


@pytest.fixture
def people(cast: Cast) -> Cast:
    rows = [
        [*row(n, 姓名=name, 村=village, 组=grid, 门牌=door, 联系电话=phone, 户编号=f"H{n}"), ""]
        for n, (name, village, grid, door, phone) in enumerate(PEOPLE, start=1)
    ]
    rows.append([*row(7, 姓名="刘外出", 村="张庄村", 户编号="", 与户主关系=""), "江苏省南京市"])
    rows.append([*row(8, 姓名="无证人", 身份证号="", 村="张庄村", 户编号="H8"), ""])
    apply(cast, send(cast, csv_bytes(rows, [*HEADS, "居住地"]), who="county_centre"), who="county_centre")
    return cast


__all__ = ["id_number", "people"]

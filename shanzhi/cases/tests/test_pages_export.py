"""Lists as files: the same cases in the same columns, text only, never cut off silently."""

import csv
from io import BytesIO, StringIO
from typing import Any
from urllib.parse import unquote
from xml.etree import ElementTree as ET
from zipfile import ZipFile

import pytest
from django.test import Client

from shanzhi.cases import exports
from shanzhi.cases.tests.pages import act, report, statements, text_of
from shanzhi.cases.views import listing
from shanzhi.lib.tables import FORMATS
from tests.cast import Cast

EXPORT = "/341181/cases/export/"
SHEET = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"


def table(response: Any) -> list[list[str]]:
    return list(csv.reader(StringIO(response.content.decode("utf-8-sig"))))


def sheet(response: Any) -> list[list[str]]:
    """Rows of the workbook, read from its XML: constant memory writes inline strings."""
    with ZipFile(BytesIO(response.content)) as book:
        root = ET.fromstring(book.read("xl/worksheets/sheet1.xml"))
    assert not list(root.iter(f"{SHEET}f")), "a formula in the sheet"
    return [["".join(cell.itertext()) for cell in row.iter(f"{SHEET}c")] for row in root.iter(f"{SHEET}row")]


def test_a_stranger_is_led_to_the_login(cast: Cast, client: Client) -> None:
    assert client.get(EXPORT).status_code == 302


def test_another_county_does_not_exist(cast: Cast, cast_b: Cast) -> None:
    assert cast_b["township_officer"].client().get(EXPORT).status_code == 404


@pytest.mark.parametrize("role", ["grid_worker", "accountant", "resident", "system_admin"])
def test_who_may_not_export(cast: Cast, settings: Any, role: str) -> None:
    settings.SHANZHI_REQUIRE_TOTP = False
    report(cast)
    assert cast[role].client().get(EXPORT).status_code == 403


def test_the_list_offers_it_to_those_who_may(cast: Cast) -> None:
    report(cast)
    assert "导出 1 件" in text_of(cast["village_clerk"].client().get("/341181/cases/"))
    assert "导出" not in text_of(cast["accountant"].client().get("/341181/cases/"))
    assert "导出" not in text_of(cast["village_clerk"].client().get("/341181/cases/?q=没有的词"))


def test_csv_holds_the_filtered_list_in_its_order(cast: Cast) -> None:
    report(cast, body="路灯不亮")
    case = report(cast, body="井盖断裂", urgent=True)
    report(cast, by="other_worker", place="g3", body="别处的井盖")
    rows = table(cast["village_clerk"].client().get(f"{EXPORT}?format=csv&q=井盖"))
    assert rows[0] == list(exports.HEADS)
    assert len(rows) == 2
    line = dict(zip(rows[0], rows[1], strict=True))
    assert line["编号"] == case.number
    assert line["标题"] == "井盖断裂"
    assert line["所在地方"] == "张庄村第一网格"
    assert line["类别"] == "道路水电设施"
    assert line["状态"] == "待受理"
    assert line["有人身危险"] == "是"
    assert line["主办"] == "张庄村"
    assert line["结束时间"] == ""
    assert line["收到时间"].startswith("20")


def test_csv_opens_in_a_chinese_spreadsheet(cast: Cast) -> None:
    report(cast)
    assert cast["village_clerk"].client().get(f"{EXPORT}?format=csv").content.startswith(b"\xef\xbb\xbf")


@pytest.mark.parametrize("words", ["=1+1", "+86", "-1", "@SUM(A1)", "=cmd|'/c calc'!A1"])
def test_no_cell_is_ever_a_formula(cast: Cast, words: str) -> None:
    report(cast, title=words, body="井盖断裂")
    client = cast["village_clerk"].client()
    assert table(client.get(f"{EXPORT}?format=csv"))[1][1] == f"'{words}"
    assert sheet(client.get(EXPORT))[1][1] == words


def test_xlsx_has_the_same_rows_and_a_chinese_name(cast: Cast) -> None:
    for number in range(3):
        report(cast, body=f"第 {number} 件")
    client = cast["village_clerk"].client()
    answer = client.get(f"{EXPORT}?tab=open")
    assert answer["Content-Type"] == FORMATS["xlsx"]
    named = unquote(answer["Content-Disposition"])
    assert named.startswith("attachment; filename=\"cases.xlsx\"; filename*=UTF-8''事件-辖区未办结-")
    rows = sheet(answer)
    assert rows[0] == list(exports.HEADS)
    numbers = [row[0] for row in table(client.get(f"{EXPORT}?tab=open&format=csv"))[1:]]
    assert [row[0] for row in rows[1:]] == numbers


def test_an_unknown_format_is_a_workbook(cast: Cast) -> None:
    report(cast)
    assert cast["village_clerk"].client().get(f"{EXPORT}?format=exe")["Content-Type"] == FORMATS["xlsx"]


def test_ended_cases_carry_their_end(cast: Cast) -> None:
    act(cast, "village_clerk", "reject", report(cast), text="不归村里管")
    rows = table(cast["village_clerk"].client().get(f"{EXPORT}?format=csv&tab=ended"))
    line = dict(zip(rows[0], rows[1], strict=True))
    assert line["状态"] == "不予受理"
    assert line["结束时间"]
    assert line["办理时限"] == ""


def test_too_many_are_refused_with_what_to_do(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(listing, "LIMIT", 1)
    report(cast)
    client = cast["village_clerk"].client()
    assert client.get(EXPORT).status_code == 200
    report(cast)
    answer = client.get(EXPORT)
    assert answer.status_code == 422
    assert "请先用日期或类别缩小范围再导出" in text_of(answer)


def test_a_tab_that_one_may_not_read_is_not_exported(cast: Cast) -> None:
    assert cast["village_clerk"].client().get(f"{EXPORT}?tab=reported&format=csv").status_code == 200


def test_any_number_of_rows_needs_the_same_statements(cast: Cast) -> None:
    client = cast["village_clerk"].client()
    for _ in range(5):
        report(cast)
    client.get(EXPORT)
    with statements() as ran:
        client.get(EXPORT)
    assert len(ran) == 6, ran
    assert "cases_case" in ran[-1]


def test_a_handler_is_named_by_place_or_unit(cast: Cast) -> None:
    case = report(cast)
    act(cast, "village_clerk", "accept", case)
    act(cast, "village_clerk", "dispatch", case, area=cast.areas["g4"])
    rows = table(cast["village_clerk"].client().get(f"{EXPORT}?format=csv"))
    assert rows[1][rows[0].index("承办")] == "第二网格"

"""Who may open which page of indicators; odd addresses; names that a spreadsheet would compute; files and paper."""

import csv
from datetime import timedelta
from io import BytesIO, StringIO
from typing import Any
from urllib.parse import unquote
from zipfile import ZipFile

import pytest
from django.test import Client
from django.utils import timezone

from shanzhi.access.indicators import indicators, indicators_for
from shanzhi.access.permissions import ROLES
from shanzhi.areas.models import Area
from shanzhi.cases.rates.periods import LONGEST, MONTH, YEAR, Period, named
from shanzhi.cases.tests.pages import act, dispatched, text_of
from shanzhi.insight.exports import as_csv, as_xlsx, list_table, place_table
from shanzhi.insight.showing import Look, days_of, lines_of, places_of
from shanzhi.insight.tests.proof import built
from shanzhi.lib.times import local
from tests.cast import Cast, report

PAGE = "/341181/indicators/"
API = "/api/v1/341181/indicators"
READERS = {"village_clerk", "branch_secretary", "township_officer", "command_centre", "county_leader", "auditor"}
EVIL = "=HYPERLINK(1)村"


def table(answer: Any) -> list[list[str]]:
    return list(csv.reader(StringIO(answer.content.decode("utf-8-sig"))))


def look(cast: Cast, who: str, place: str, period: Period | None = None) -> Look:
    at = timezone.now()
    return Look(cast.actor(who), cast.areas[place], period or named(YEAR, at), at)


def test_who_may_see_figures_sees_all_of_them_and_who_may_not_sees_none(cast: Cast) -> None:
    for role in ROLES:
        found = indicators_for(cast.actor(role))
        assert found == (indicators() if role in READERS else {}), role


@pytest.mark.parametrize("path", ["", "print/", "export/", "reported/", "reported/print/", "reported/export/"])
def test_every_page_is_closed_to_strangers(cast: Cast, cast_b: Cast, path: str) -> None:
    for who in ("grid_worker", "resident", "department_handler"):
        assert cast[who].client().get(f"{PAGE}{path}").status_code == 403, who
    assert cast_b["county_leader"].client().get(f"{PAGE}{path}").status_code == 404
    assert Client().get(f"{PAGE}{path}").status_code == 302
    clerk = cast["village_clerk"].client()
    assert clerk.get(f"{PAGE}{path}").status_code == 200
    assert clerk.post(f"{PAGE}{path}").status_code == 405
    for other in ("t2", "v3", "g3", "t1", "county"):
        assert clerk.get(f"{PAGE}{path}", {"area": cast.areas[other].code}).status_code == 404, other


def test_a_program_is_told_the_same(cast: Cast, cast_b: Cast) -> None:
    for path in (API, f"{API}/reported"):
        assert Client().get(path).status_code == 401
        assert cast["grid_worker"].client().get(path).status_code == 403
        assert cast_b["county_leader"].client().get(path).status_code == 404
    clerk = cast["village_clerk"].client()
    for place, status in (
        ("v1", 200),
        ("g1", 200),
        ("g4", 200),
        ("g2", 404),
        ("v2", 404),
        ("t1", 404),
        ("county", 404),
    ):
        assert clerk.get(f"{API}/reported", {"area": cast.areas[place].code}).status_code == status, place
    for code in ("Reported", "reported%20", "a" * 41, "报", "..", "reported'"):
        assert clerk.get(f"{API}/{code}").status_code in (404, 422), code


ODD: list[tuple[dict[str, str], int]] = [
    ({"period": "range"}, 422), ({"period": "range", "from": "2026-05-01"}, 422),
    ({"period": "range", "from": "2026-02-30", "to": "2026-03-01"}, 422), ({"period": "nothing"}, 200),
    ({"from": "2026-05-01", "to": "2026-05-01"}, 200), ({"to": "2026-05-01"}, 422), ({"from": "x"}, 422),
    ({"period": "range", "from": "1999-01-01", "to": "1999-01-02"}, 422), ({"sort": "sideways"}, 200),
    ({"q": "\x00"}, 200), ({"area": "\x00"}, 200), ({"period": "\x00", "sort": "\x00", "from": "\x00"}, 200),
    ({"q": "字" * 500}, 200), ({"area": ""}, 200), ({"format": "exe"}, 200),
]  # fmt: skip


def test_an_odd_address_still_opens_with_a_sentence_if_the_days_are_wrong(cast: Cast) -> None:
    client = cast["village_clerk"].client()
    for query, status in ODD:
        answer = client.get(PAGE, query)
        assert (query, answer.status_code) == (query, status)
        assert ("日期没有选对" in text_of(answer)) is (status == 422)
        if status == 422:
            assert answer.context["look"].period.code == MONTH
    assert client.get(f"{PAGE}reported/", {"from": "x"}).status_code == 422
    assert client.get(f"{PAGE}reported/", {"sort": "sideways"}).status_code == 200


def test_three_years_are_a_page_and_a_day_more_is_not(cast: Cast) -> None:
    built()
    report(cast)
    client, today = cast["village_clerk"].client(), local(timezone.now()).date()
    query = {"period": "range", "from": str(today - LONGEST), "to": str(today)}
    answer = client.get(f"{PAGE}reported/", query)
    assert (answer.status_code, len(answer.context["days"]), answer.context["value"].text) == (200, 1099, "1")
    assert client.get(f"{API}/reported", query).json()["days"][-1]["numerator"] == 1
    query["from"] = str(today - LONGEST - timedelta(days=1))
    assert client.get(f"{PAGE}reported/", query).status_code == 422
    assert client.get(f"{API}/reported", query).status_code == 422


def test_days_to_come_are_shown_only_where_something_falls_due(cast: Cast) -> None:
    built()
    dispatched(cast)
    today = local(timezone.now()).date()
    during = Period("range", today - timedelta(days=1), today + timedelta(days=30))
    asked = look(cast, "village_clerk", "v1", during)
    days = {code: [one.day for one in days_of(asked, indicators()[code])] for code in ("reported", "due", "open")}
    assert days["reported"] == days["open"] == [today - timedelta(days=1), today]
    assert days["due"] == [today - timedelta(days=1), today, today + timedelta(days=1)]
    assert list(days_of(asked, indicators()["overdue"])) == []


def test_a_name_that_is_a_formula_is_text_in_both_kinds_of_files(cast: Cast) -> None:
    Area.objects.filter(id=cast.areas["v1"].id).update(name=EVIL)
    built()
    report(cast)
    client = cast["township_officer"].client()
    rows = table(client.get(f"{PAGE}reported/export/", {"format": "csv", "period": "year"}))
    assert [f"'{EVIL}", "1"] in rows
    assert not any(cell.startswith(("=", "+", "-", "@")) for row in rows for cell in row)
    book = ZipFile(BytesIO(client.get(f"{PAGE}reported/export/", {"period": "year"}).content))
    sheets = "".join(book.read(name).decode() for name in book.namelist() if "worksheets/sheet" in name)
    assert EVIL in book.read("xl/sharedStrings.xml").decode()
    assert "<f>" not in sheets
    clerk = cast["village_clerk"].client()
    own = clerk.get(f"{PAGE}export/", {"period": "year", "area": cast.areas["v1"].code})
    assert f"指标-{EVIL}-" in unquote(own["Content-Disposition"])
    assert EVIL not in own["Content-Disposition"], "in a header it is percent-encoded"


def test_html_in_a_name_is_text_on_every_page(cast: Cast) -> None:
    Area.objects.filter(id=cast.areas["v1"].id).update(name="<b>张庄</b>")
    client = cast["township_officer"].client()
    for path in ("reported/", "reported/print/"):
        html = client.get(f"{PAGE}{path}").content.decode()
        assert "<b>张庄" not in html
        assert "&lt;b&gt;张庄" in html
    assert "<i>x</i>" not in client.get(PAGE, {"q": "<i>x</i>"}).content.decode()


def test_no_value_is_an_empty_cell_and_nought_is_nought(cast: Cast) -> None:
    built()
    lines = {row[0]: row for row in list_table(lines_of(look(cast, "village_clerk", "v1")))[1:]}
    assert lines["办结率"][1:5] == (None, "%", 0, 0)
    assert lines["上报"][1:5] == (0, "件", 0, None)
    rows = table(cast["village_clerk"].client().get(f"{PAGE}export/", {"format": "csv"}))
    told = {row[0]: row for row in rows[1:]}
    assert (told["办结率"][1], told["上报"][1]) == ("", "0")
    assert set(told) == {one.name for one in indicators().values()}
    assert all(len(row) == len(rows[0]) for row in rows)


def test_an_empty_search_is_a_file_with_heads_only(cast: Cast) -> None:
    client = cast["village_clerk"].client()
    assert len(table(client.get(f"{PAGE}export/", {"format": "csv", "q": "外星飞船"}))) == 1
    book = client.get(f"{PAGE}export/", {"format": "exe", "q": "外星飞船"})
    assert book["Content-Type"].endswith("spreadsheetml.sheet"), "an unknown format is the usual one"
    assert book["X-Content-Type-Options"] == "nosniff"


def test_a_grid_has_nothing_below_it_on_page_file_and_wire(cast: Cast) -> None:
    built()
    report(cast)
    client, query = cast["village_clerk"].client(), {"area": cast.areas["g1"].code, "period": "year"}
    page = client.get(f"{PAGE}reported/", query)
    assert (page.context["rows"], page.context["value"].text) == ([], "1")
    assert client.get(f"{API}/reported", query).json()["places"] == []
    rows = table(client.get(f"{PAGE}reported/export/", {**query, "format": "csv"}))
    assert not any(row and row[0] == "地方" for row in rows)
    village = client.get(f"{PAGE}reported/", {"area": cast.areas["v1"].code, "period": "year"})
    assert [url for _, url in village.context["rows"]] == ["", ""], "a grid opens no further"
    assert place_table(look(cast, "village_clerk", "g1"), indicators()["reported"], "") == [("地方", "上报（件）")]


def test_the_rest_of_a_place_opens_no_list_of_its_own(cast: Cast) -> None:
    built()
    report(cast, place="v1", by="resident")
    rows = places_of(look(cast, "village_clerk", "v1"), indicators()["reported"])
    assert [(row.place.code != "", row.records != "", row.value.text) for row in rows] == [
        (True, True, "0"), (True, True, "0"), (False, False, "1"),
    ]  # fmt: skip
    page = cast["village_clerk"].client().get(f"{PAGE}reported/", {"period": "year"})
    assert page.context["rows"][-1][1] == ""


def test_the_same_sorted_up_and_down_keeps_every_place(cast: Cast) -> None:
    built()
    report(cast)
    act(cast, "village_clerk", "accept", report(cast, place="g4", by="village_clerk"))
    asked = look(cast, "township_officer", "t1")
    for code in ("reported", "open", "finished_rate", "overdue"):
        names = {
            sort: [row.place.name for row in places_of(asked, indicators()[code], sort)] for sort in ("high", "low")
        }
        assert sorted(names["high"]) == sorted(names["low"]) == ["张庄村", "李庄村"]
    (first, _) = places_of(asked, indicators()["reported"], "low")
    assert (first.place.name, first.value.text) == ("李庄村", "0")


def test_files_of_plain_tables() -> None:
    text = as_csv([[("名", "数"), ("=1+1", 3), ("+86", None)], [("@x", 0.5)]]).decode("utf-8-sig")
    assert text == "名,数\r\n'=1+1,3\r\n'+86,\r\n\r\n'@x,0.5\r\n"
    assert as_csv([]) == b"\xef\xbb\xbf"
    book = ZipFile(BytesIO(as_xlsx([("表", [("名", "数"), ("=1+1", 3), ("空", None)])], "=标题")))
    sheet, words = book.read("xl/worksheets/sheet1.xml").decode(), book.read("xl/sharedStrings.xml").decode()
    assert "<f>" not in sheet
    assert "=1+1" in words
    assert "=标题" in words
    assert '<c r="B3"><v>3</v></c>' in sheet
    assert 'r="B4"' not in sheet, "no value is no cell"


@pytest.mark.parametrize("address", ["print/", "export/", "reported/print/", "reported/export/"])
def test_no_paper_and_no_file_of_days_that_were_not_asked_for(cast: Cast, address: str) -> None:
    clerk = cast["village_clerk"].client()
    assert clerk.get(f"{PAGE}{address}", {"from": "2026-05-01", "to": "2026-05-02"}).status_code == 200
    answer = clerk.get(f"{PAGE}{address}", {"from": "2026-05-02", "to": "2026-05-01"})
    assert answer.status_code == 422
    assert "日期没有选对" in text_of(answer)

"""One board, however it is asked for: page, wall, paper, files and JSON say the same, at the same cost."""

import csv
import re
from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from io import BytesIO, StringIO
from typing import Any
from urllib.parse import unquote
from xml.etree import ElementTree as ET
from zipfile import ZipFile

import pytest
from django.test import Client
from django.utils import timezone

from shanzhi.areas.models import Area
from shanzhi.areas.paths import child
from shanzhi.cases.models import Case
from shanzhi.cases.rates.periods import RANGE, Period
from shanzhi.cases.tests.pages import act, statements, text_of
from shanzhi.insight.boards.board import EIGHT, LATE_ROWS, board_of
from shanzhi.insight.boards.exports import NO_VALUE, as_csv, as_xlsx, file_name
from shanzhi.insight.boards.feed import MOST, newest
from shanzhi.insight.boards.periods import last_days
from shanzhi.insight.boards.tables import PARTS, tables_of
from shanzhi.insight.tests.boards.test_board import board, closed, shown, world
from shanzhi.insight.tests.boards.test_pages import outlined
from shanzhi.insight.tests.proof import built
from shanzhi.lib.cells import FORMULA
from tests.cast import Cast, report

BOARD, WALL, API = "/341181/dashboard/", "/341181/wall/", "/api/v1/341181/dashboard"
MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"


def table(client: Client, part: str, **query: str) -> list[list[str]]:
    found = client.get(f"{BOARD}export/", {"format": "csv", "part": part, **query})
    return list(csv.reader(StringIO(found.content.decode("utf-8-sig"))))


def sheets(content: bytes) -> Iterator[list[list[tuple[str, str]]]]:
    """The rows of each sheet, every cell as (type, text); the type of a number is empty."""
    with ZipFile(BytesIO(content)) as book:
        shared = ["".join(one.itertext()) for one in ET.fromstring(book.read("xl/sharedStrings.xml"))]
        for number in range(1, len(PARTS) + 1):
            root = ET.fromstring(book.read(f"xl/worksheets/sheet{number}.xml"))
            assert root.find(f".//{MAIN}f") is None  # no formula anywhere
            yield [
                [(one.attrib.get("t", ""), shared[int(one[0].text or "")] if one.attrib.get("t") == "s"
                  else one[0].text or "") for one in row]
                for row in root.iter(f"{MAIN}row")
            ]  # fmt: skip


def renamed(cast: Cast, place: str, name: str) -> None:
    Area.objects.filter(id=cast.areas[place].id).update(name=name)
    cast.areas[place].name = name


@pytest.mark.parametrize("query", ["", "period=week", "period=range&from=2026-01-01&to=2026-12-31", "period=day"])
def test_page_wall_file_and_json_are_the_same_numbers(cast: Cast, query: str) -> None:
    world(cast)
    leader = cast["county_leader"].client()
    page, wall = (leader.get(f"{url}?{query}").content.decode() for url in (BOARD, WALL))
    found = leader.get(f"{API}?{query}").json()
    asked = dict(one.split("=") for one in query.split("&") if one)
    rows = {row[0]: row for row in table(leader, "figures", **asked)}
    paper = text_of(leader.get(f"{BOARD}print/?{query}"))
    known = 0
    for figure in found["figures"]:
        row = rows[figure["name"]]
        assert row[1] == (figure["value"] or NO_VALUE), figure["code"]
        assert (row[2], row[3]) == (figure["unit"], str(figure["numerator"]))
        assert row[7] == figure["definition"]
        assert figure["definition"] in paper
        for html in (page, wall):
            tile = html[html.index(f'data-figure="{figure["code"]}"') :]
            tile = tile[: tile.find("data-figure", 20)]
            if figure["value"] is None:
                assert "没有数" in tile
                assert "data-value" not in tile
            else:
                known += 1
                assert f"data-value>{figure['value']}<" in tile
    assert known >= 10
    assert [row[0] for row in table(leader, "places", **asked)[1:]] == [
        found["name"], *(one["name"] for one in found["places"]),
    ]  # fmt: skip
    for part in ("limits", "ages"):
        assert [row[1] for row in table(leader, part, **asked)[1:]] == [str(one["count"]) for one in found[part]]


@pytest.mark.parametrize(
    "query",
    ["period=week&from=2026-01-01&to=2026-01-02", "from=2026-01-01&to=2026-01-02",
     "period=&from=2026-01-01&to=2026-01-09"],
)  # fmt: skip
def test_an_address_is_the_same_days_for_people_and_programs(cast: Cast, query: str) -> None:
    leader = cast["county_leader"].client()
    found = leader.get(f"{API}?{query}").json()
    page = leader.get(f"{BOARD}?{query}").content.decode()
    for name, key in (("from", "first"), ("to", "last")):
        assert re.search(rf'name="{name}" required value="{found[key]}"', page), (query, key)


@pytest.mark.parametrize("rolled", [False, True])
def test_json_has_only_days_on_which_something_happened(cast: Cast, rolled: bool) -> None:
    closed(cast)
    rated = report(cast, at=timezone.now() - timedelta(days=9))
    Case.objects.filter(id=rated.id).update(rated_at=timezone.now() - timedelta(days=5), satisfied=True)
    if rolled:
        built()
    days = cast["county_leader"].client().get(API).json()["days"]
    assert len(days) in (2, 3)
    assert all(one["reported"] or one["closed"] for one in days)
    assert [one["day"] for one in days] == sorted(one["day"] for one in days)


def test_each_table_under_a_plot_is_its_file(cast: Cast) -> None:
    world(cast)
    leader = cast["county_leader"].client()
    page = leader.get(BOARD).content.decode()
    for part in ("days", "limits", "ages", "opinions"):
        panel = page[page.index(f'id="{part}"') :]
        body = panel[panel.index("<tbody>") : panel.index("</tbody>")]
        rows = [[re.sub(r"<[^>]+>", "", cell).strip() for cell in re.findall(r"<td.*?</td>", row, re.DOTALL)]
                for row in body.split("<tr>")[1:]]  # fmt: skip
        assert rows == table(leader, part)[1:], part
        assert f"format=csv&amp;part={part}" in panel[: panel.index("</section>")]


# Files


def test_a_csv_begins_as_excel_wants_it_and_has_units_and_definitions(cast: Cast) -> None:
    found = cast["county_leader"].client().get(f"{BOARD}export/", {"format": "csv"})
    assert found.content.startswith(b"\xef\xbb\xbf")
    assert found.content.count(b"\xef\xbb\xbf") == 1
    assert found["Content-Type"] == "text/csv; charset=utf-8"
    assert found["X-Content-Type-Options"] == "nosniff"
    rows = table(cast["county_leader"].client(), "figures")
    assert rows[0][:3] == ["指标", "数", "单位"]
    assert len(rows) == len(EIGHT) + 1
    for row in rows[1:]:
        assert row[2] in ("件", "%")
        assert len(row[7]) > 12
    heads = table(cast["county_leader"].client(), "places")[0]
    assert all("（" in head for head in heads[1:])


@pytest.mark.parametrize("sign", FORMULA)
def test_names_are_no_formulas(cast: Cast, sign: str) -> None:
    renamed(cast, "v1", f"{sign}cmd|' /C calc'!A1")
    found = board(cast, "township_officer", "t1")
    rows = list(csv.reader(StringIO(as_csv(found, "places").decode("utf-8-sig"))))
    assert f"'{sign}cmd|' /C calc'!A1" in [row[0] for row in rows]
    for part in PARTS:
        cells = [cell for row in csv.reader(StringIO(as_csv(found, part).decode("utf-8-sig"))) for cell in row]
        assert not [one for one in cells if one.startswith(FORMULA) and not re.fullmatch(r"[+-][\d.]+", one)], part
    list(sheets(as_xlsx(found)))


@pytest.mark.parametrize("name", ['镇,"东"', "<b>东&镇</b>", "东\n镇", "a/b\\c"])
def test_names_with_signs_survive_in_files_and_pages(cast: Cast, name: str) -> None:
    renamed(cast, "v1", name)
    outlined(cast, "t1", "v1")
    found = board(cast, "township_officer", "t1")
    assert name in [row[0] for row in csv.reader(StringIO(as_csv(found, "places").decode("utf-8-sig"), newline=""))]
    cells = {text.replace("_x000A_", "\n") for sheet in sheets(as_xlsx(found)) for row in sheet for _, text in row}
    assert name in cells
    for url in (BOARD, WALL):
        assert "<b>东&镇" not in cast["township_officer"].client().get(url).content.decode()


def test_a_workbook_holds_numbers_as_numbers_and_says_of_when(cast: Cast) -> None:
    world(cast)
    found = board(cast)
    for sheet, made in zip(sheets(as_xlsx(found)), tables_of(found).values(), strict=True):
        ((_, said),) = sheet[0]
        assert said.startswith(f"{found.area.name}，{found.period.words}，")
        assert [text for _, text in sheet[1]] == list(made.heads)
        for cells, row in zip(sheet[2:], made.rows, strict=True):
            for (kind, text), cell in zip(cells, row, strict=True):
                if isinstance(cell, int | Decimal):
                    assert (kind, Decimal(text)) == ("", cell)
                else:
                    assert (kind, text) == ("s", NO_VALUE if cell is None else cell) or cell == ""


def test_the_name_of_a_file_says_place_and_days(cast: Cast) -> None:
    renamed(cast, "t1", '东/镇"\r\n')
    period = Period(RANGE, date(2026, 1, 1), date(2026, 1, 31))
    found = board_of(cast.actor("township_officer"), cast.areas["t1"], period, timezone.now())
    assert file_name(found, "days", "csv").endswith("-20260101-20260131.csv")
    answer = cast["township_officer"].client().get(f"{BOARD}export/?from=2026-01-01&to=2026-01-31")
    header = answer["Content-Disposition"]
    assert "\n" not in header
    assert unquote(header).rstrip().endswith("-20260101-20260131.xlsx")


@pytest.mark.parametrize(("query", "kind"), [({"format": "exe"}, "spreadsheet"), ({"part": "../x"}, "spreadsheet"),
                                             ({"format": "csv", "part": "9" * 400}, "csv")])  # fmt: skip
def test_files_that_are_none_are_the_usual_ones(cast: Cast, query: dict[str, str], kind: str) -> None:
    found = cast["county_leader"].client().get(f"{BOARD}export/", query)
    assert found.status_code == 200
    assert kind in found["Content-Type"]


# The wall


def test_the_wall_renews_itself_and_asks_for_nothing(cast: Cast) -> None:
    area = cast.areas["t1"].code
    page = cast["county_leader"].client().get(f"{WALL}?area={area}&period=week").content.decode()
    assert f'hx-get="/341181/wall/?area={area}&amp;period=week"' in page
    assert 'hx-trigger="every 60s"' in page
    inside = page[page.index("<main") : page.index("</main>")]
    assert not re.search(r"<(form|input|button|select|textarea|script)\b", inside)
    assert page.count('id="main"') == 1


def test_what_is_new_is_of_the_last_day_the_newest_first_and_few(cast: Cast) -> None:
    now = timezone.now()
    report(cast, at=now - timedelta(hours=25))
    for hours in range(1, MOST + 3):
        report(cast, at=now - timedelta(hours=hours))
    part = report(cast, at=now)
    Case.objects.filter(id=part.id).update(parent=Case.objects.exclude(id=part.id).first())
    found = newest(cast.actor("county_leader"), cast.areas["county"], now)
    assert len(found) == MOST
    assert [one.at for one in found] == sorted((one.at for one in found), reverse=True)
    assert now - found[0].at == timedelta(hours=1)
    assert {one.place for one in found} == {"张庄村第一网格"}
    assert newest(cast.actor("county_leader"), cast.areas["county"], now - timedelta(days=3)) == []


def test_inner_acts_are_no_news(cast: Cast) -> None:
    case = report(cast)
    act(cast, "village_clerk", "accept", case)
    assert [one.words for one in newest(cast.actor("auditor"), cast.areas["county"], timezone.now())] == ["收到"]


# What it costs


def grown(cast: Cast, many: int) -> None:
    """More townships with outlines, and more late cases in other grids."""
    county = cast.areas["county"]
    for number in range(3, 3 + many):
        cast.areas[f"t{number}"] = Area.objects.create(
            level="township", code=f"341181{number + 100}000", name=f"{number}镇", parent=county, ordinal=number,
            path=child(county.path, number), valid_from=date(2020, 1, 1),
        )  # fmt: skip
    outlined(cast, *(f"t{number}" for number in range(3, 3 + many)))
    places = (("g1", "grid_worker"), ("g3", "other_worker"), ("g2", "township_officer"), ("v1", "village_clerk"))
    for place, by in places * 2:
        report(cast, place=place, by=by)
    Case.objects.update(due_at=timezone.now() - timedelta(days=1))


@pytest.mark.parametrize("url", [BOARD, WALL, f"{BOARD}print/", f"{BOARD}export/", "/341181/morning/", API])
def test_statements_grow_neither_with_places_nor_with_cases(cast: Cast, url: str) -> None:
    report(cast)
    Case.objects.update(due_at=timezone.now() - timedelta(days=1))
    built()
    client = cast["county_leader"].client()
    ran: list[int] = []
    for many in (0, 5):
        if many:
            grown(cast, many)
            Case.objects.count()
        client.get(url)
        with statements() as few:
            assert client.get(url).status_code == 200
        ran.append(len(few))
    assert ran[1] <= ran[0] + 5, ran  # what waits to be rolled up is counted on top, however many


def test_late_ones_are_few_and_the_longest_first(cast: Cast) -> None:
    for days in range(LATE_ROWS + 2):
        late = report(cast)
        Case.objects.filter(id=late.id).update(due_at=timezone.now() - timedelta(days=days + 1))
    found: Any = board(cast, "township_officer", "t1")
    assert len(found.late) == LATE_ROWS
    assert [one.due_at for one in found.late] == sorted(one.due_at for one in found.late)
    assert found.figure("overdue").value.numerator == LATE_ROWS + 2
    page = cast["township_officer"].client().get(BOARD).content.decode()
    assert shown(page, "overdue") == LATE_ROWS + 2
    assert page.count('class="lr"') == LATE_ROWS
    assert (
        board_of(cast.actor("auditor"), cast.areas["t2"], last_days("month", timezone.now()), timezone.now()).late == []
    )

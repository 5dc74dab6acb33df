"""The pages of the boards: whose they are, what they cost, files, paper, the wall, the API and the morning."""

import csv
import re
from datetime import date, timedelta
from io import BytesIO, StringIO
from zipfile import ZipFile

import pytest
from django.utils import timezone

from shanzhi.areas.models import Outline
from shanzhi.cases.models import Case
from shanzhi.cases.tests.pages import act, statements, text_of
from shanzhi.insight.boards.feed import newest
from shanzhi.insight.boards.morning import LONGEST, morning_of, since_of
from shanzhi.insight.tests.boards.test_board import behind, closed
from shanzhi.insight.tests.proof import built
from shanzhi.lib.times import local
from tests.cast import Cast, report

BOARD, WALL, MORNING = "/341181/dashboard/", "/341181/wall/", "/341181/morning/"
PAGES = (BOARD, f"{BOARD}print/", f"{BOARD}export/", WALL, MORNING)
MOST = 10  # statements of the dashboard of a county, everything that the shell of a page asks for included


def outlined(cast: Cast, *places: str) -> None:
    """Triangles on the map."""
    x, y = 1_189_000_000, 326_000_000
    for number, place in enumerate(places):
        Outline.objects.create(
            area=cast.areas[place], shape=[[[[x, y], [x + 9**6, y], [x + 9**6, y + 9**6], [x, y]]]], west=0, south=0,
            east=1, north=1, square_metres=1, points=4, valid_from=date(2020, 1, 1), source="drawn", synthetic=True,
            reason="x", actor_name="x", recorded_at=timezone.now(), act_id=number + 1,
        )  # fmt: skip


@pytest.mark.parametrize("url", PAGES)
def test_whose_they_are(cast: Cast, cast_b: Cast, url: str) -> None:
    for who in ("township_officer", "command_centre", "county_leader", "auditor", "county_centre"):
        assert cast[who].client().get(url).status_code == 200, who
    for who in ("village_clerk", "grid_worker", "resident", "department_handler", "accountant"):
        assert cast[who].client().get(url).status_code == 403, who
    assert cast_b["county_leader"].client().get(url).status_code == 404
    officer = cast["township_officer"].client()
    for place, status in (("t1", 200), ("v2", 200), ("t2", 404), ("v3", 404), ("county", 404), ("g1", 404)):
        assert officer.get(url, {"area": cast.areas[place].code}).status_code == status, place
    assert officer.post(url).status_code == 405


def test_a_township_officer_sees_only_the_own_township(cast: Cast) -> None:
    report(cast, body="东镇的井盖断裂")
    report(cast, place="g3", by="other_worker", body="西镇的路灯不亮")
    Case.objects.update(due_at=timezone.now() - timedelta(days=2))
    words = text_of(cast["township_officer"].client().get(BOARD))
    assert "东镇总览" in words
    assert "张庄村" in words
    assert "已超期 1 件" in words
    for hidden in ("西镇", "王庄村", "路灯"):
        assert hidden not in words
    wall = text_of(cast["township_officer"].client().get(WALL))
    assert "西镇" not in wall
    assert "路灯" not in wall


@pytest.mark.parametrize("query", ["period=year", "period=month", "period=range&from=2026-01-01&to=2026-12-31"])
def test_statements_of_a_county_for_a_year(cast: Cast, query: str) -> None:
    for place in ("g1", "g3"):
        closed(cast, place)
    late = report(cast)
    Case.objects.filter(id=late.id).update(due_at=timezone.now() - timedelta(days=2))
    outlined(cast, "county", "t1", "t2")
    built()
    client = cast["county_leader"].client()
    client.get(f"{BOARD}?{query}")
    with statements() as ran:
        assert client.get(f"{BOARD}?{query}").status_code == 200
    assert len(ran) <= MOST, "\n".join(one[:160] for one in ran)
    with statements() as ran:
        assert client.get(f"/api/v1/341181/dashboard?{query}").status_code == 200
    assert len(ran) <= MOST


def test_days_that_are_no_period_are_said(cast: Cast) -> None:
    client = cast["county_leader"].client()
    page = client.get(BOARD, {"period": "range", "from": "2026-02-01", "to": "2026-01-01"})
    assert page.status_code == 422
    assert "日期没有选对" in text_of(page)
    api = client.get("/api/v1/341181/dashboard?from=2026-02-01&to=2026-01-01")
    assert api.status_code == 422
    assert client.get("/api/v1/341181/dashboard?period=decade").status_code == 422


def test_the_state_of_the_page_is_its_address(cast: Cast) -> None:
    page = cast["county_leader"].client().get(f"{BOARD}?period=week&sort=-open").content.decode()
    assert re.search(r'href="\?period=year&amp;sort=-open"', page)
    assert 'name="sort" value="-open"' in page
    assert 'aria-sort="descending"' in page
    assert f"area={cast.areas['county'].code}&amp;period=week" in page  # the wall shows the same


def test_it_works_without_scripts_and_says_each_number_in_a_table(cast: Cast) -> None:
    closed(cast)
    page = cast["county_leader"].client().get(BOARD).content.decode()
    assert page.count("<details") >= 8 + 4  # a definition for each figure, a table under each plot
    assert page.count("<table") == 2 + 4
    assert not re.search(r"\son\w+=|<script>|style=", page)


def test_files(cast: Cast) -> None:
    closed(cast)
    client = cast["county_leader"].client()
    book = client.get(f"{BOARD}export/")
    with ZipFile(BytesIO(book.content)) as archive:
        text = archive.read("xl/sharedStrings.xml").decode()
        sheets = archive.read("xl/workbook.xml").decode()
    for words in ("八个数", "各地方", "上报与办结", "离到期还有", "已等了多久", "群众评价"):
        assert words in sheets
    assert "按期办结率" in text
    assert "没有数" in text
    assert "filename*=UTF-8''%E6%80%BB" in book["Content-Disposition"]
    found = client.get(f"{BOARD}export/", {"format": "csv", "part": "places"})
    rows = list(csv.reader(StringIO(found.content.decode("utf-8-sig"))))
    assert rows[0][:3] == ["地方", "在办（件）", "超期（件）"]
    assert [row[0] for row in rows[1:]] == [cast.areas["county"].name, "东镇", "西镇"]
    assert client.get(f"{BOARD}export/", {"format": "exe", "part": "../x"}).status_code == 200


def test_paper_has_the_definitions(cast: Cast) -> None:
    words = text_of(cast["county_leader"].client().get(f"{BOARD}print/"))
    for said in ("天长市总览", "怎么算的", "按期办结率", "首次办结日期", "每天上报与办结"):
        assert said in words


def test_the_api_gives_each_figure_with_what_it_is_made_of(cast: Cast) -> None:
    closed(cast)
    closed(cast, late=True)
    found = cast["township_officer"].client().get("/api/v1/341181/dashboard").json()
    assert found["name"] == "东镇"
    figures = {one["code"]: one for one in found["figures"]}
    rate = figures["in_time_rate"]
    assert (rate["value"], rate["numerator"], rate["denominator"], rate["sample"], rate["few"]) == (
        "50.0", 1, 2, 2, True,
    )  # fmt: skip
    for one in figures.values():
        assert one["definition"]
        assert one["records"]
        for records in one["records"]:
            assert behind(cast, "township_officer", records["url"]) == records["count"]
    assert {place["name"] for place in found["places"]} == {"张庄村", "李庄村"}
    assert sum(day["closed"] for day in found["days"]) == 2


def test_the_map_opens_places_and_says_that_households_are_not_known(cast: Cast) -> None:
    outlined(cast, "t1", "v1", "g1")
    report(cast)
    client = cast["township_officer"].client()
    page = client.get(BOARD).content.decode()
    assert "第一网格：在办 1 件" in page
    assert f"place={cast.areas['g1'].code}" in page
    assert "还没有住户数，按在办件数着色" in re.sub(r"\s+", "", page)
    assert "边界是示意的" in page
    assert "张庄村 1" in client.get(WALL).content.decode()
    county = cast["county_leader"].client().get(BOARD).content.decode()
    assert "东镇：在办 1 件" in county
    assert "按平均每个网格的在办件数着色" in county


def test_the_wall_asks_for_itself_and_tells_what_was_done_without_names(cast: Cast) -> None:
    case = closed(cast, days=2)
    fresh = report(cast, body="沟边树倒了")
    page = cast["county_leader"].client().get(f"{WALL}?period=week").content.decode()
    assert 'hx-get="/341181/wall/?period=week" hx-trigger="every 60s"' in page
    assert fresh.title in page
    assert cast["grid_worker"].user.name not in page.replace(cast["county_leader"].user.name, "")
    news = newest(cast.actor("county_leader"), cast.areas["county"], timezone.now())
    assert next((one.words, one.title) for one in news) == ("收到", fresh.title)
    assert newest(cast.actor("other_officer"), cast.areas["t2"], timezone.now()) == []
    assert case.title


def test_the_morning_says_what_changed_and_each_number_opens_its_list(cast: Cast) -> None:
    again, gone = closed(cast), report(cast)
    act(cast, "village_clerk", "reopen", again, text="又坏了")
    act(cast, "village_clerk", "accept", gone)
    act(cast, "village_clerk", "escalate", gone, text="办不了")
    late = report(cast)
    Case.objects.filter(id=late.id).update(due_at=timezone.now() - timedelta(days=2))
    at, officer = timezone.now(), cast.actor("township_officer")
    with statements() as ran:
        found = morning_of(officer, cast.areas["t1"], local(at).date() - timedelta(days=3), at)
    assert len(ran) == 1
    counts = {line.code: line.count for line in (*found.changes, *found.due, *found.mine)}
    assert counts["report"] == 3
    assert (counts["close"], counts["reopen"], counts["return"], counts["escalate"]) == (1, 1, 0, 1)
    assert (counts["late"], counts["mine"]) == (1, 1)
    for line in (*found.changes, *found.due, *found.mine):
        assert line.definition
        assert behind(cast, "township_officer", line.url) == line.count, line.code
    page = text_of(cast["township_officer"].client().get(MORNING))
    for words in ("东镇早报", "等我办", "重新办理的", "请上级办的"):
        assert words in page
    leader = text_of(cast["county_leader"].client().get(MORNING))
    assert "等我办" not in leader


def test_since_when(cast: Cast) -> None:
    monday = timezone.now().replace(year=2026, month=11, day=30, hour=4)
    assert str(since_of("", monday)) == "2026-11-27"
    assert str(since_of("", monday + timedelta(days=1))) == "2026-11-30"
    assert str(since_of("2026-11-20", monday)) == "2026-11-20"
    for wrong in ("2026-12-24", str(local(monday).date() - timedelta(days=LONGEST + 1)), "gestern"):
        assert str(since_of(wrong, monday)) == "2026-11-27"


def test_the_way_to_the_boards_is_on_the_first_page(cast: Cast) -> None:
    for who in ("township_officer", "command_centre", "county_leader"):
        page = cast[who].client().get("/341181/home/", follow=True).content.decode()
        assert f'href="{MORNING}"' in page, who
        assert f'href="{BOARD}"' in page, who
    assert MORNING not in cast["village_clerk"].client().get("/341181/home/", follow=True).content.decode()

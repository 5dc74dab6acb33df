"""The page that a sticker leads to, and how somebody without a sticker finds it."""

import re
from datetime import timedelta

import pytest
from django.core.cache import cache
from django.test import Client
from django.utils import timezone

from shanzhi.access.actor import Actor
from shanzhi.access.permissions import PUBLIC
from shanzhi.areas.models import Area
from shanzhi.areas.services import area_abolish, area_merge, area_rename
from shanzhi.cases.models import Case
from shanzhi.cases.tests.pages import statements, text_of
from shanzhi.lib.times import local
from shanzhi.portal.tests.village.world import VILLAGE, A, act, closed, get, private, public, publish, village
from shanzhi.portal.village import code_views, views
from shanzhi.portal.village.caching import COPIES
from shanzhi.portal.village.places import villages_found
from shanzhi.trail.sealing import seal_county
from tests.cast import Cast, report

pytestmark = pytest.mark.django_db
MOST = 8
MONTH = 7  # statements of the month's figures


def test_what_stands_first(cast: Cast) -> None:
    page = get(village())
    words = text_of(page)
    assert page.status_code == 200
    assert "<h1>张庄村</h1>" in page.content.decode()
    assert "东镇" in words
    for said in ("查办到哪了", "打 12345", "附近正在办的", "现在没有正在办的事", "已办结的 0 件", "谁在网格里"):
        assert said in words, said
    assert 'href="tel:12345"' in page.content.decode()
    assert f'href="/{A}/follow/"' in page.content.decode()


def test_the_ways_to_report_and_to_complain(cast: Cast) -> None:
    page = get(village()).content.decode()
    for rest, words in (("report/", "我要反映"), ("complain/", "投诉办理人员或服务")):
        path = f"/{A}/villages/{VILLAGE}/{rest}"
        assert f'href="{path}"' in page
        assert words in page
        assert get(path).status_code == 200


def test_how_the_month_went(cast: Cast) -> None:
    closed(cast, report(cast))
    report(cast)
    page = get(village()).content.decode()
    shown = dict(re.findall(r'id="month-(\w+)">([^<]+)<', page))
    assert (shown["reported"], shown["closed"], shown["open"]) == ("2", "1", "1")
    now = local(timezone.now())
    assert f"{now.year}年{now.month}月办得怎样" in page


def test_open_ones_newest_first_five_at_most(cast: Cast) -> None:
    now = timezone.now()
    cases = [report(cast, at=now - timedelta(days=7 - n)) for n in range(7)]
    page = get(village()).content.decode()
    shown = re.findall(r"/public/cases/(\d{4}-\d+)/", page)
    assert shown == [case.number for case in reversed(cases[2:])]
    assert "张庄村 7 件" in text_of(get(village()))
    assert f"{village(rest='cases/')}?state=open" in page


def test_a_row_says_kind_grid_day_and_state(cast: Cast) -> None:
    case = report(cast)
    act(cast, "village_clerk", "accept", case)
    words = text_of(get(village()))
    assert re.search(r"道路水电设施 第一网格， 今天 收到 已受理，正在安排人处理", words), words


def test_what_is_closed_is_counted_and_led_to(cast: Cast) -> None:
    closed(cast, report(cast))
    report(cast, place="g3", by="other_worker")
    page = get(village())
    assert "已办结的 1 件" in text_of(page)
    assert "张庄村 0 件" in text_of(page)
    assert f'href="{village(rest="cases/")}?state=closed"' in page.content.decode()


def test_private_kinds_are_no_part_of_any_count(cast: Cast) -> None:
    private(cast)
    private(cast, "some", public=True, seen_by=["village_clerk", "grid_worker"])
    assert "张庄村 0 件" in text_of(get(village()))


def test_counts_end(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(views, "capped_counts", lambda lists: {"open": 1001, "closed": 1001})
    assert "已办结的 1000+ 件" in text_of(get(village()))


def test_who_works_here(cast: Cast) -> None:
    words = text_of(get(village()))
    assert "网格 2 个 网格长 1 人 网格员 1 人" in words


def test_a_village_without_a_grid_has_no_value(cast: Cast) -> None:
    Area.objects.filter(level="grid").update(valid_to=timezone.localdate())
    assert "这个村还没有设网格" in text_of(get(village()))


def test_the_proof_at_the_foot(cast: Cast) -> None:
    assert "还没有封存过记录" in text_of(get(village()))
    report(cast)
    seal_county(A, at=timezone.now(), everything=True)
    assert "第 1 号" in text_of(get(village()))


def test_other_places_are_not_found(cast: Cast) -> None:
    for code in ("341181101000", "341181000000", "410927101201", "999999999999"):
        assert get(village(code)).status_code == 404, code
        assert get(village(code, "cases/")).status_code == 404, code
        assert get(village(code, "map/")).status_code == 404, code
        assert get(village(code, "qr.svg")).status_code == 404, code
    assert get("/999999/villages/341181101201/").status_code == 404


def test_a_merged_village_leads_to_where_it_went(cast: Cast) -> None:
    old = Area.objects.get(code="341181101202")
    area_merge(
        actor=Actor.system(A), area=old, version=old.version, into=cast.areas["v1"], reason="并村",
        on=timezone.localdate(),
    )  # fmt: skip
    answer = get(village("341181101202"))
    assert (answer.status_code, answer["Location"]) == (302, f"{village()}?was=341181101202")
    assert "李庄村已并入张庄村" in text_of(get(village(), was="341181101202"))


def test_a_code_that_was_changed_leads_on_without_a_word(cast: Cast) -> None:
    old = Area.objects.get(code=VILLAGE)
    area_rename(
        actor=Actor.system(A), area=old, version=old.version, name="张庄村", code="341181101299", reason="改码",
        on=timezone.localdate(),
    )  # fmt: skip
    answer = get(village())
    assert answer["Location"] == f"{village('341181101299')}?was={VILLAGE}"
    assert "已并入" not in text_of(Client().get(answer["Location"]))


def test_nobody_puts_words_there_by_the_address(cast: Cast) -> None:
    for was in ("341181101202", "x", "999999999999", "1" * 500, VILLAGE, "一二三四五六七八九十十一"):
        assert "已并入" not in text_of(get(village(), was=was)), was


def test_an_abolished_one_says_so(cast: Cast) -> None:
    Area.objects.filter(code__startswith="341181101202", level="grid").update(valid_to=timezone.localdate())
    old = Area.objects.get(code="341181101202")
    area_abolish(actor=Actor.system(A), area=old, version=old.version, reason="撤村", on=timezone.localdate())
    answer = get(village("341181101202"))
    assert answer.status_code == 404
    assert "已撤销" in text_of(answer)


class TestFinding:
    def test_by_name_by_township_and_by_code(self, cast: Cast) -> None:
        path = f"/{A}/villages/"
        assert "张庄村" in text_of(get(path, q="张庄"))
        assert "王庄村" not in text_of(get(path, q="张庄"))
        assert "王庄村" in text_of(get(path, q="西镇"))
        assert "张庄村" in text_of(get(path, q=VILLAGE))
        assert "没有找到这个村" in text_of(get(path, q="没有的村"))

    def test_without_words_all_of_them(self, cast: Cast) -> None:
        page = get(f"/{A}/villages/").content.decode()
        assert re.findall(r"/villages/(\d{12})/", page) == ["341181101201", "341181101202", "341181102203"]

    def test_pages(self, cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
        first = villages_found("")
        assert [area.name for area in first.rows] == ["张庄村", "李庄村", "王庄村"]
        assert get(f"/{A}/villages/", after="broken").status_code == 302

    def test_bad_words_find_nothing_and_break_nothing(self, cast: Cast) -> None:
        for text in ("\x00", "%", "'", "（", "x" * 5000, "²"):
            assert get(f"/{A}/villages/", q=text).status_code == 200, text

    def test_from_the_county_s_first_page(self, cast: Cast) -> None:
        page = get(f"/{A}/", township="341181101000").content.decode()
        assert f'action="/{A}/villages/"' in page
        assert f'href="{village()}"' in page
        assert "王庄村" not in page

    def test_statements_do_not_grow(self, cast: Cast) -> None:
        get(f"/{A}/villages/")
        COPIES.forget()
        with statements() as seen:
            get(f"/{A}/villages/")
        assert len(seen) <= 2


class TestKeeping:
    def test_for_a_minute_for_strangers(self, cast: Cast) -> None:
        case = report(cast)
        for path in (village(), village(rest="cases/"), village(rest="map/"), public(case), f"/{A}/villages/"):
            answer = get(path)
            assert answer["Cache-Control"] == "public, max-age=60", path
            assert "Cookie" in answer["Vary"]
            assert not answer.cookies

    def test_not_for_whoever_is_signed_in(self, cast: Cast) -> None:
        assert "public" not in get(village(), cast["village_clerk"].client()).get("Cache-Control", "")

    def test_not_where_something_went_wrong(self, cast: Cast) -> None:
        assert "public" not in get(village("999999999999")).get("Cache-Control", "")

    def test_no_token_that_many_would_share(self, cast: Cast) -> None:
        assert "csrf" not in get(village()).content.decode()


class TestCost:
    def test_few_statements_and_no_more_for_more_cases(self, cast: Cast) -> None:
        publish(cast, report(cast), "路灯已经修好")
        get(village())
        cache.clear()
        COPIES.forget()
        with statements() as one:
            get(village())
        for _ in range(9):
            report(cast)
        with statements() as ten:
            get(village())
        assert len(one) == len(ten) <= MOST + MONTH, "\n".join(ten)

    @pytest.mark.parametrize("rest", ["cases/", "map/"])
    def test_nor_on_the_lists(self, cast: Cast, rest: str) -> None:
        publish(cast, report(cast), "路灯已经修好")
        get(village(rest=rest))
        COPIES.forget()
        with statements() as one:
            get(village(rest=rest))
        for _ in range(9):
            publish(cast, report(cast), "路灯已经修好")
        with statements() as ten:
            get(village(rest=rest))
        assert len(one) == len(ten) <= MOST, "\n".join(ten)

    def test_nor_on_the_page_of_a_case(self, cast: Cast) -> None:
        case = closed(cast, report(cast))
        get(public(case))
        COPIES.forget()
        with statements() as seen:
            get(public(case))
        assert len(seen) <= 3, "\n".join(seen)  # the newest entry, the case, its steps

    def test_no_private_column_leaves_the_database(self, cast: Cast) -> None:
        report(cast)
        with statements() as seen:
            get(village(rest="cases/"))
        read = " ".join(sql for sql in seen if "cases_case" in sql)
        for column in ("title", "body", "answers", "lon", "lat", "reporter_name", "place"):
            assert f'"cases_case"."{column}"' not in read, column


def test_open_to_everybody_by_declaration() -> None:
    for view in (views.village, views.villages, views.case_list, views.case_map, views.case_show, code_views.qr):
        assert view.permission == PUBLIC  # type: ignore[attr-defined]


def test_methods(cast: Cast) -> None:
    assert Client().head(village()).status_code == 200
    assert Client().post(village()).status_code == 405
    assert Case.objects.count() == 0

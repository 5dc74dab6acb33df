"""The public list of a village, the page of one case and the sketch: filters, order, pages, words."""

import re

import pytest
from django.test import Client

from shanzhi.cases.models import Case
from shanzhi.cases.tests.pages import text_of
from shanzhi.portal.tests.village.world import A, act, closed, days_ago, get, placed, public, publish, village
from shanzhi.portal.village import listing, showing
from shanzhi.portal.village.cases import month_of
from tests.cast import Cast, report
from tests.kinds import kind_add

pytestmark = pytest.mark.django_db
LIST = village(rest="cases/")
MAP = village(rest="map/")


def numbers(path: str = LIST, **query: str) -> list[str]:
    answer = get(path, **query)
    assert answer.status_code == 200
    return re.findall(r"/public/cases/(\d{4}-\d+)/", answer.content.decode())


class TestFilters:
    def test_state(self, cast: Cast) -> None:
        done, still = closed(cast, report(cast)), report(cast)
        assert numbers(state="open") == [still.number]
        assert numbers(state="closed") == [done.number]
        assert numbers() == [still.number, done.number]

    def test_kind_and_grid(self, cast: Cast) -> None:
        one = report(cast, kind="sanitation")
        other = report(cast, place="g4", by="village_clerk")
        whole = report(cast, place="v1", by="village_clerk")
        assert numbers(kind="sanitation") == [one.number]
        assert numbers(grid=cast.areas["g4"].code) == [other.number]
        assert whole.number in numbers()
        assert "全村" in text_of(get(LIST))

    def test_month(self, cast: Cast) -> None:
        report(cast, at=days_ago(40))
        new = report(cast)
        assert new.number in numbers(month=showing.day_of(new.received_at).strftime("%Y-%m"))
        assert len(numbers(month=showing.day_of(days_ago(40)).strftime("%Y-%m"))) == 1
        assert numbers(month="2001-01") == []

    def test_words(self, cast: Cast) -> None:
        kind_add("lamps", {"label": "照明", "hint": "路灯不亮、灯杆歪了"})
        lamp, other = report(cast, kind="lamps"), report(cast)
        assert numbers(q="路灯") == [lamp.number]
        assert numbers(q="照明") == [lamp.number]
        assert numbers(q=other.number) == [other.number]
        assert numbers(q=f" {int(other.number[5:])} ") == [other.number]
        assert numbers(q="井盖断裂") == []  # words of the report are not looked in

    def test_what_makes_no_sense_narrows_nothing(self, cast: Cast) -> None:
        case = report(cast)
        for query in (
            {"state": "x"},
            {"kind": "no"},
            {"grid": "9"},
            {"month": "2026-13"},
            {"sort": "up"},
            {"q": "\x00"},
        ):
            assert numbers(**query) == [case.number], query

    def test_of_another_village_nothing(self, cast: Cast) -> None:
        report(cast, place="g3", by="other_worker")
        assert numbers() == []
        assert numbers(grid=cast.areas["g3"].code) == []

    def test_order_and_pages(self, cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
        cases = [report(cast, at=days_ago(9 - n)).number for n in range(4)]
        assert numbers(sort="oldest") == cases
        first = Client().get("/api/v1/341181/public/villages/341181101201/cases?limit=3").json()
        assert [row["number"] for row in first["items"]] == cases[::-1][:3]
        rest = Client().get("/api/v1/341181/public/villages/341181101201/cases", {"limit": 3, "cursor": first["next"]})
        assert [row["number"] for row in rest.json()["items"]] == cases[:1]
        assert rest.json()["next"] == ""
        assert numbers(after=first["next"]) == cases[:1]
        assert get(LIST, after="broken").status_code == 302

    def test_counts_and_the_empty_states(self, cast: Cast) -> None:
        assert "还没有公开的事" in text_of(get(LIST))
        closed(cast, report(cast))
        report(cast)
        assert "2 件，其中还在办 1 件" in text_of(get(LIST))
        assert "没有符合条件的事" in text_of(get(LIST, kind="food"))

    def test_only_public_kinds_are_offered(self, cast: Cast) -> None:
        kind_add("closed", {"label": "保密类", "public": False})
        kind_add("some", {"label": "少数人的", "seen_by": ["village_clerk"]})
        assert {"closed", "some"} & {kind.code for kind in listing.public_kinds()} == set()
        words = text_of(get(LIST))
        assert "保密类" not in words.split("只公开类别")[0]
        assert "少数人的" not in words

    def test_the_address_keeps_every_choice(self, cast: Cast) -> None:
        page = get(LIST, kind="food", sort="oldest").content.decode()
        assert re.search(
            r'href="[^"]*map/\?[^"]*kind=food[^"]*sort=oldest|href="[^"]*map/\?sort=oldest&amp;kind=food', page
        )


@pytest.mark.parametrize(
    ("text", "first"),
    [("2026-11", (2026, 11)), ("2026-12", (2026, 12)), ("2000-01", (2000, 1))],
)
def test_months(text: str, first: tuple[int, int]) -> None:
    span = month_of(text)
    assert span is not None
    assert (span[0].year, span[0].month, span[0].day, span[1].day) == (*first, 1, 1)
    assert 28 <= (span[1] - span[0]).days <= 31


@pytest.mark.parametrize(
    "text", ["", "2026", "2026-1", "2026-00", "2026-13", "1999-12", "2101-01", "二〇二六-11", "²026-11"]
)
def test_what_is_no_month(text: str) -> None:
    assert month_of(text) is None


def test_the_last_twelve_months() -> None:
    from_here = listing.months(showing.day_of(days_ago(0)))
    assert len(from_here) == len(set(from_here)) == 12
    span = month_of("2026-02")
    assert span is not None
    assert [code for code, _ in listing.months(span[0])][:3] == ["2026-02", "2026-01", "2025-12"]


class TestCase:
    def test_what_it_says(self, cast: Cast) -> None:
        case = closed(cast, report(cast))
        publish(cast, case, "井盖换好了")
        words = text_of(get(public(case)))
        for said in (
            "道路水电设施",
            f"编号 {case.number}",
            "已办结",
            "井盖换好了",
            "张庄村，第一网格",
            "办到哪一步",
            "已登记",
        ):
            assert said in words, said
        assert words.index("核查过了") < words.index("已受理") < words.index("已登记")

    def test_days_and_no_hours(self, cast: Cast) -> None:
        case = closed(cast, report(cast))
        page = get(public(case)).content.decode()
        assert not re.search(r"\d{1,2}:\d{2}", re.sub(r"<[^>]+>", " ", page))
        assert not re.search(r'datetime="[^"]*T', page)

    def test_it_speaks_to_everybody(self, cast: Cast) -> None:
        case = report(cast)
        act(cast, "village_clerk", "accept", case)
        act(cast, "village_clerk", "handle", case, text="好了")
        act(cast, "village_clerk", "verify", case)
        words = text_of(get(public(case)))
        assert "等反映人评价" in words
        assert "您" not in words

    def test_every_state_has_words_and_none_is_a_code(self, cast: Cast) -> None:
        assert all(re.fullmatch(r"[一-鿿，]+", words) for words in showing.WORDS.values())

    def test_one_of_a_township(self, cast: Cast) -> None:
        case = report(cast, place="t1", by="township_officer")
        page = get(public(case))
        assert page.status_code == 200
        assert "东镇" in text_of(page)
        assert "/villages/" not in page.content.decode().split("<main")[1]

    def test_the_way_back(self, cast: Cast) -> None:
        page = get(public(report(cast))).content.decode()
        assert f'href="{village()}"' in page
        assert f'href="{LIST}"' in page
        assert f'href="/{A}/follow/"' in page


class TestMap:
    def test_numbers_of_dots_and_of_the_list_are_the_same(self, cast: Cast) -> None:
        near = publish(cast, placed(cast), "一处")
        far = publish(cast, placed(cast, lat=327_298_765), "另一处")
        page = get(MAP).content.decode()
        assert re.findall(r'text-anchor="middle">(\d+)<', page) == ["1", "2"]
        assert numbers(MAP) == [far.number, near.number]
        assert "2 件事的大概位置，分在 2 处，上方是北" in page
        assert "北</text>" in page
        assert re.search(r">\d+ (米|公里)</text>", page)

    def test_filters_are_the_list_s(self, cast: Cast) -> None:
        one = publish(cast, placed(cast, kind="sanitation"), "一处")
        publish(cast, placed(cast), "另一处")
        assert numbers(MAP, kind="sanitation") == [one.number]

    def test_without_a_position_it_stands_in_the_list_only(self, cast: Cast) -> None:
        case = publish(cast, report(cast), "没有位置的")
        page = get(MAP)
        assert numbers(MAP) == [case.number]
        assert "图上还没有" in text_of(page)
        publish(cast, placed(cast), "有位置的")
        assert "另有 1 件没有位置" in text_of(get(MAP))

    def test_no_style_and_no_script_inside(self, cast: Cast) -> None:
        publish(cast, placed(cast), "一处")
        page = get(MAP).content.decode()
        assert "style=" not in page
        assert page.count("<script") == 1  # the bundle

    def test_empty(self, cast: Cast) -> None:
        assert "还没有写了公开摘要的事" in text_of(get(MAP))
        assert "没有符合条件的事" in text_of(get(MAP, kind="food"))


def test_a_wide_page_is_its_own_class(cast: Cast) -> None:
    assert 'class="ui-public pb-wide"' in get(MAP).content.decode()
    assert Case.objects.count() == 0

"""The page of rates: period, place, side by side, sorted, as a file, on paper and by a program."""

from datetime import date, datetime, timedelta
from io import BytesIO
from zipfile import ZipFile

import pytest
from django.http import QueryDict
from django.utils import timezone

from shanzhi.cases.models import Case
from shanzhi.cases.rates.board import PlaceRow, board_of, ordered, period_of
from shanzhi.cases.rates.counting import Counts
from shanzhi.cases.rates.periods import Period, between, month_of, named
from shanzhi.cases.rates.registry import RATES, figures_of
from shanzhi.cases.seeing import seen
from shanzhi.cases.tests.pages import act, text_of
from shanzhi.lib.clocks import Span
from shanzhi.lib.times import SHANGHAI
from tests.cast import Cast, report
from tests.kinds import kind_add

PAGE = "/341181/cases/rates/"


def handled(cast: Cast, place: str = "g1", *, late: bool = False) -> Case:
    """Closed by the office of its village, in time or after its three days."""
    clerk = "other_clerk" if place == "g3" else "village_clerk"
    by = "other_worker" if place == "g3" else "grid_worker"
    at = timezone.now() - timedelta(days=3)
    case = report(cast, place=place, by=by, at=at)
    act(cast, clerk, "accept", case, at=at)
    act(
        cast,
        clerk,
        "dispatch",
        case,
        area=cast.areas[place],
        limit=Span.parse("24 hours" if late else "60 hours"),
        at=at,
    )
    act(cast, by, "handle", case, text="好了", at=at + timedelta(days=2 if late else 1))
    act(cast, clerk, "verify", case, at=at + timedelta(days=2))
    act(cast, clerk, "close", case, at=at + timedelta(days=2))
    return Case.objects.get(id=case.id)


def around(**more: str) -> dict[str, str]:
    today = timezone.localdate()
    days = {"from": str(today - timedelta(days=30)), "to": str(today + timedelta(days=30))}
    return {"period": "range", **days, **more}


def test_the_county_sees_its_townships_and_goes_down(cast: Cast) -> None:
    handled(cast)
    handled(cast, late=True)
    handled(cast, "g3")
    leader = cast["county_leader"].client()
    page = leader.get(PAGE, around())
    words = text_of(page)
    assert page.status_code == 200
    for name in ("东镇", "西镇", *(rate.name for rate in RATES)):
        assert name in words
    assert "应办结 3 件，办结 3 件" in words
    assert "66.7" in words
    assert "件数少，仅供参考" in words
    town = text_of(leader.get(PAGE, around(area=cast.areas["t1"].code)))
    assert "张庄村" in town
    assert "应办结 2 件，按期 1 件" in town
    village = text_of(leader.get(PAGE, around(area=cast.areas["v1"].code)))
    assert "第一网格" in village
    assert "王庄村" not in village


def test_each_sees_the_own_place_and_nothing_beside_it(cast: Cast) -> None:
    handled(cast, "g3")
    clerk = cast["village_clerk"].client()
    assert "张庄村办理质量" in text_of(clerk.get(PAGE))
    assert clerk.get(PAGE, {"area": cast.areas["v2"].code}).status_code == 404
    assert clerk.get(PAGE, {"area": cast.areas["t1"].code}).status_code == 404
    assert cast["grid_worker"].client().get(PAGE).status_code == 403
    assert cast["resident"].client().get(PAGE).status_code == 403


def test_nothing_is_no_value(cast: Cast) -> None:
    page = text_of(cast["village_clerk"].client().get(PAGE))
    assert page.count("没有数") >= len(RATES)
    assert "0.0" not in page


def test_a_kind_for_few_is_counted_for_them_alone(cast: Cast) -> None:
    kind_add("clue", {"label": "线索", "seen_by": ["township_officer"]})
    report(cast, kind="clue", by="township_officer", place="g1")
    period = month_of(timezone.localdate())
    counts = {
        role: board_of(cast.actor(role), cast.areas["t1"], period).total.reported
        for role in ("township_officer", "county_leader", "auditor")
    }
    assert counts == {"township_officer": 1, "county_leader": 0, "auditor": 0}
    assert seen(cast.actor("auditor"))


def test_figures_open_their_records(cast: Cast) -> None:
    late, good = handled(cast, late=True), handled(cast)
    again = handled(cast)
    act(cast, "village_clerk", "reopen", again, text="又坏了")
    client = cast["village_clerk"].client()
    page = client.get(PAGE, around()).content.decode()

    def behind(words: str) -> str:
        start = page[: page.index(words)].rindex('href="') + 6
        return page[start : page.index('"', start)].replace("&amp;", "&")

    lists = {words: client.get(behind(words)).content.decode() for words in ("看没按期的", "看已办结的", "看又在办的")}
    numbers = {name: case.number for name, case in (("late", late), ("good", good), ("again", again))}
    assert {n for n, number in numbers.items() if number in lists["看没按期的"]} == {"late"}
    assert {n for n, number in numbers.items() if number in lists["看已办结的"]} == {"late", "good"}
    assert {n for n, number in numbers.items() if number in lists["看又在办的"]} == {"again"}


def test_records_are_offered_only_where_the_list_can_show_them(cast: Cast) -> None:
    handled(cast)
    leader = cast["county_leader"].client()
    assert "看已办结的" in text_of(leader.get(PAGE, around()))
    assert "看已办结的" in text_of(leader.get(PAGE, around(area=cast.areas["t1"].code)))
    assert "看已办结的" not in text_of(leader.get(PAGE, around(area=cast.areas["v1"].code)))


def test_on_paper_as_a_file_and_by_a_program(cast: Cast) -> None:
    handled(cast)
    handled(cast, late=True)
    client = cast["auditor"].client()
    paper = text_of(client.get(f"{PAGE}print/", around()))
    assert "按期 1 件 ÷ 应办结 2 件" in paper
    assert all(rate.definition in paper for rate in RATES)
    book = client.get(f"{PAGE}export/", around())
    assert "rates.xlsx" in book["Content-Disposition"]
    with ZipFile(BytesIO(book.content)) as found:
        text = found.read("xl/sharedStrings.xml").decode()
        assert "<v>50</v>" in found.read("xl/worksheets/sheet1.xml").decode()
    assert "东镇" in text
    assert RATES[0].definition in text
    today = timezone.localdate()
    query = {"from": str(today - timedelta(days=30)), "to": str(today + timedelta(days=30))}
    answer = client.get("/api/v1/341181/rates", query).json()
    found_rates = {rate["code"]: rate for rate in answer["rates"]}
    assert (found_rates["in_time"]["value"], found_rates["in_time"]["denominator"]) == ("50.0", 2)
    assert found_rates["satisfied"]["value"] is None
    assert [place["name"] for place in answer["places"]] == ["东镇", "西镇"]
    assert client.get("/api/v1/341181/rates", {"period": "range"}).status_code == 422
    assert client.get("/api/v1/341181/rates", {"area": "999"}).status_code == 404


def row(name: str, **counts: int) -> PlaceRow:
    found = Counts(**counts)
    return PlaceRow(name, "", found, figures_of(found))


def test_sorting_puts_no_value_last_either_way() -> None:
    rows = [
        row("无"),
        row("半", due=2, finished=1, dispatched=2, returned=1),
        row("全", due=1, finished=1, dispatched=1),
    ]
    names = {sort: "".join(one.name for one in ordered(list(rows), sort)) for sort in
             ("", "finished", "-finished", "returned", "-returned", "x")}  # fmt: skip
    assert names == {
        "": "无半全", "finished": "全半无", "-finished": "半全无", "returned": "全半无", "-returned": "半全无", "x": "无半全",
    }  # fmt: skip


AT = datetime(2026, 11, 21, 23, 30, tzinfo=SHANGHAI)


@pytest.mark.parametrize(
    ("code", "first", "last"),
    [("month", "2026-11-01", "2026-11-30"), ("last", "2026-10-01", "2026-10-31"),
     ("quarter", "2026-10-01", "2026-12-31"), ("year", "2026-01-01", "2026-12-31"), ("x", "2026-11-01", "2026-11-30")],
)  # fmt: skip
def test_periods_by_name(code: str, first: str, last: str) -> None:
    period = named(code, AT)
    assert (str(period.first), str(period.last)) == (first, last)
    assert period.start.hour == 0
    assert (period.end - period.start).days == (period.last - period.first).days + 1


@pytest.mark.parametrize(
    ("first", "last", "good"),
    [("2026-11-01", "2026-11-01", True), ("2026-11-02", "2026-11-01", False), ("x", "2026-11-01", False),
     ("2020-01-01", "2026-01-01", False), ("1999-01-01", "1999-01-02", False), ("", "", False)],
)  # fmt: skip
def test_any_two_days(first: str, last: str, good: bool) -> None:
    assert (between(first, last) is not None) is good


def test_what_is_no_period_is_this_month_with_a_sentence(cast: Cast) -> None:
    period, wrong = period_of(QueryDict("period=range&from=2026-12-01&to=2026-01-01"), AT)
    assert (period, bool(wrong)) == (month_of(date(2026, 11, 21)), True)
    page = cast["village_clerk"].client().get(PAGE, {"period": "range", "from": "x"})
    assert page.status_code == 422
    assert "日期没有选对" in text_of(page)
    assert Period("", date(2026, 1, 1), date(2026, 1, 31)).words == "2026年1月"
    assert Period("", date(2026, 1, 2), date(2027, 1, 31)).words == "2026年1月2日到2027年1月31日"

"""The registry of indicators as a page, on paper, as a file and for programs."""

import csv
from io import BytesIO, StringIO
from zipfile import ZipFile

import pytest
from django.utils import timezone

from shanzhi.access.indicators import indicators
from shanzhi.cases.tests.pages import act, statements, text_of
from shanzhi.insight.tests.proof import built
from shanzhi.insight.tests.world import fates
from shanzhi.insight.values import DayValue, Value
from shanzhi.insight.views import _share
from tests.cast import Cast, report

PAGE = "/341181/indicators/"
API = "/api/v1/341181/indicators"


def test_the_list_says_each_figure_its_unit_and_its_definition(cast: Cast) -> None:
    built()
    report(cast)
    text = text_of(cast["village_clerk"].client().get(PAGE))
    for one in indicators().values():
        assert one.name in text
        assert one.definition[:20] in text
    assert "张庄村指标" in text
    assert "没有数" in text, "a rate over nothing is no value"


def test_a_search_finds_by_name_and_by_definition(cast: Cast) -> None:
    client = cast["village_clerk"].client()
    for search, codes in (("超期", ["overdue"]), ("挂账 时限", ["overdue"]), ("满意率", ["satisfied_rate"])):
        lines = client.get(PAGE, {"q": search}).context["lines"]
        assert set(codes) <= {line.indicator.code for line in lines} < set(indicators())
    assert "没有找到这样的指标" in text_of(client.get(PAGE, {"q": "外星飞船"}))


def test_one_indicator_with_its_places_its_days_and_its_records(cast: Cast) -> None:
    built()
    report(cast)
    report(cast, place="g2", by="township_officer")
    client = cast["township_officer"].client()
    answer = client.get(f"{PAGE}reported/", {"period": "year"})
    text = text_of(answer)
    assert "东镇上报" in text
    assert [(line.place.name, line.value.text) for line, _ in answer.context["rows"]] == [
        ("张庄村", "1"),
        ("李庄村", "1"),
    ]
    assert sum(one.value.numerator for one, _ in answer.context["days"]) == 2
    (_, url, _), *_ = answer.context["links"]
    assert len(client.get(url).context["rows"]) == 2
    line, below = answer.context["rows"][0]
    assert len(client.get(line.records).context["rows"]) == 1
    assert "张庄村上报" in text_of(client.get(f"{PAGE}reported/{below}"))


def test_places_are_sorted_by_value_and_no_value_is_last(cast: Cast) -> None:
    built()
    fates(cast)
    client = cast["township_officer"].client()
    high = client.get(f"{PAGE}reported/", {"sort": "high", "period": "year"}).context["rows"]
    low = client.get(f"{PAGE}reported/", {"sort": "low", "period": "year"}).context["rows"]
    assert (
        [line.place.name for line, _ in high] == [line.place.name for line, _ in reversed(low)] == ["张庄村", "李庄村"]
    )
    for sort in ("high", "low"):
        rates = client.get(f"{PAGE}satisfied_rate/", {"sort": sort, "period": "year"}).context["rows"]
        assert [line.value.text != "" for line, _ in rates] == [True, False]


def test_what_changes_is_in_the_figure_at_once(cast: Cast) -> None:
    built()
    case = report(cast)
    client = cast["village_clerk"].client()
    assert client.get(f"{PAGE}accepted/").context["value"].text == "0"
    act(cast, "village_clerk", "accept", case)
    assert client.get(f"{PAGE}accepted/").context["value"].text == "1"


def test_a_place_of_others_and_an_unknown_indicator_are_not_there(cast: Cast) -> None:
    client = cast["village_clerk"].client()
    assert client.get(f"{PAGE}nothing/").status_code == 404
    assert client.get(f"{PAGE}reported/", {"area": cast.areas["t2"].code}).status_code == 404
    assert cast["grid_worker"].client().get(PAGE).status_code == 403


def test_wrong_days_are_said_and_this_month_is_shown(cast: Cast) -> None:
    answer = cast["village_clerk"].client().get(PAGE, {"period": "range", "from": "2026-05-02", "to": "2026-05-01"})
    assert answer.status_code == 422
    assert "日期没有选对" in text_of(answer)


def test_on_paper(cast: Cast) -> None:
    built()
    fates(cast)
    client = cast["township_officer"].client()
    text = text_of(client.get(f"{PAGE}print/"))
    assert "按期办结率" in text
    assert "打印于" in text
    one = text_of(client.get(f"{PAGE}finished_rate/print/", {"period": "year"}))
    assert "各村（社区）" in one
    assert indicators()["finished_rate"].definition[:20] in one


def test_as_a_file(cast: Cast) -> None:
    built()
    fates(cast)
    client = cast["township_officer"].client()
    rows = list(csv.reader(StringIO(client.get(f"{PAGE}export/?format=csv").content.decode("utf-8-sig"))))
    assert [row[0] for row in rows[1:]] == [one.name for one in indicators().values()]
    answer = client.get(f"{PAGE}reported/export/", {"format": "csv", "period": "year"})
    lines = answer.content.decode("utf-8-sig").splitlines()
    assert "村（社区）,上报（件）" in lines
    assert "张庄村,8" in lines
    book = ZipFile(BytesIO(client.get(f"{PAGE}satisfied_rate/export/?period=year").content))
    assert "xl/worksheets/sheet3.xml" in book.namelist()
    assert "每天" in book.read("xl/workbook.xml").decode()
    assert "attachment" in answer["Content-Disposition"]


def test_for_programs(cast: Cast) -> None:
    built()
    fates(cast)
    client = cast["township_officer"].client()
    listed = client.get(API).json()["items"]
    assert [one["code"] for one in listed] == list(indicators())
    rate = next(one for one in listed if one["code"] == "finished_rate")
    assert rate["denominator"] == {"fact": "due", "name": "应办结"}
    found = client.get(f"{API}/satisfied_rate", {"period": "year"}).json()
    assert (found["value"]["numerator"], found["value"]["denominator"], found["value"]["few"]) == (1, 2, True)
    assert found["value"]["value"] == "50.0"
    assert [place["name"] for place in found["places"]] == ["张庄村", "李庄村"]
    assert found["places"][1]["value"] is None
    assert sum(day["denominator"] for day in found["days"]) == 3, "the rating and the call are of different days"
    assert len(client.get(found["records"][0]["url"]).context["rows"]) == 1
    assert client.get(f"{API}/nothing").status_code == 404
    wrong = client.get(f"{API}/reported", {"period": "range", "from": "2026-05-02", "to": "2026-05-01"})
    assert (wrong.status_code, wrong.json()["detail"]) == (422, "日期没有选对：要从早到晚，最长三年。")
    days = client.get(f"{API}/reported", {"from": "2026-05-01", "to": "2026-05-02"}).json()["days"]
    assert [day["day"] for day in days] == ["2026-05-01", "2026-05-02"]
    assert client.get(f"{API}/overdue").json()["days"] == []


@pytest.mark.parametrize("who", ["village_clerk", "county_leader"])
def test_a_page_is_a_few_statements(cast: Cast, who: str) -> None:
    built()
    report(cast)
    client = cast[who].client()
    client.get(f"{PAGE}reported/")
    with statements() as ran:
        client.get(f"{PAGE}reported/")
    assert len(ran) < 60
    assert not any("INSERT" in one or "UPDATE" in one for one in ran)


def test_a_bar_is_of_a_hundred_or_of_the_largest() -> None:
    today = timezone.localdate()
    days = [DayValue(today, Value(number, None, None, small=False)) for number in (4, 0)]
    assert _share(Value(0, 0, None, small=False), days) == 0
    few = Value(1, None, 1, small=False)  # type: ignore[arg-type]
    assert _share(few, days) == 25
    assert _share(few, days[1:]) == 0
    rate = Value(1, 2, 50, small=True)  # type: ignore[arg-type]
    assert _share(rate, days) == 50

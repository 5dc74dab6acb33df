"""The filter bar: every state of a list is an address, and every address is a state of the list."""

from django.http import QueryDict
from django.template import Context, Template
from django.test import RequestFactory
from hypothesis import given
from hypothesis import strategies as st

from shanzhi.ui.filters import Choice, Dates, FilterBar, filter_bar

KIND = Choice("kind", "类别", [("road", "道路水电设施"), ("clean", "环境卫生"), ("farm", "农业灾情")])
VILLAGE = Choice("village", "村（社区）", [("1", "桥南村"), ("2", "光华村"), ("3", "金埠村")], multiple=True)
RECEIVED = Dates("received", "收到日期")


def bar(query: str) -> FilterBar:
    return filter_bar(QueryDict(query), [KIND, VILLAGE, RECEIVED], search="q", hint="编号、地点、内容")


def test_nothing_chosen() -> None:
    made = bar("tab=mine")
    assert not made.active
    assert [chip.words for chip in made.chips] == ["", "", ""]


def test_a_single_choice_is_replaced_and_taken_off_by_itself() -> None:
    chip = bar("kind=road&tab=mine").chips[0]
    assert chip.words == "道路水电设施"
    assert chip.clear_url == "?tab=mine"
    urls = {option.label: QueryDict(option.url[1:]) for option in chip.options}
    assert urls["环境卫生"].getlist("kind") == ["clean"]
    assert "kind" not in urls["道路水电设施"]
    assert all(url["tab"] == "mine" for url in urls.values())


def test_several_choices_are_added_and_taken_off() -> None:
    chip = bar("village=1&village=2").chips[1]
    assert chip.words == "桥南村、光华村"
    urls = {option.label: QueryDict(option.url[1:]).getlist("village") for option in chip.options}
    assert urls == {"桥南村": ["2"], "光华村": ["1"], "金埠村": ["1", "2", "3"]}


def test_many_choices_are_counted() -> None:
    assert bar("village=1&village=2&village=3").chips[1].words == "桥南村、光华村 等 3 项"


def test_what_is_no_option_is_not_shown() -> None:
    made = bar("kind=<script>")
    assert made.chips[0].words == ""
    assert not any(option.chosen for option in made.chips[0].options)


def test_days_read_as_days() -> None:
    assert bar("received_from=2026-11-01&received_to=2026-11-20").chips[2].words == "11月1日 到 11月20日"
    assert bar("received_from=2026-11-01").chips[2].words == "11月1日 起"
    assert bar("received_to=2026-11-20").chips[2].words == "到 11月20日"
    assert bar("received_to=昨天").chips[2].words == "到 昨天"


def test_the_place_in_the_list_is_left_when_a_filter_changes() -> None:
    made = bar("kind=road&after=abc&page=3")
    urls = [option.url for chip in made.chips for option in chip.options]
    urls += [chip.clear_url for chip in made.chips] + [made.clear_url]
    assert not any("after" in url or "page" in url for url in urls)


def test_clearing_keeps_the_tab() -> None:
    made = bar("tab=mine&kind=road&village=1&q=井盖&received_to=2026-11-20")
    assert made.active
    assert made.clear_url == "?tab=mine"
    assert QueryDict(made.clear_search_url[1:]).get("q") is None


def test_a_search_keeps_the_filters() -> None:
    made = bar("kind=road&q=井盖")
    assert made.text == "井盖"
    assert made.keep == (("kind", "road"),)


def test_without_search_there_is_no_box() -> None:
    made = filter_bar(QueryDict("q=x"), [KIND])
    assert not made.active
    html = render(made)
    assert 'type="search"' not in html


def render(made: FilterBar) -> str:
    template = Template('{% include "ui/parts/filters.html" %}')
    return template.render(Context({"bar": made, "request": RequestFactory().get("/")}))


def test_the_bar_as_a_page_shows_it() -> None:
    html = render(bar("kind=road&received_from=2026-11-01"))
    assert "类别：道路水电设施" in html
    assert 'aria-label="去掉条件：类别"' in html
    assert "清除条件" in html
    assert 'name="received_from" value="2026-11-01"' in html
    assert html.count("<form") == 2, "the box and the days; all else are links"


def test_the_bar_without_conditions_has_nothing_to_clear() -> None:
    assert "清除条件" not in render(bar(""))


def test_what_a_stranger_wrote_into_the_address_is_escaped() -> None:
    assert "<script>" not in render(bar('q="><script>&received_from=<script>&tab=<script>'))


@given(st.lists(st.sampled_from(["1", "2", "3"]), unique=True), st.sampled_from(["1", "2", "3"]))
def test_choosing_twice_is_where_one_began(chosen: list[str], value: str) -> None:
    query = QueryDict(mutable=True)
    query.setlist("village", chosen)
    for _ in range(2):
        chip = filter_bar(query, [VILLAGE]).chips[0]
        option = next(o for o, (v, _) in zip(chip.options, VILLAGE.options, strict=True) if v == value)
        query = QueryDict(option.url[1:])
    assert sorted(query.getlist("village")) == sorted(chosen)

"""Plots: from zero, every number said, nothing upon each other, and no markup from outside."""

import itertools
import re
from xml.etree import ElementTree as ET

from hypothesis import given, settings
from hypothesis import strategies as st

from shanzhi.insight.boards.plots import APART, SIZE, TOP, WALL, Bar, Line, columns, lines, rows, spread, ticks, top_of

WORDS = [f"{day}日" for day in range(1, 31)]
counts = st.lists(st.integers(0, 5_000), min_size=1, max_size=40)


def parsed(svg: str) -> ET.Element:
    return ET.fromstring(svg)


def words(svg: str) -> list[str]:
    return [one.text or "" for one in parsed(svg).iter("text")]


@given(st.integers(0, 10_000_000))
@settings(max_examples=25)
def test_the_axis_is_round_and_reaches_the_top(most: int) -> None:
    top, step = top_of(most)
    assert top >= most
    assert top % step == 0
    assert 1 <= top // step <= 3
    assert re.fullmatch(r"[125]0*", str(step))


def test_few_words_under_many_points() -> None:
    assert ticks(0) == []
    assert ticks(1) == [0]
    assert ticks(4) == [0, 1, 2, 3]
    assert ticks(31) == [0, 10, 20, 30]


@given(counts, counts)
@settings(max_examples=25)
def test_lines_stay_inside_and_begin_at_zero(one: list[int], two: list[int]) -> None:
    length = min(len(one), len(two))
    series = [Line("上报", "上报 1", one[:length]), Line("办结", "办结 2", two[:length])]
    svg = parsed(lines(series, [str(n) for n in range(length)], title="每天"))
    width, height = SIZE
    for line in svg.iter("polyline"):
        places = [tuple(map(float, place.split(","))) for place in line.attrib["points"].split()]
        assert len(places) == length
        assert all(0 <= x <= width and TOP <= y <= height for x, y in places)
    said = [text.text for text in svg.iter("text")]
    assert "0" in said
    assert {"上报 1", "办结 2"} <= set(said)


def test_one_point_is_a_dot_and_none_is_no_error() -> None:
    svg = lines([Line("上报", "上报 3", [3]), Line("办结", "办结 0", [0])], ["今天"], title="今天")
    assert len(list(parsed(svg).iter("circle"))) == 2
    assert parsed(lines([Line("上报", "上报 0", [])], [], title="空")).attrib["role"] == "img"


def test_the_wall_has_a_wide_one() -> None:
    svg = parsed(lines([Line("上报", "上报 9", [1, 2, 3])], ["1", "2", "3"], title="墙", size=WALL))
    assert svg.attrib["viewBox"] == "0 0 894 222"


@given(st.lists(st.floats(TOP, 140), min_size=1, max_size=4))
@settings(max_examples=25)
def test_labels_do_not_lie_upon_each_other(heights: list[float]) -> None:
    found = sorted(spread(heights, 142))
    assert all(two - one >= APART - 0.2 for one, two in itertools.pairwise(found))
    assert max(found) <= 142.1


def test_bars_say_their_number_and_open_their_list() -> None:
    svg = columns([Bar("已超期", 1234, "bl", "/a/?b=1&c=2"), Bar("今天", 0, "bs", "/d/")], title="到期")
    root = parsed(svg)
    assert root.attrib["role"] == "group"
    assert words(svg) == ["1,234", "已超期", "0", "今天"]
    assert [one.attrib["href"] for one in root.iter("a")] == ["/a/?b=1&c=2"]  # nothing to open behind a nought
    heights = [float(one.attrib["height"]) for one in root.iter("rect") if one.attrib["class"] != "hit"]
    assert heights[1] == 0
    assert heights[0] > 100


@given(st.lists(st.integers(0, 10**6), min_size=1, max_size=7))
@settings(max_examples=25)
def test_bars_are_as_long_as_their_numbers(numbers: list[int]) -> None:
    root = parsed(columns([Bar("x", number) for number in numbers], title="t"))
    tall = [float(one.attrib["height"]) for one in root.iter("rect") if one.attrib["class"] == "b1"]
    most = max(numbers) or 1
    for number, height in zip(numbers, tall, strict=True):
        assert abs(height - max(tall) * number / most) < 0.2


def test_lying_bars() -> None:
    svg = rows([Bar("有评价", 8, "b2"), Bar("满意", 4, url="/x/")], title="评价")
    assert words(svg) == ["有评价", "8 件", "满意", "4 件"]
    long = [float(one.attrib["width"]) for one in parsed(svg).iter("rect") if one.attrib["class"] in ("b1", "b2")]
    assert long[0] == 2 * long[1]


def test_nothing_from_outside_becomes_markup() -> None:
    name = '"><script>x</script>'
    for svg in (columns([Bar(name, 1, url=name)], title=name), rows([Bar(name, 1)], title=name),
                lines([Line(name, name, [1])], [name], title=name)):  # fmt: skip
        assert "<script" not in svg
        assert parsed(svg).attrib["aria-label"] == name

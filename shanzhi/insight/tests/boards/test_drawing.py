"""Pictures of a board, by their numbers alone: plots, the map's colours and legend, and what is not drawn."""

import itertools
import re
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shanzhi.areas.models import Area
from shanzhi.insight.boards.maps import (
    HEIGHT,
    MARGIN,
    WIDTH,
    Frame,
    Load,
    Shape,
    drawn,
    keys_of,
    limits_of,
    tone_of,
)
from shanzhi.insight.boards.plots import (
    BOTTOM,
    LEFT,
    SIZE,
    TOP,
    WALL,
    WALL_BARS,
    Bar,
    Line,
    columns,
    lines,
    rows,
    spread,
    ticks,
    top_of,
)

NASTY = ['<b>&"quoted"\'', "&amp;", "]]>", "<!--", "东镇&西镇", "{}", "{0}", "%s"]
COUNTY = Area(id=1, county_id=341181, level="county", name="天长市", path="0001")
TOWN = Area(id=2, county_id=341181, level="township", name="东镇", path="00010001")
V1, V2, V3 = "000100010001", "000100010002", "000100010003"


def elements(svg: str, name: str) -> list[ET.Element]:
    return list(ET.fromstring(svg).iter(name))


def points(svg: str) -> list[list[tuple[float, float]]]:
    return [[(float(x), float(y)) for x, y in (one.split(",") for one in line.attrib["points"].split())]
            for line in elements(svg, "polyline")]  # fmt: skip


def shape(name: str, path: str, level: str, left: int, *, grids: int = 0, size: int = 100_000) -> Shape:
    x, y = 1_189_000_000 + left * size, 326_000_000
    ring = [[x, y], [x + size, y], [x + size, y + size], [x, y + size], [x, y]]
    return Shape(f"34{path}", name, level, path, [[ring]], False, grids)


# Plots


@pytest.mark.parametrize(
    ("most", "axis"),
    [(0, (1, 1)), (1, (1, 1)), (3, (3, 1)), (4, (4, 2)), (6, (6, 2)), (7, (10, 5)), (16, (20, 10)), (31, (40, 20)),
     (61, (100, 50)), (301, (400, 200))],
)  # fmt: skip
def test_the_axis(most: int, axis: tuple[int, int]) -> None:
    assert top_of(most) == axis


def test_zero_lies_on_the_base_and_the_most_at_its_height() -> None:
    svg = lines([Line("上报", "上报 6", [0, 6, 3])], ["1日", "2日", "3日"], title="每天")
    (line,) = points(svg)
    base, high = SIZE[1] - BOTTOM, SIZE[1] - TOP - BOTTOM
    assert [y for _, y in line] == [base, TOP, TOP + high / 2]
    assert line[0][0] >= LEFT
    assert [x for x, _ in line] == sorted(x for x, _ in line)
    said = [one.text for one in elements(svg, "text")]
    assert said == ["0", "2", "4", "6", "1日", "2日", "3日", "上报 6"]
    lowest = next(one for one in elements(svg, "path") if one.attrib["class"] == "base")
    assert f" {base:.1f}H" in lowest.attrib["d"]


def test_a_plot_of_nothing_but_noughts_is_a_line_on_the_base() -> None:
    svg = lines([Line("上报", "上报 0", [0] * 5)], list("abcde"), title="没有")
    (line,) = points(svg)
    assert {y for _, y in line} == {SIZE[1] - BOTTOM}
    assert [one.text for one in elements(svg, "text")][:2] == ["0", "1"]


def test_an_empty_series_has_no_point() -> None:
    svg = lines([Line("上报", "上报 0", [])], [], title="没有")
    assert points(svg) == [[]]
    assert elements(svg, "circle") == []


def test_the_first_line_lies_over_the_second_and_ends_in_a_dot() -> None:
    svg = lines([Line("a", "a 1", [1, 2]), Line("b", "b 2", [2, 1])], ["1", "2"], title="t")
    assert [one.attrib["class"] for one in elements(svg, "polyline")] == ["l2", "l1"]
    (dot,) = elements(svg, "circle")
    last = points(svg)[1][-1]
    assert (dot.attrib["class"], float(dot.attrib["cx"]), float(dot.attrib["cy"])) == ("d1", *last)


def test_the_words_under_a_line_stand_inside_of_the_picture() -> None:
    svg = lines([Line("a", "a", [1] * 9)], [f"{n}日" for n in range(9)], title="t")
    under = [one for one in elements(svg, "text") if float(one.attrib["y"]) == SIZE[1] - 8]
    assert [one.attrib["text-anchor"] for one in under] == ["start", "middle", "middle", "end"]
    assert [one.text for one in under] == ["0日", "3日", "5日", "8日"]


@pytest.mark.parametrize("count", [2, 5, 7, 30, 62])
def test_words_are_at_the_first_and_the_last_point(count: int) -> None:
    found = ticks(count)
    assert (found[0], found[-1]) == (0, count - 1)
    assert found == sorted(set(found))
    assert len(found) <= 4


@pytest.mark.parametrize("name", NASTY)
def test_names_are_text_whatever_is_in_them(name: str) -> None:
    for svg in (
        lines([Line(name, name, [1, 2])], [name, name], title=name),
        columns([Bar(name, 2, url=f"/?a={name}")], title=name),
        rows([Bar(name, 2)], title=name, unit=name),
    ):
        root = ET.fromstring(svg)
        assert root.attrib["aria-label"] == name
        assert name in [one.text for one in root.iter("text")]
        assert {one.tag for one in root.iter()} <= {"svg", "a", "path", "text", "rect", "polyline", "circle"}


@settings(max_examples=20)
@given(st.lists(st.integers(0, 10**9), min_size=1, max_size=70))
def test_any_numbers_are_well_formed_and_inside(numbers: list[int]) -> None:
    svg = lines([Line("上报", "上报", numbers)], ["日"] * len(numbers), title="t", size=WALL)
    assert all(TOP <= y <= WALL[1] - BOTTOM for line in points(svg) for _, y in line)
    bars = [Bar("x", number) for number in numbers[:7]]
    for picture, size in ((columns(bars, title="t", size=WALL_BARS), WALL_BARS), (rows(bars[:4], title="t"), SIZE)):
        for one in elements(picture, "rect"):
            assert 0 <= float(one.attrib["x"]) <= float(one.attrib["x"]) + float(one.attrib["width"]) <= size[0]
            if one.attrib["class"] != "hit":
                assert 0 <= float(one.attrib["y"]) <= float(one.attrib["y"]) + float(one.attrib["height"]) <= size[1]


def test_a_bar_without_anything_is_on_the_base_and_pale() -> None:
    svg = columns([Bar("已超期", 0, "bl", "/late/"), Bar("今天", 5, "bs", "/today/")], title="t")
    nought, five = (one for one in elements(svg, "rect") if one.attrib["class"] in ("bl", "bs"))
    assert (float(nought.attrib["y"]), float(nought.attrib["height"])) == (SIZE[1] - BOTTOM, 0)
    assert float(five.attrib["y"]) + float(five.attrib["height"]) == SIZE[1] - BOTTOM
    assert [one.attrib.get("class", "") for one in elements(svg, "text")] == ["none", "", "ta", ""]
    assert [one.attrib["href"] for one in elements(svg, "a")] == ["/today/"]


@pytest.mark.parametrize("url", ["", "/x/"])
def test_a_picture_with_links_is_a_group(url: str) -> None:
    for svg in (columns([Bar("x", 1, url=url)], title="t"), rows([Bar("x", 1, url=url)], title="t")):
        assert ET.fromstring(svg).attrib["role"] == ("group" if url else "img")


def test_bars_of_none_are_pictures_too() -> None:
    assert elements(columns([], title="t"), "rect") == []
    assert elements(rows([], title="t"), "rect") == []


def test_labels_keep_their_order_and_the_picture() -> None:
    assert spread([50.0, 52.0], 142) == [50.0, 68.0]
    assert spread([142.0, 142.0], 142) == [124.0, 142.0]
    assert spread([141.0, 40.0], 142) == [141.0, 40.0]
    assert spread([], 142) == []


# The map


@settings(max_examples=25)
@given(st.lists(st.integers(0, 5000), min_size=1, max_size=30))
def test_the_legend_names_the_colour_of_every_whole_number(numbers: list[int]) -> None:
    limits = limits_of(numbers)
    words = {key.tone: key.words for key in keys_of(limits, whole=True)}
    assert list(words) == [0, 1, 2, 3, 4]
    for number in numbers:
        said = words[tone_of(number, limits)]
        low, high = re.fullmatch(r"(\d+)(?:–(\d+)| 件以上)?", said).groups()  # type: ignore[union-attr]
        assert int(low) <= number, (number, said)
        if "以上" not in said:
            assert number <= int(high or low), (number, said)


@settings(max_examples=25)
@given(st.lists(st.floats(0.01, 3000, allow_nan=False), min_size=1, max_size=9))
def test_the_legend_of_weights_is_in_plain_figures(weights: list[float]) -> None:
    limits = limits_of([*weights, 0.5])
    said = [key.words for key in keys_of(limits, whole=False)]
    assert said[0] == "0"
    assert said[1].startswith("不到 ")
    assert not any("e" in words for words in said)
    assert tone_of(max([*weights, 0.5]), limits) == 4


@pytest.mark.parametrize("weight", [-1, 0, 0.0])
def test_nothing_has_no_colour(weight: float) -> None:
    assert tone_of(weight, [0, 1, 2, 3]) == 0


def test_large_weights_are_said_as_people_do() -> None:
    assert [key.words for key in keys_of([0, 112.4, 224.8, 337.2], whole=False)] == [
        "0", "不到 112", "112 起", "225 起", "337 件以上",
    ]  # fmt: skip


def test_villages_of_which_no_grid_is_drawn_keep_their_colour() -> None:
    shapes = [shape("张庄村", V1, "village", 0, grids=2), shape("李庄村", V2, "village", 1, grids=1),
              shape("第一网格", f"{V1}0001", "grid", 0)]  # fmt: skip
    loads = {V1: Load(5, 0, 1, "/v1/"), V2: Load(2, 1, 1, "/v2/"), V3: Load(0, 0, 1, ""),
             f"{V1}0001": Load(1, 0, 1, "/g/")}  # fmt: skip
    found = drawn(TOWN, shapes, loads)
    assert found is not None
    assert [(patch.url, patch.tone) for patch in found.patches] == [("/g/", 1), ("/v2/", 2)]
    assert found.missing == 2  # the other grid of the first village, and the third village
    assert len(found.borders) == 2


def test_a_village_without_outline_whose_grids_are_drawn_is_not_missing() -> None:
    found = drawn(TOWN, [shape("第一网格", f"{V1}0001", "grid", 0)], {V1: Load(1, 0, 1, "")})
    assert found is not None
    assert (found.missing, len(found.patches), found.outside) == (0, 1, "")
    assert (found.patches[0].tone, found.patches[0].url) == (0, "")  # nothing is known of it


def test_the_map_of_a_village_is_its_grids() -> None:
    village = Area(id=3, county_id=341181, level="village", name="张庄村", path=V1)
    first, second = f"{V1}0001", f"{V1}0002"
    loads = {first: Load(4, 0, 1, "/1/"), second: Load(0, 0, 1, "")}
    found = drawn(village, [shape("第一网格", first, "grid", 0)], loads)
    assert found is not None
    assert (found.missing, found.borders) == (1, [])
    assert [label.name for label in found.labels] == ["第一网格"]


def test_a_county_is_compared_by_grids_and_labelled_with_all() -> None:
    one, two = "00010001", "00010002"
    shapes = [shape("东镇", one, "township", 0, grids=60), shape("西镇", two, "township", 1, grids=10)]
    loads = {one: Load(24, 0, 60, "/1/"), two: Load(20, 0, 10, "/2/")}
    found = drawn(COUNTY, shapes, loads, labelled=True)
    assert found is not None
    assert [patch.tone for patch in found.patches] == [1, 4]
    assert {label.name for label in found.labels} == {"东镇 24", "西镇 20"}
    assert "天长市 2 处" in found.words


def test_a_warning_only_where_something_is_late() -> None:
    shapes = [shape("张庄村", V1, "village", 0), shape("李庄村", V2, "village", 1)]
    found = drawn(TOWN, shapes, {V1: Load(2, 1, 1, "/1/"), V2: Load(2, 0, 1, "/2/")})
    assert found is not None
    late, fine = found.patches
    assert late.warn is not None
    assert fine.warn is None
    assert late.words.endswith("超期 1 件")
    assert "超期" not in fine.words


@pytest.mark.parametrize("size", [1, 1000, 10_000_000])
def test_the_frame_is_true_to_scale_and_fits(size: int) -> None:
    frame = Frame([shape("a", V1, "village", 0, size=size)])
    x, y = 1_189_000_000, 326_000_000
    left, low = frame.at([x, y])
    right, high = frame.at([x + size, y + size])
    assert MARGIN - 1 <= left <= right <= WIDTH - MARGIN + 1
    assert MARGIN - 1 <= high <= low <= HEIGHT - MARGIN + 1
    assert (right - left) / (low - high) == pytest.approx(frame.narrow, abs=0.01)


def test_pieces_too_small_to_be_seen_are_left_out_and_holes_stay() -> None:
    big = shape("a", V1, "village", 0)
    dot = [
        [x, y] for x, y in ((1_189_000_000, 326_000_000), (1_189_000_001, 326_000_000), (1_189_000_000, 326_000_001))
    ]
    hole = [[1_189_020_000, 326_020_000], [1_189_080_000, 326_020_000], [1_189_080_000, 326_080_000]]
    frame = Frame([big])
    assert frame.path([[dot]]) == ""
    assert frame.path([[*big.rings[0], hole]]).count("M") == 2


def test_the_middle_of_a_piece_without_area_is_among_its_points() -> None:
    frame = Frame([shape("a", V1, "village", 0)])
    flat = [[[[1_189_000_000, 326_000_000], [1_189_100_000, 326_000_000], [1_189_000_000, 326_000_000]]]]
    x, y = frame.middle(flat)
    assert MARGIN - 1 <= x <= WIDTH
    assert y <= HEIGHT


def test_names_stay_inside_and_apart() -> None:
    paths = [f"{TOWN.path}{number:04}" for number in range(1, 9)]
    shapes = [shape(f"很长很长的名字村{number}", path, "village", number) for number, path in enumerate(paths)]
    found = drawn(TOWN, shapes, {path: Load(number, 0, 1, "/") for number, path in enumerate(paths)})
    assert found is not None
    assert 0 < len(found.labels) < len(shapes)
    assert found.labels[0].name == "很长很长的名字村7"  # the busiest
    for one, two in itertools.combinations(found.labels, 2):
        assert abs(one.x - two.x) > 50 or abs(one.y - two.y) >= 16

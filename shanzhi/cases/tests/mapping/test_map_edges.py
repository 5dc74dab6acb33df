"""Rectangles as people and programs write them, and cases that lie exactly on their edges."""

from typing import Any

import pytest

from shanzhi.cases.mapping.frames import BAD, CHINA, LEAST, around, box_read, box_text, home_of, padded, zoom_for
from shanzhi.cases.mapping.selectors import placed_at, seen_on_map
from shanzhi.cases.models import Case
from shanzhi.cases.selectors import CaseFilter, case_list_for
from shanzhi.cases.tests.mapping.test_clusters import NOW, listed
from shanzhi.cases.tests.mapping.test_map_page import titles
from shanzhi.cases.tests.mapping.world import API, PAGE, UNIT, WHOLE, at, copies, land, place_case
from shanzhi.cases.tests.pages import report, text_of
from shanzhi.lib.errors import Invalid
from shanzhi.lib.georead import Box
from shanzhi.lib.quadtree import squares_in
from tests.cast import Cast

EDGE = (*at(5, 5), *at(6, 6))


@pytest.mark.parametrize(
    ("text", "box"),
    [
        ("118.9,32.6,119.1,32.8", (1_189_000_000, 326_000_000, 1_191_000_000, 328_000_000)),
        (" 118.9, 32.6 ,119.1,\t32.8\n", (1_189_000_000, 326_000_000, 1_191_000_000, 328_000_000)),
        ("-180,-90,180,90", (-1_800_000_000, -900_000_000, 1_800_000_000, 900_000_000)),
        ("1e2,0,1.1e2,1", (1_000_000_000, 0, 1_100_000_000, 10_000_000)),
        ("-0.0,-0.0,0.0000001,0.0000001", (0, 0, 1, 1)),
        ("118.90000000000000000001,32,119,33", (1_189_000_000, 320_000_000, 1_190_000_000, 330_000_000)),
    ],
)
def test_what_is_a_rectangle(text: str, box: Box) -> None:
    assert box_read(text) == box


@pytest.mark.parametrize(
    "text",
    [
        "", ",,,", "118.9;32.6;119.1;32.8", "118.9,32.6,119.1", "118.9,32.6,119.1,32.8,", "NaN,NaN,NaN,NaN",
        "118.9,nan,119.1,32.8", "-inf,-inf,inf,inf", "1e308,1,2,3", "-1e308,1,2,3", "0x76,32,119,33", "\x00,1,2,3",
        "118.9,32.6,118.9,32.8", "118.9,32.6,119.1,32.6", "118.90000001,32,118.90000002,33", "119.1,32.6,118.9,32.8",
        "179,32,181,33", "-180.0000001,32,119,33", "118,-90.1,119,33", "118,32,119,90.1", "118,32,119,33 OR 1=1",
        "十,二,三,四", "118.9,32.6,119.1,32.8" + "0" * 90, "118.9,32.6,119.1," + "0" * 90 + "32.8",
        "118.9,32.6,119.1," + "9" * 400,
    ],
)  # fmt: skip
def test_what_is_none_is_said_in_one_sentence_that_shows_how(text: str) -> None:
    with pytest.raises(Invalid) as refused:
        box_read(text)
    assert (refused.value.code, refused.value.fields) == ("bbox", {"bbox": [BAD]})
    assert "118.9,32.6,119.1,32.8" in BAD
    assert box_read("118.9,32.6,119.1,32.8"), "the example can be copied"


@pytest.mark.parametrize(
    "box", [WHOLE, CHINA, (1, 2, 3, 4), (-5, -7, 1, 9), (1_189_500_001, 326_500_002, 1_189_500_004, 326_500_005),
            (-1_800_000_000, -900_000_000, 1_800_000_000, 900_000_000)],
)  # fmt: skip
def test_an_address_keeps_the_rectangle_to_the_last_digit(box: Box) -> None:
    assert box_read(box_text(box)) == box


def test_the_next_page_is_of_the_same_rectangle_even_if_it_is_tiny(cast: Cast) -> None:
    first = place_case(cast, 5, 5)
    Case.objects.filter(id=first.id).update(lon=EDGE[0] + 1, lat=EDGE[1] + 1)
    first.refresh_from_db()
    copies(first, [{} for _ in range(60)])
    tiny = "118.9500000,32.6500000,118.9500002,32.6500002"
    client = cast["township_officer"].client()
    answer = client.get(PAGE, {"bbox": tiny})
    assert answer.context["total"] == "61"
    following = client.get(f"{PAGE}{answer.context['next_url']}")
    assert following.context["narrowed"] is True
    assert following.context["total"] == "61"
    shown = [{row.number for row, _ in page.context["lines"]} for page in (answer, following)]
    assert all(shown)
    assert not shown[0] & shown[1]


@pytest.mark.parametrize("who", ["village_clerk", "county_leader"])
def test_the_edges_of_a_rectangle_belong_to_it(cast: Cast, who: str) -> None:
    case, actor, half = place_case(cast, 5, 5), cast.actor(who), UNIT // 2
    inside = [(0, 0), (UNIT, UNIT), (0, UNIT), (UNIT, 0), (half, half)]
    outside = [(-1, 0), (0, -1), (UNIT + 1, 0), (0, UNIT + 1)]
    for dx, dy in inside + outside:
        Case.objects.filter(id=case.id).update(lon=EDGE[0] + dx, lat=EDGE[1] + dy)
        for zoom in (0, 12, 22):
            seen = seen_on_map(actor, CaseFilter(), EDGE, zoom, now=NOW)
            assert [point.id for point in seen.points] == ([case.id] if (dx, dy) in inside else [])
        assert listed(cast, who, CaseFilter(), EDGE) == ((dx, dy) in inside)


def test_two_on_either_side_of_an_edge_of_squares_are_both_there_once(cast: Cast) -> None:
    (square,) = squares_in((*at(5, 5), *at(5, 5)), 17)
    west, south = square.box[:2]
    first = place_case(cast, 5, 5)
    Case.objects.filter(id=first.id).update(lon=west, lat=south)
    copies(
        first, [{"lon": west - 1, "lat": south}, {"lon": west, "lat": south - 1}, {"lon": west - 1, "lat": south - 1}]
    )
    for who in ("village_clerk", "county_leader"):
        for zoom in (8, 13, 19, 22):
            seen = seen_on_map(cast.actor(who), CaseFilter(), WHOLE, zoom, now=NOW)
            assert seen.total == 4
            (one,) = seen.clusters
            assert (one.count, one.box) == (4, (west - 1, south - 1, west, south))


def test_a_zoom_that_no_map_has_is_refused(cast: Cast) -> None:
    client = cast["township_officer"].client()
    told = {"0": 200, "22": 200, "-1": 422, "23": 422, "1.5": 422, "NaN": 422, "": 422, "9" * 40: 422}
    for zoom, status in told.items():
        answer = client.get(API, {"bbox": "118.9,32.6,119.3,32.8", "zoom": zoom})
        assert (zoom, answer.status_code) == (zoom, status)


def test_the_whole_earth_may_be_asked_for(cast: Cast) -> None:
    case = place_case(cast, 5, 5)
    client = cast["township_officer"].client()
    found = client.get(API, {"bbox": "-180,-90,180,90", "zoom": 0}).json()
    assert [point["number"] for point in found["points"]] == [case.number]
    page = client.get(PAGE, {"bbox": "-180,-90,180,90"})
    assert page.context["total"] == "1"


NAMES = ("q", "place", "unit", "kind", "state", "source", "mark", "due", "kin", "tab", "sort", "received_from", "part",
         "figure", "after")  # fmt: skip


def test_null_bytes_in_an_address_of_a_page_narrow_nothing(cast: Cast) -> None:
    case = place_case(cast, 5, 5)
    client = cast["township_officer"].client()
    for name in NAMES:
        page = client.get(PAGE, {name: "\x00"})
        assert (name, page.status_code) == (name, 200)
        assert titles(page) == [case.title], name
        found = client.get(API, {name: "\x00", "bbox": "118.9,32.6,119.3,32.8", "zoom": 9})
        assert (name, found.status_code) == (name, 422), "a program is told"


def test_signs_that_databases_know_find_no_place(cast: Cast) -> None:
    land(cast)
    place_case(cast, 5, 5, spot="老槐树下")
    client = cast["township_officer"].client()
    for text in ("%%", "__", "''", "\\\\", "  ", '"*', "( )", "-- --", "\x00\x00\x00"):
        assert client.post(PAGE, {"text": text}).context["found"] == [], text
        answer: Any = client.post(f"{API}/places", {"text": text}, content_type="application/json")
        if "\x00" in text:
            assert answer.status_code == 422
        else:
            assert (answer.status_code, answer.json()["items"]) == (200, []), text


def test_a_rectangle_around_positions_is_never_without_area() -> None:
    for points in ([at(5, 5)], [at(5, 5), at(5, 9)], [at(5, 5), at(9, 5)]):
        box = around(points)
        assert box is not None
        assert box[2] - box[0] >= LEAST
        assert box[3] - box[1] >= LEAST
        assert box_read(box_text(box)) == box
        assert all(box[0] < lon < box[2] and box[1] < lat < box[3] for lon, lat in points)
    assert home_of([]) is None
    assert padded((0, 0, 0, 0)) == (-LEAST // 2, -LEAST // 2, LEAST // 2, LEAST // 2)


def test_the_zoom_of_a_rectangle_falls_as_it_grows() -> None:
    zooms = [zoom_for((0, 0, side, side)) for side in (1, UNIT, 10 * UNIT, 100 * UNIT, 1000 * UNIT, 3_600_000_000)]
    assert zooms == sorted(zooms, reverse=True)
    assert (zooms[0], zooms[-1]) == (19, 1)
    assert zoom_for(WHOLE, width=390) == zoom_for(WHOLE, width=780) - 1, "half the width, one zoom less"


def test_a_county_without_outlines_begins_where_its_cases_are(cast: Cast) -> None:
    report(cast, body="没有位置的事")
    client = cast["county_leader"].client()
    assert client.get(PAGE).context["home"] == box_text(CHINA)
    case = place_case(cast, 5, 5)
    rows = case_list_for(cast.actor("county_leader"), CaseFilter(), now=NOW)
    assert placed_at(rows) == [at(5, 5)]
    page = client.get(PAGE)
    assert page.context["home"] == box_text(padded((*at(5, 5), *at(5, 5))))
    assert case.title in text_of(page)
    land(cast)
    west, south, east, north = box_read(client.get(PAGE).context["home"])
    assert west < WHOLE[0] < WHOLE[2] < east
    assert south < WHOLE[1] < WHOLE[3] < north

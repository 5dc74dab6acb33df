"""The spot that the database keeps, and the little map of one case: its grid as it was then, with words beside it."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from shanzhi.areas.models import Outline
from shanzhi.cases.mapping.drawing import OVERVIEW, Frame
from shanzhi.cases.mapping.frames import around, box_read, box_text, padded, zoom_for
from shanzhi.cases.models import Case
from shanzhi.cases.tests.mapping.world import WHOLE, at, copies, land, place_case
from shanzhi.cases.tests.pages import report, statements, text_of
from shanzhi.lib.quadtree import spot_of
from tests.cast import Cast

CORNERS = [(0, 0), (1, -1), (1_189_512_345, 327_098_765), (-1_800_000_000, -900_000_000), (1_800_000_000, 900_000_000)]


def spot_page(case: Case) -> str:
    return reverse("cases:spot", args=[case.county_id, case.number])


def fragment(cast: Cast, who: str, case: Case) -> Any:
    return cast[who].client().get(spot_page(case), headers={"HX-Request": "true"})


def test_the_database_keeps_the_same_number_as_the_process(cast: Cast) -> None:
    first = place_case(cast, 5, 5)
    copies(first, [{"lon": lon, "lat": lat} for lon, lat in CORNERS])
    for lon, lat, spot in Case.objects.values_list("lon", "lat", "spot"):
        assert spot == spot_of(lon or 0, lat or 0)
    Case.objects.filter(id=first.id).update(lon=CORNERS[2][0], lat=CORNERS[2][1])
    assert Case.objects.get(id=first.id).spot == spot_of(*CORNERS[2])
    Case.objects.filter(id=first.id).update(lon=None, lat=None)
    assert Case.objects.get(id=first.id).spot is None


def test_a_case_in_its_grid_with_words_beside(cast: Cast) -> None:
    land(cast)
    case = place_case(cast, 5, 5)
    answer = fragment(cast, "township_officer", case)
    html = answer.content.decode()
    assert "<html" not in html
    assert html.count("cm-g-own") == 1
    assert html.count('class="cm-here"') == 1
    assert "张庄组路口，东经 118.95000°，北纬 32.65000°，误差约 12 米" in html
    assert "填色的是张庄村第一网格" in text_of(answer)
    assert "bbox=" in answer.context["map_url"]
    whole = cast["township_officer"].client().get(spot_page(case))
    assert "<html" in whole.content.decode()
    assert case.title in text_of(whole)


def test_without_an_outline_or_a_position_it_says_so(cast: Cast) -> None:
    case = place_case(cast, 5, 5)
    assert "张庄村第一网格还没有边界" in text_of(fragment(cast, "village_clerk", case))
    nowhere = report(cast)
    answer = fragment(cast, "village_clerk", nowhere)
    assert "没有位置" in text_of(answer)
    assert "<figure" in answer.content.decode()
    assert answer.context["drawing"] is None


def test_the_grid_is_that_of_the_day_of_the_report(cast: Cast) -> None:
    land(cast)
    case = place_case(cast, 5, 5)
    own = Outline.objects.get(area=cast.areas["g1"])
    Outline.objects.filter(id=own.id).update(valid_to=timezone.localdate() + timedelta(days=1))
    assert "cm-g-own" in fragment(cast, "village_clerk", case).content.decode()
    Outline.objects.filter(id=own.id).update(valid_to=timezone.localdate())
    assert "cm-g-own" not in fragment(cast, "village_clerk", case).content.decode()


def test_whoever_sees_the_case_sees_where_it_is_and_nobody_else(cast: Cast, cast_b: Cast) -> None:
    case = place_case(cast, 5, 5, by="resident", place="v1")
    mine = fragment(cast, "resident", case)
    assert mine.status_code == 200
    assert mine.context["map_url"] == ""  # the list of a place is not theirs
    for who in ("grid_worker", "village_clerk", "county_leader"):
        assert fragment(cast, who, case).status_code in (200, 404)
    assert fragment(cast, "other_officer", case).status_code == 404
    assert fragment(cast_b, "township_officer", case).status_code == 404
    assert Client().get(spot_page(case)).status_code == 302


def test_a_desk_asks_for_it_with_the_page_and_a_phone_when_it_is_tapped(cast: Cast) -> None:
    case = place_case(cast, 5, 5)
    desk = cast["village_clerk"].client().get(reverse("cases:case", args=[case.county_id, case.number]))
    assert f'hx-get="{spot_page(case)}"' in desk.content.decode()
    assert 'hx-trigger="intersect once"' in desk.content.decode()
    phone = cast["grid_worker"].client().get(reverse("cases:case", args=[case.county_id, case.number]))
    assert "看在地图上的位置" in text_of(phone)
    for page in (desk, phone):
        assert '<svg class="cm-svg"' not in page.content.decode()
        assert "ui/dist/map" not in page.content.decode()


def test_it_costs_few_statements(cast: Cast) -> None:
    land(cast)
    case = place_case(cast, 5, 5)
    client = cast["village_clerk"].client()
    client.get(spot_page(case), headers={"HX-Request": "true"})
    with statements() as made:
        client.get(spot_page(case), headers={"HX-Request": "true"})
    assert len(made) <= 7


def test_a_frame_is_true_to_scale_with_the_north_at_the_top() -> None:
    frame = Frame(WHOLE, *OVERVIEW)
    (left, top), (right, bottom) = frame.at(WHOLE[0], WHOLE[3]), frame.at(WHOLE[2], WHOLE[1])
    assert (left, right) == (0, OVERVIEW[0])
    assert 0 < top < bottom < OVERVIEW[1]
    east, north = (right - left) / 40, (bottom - top) / 20  # pixels of a hundredth of a degree
    assert east / north == pytest.approx(0.842, abs=0.005)
    assert frame.holds(left, top)
    assert not frame.holds(left - 1, top)


def test_rectangles_are_read_as_they_are_written() -> None:
    box = (*at(5, 5), *at(6, 6))
    assert box_read(box_text(box)) == box
    assert padded(box, 0.5) == (box[0] - 50_000, box[1] - 50_000, box[2] + 50_000, box[3] + 50_000)
    assert around([]) is None
    spot = around([at(5, 5)])
    assert spot is not None
    assert spot[0] < at(5, 5)[0] < spot[2]
    assert zoom_for((-1_800_000_000, 0, 1_800_000_000, 1)) == 1
    assert zoom_for(box) == 16
    assert zoom_for((0, 0, 1, 1)) == 19

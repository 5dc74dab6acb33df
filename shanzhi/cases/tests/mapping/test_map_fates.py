"""Cases of every fate on the map, whistles that ended, areas that went, and whose eyes see which of them."""

from datetime import timedelta
from typing import Any
from unittest.mock import patch

import pytest
from django.utils import timezone

from shanzhi.areas.households.pasting import Row
from shanzhi.areas.households.services import households_state
from shanzhi.areas.models import Area, Outline
from shanzhi.cases.mapping import places, selectors
from shanzhi.cases.mapping.drawing import Frame, path_of
from shanzhi.cases.mapping.places import open_by_place, places_named
from shanzhi.cases.mapping.selectors import seen_on_map, whistles_on_map
from shanzhi.cases.models import Assignment, Case
from shanzhi.cases.selectors import CaseFilter, Tab
from shanzhi.cases.tests.mapping.test_map_page import titles
from shanzhi.cases.tests.mapping.world import API, BBOX, PAGE, SOUTH, UNIT, WEST, WHOLE, at, copies, land, place_case
from shanzhi.cases.tests.pages import act, text_of
from shanzhi.cases.tests.rates.test_counting import to_close
from shanzhi.cases.tests.test_whistles import whistle
from tests.cast import Cast
from tests.kinds import kind_add


def on_map(cast: Cast, who: str = "township_officer", tab: str = Tab.OPEN, zoom: int = 19) -> set[str]:
    """Titles of single cases; each is alone at its place here."""
    seen = seen_on_map(cast.actor(who), CaseFilter(tab=tab), WHOLE, zoom, now=timezone.now())
    assert seen.clusters == ()
    return {point.title for point in seen.points}


def whistled(cast: Cast, who: str = "township_officer", box: Any = WHOLE) -> list[str]:
    return [one.case.number for one in whistles_on_map(cast.actor(who), box, now=timezone.now())[0]]


def test_each_fate_is_in_its_tab_and_in_no_other(cast: Cast) -> None:
    when = timezone.now() - timedelta(days=3)
    made = {
        name: place_case(cast, 2 + 3 * n, 4, body=name, at=when)
        for n, name in enumerate(("等着", "不归村里", "并进别的", "办完了", "又重办了"))
    }
    act(cast, "village_clerk", "reject", made["不归村里"], text="不归村里管")
    act(cast, "village_clerk", "merge", made["并进别的"], into=made["等着"], text="同一件")
    for name in ("办完了", "又重办了"):
        to_close(cast, made[name], when)
    act(cast, "village_clerk", "reopen", made["又重办了"], text="又坏了")
    names = {name: Case.objects.get(id=case.id).title for name, case in made.items()}
    assert on_map(cast) == {names["等着"], names["又重办了"]}
    assert on_map(cast, tab=Tab.ENDED) == {names["不归村里"], names["并进别的"], names["办完了"]}
    assert on_map(cast, "county_leader") == on_map(cast)
    assert on_map(cast, "county_leader", Tab.ENDED) == on_map(cast, tab=Tab.ENDED)
    coloured = cast["township_officer"].client().get(f"{API}/areas", {"level": "township"}).json()
    assert coloured == {"items": [], "more": False}, "no outline, no colour"


@pytest.mark.parametrize("fate", ["reject", "merge"])
def test_a_case_that_ended_whistles_no_more(cast: Cast, fate: str) -> None:
    case, other = whistle(cast, place_case(cast, 5, 5), "t1"), place_case(cast, 15, 5)
    assert whistled(cast) == [case.number]
    extra = {"into": other} if fate == "merge" else {}
    act(cast, "village_clerk", fate, case, text="不用来了", **extra)
    assert whistled(cast) == []
    assert cast["township_officer"].client().get(API, {"bbox": BBOX, "zoom": 9}).json()["whistles"] == []


def test_a_whistle_stands_where_its_case_is_and_for_who_sees_it(cast: Cast) -> None:
    case = whistle(cast, place_case(cast, 5, 5), "t1", "county")
    x, y = at(5, 5)
    assert whistled(cast, box=(x, y, x, y)) == [case.number], "a rectangle without area holds its one point"
    for box in ((x + 1, y, x + 9, y + 9), (x, y + 1, x + 9, y + 9), (x - 9, y - 9, x - 1, y), (x - 9, y - 9, x, y - 1)):
        assert whistled(cast, box=box) == []
    assert whistled(cast, "other_officer") == whistled(cast, "other_clerk") == []
    assert whistled(cast, "county_leader") == [case.number]
    Case.objects.filter(id=case.id).update(lon=None, lat=None)
    assert whistled(cast) == []


def test_absent_is_who_should_have_come_by_now(cast: Cast) -> None:
    case = whistle(cast, place_case(cast, 5, 5), "t1", "county")
    call = Assignment.objects.get(case_id=case.id, unit=cast.units["t1"])
    actor, limit = cast.actor("township_officer"), call.arrive_by
    assert limit is not None
    for moment, absent in ((limit - timedelta(seconds=1), 0), (limit + timedelta(seconds=1), 2)):
        ((found,), more) = whistles_on_map(actor, WHOLE, now=moment)
        assert (found.absent, len(found.units), more) == (absent, 2, False)
    Assignment.objects.filter(id=call.id).update(state="arrived")
    ((found,), _) = whistles_on_map(actor, WHOLE, now=limit + timedelta(seconds=1))
    assert (found.absent, found.units) == (1, ("县住建局",))


def test_more_whistles_than_are_told_are_said(cast: Cast) -> None:
    for n in range(3):
        whistle(cast, place_case(cast, 3 * n + 1, 5), "t1", "county")
    actor, now = cast.actor("township_officer"), timezone.now()
    assert whistles_on_map(actor, WHOLE, now=now)[1] is False
    with patch.object(selectors, "WHISTLES", 2):
        told, more = whistles_on_map(actor, WHOLE, now=now)
    assert (len(told), more) == (2, True)
    with patch.object(selectors, "CALLS", 4):
        told, more = whistles_on_map(actor, WHOLE, now=now)
    assert (len(told), more) == (2, True), "calls that were not read are of more cases than are told"
    with patch.object(selectors, "CALLS", 6):
        assert whistles_on_map(actor, WHOLE, now=now)[1] is False


def test_a_kind_for_some_roles_colours_no_place_of_others(cast: Cast) -> None:
    land(cast)
    kind_add("closed", {"label": "特殊照护", "seen_by": ["village_clerk", "township_officer"]})
    place_case(cast, 5, 5, kind="closed", body="独居老人需要照护")
    place_case(cast, 5, 6)
    now = timezone.now()
    for who, many in (("village_clerk", 2), ("township_officer", 2), ("county_leader", 1), ("auditor", 1)):
        found, more = open_by_place(cast.actor(who), "grid", WHOLE, now=now)
        assert ({one.code: one.count for one in found}[cast.areas["g1"].code], more) == (many, False), who


def test_who_sees_nothing_sees_places_without_numbers(cast: Cast) -> None:
    land(cast)
    place_case(cast, 5, 5)
    found, _ = open_by_place(cast.actor("other_officer"), "grid", None, now=timezone.now())
    assert [(one.name, one.count) for one in found] == [("第一网格", 0)]
    assert [one.code for one in found] == [cast.areas["g3"].code]


def test_an_edge_of_an_outline_is_enough_to_be_told(cast: Cast) -> None:
    land(cast)
    actor, now = cast.actor("county_leader"), timezone.now()
    border = WEST + 20 * UNIT  # between the townships

    def names(box: Any) -> set[str]:
        return {one.name for one in open_by_place(actor, "township", box, now=now)[0]}

    assert names((border, SOUTH, border, SOUTH)) == {"东镇", "西镇"}
    assert names((border + 1, SOUTH, border + 1, SOUTH)) == {"西镇"}
    assert names((border - 1, SOUTH, border - 1, SOUTH)) == {"东镇"}
    assert names((border, SOUTH - 2, border, SOUTH - 1)) == set()


def test_more_places_than_are_told_are_said(cast: Cast) -> None:
    land(cast)
    with patch.object(places, "PLACES", 3):
        found, more = open_by_place(cast.actor("county_leader"), "grid", None, now=timezone.now())
    assert (len(found), more) == (3, True)
    with patch.object(places, "PLACES", 4):
        found, more = open_by_place(cast.actor("county_leader"), "grid", None, now=timezone.now())
    assert (len(found), more) == (4, False)


def test_an_outline_that_ended_colours_nothing_and_is_found_no_more(cast: Cast) -> None:
    land(cast)
    place_case(cast, 5, 5)
    actor, now = cast.actor("township_officer"), timezone.now()
    assert len(open_by_place(actor, "village", None, now=now)[0]) == 2
    assert [one.name for one in places_named(actor, "李庄村", now=now)] == ["李庄村"]
    Outline.objects.filter(area=cast.areas["v2"]).update(valid_to=timezone.localdate())
    assert [one.name for one in open_by_place(actor, "village", None, now=now)[0]] == ["张庄村"]
    assert places_named(actor, "李庄村", now=now) == []
    Area.objects.filter(id=cast.areas["v1"].id).update(valid_to=timezone.localdate())
    assert "张庄村" not in [one.name for one in places_named(actor, "张庄村", now=now)]
    assert titles(cast["township_officer"].client().get(PAGE)), "its cases are still on the map"


def test_places_of_cases_are_told_once_each_and_few(cast: Cast) -> None:
    first = place_case(cast, 5, 5, spot="老槐树下")
    second = place_case(cast, 6, 6, spot="老槐树下")
    for n in range(places.FOUND + 2):
        place_case(cast, 7, n, spot=f"老槐树往北{n}里")
    found = places_named(cast.actor("township_officer"), "老槐树", now=timezone.now())
    assert len(found) == places.FOUND
    assert len({one.name for one in found}) == places.FOUND
    (one,) = places_named(cast.actor("township_officer"), "老槐树下", now=timezone.now())
    assert (one.number, one.about) == (second.number, f"事件 {second.number}"), "the newest of it"
    assert first.number != second.number
    assert places_named(cast.actor("other_officer"), "老槐树", now=timezone.now()) == []


def test_a_name_is_cut_and_one_character_finds_nothing(cast: Cast) -> None:
    land(cast)
    actor, now = cast.actor("township_officer"), timezone.now()
    assert places_named(actor, " 张 ", now=now) == []
    assert [one.name for one in places_named(actor, "  李庄村\x00 ", now=now)] == ["李庄村"]
    assert places_named(actor, "李庄村" * 40, now=now) == []


def test_a_worker_on_the_own_list_sees_the_own_reports_only(cast: Cast) -> None:
    mine = place_case(cast, 5, 5, body="我报的")
    place_case(cast, 5, 8, by="village_clerk", body="村里报的")
    client = cast["grid_worker"].client()
    assert titles(client.get(PAGE, {"tab": "reported"})) == [mine.title]
    assert on_map(cast, "grid_worker", Tab.REPORTED) == {mine.title}


def test_what_a_reader_typed_is_shown_as_text(cast: Cast) -> None:
    land(cast)
    place_case(cast, 5, 5, body="<script>alert(1)</script> 井盖")
    client = cast["township_officer"].client()
    html = client.post(f"{PAGE}?q=井盖", {"text": '"><script>alert(2)</script>'}).content.decode()
    assert "<script>alert" not in html
    assert "&lt;script&gt;alert(1)" in html
    assert "没有找到" in text_of(client.post(PAGE, {"text": "外星飞船"}))


def test_a_square_beyond_what_is_counted_keeps_its_middle_inside(cast: Cast) -> None:
    first = place_case(cast, 5, 5)
    with patch.object(selectors, "IN_SQUARE", 3):
        copies(first, [{"lon": first.lon + n, "lat": first.lat + n} for n in range(6)])
        seen = seen_on_map(cast.actor("county_leader"), CaseFilter(), WHOLE, 8, now=timezone.now())
        read = seen_on_map(cast.actor("village_clerk"), CaseFilter(), WHOLE, 8, now=timezone.now())
    (one,) = seen.clusters
    assert (one.count, one.more, seen.total, seen.more) == (3, True, 3, True)
    assert one.box[0] <= one.lon <= one.box[2]
    assert one.box[1] <= one.lat <= one.box[3]
    assert (read.total, read.more) == (7, False)


def test_corners_that_fall_together_are_drawn_once(cast: Cast) -> None:
    land(cast)
    outline = Outline.objects.get(area=cast.areas["g1"])
    near = path_of(outline, Frame((*at(0, 0), *at(10, 10)), 300, 300))
    assert (near.count("L"), near[0], near[-1]) == (3, "M", "Z"), near
    far = path_of(outline, Frame((0, 0, 1_800_000_000, 900_000_000), 30, 30))
    assert far.count("L") < 3, "a grid of ten kilometres is a point of a picture of half the earth"


def test_what_is_open_for_each_hundred_households(cast: Cast) -> None:
    """A grid with its own number, a village whose other grid has none, a township with a number of its own."""
    land(cast)
    for number in range(3):
        place_case(cast, 5, 5 + number)
    admin, leader, now = cast.actor("system_admin"), cast.actor("county_leader"), timezone.now()
    rows = [Row(1, cast.areas["g1"].code, 400), Row(2, cast.areas["t1"].code, 1200), Row(3, cast.areas["g2"].code, 0)]
    households_state(actor=admin, rows=rows, on=timezone.localdate(), source="村统计台账")
    told = {
        level: {one.code: one.per_hundred for one in open_by_place(leader, level, None, now=now)[0]}
        for level in ("grid", "village", "township")
    }
    codes = {short: area.code for short, area in cast.areas.items()}
    assert told["grid"] == {codes["g1"]: 0.75, codes["g2"]: None, codes["g3"]: None, codes["g4"]: None}
    assert told["village"][codes["v1"]] is None
    assert told["township"] == {codes["t1"]: 0.25, codes["t2"]: None}
    body = cast["county_leader"].client().get(f"{API}/areas?level=grid").json()
    row = next(row for row in body["items"] if row["code"] == codes["g1"])
    assert (row["count"], row["households"], row["per_hundred"]) == (3, 400, 0.75)

"""The map for programs: degrees outside, scope as in the list, one sentence for a bad rectangle."""

import json
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from shanzhi.cases.models import Case
from shanzhi.cases.tests.mapping.world import API, BBOX, SOUTH, UNIT, WEST, copies, land, place_case
from shanzhi.cases.tests.pages import act, report, statements
from shanzhi.cases.tests.test_whistles import whistle
from tests.cast import Cast
from tests.kinds import kind_add


def told(cast: Cast, who: str = "township_officer", query: str = "", bbox: str = BBOX, zoom: int = 12) -> Any:
    answer = cast[who].client().get(f"{API}?bbox={bbox}&zoom={zoom}{query}")
    assert answer.status_code == 200, answer.content
    return answer.json()


def test_clusters_points_and_whistles_in_degrees(cast: Cast) -> None:
    first = place_case(cast, 5, 5)
    copies(first, [{"lon": first.lon + 1, "lat": first.lat + 3}])
    alone = place_case(cast, 15, 15, urgent=True)
    Case.objects.filter(id=alone.id).update(due_at=timezone.now())
    whistle(cast, first, "t1")
    found = told(cast)
    (cluster,) = found["clusters"]
    assert (cluster["count"], cluster["more"], cluster["west"], cluster["south"]) == (2, False, 118.95, 32.65)
    (point,) = found["points"]
    assert (point["number"], point["lon"], point["lat"]) == (alone.number, 119.05, 32.75)
    assert (point["late"], point["urgent"], point["state"]) == (True, True, "reported")
    (called,) = found["whistles"]
    assert (called["number"], called["units"], called["absent"], called["lon"]) == (
        first.number,
        ["镇城建中心"],
        0,
        118.95,
    )
    assert (found["total"], found["more"], found["more_whistles"]) == (3, False, False)


BAD = ["1,2,3", "a,b,c,d", "119,32,118,33", "118,33,119,32", "118,32,118,33", "nan,32,119,33", "inf,32,119,33",
       "-181,32,119,33", "118,32,119,91", "118,32,119,33,1", ""]  # fmt: skip


@pytest.mark.parametrize("bad", BAD)
def test_a_bad_rectangle_is_one_sentence(cast: Cast, bad: str) -> None:
    client = cast["township_officer"].client()
    answer = client.get(API, {"bbox": bad, "zoom": 10})
    assert answer.status_code == 422
    assert answer.json()["code"] == "bbox"
    assert answer.json()["detail"].count("。") == 1
    assert "西,南,东,北" in answer.json()["detail"]
    if bad:
        assert client.get(f"{API}/areas", {"bbox": bad, "level": "grid"}).status_code == 422


@pytest.mark.parametrize("query", ["zoom=10", f"bbox={BBOX}", f"bbox={BBOX}&zoom=99", f"bbox={BBOX}&zoom=x"])
def test_what_is_missing_is_refused(cast: Cast, query: str) -> None:
    assert cast["township_officer"].client().get(f"{API}?{query}").status_code == 422


def test_each_sees_the_own_place_and_strangers_nothing(cast: Cast, cast_b: Cast) -> None:
    here = place_case(cast, 5, 5)
    there = place_case(cast, 30, 5, by="other_worker", place="g3")
    readers = ("village_clerk", "township_officer", "other_officer", "other_clerk", "county_leader")
    seen = {who: {one["number"] for one in told(cast, who)["points"]} for who in readers}
    assert seen["village_clerk"] == seen["township_officer"] == {here.number}
    assert seen["other_clerk"] == seen["other_officer"] == {there.number}
    assert seen["county_leader"] == {here.number, there.number}
    query = {"bbox": BBOX, "zoom": 10}
    for path in (API, f"{API}/areas?level=grid"):
        assert cast["resident"].client().get(path, query).status_code == 403
        assert cast_b["township_officer"].client().get(path, query).status_code == 404
        assert Client().get(path, query).status_code == 401


def test_a_handler_sees_what_the_unit_was_given_only(cast: Cast) -> None:
    case = place_case(cast, 5, 5)
    act(cast, "village_clerk", "escalate", case, text="要部门来")
    act(cast, "township_officer", "accept", case)
    assert told(cast, "department_handler")["total"] == 0
    act(cast, "township_officer", "dispatch", case, unit=cast.units["t1"])
    assert told(cast, "department_handler")["total"] == 1


def test_a_kind_for_some_roles_is_absent_with_its_whistles(cast: Cast) -> None:
    roles = ["village_clerk", "township_officer", "department_handler"]
    kind_add("closed", {"label": "特殊照护", "seen_by": roles})
    case = place_case(cast, 5, 5, kind="closed", body="独居老人需要照护", spot="槐树巷深处")
    whistle(cast, case, "t1")
    assert told(cast, "village_clerk")["total"] == len(told(cast, "village_clerk")["whistles"]) == 1
    for who in ("county_leader", "auditor", "branch_secretary"):
        found = told(cast, who)
        assert (found["total"], found["points"], found["whistles"]) == (0, [], [])
        assert named(cast, "槐树巷", who) == []


def test_filters_are_those_of_the_page(cast: Cast) -> None:
    fire = place_case(cast, 5, 5, kind="fire", body="柴草起火")
    place_case(cast, 5, 15, body="井盖断裂")
    assert told(cast)["total"] == 2
    for query in ("&kind=fire", "&q=柴草", f"&q={fire.number}", "&state=reported&kind=fire"):
        assert [one["number"] for one in told(cast, query=query)["points"]] == [fire.number]
    assert told(cast, query="&tab=ended")["total"] == told(cast, query="&received_to=2001-01-01")["total"] == 0
    narrowed = told(cast, "county_leader", f"&place={cast.areas['t2'].code}")
    assert narrowed["total"] == 0


def named(cast: Cast, text: str, who: str = "township_officer") -> list[str]:
    body = json.dumps({"text": text})
    answer = cast[who].client().post(f"{API}/places", body, content_type="application/json")
    assert answer.status_code == 200
    return [one["name"] for one in answer.json()["items"]]


def test_places_by_name(cast: Cast) -> None:
    land(cast)
    case = place_case(cast, 5, 5, spot="老槐树下")
    assert named(cast, "张庄村") == ["张庄村"]
    assert named(cast, "老槐树") == ["老槐树下"]
    assert named(cast, "王庄") == named(cast, "槐") == []
    body = json.dumps({"text": "老槐树"})
    client = cast["township_officer"].client()
    (one,) = client.post(f"{API}/places", body, content_type="application/json").json()["items"]
    assert one["number"] == case.number
    assert one["west"] < 118.95 < one["east"]
    long = json.dumps({"text": "字" * 61})
    assert client.post(f"{API}/places", long, content_type="application/json").status_code == 422
    assert cast["resident"].client().post(f"{API}/places", body, content_type="application/json").status_code == 403


@pytest.mark.parametrize(
    ("level", "want"),
    [
        ("township", {"东镇": 3, "西镇": 1}), ("village", {"张庄村": 2, "李庄村": 1, "王庄村": 1}),
        ("grid", {"第一网格": 1, "第二网格": 1}),
    ],
)  # fmt: skip
def test_colours_count_what_is_open_in_each_place(cast: Cast, level: str, want: dict[str, int]) -> None:
    land(cast)
    first = place_case(cast, 1, 1)
    places = [cast.areas[name] for name in ("g4", "g2", "g3")]
    copies(first, [{"area_id": one.id, "area_path": one.path} for one in places])
    done = report(cast, body="办完的")
    act(cast, "village_clerk", "reject", done, text="不归村里管")
    leader = cast["county_leader"].client()
    found = leader.get(f"{API}/areas?level={level}").json()
    assert {one["name"]: one["count"] for one in found["items"]} == want
    assert not found["more"]
    mine = cast["township_officer"].client().get(f"{API}/areas?level={level}").json()
    assert sum(one["count"] for one in mine["items"]) == 3
    far = f"{API}/areas?level={level}&bbox=100,20,101,21"
    assert leader.get(far).json() == {"items": [], "more": False}


def test_colours_are_counted_so_far(cast: Cast) -> None:
    land(cast)
    first = place_case(cast, 1, 1)
    copies(first, [{}] * 60)
    (one,) = cast["village_clerk"].client().get(f"{API}/areas?level=village").json()["items"]
    assert (one["count"], one["more"]) == (50, True)


def test_the_statements_are_few(cast: Cast) -> None:
    land(cast)
    first = place_case(cast, 5, 5)
    copies(first, [{"lon": WEST + n * UNIT // 5, "lat": SOUTH + n * UNIT // 7} for n in range(90)])
    client = cast["township_officer"].client()
    client.get(f"{API}?bbox={BBOX}&zoom=12")
    for zoom in (8, 12, 16):
        with statements() as made:
            client.get(f"{API}?bbox={BBOX}&zoom={zoom}")
        assert len(made) <= 8

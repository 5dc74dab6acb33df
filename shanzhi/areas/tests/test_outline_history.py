"""The map over time and back: layers by day, exports that restore a map, splits and joins that leave their trail."""

import csv
import io
import json
from datetime import date, timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from shanzhi.accounts.models import User
from shanzhi.accounts.tests.factories import browser
from shanzhi.areas import selectors
from shanzhi.areas.models import Outline
from shanzhi.areas.tests.factories import (
    BEIDANG,
    COUNTY,
    GUANGLING,
    REASON,
    SINCE,
    XIAOGUAN,
    YANGCUN,
    ZHANGPU,
    Tree,
    codes_of,
    today,
)
from shanzhi.areas.tests.land import at, box, degrees, grid_codes, put, same, selected, settle, shape_of
from shanzhi.lib.georead import geometry_of, placed
from shanzhi.trail.members import unpack
from shanzhi.trail.models import Batch, Entry
from shanzhi.trail.verifying import verify_county

DRAWN = SINCE + timedelta(days=2)  # the day of `put`
MOVED = SINCE + timedelta(days=100)


def post(client: Client, path: str, body: object, **headers: str) -> Any:
    return client.post(path, json.dumps(body), content_type="application/json", headers=headers)


def layer(client: Client, tree: Tree, day: date) -> dict[str, Any]:
    """Shapes by code as the map showed them on a day."""
    told = client.get(tree.api(f"outlines?on={day.isoformat()}")).json()["features"]
    return {one["id"]: placed(geometry_of(one["geometry"])).shape for one in told}


def entries(code: str) -> list[Entry]:
    """Trail rows of all outlines that a place has had, oldest first; outlines are recorded in bulk."""
    mine = set(Outline.objects.filter(area__code=code).values_list("id", flat=True))
    batches = Batch.objects.filter(object_type="areas.outline")
    ids = [row.entry_id for row in batches if mine & {member.object_id for member in unpack(bytes(row.members))}]
    return list(Entry.objects.filter(id__in=ids).order_by("id"))


def outline_codes(code: str) -> list[str]:
    return [row.code for row in entries(code)]


@pytest.mark.parametrize(
    ("day", "width"),
    [(DRAWN - timedelta(days=1), None), (DRAWN, 10), (MOVED - timedelta(days=1), 10), (MOVED, 9), (today(), 9)],
)
def test_the_day_decides_which_outline_counts(tree: Tree, desk: Client, day: date, width: int | None) -> None:
    settle(tree, grids=False)
    put(tree, {XIAOGUAN: box(0, 0, 9, 20), BEIDANG: box(9, 0, 20, 20)}, on=MOVED)
    shown = layer(desk, tree, day)
    if width is None:
        assert shown == {}
        assert selectors.outline_at(tree.area(XIAOGUAN), day) is None
    else:
        assert same(shown[XIAOGUAN], box(0, 0, width, 20))
        assert same(shown[BEIDANG], box(width, 0, 20, 20))
        assert same(shape_of(tree, XIAOGUAN, day), box(0, 0, width, 20))


def test_a_day_shows_each_place_once_even_if_it_was_drawn_twice(tree: Tree, desk: Client) -> None:
    settle(tree, grids=False)
    for width in (9, 8, 7):
        put(tree, {XIAOGUAN: box(0, 0, width, 20)}, on=MOVED)
    told = desk.get(tree.api(f"outlines?level=village&on={MOVED.isoformat()}")).json()["features"]
    assert [one["id"] for one in told] == [XIAOGUAN, BEIDANG, GUANGLING]
    assert same(shape_of(tree, XIAOGUAN, MOVED), box(0, 0, 7, 20))
    assert same(shape_of(tree, XIAOGUAN, MOVED - timedelta(days=1)), box(0, 0, 10, 20))
    assert desk.get(tree.api("outlines?on=2024-02-30")).status_code == 422


def test_a_split_through_the_api_is_dated_and_in_the_trail(tree: Tree, desk: Client, admin: User) -> None:
    settle(tree)
    first, second = grid_codes()
    body = {
        "version": tree.area(first).version, "line": [[x / 1e7, y / 1e7] for x, y in (at(-1, 3), at(11, 3))],
        "name": "河东网格", "on": MOVED.isoformat(), "reason": REASON,
    }  # fmt: skip
    answer = post(desk, tree.api(f"areas/{first}/splits"), body, **{"Idempotency-Key": "split"})
    assert answer.status_code == 201, answer.content
    new = answer.json()["code"]
    assert post(desk, tree.api(f"areas/{first}/splits"), body, **{"Idempotency-Key": "split"}).json()["code"] == new
    assert grid_codes() == sorted([first, second, new])
    shown = layer(desk, tree, MOVED - timedelta(days=1))
    assert new not in shown
    assert same(shown[first], box(0, 0, 10, 10))
    shown = layer(desk, tree, MOVED)
    assert same(shown[new], box(0, 0, 10, 3))
    assert same(shown[first], box(0, 3, 10, 10))
    assert outline_codes(first) == ["areas.outline.set", "areas.outline.ended", "areas.outline.set"]
    assert outline_codes(new) == ["areas.outline.set"]
    assert outline_codes(second) == ["areas.outline.set"]
    assert codes_of(tree.area(new)) == ["areas.area.added"]
    drawn = selected(tree, new)
    assert drawn is not None
    assert (drawn.actor_name, drawn.reason, drawn.source) == (admin.name, REASON, "drawn")
    assert [row.actor_id for row in entries(new)] == [admin.pk]
    assert verify_county(tree.number).findings == []


def test_split_and_joined_through_the_api_the_land_is_whole_again(tree: Tree, desk: Client) -> None:
    settle(tree)
    first = grid_codes()[0]
    line = [[x / 1e7, y / 1e7] for x, y in (at(-1, 3), at(11, 3))]
    day = today().isoformat()
    body = {"version": tree.area(first).version, "line": line, "name": "河东网格", "on": day, "reason": REASON}
    new = post(desk, tree.api(f"areas/{first}/splits"), body).json()
    merge = {"version": tree.area(new["code"]).version, "into": first, "on": day, "reason": REASON}
    stale = post(desk, tree.api(f"areas/{new['code']}/merges"), merge | {"version": 99})
    assert (stale.status_code, stale.json()["code"]) == (409, "stale")
    assert same(shape_of(tree, first), box(0, 3, 10, 10))
    joined = post(desk, tree.api(f"areas/{new['code']}/merges"), merge)
    assert joined.status_code == 201, joined.content
    assert same(shape_of(tree, first), box(0, 0, 10, 10))
    assert shape_of(tree, new["code"]) is None
    assert outline_codes(new["code"]) == ["areas.outline.set", "areas.outline.ended"]
    assert outline_codes(first)[-2:] == ["areas.outline.ended", "areas.outline.set"]
    x, y = at(5, 1)
    found = post(desk, tree.api("areas/at"), {"lon": x / 1e7, "lat": y / 1e7}).json()
    assert found["grid"]["code"] == first
    again = post(desk, tree.api(f"areas/{new['code']}/splits"), body | {"version": merge["version"]})
    assert again.status_code in (404, 409)
    assert verify_county(tree.number).findings == []


@pytest.mark.parametrize("kind", ["geojson", "csv"])
def test_an_export_brings_back_the_map_that_it_was_made_of(tree: Tree, desk: Client, kind: str) -> None:
    """Holes and places in two pieces included; what was drawn in between becomes history."""
    settle(tree, grids=False)
    holed = box(0, 0, 10, 20).difference(box(4, 4, 6, 6))
    pieces = box(10, 0, 20, 20).union(box(4, 4, 6, 6))
    put(tree, {XIAOGUAN: holed, BEIDANG: pieces})
    data = desk.get(tree.url(f"areas/outlines/export/?as={kind}")).content
    put(tree, {XIAOGUAN: box(0, 0, 9, 20), BEIDANG: box(9, 0, 20, 20)}, on=MOVED)
    body = {"file": SimpleUploadedFile(f"a.{kind}", data), "datum": "cgcs2000", "on": today().isoformat()}
    sent = desk.post(tree.api("outline-imports"), body).json()
    assert sent["counts"] == {"total": 6, "good": 2, "same": 4, "bad": 0, "warnings": 0}
    done = post(desk, tree.api(f"outline-imports/{sent['id']}/applications"), {"version": sent["version"]})
    assert done.status_code == 201
    row, other = selected(tree, XIAOGUAN), selected(tree, BEIDANG)
    assert row is not None
    assert other is not None
    assert (row.source, [len(rings) for rings in row.shape], len(other.shape)) == ("imported", [2], 2)
    assert same(shape_of(tree, XIAOGUAN), holed)
    assert same(shape_of(tree, BEIDANG), pieces)
    assert same(shape_of(tree, XIAOGUAN, MOVED), box(0, 0, 9, 20))


def test_the_table_has_a_row_for_each_outline_with_its_place_and_size(tree: Tree, desk: Client) -> None:
    settle(tree)
    put(tree, {BEIDANG: box(10, 0, 20, 20)}, synthetic=True, on=MOVED)
    answer = desk.get(tree.url("areas/outlines/export/?as=csv&level=village"))
    assert answer["Content-Type"].startswith("text/csv")
    rows = list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert [row["名称"] for row in rows] == ["小关社区", "北荡村", "广陵村"]
    told = rows[1]
    assert (told["上级代码"].lstrip("'"), told["上级"], told["启用日期"]) == (YANGCUN, "杨村镇", MOVED.isoformat())
    assert (rows[0]["是否示意（合成）"], told["是否示意（合成）"]) == ("", "是")
    row = selected(tree, BEIDANG)
    assert row is not None
    assert int(told["面积（平方米）"]) == row.square_metres > 200_000_000
    nonsense = desk.get(tree.url("areas/outlines/export/?as=csv&level=planet")).content
    assert (
        len(list(csv.reader(io.StringIO(nonsense.decode("utf-8-sig")))))
        == 1 + Outline.objects.filter(valid_to=None).count()
    )


def test_exports_are_for_staff_of_the_county(tree: Tree, clerk: User, resident: User, outsider: User) -> None:
    settle(tree)
    path = tree.url("areas/outlines/export/")
    shown = {one["id"] for one in json.loads(browser(clerk).get(path).content)["features"]}
    assert shown == {COUNTY, YANGCUN, XIAOGUAN, *grid_codes()}
    assert not shown & {BEIDANG, ZHANGPU, GUANGLING}
    assert browser(resident).get(path).status_code == 403
    assert browser(outsider).get(path).status_code == 404
    assert Client().get(path).status_code == 302


def where(client: Client, tree: Tree, x: float, y: float) -> Any:
    lon, lat = at(x, y)
    return post(client, tree.api("areas/at"), {"lon": lon / 1e7, "lat": lat / 1e7}).json()


def test_on_borders_and_in_gaps_the_answer_is_one_place(tree: Tree, desk: Client) -> None:
    settle(tree)
    first, second = grid_codes()
    assert where(desk, tree, 5, 10)["grid"]["code"] == first
    assert where(desk, tree, 10, 5)["village"]["code"] == XIAOGUAN
    assert where(desk, tree, 20, 20)["township"]["code"] == YANGCUN
    assert where(desk, tree, 40, 20)["village"]["code"] == GUANGLING
    put(tree, {second: box(0, 10, 10, 19)}, on=today())
    told = where(desk, tree, 5, 19.5)
    assert (told["village"]["code"], told["grid"], told["metres"]) == (XIAOGUAN, None, 0)
    put(tree, {XIAOGUAN: box(0, 0, 9.99, 20), first: box(0, 0, 9, 10), second: box(0, 10, 9, 19)}, on=today())
    told = where(desk, tree, 9.992, 5)
    assert (told["village"]["code"], told["grid"], told["metres"]) == (XIAOGUAN, None, 2)
    beside = where(desk, tree, 40.01, 5)
    assert beside == {"township": None, "village": None, "grid": None, "metres": 0}


@pytest.mark.parametrize(
    "body",
    [{"lon": 118.85}, {"lat": 32.65}, {"lon": "东经", "lat": 32.65}, {"lon": 180.1, "lat": 32}, {"lon": 118, "lat": -91},
     {"lon": None, "lat": 32.65}, [118.85, 32.65], {}],
)  # fmt: skip
def test_bad_positions_are_422(tree: Tree, desk: Client, body: object) -> None:
    settle(tree, grids=False)
    assert post(desk, tree.api("areas/at"), body).status_code == 422


def test_no_number_is_no_position(tree: Tree, desk: Client) -> None:
    for text in ('{"lon": NaN, "lat": 32}', '{"lon": 118, "lat": Infinity}', '{"lon": 1e400, "lat": 32}', "{"):
        answer = desk.post(tree.api("areas/at"), text, content_type="application/json")
        assert answer.status_code in (400, 422), text


def test_a_county_answers_for_its_own_land_only(tree: Tree, desk: Client, outsider: User) -> None:
    settle(tree)
    x, y = at(3, 3)
    body = {"lon": x / 1e7, "lat": y / 1e7}
    theirs = browser(outsider)
    assert post(theirs, "/api/v1/410927/areas/at", body).json()["village"] is None
    assert post(theirs, tree.api("areas/at"), body).status_code == 404
    assert post(desk, "/api/v1/410927/areas/at", body).status_code == 404
    assert post(desk, tree.api("areas/at"), body).json()["village"]["code"] == XIAOGUAN


def test_the_check_of_a_drawing_saves_nothing_and_one_bad_shape_stops_all(tree: Tree, desk: Client) -> None:
    settle(tree)
    first, second = grid_codes()
    rows = [
        {"code": code, "seen": str(row.id), "geometry": degrees(shape)}
        for code, shape in ((first, box(0, 0, 10, 8)), (second, box(0, 7, 10, 20)))
        if (row := selected(tree, code))
    ]
    assert len(rows) == 2
    count = Outline.objects.count()
    found = post(desk, tree.api("outlines/checks"), {"outlines": rows}).json()["items"]
    assert [(one["severity"], one["kind"]) for one in found] == [("error", "overlap")]
    body = {"on": today().isoformat(), "reason": REASON, "outlines": rows}
    assert post(desk, tree.api("outlines"), body).status_code == 422
    assert Outline.objects.count() == count
    assert same(shape_of(tree, first), box(0, 0, 10, 10))

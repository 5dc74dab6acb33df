"""The map's page and its operations: layers, checks, saving, splitting; refusals say what to do and lose nothing."""

import json
from typing import Any

import pytest
from django.test import Client

from shanzhi.accounts.models import User
from shanzhi.accounts.tests.factories import browser
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
    today,
)
from shanzhi.areas.tests.land import at, box, degrees, grid_codes, put, ring, same, selected, settle, shape_of
from shanzhi.config.middleware import CONTENT_SECURITY_POLICY, TILES


def post(client: Client, path: str, body: object, **headers: str) -> Any:
    return client.post(path, json.dumps(body), content_type="application/json", headers=headers)


def shape(tree: Tree, code: str, polygon: Any) -> dict[str, Any]:
    row = selected(tree, code)
    return {"code": code, "seen": str(row.id) if row else "", "geometry": degrees(polygon)}


def body(*shapes: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"on": today().isoformat(), "reason": REASON, "outlines": list(shapes), **more}


def test_the_page_lists_the_places_of_a_level_and_says_what_is_missing(tree: Tree, desk: Client) -> None:
    settle(tree)
    tree.grid(BEIDANG)
    html = desk.get(tree.url("areas/map/")).content.decode()
    for code in grid_codes():
        assert f'data-row="{code}"' in html
    assert "1 个还没有边界" in html
    assert "ui/dist/map" in html
    assert "data-tools" in html
    assert "示意边界（合成）" not in html
    villages = desk.get(tree.url("areas/map/?level=village")).content.decode()
    assert f'data-row="{XIAOGUAN}"' in villages
    assert grid_codes()[0] not in villages


def test_invented_outlines_are_called_so(tree: Tree, desk: Client) -> None:
    put(tree, {XIAOGUAN: box(0, 0, 10, 20)}, synthetic=True)
    assert "示意边界（合成），不是勘界成果" in desk.get(tree.url("areas/map/?level=village")).content.decode()


def test_the_list_can_be_searched_and_may_be_empty(tree: Tree, desk: Client) -> None:
    html = desk.get(tree.url("areas/map/?level=village&q=北荡")).content.decode()
    assert BEIDANG in html
    assert XIAOGUAN not in html
    assert "没有符合条件的网格" in desk.get(tree.url("areas/map/?level=nonsense&q=外星")).content.decode()


def test_staff_look_and_do_not_draw(tree: Tree, clerk: User, resident: User, outsider: User) -> None:
    settle(tree)
    html = browser(clerk).get(tree.url("areas/map/")).content.decode()
    assert "data-area-map" in html
    assert "data-tools" not in html
    assert "导入边界" not in html
    assert browser(resident).get(tree.url("areas/map/")).status_code == 403
    assert browser(outsider).get(tree.url("areas/map/")).status_code == 404
    assert Client().get(tree.url("areas/map/")).status_code == 302


def test_only_pages_with_a_map_load_its_bundle(tree: Tree, desk: Client) -> None:
    for path in ("areas/", f"areas/{XIAOGUAN}/", "areas/outlines/imports/"):
        assert "ui/dist/map" not in desk.get(tree.url(path)).content.decode()


def test_pictures_come_from_elsewhere_only_with_a_key(tree: Tree, desk: Client, settings: Any) -> None:
    assert desk.get(tree.url("areas/map/"))["Content-Security-Policy"] == CONTENT_SECURITY_POLICY
    assert TILES not in CONTENT_SECURITY_POLICY
    settings.SHANZHI_TIANDITU_KEY = "k3y"
    answer = desk.get(tree.url("areas/map/"))
    policy = answer["Content-Security-Policy"]
    assert f"img-src 'self' {TILES} data: blob:;" in policy
    assert policy.replace(f" {TILES}", "") == CONTENT_SECURITY_POLICY
    assert 'data-key="k3y"' in answer.content.decode()


def test_layers_as_geojson(tree: Tree, officer: User, desk: Client) -> None:
    settle(tree)
    told = browser(officer).get(tree.api("outlines")).json()
    assert told["type"] == "FeatureCollection"
    assert {one["id"] for one in told["features"]} == {COUNTY, YANGCUN, XIAOGUAN, BEIDANG, *grid_codes()}
    towns = desk.get(tree.api("outlines?level=township")).json()
    assert [one["id"] for one in towns["features"]] == [YANGCUN, ZHANGPU]
    inside = desk.get(tree.api(f"outlines?within={ZHANGPU}")).json()
    assert [one["id"] for one in inside["features"]] == [ZHANGPU, GUANGLING]
    assert desk.get(tree.api(f"outlines?on={SINCE.isoformat()}")).json()["features"] == []
    assert desk.get(tree.api("outlines?level=planet")).status_code == 422


def test_the_outlines_that_a_place_has_had(tree: Tree, officer: User) -> None:
    settle(tree, grids=False)
    put(tree, {XIAOGUAN: box(0, 0, 9, 20)}, on=today())
    told = browser(officer).get(tree.api(f"areas/{XIAOGUAN}/outlines")).json()["items"]
    assert [(one["valid_from"], one["valid_to"]) for one in told] == [
        (today().isoformat(), None), ("2024-01-03", today().isoformat()),
    ]  # fmt: skip
    assert told[0]["area"]["name"] == "小关社区"
    assert told[0]["geometry"]["type"] == "Polygon"
    assert browser(officer).get(tree.api(f"areas/{GUANGLING}/outlines")).status_code == 404


def test_a_border_between_two_is_moved_in_one_saving(tree: Tree, desk: Client) -> None:
    settle(tree)
    first, second = grid_codes()
    sent = body(shape(tree, first, box(0, 0, 10, 8)), shape(tree, second, box(0, 8, 10, 20)))
    answer = post(desk, tree.api("outlines"), sent, **{"Idempotency-Key": "one"})
    assert answer.status_code == 201, answer.content
    assert {one["id"] for one in answer.json()["features"]} == {first, second}
    assert same(shape_of(tree, first), box(0, 0, 10, 8))
    again = post(desk, tree.api("outlines"), sent, **{"Idempotency-Key": "one"})
    assert again.json() == answer.json()
    assert Outline.objects.filter(area__code=first).count() == 2


def test_an_overlap_is_refused_with_its_sentence_and_the_check_shows_where(tree: Tree, desk: Client) -> None:
    settle(tree)
    first, second = grid_codes()
    wrong = shape(tree, first, box(0, 0, 10, 12))
    answer = post(desk, tree.api("outlines"), body(wrong))
    assert (answer.status_code, answer.json()["code"]) == (422, "outline_invalid")
    assert answer.json()["fields"]["outlines"][0].startswith("第一网格和第二网格重叠")
    found = post(desk, tree.api("outlines/checks"), {"outlines": [wrong]}).json()["items"]
    assert [(one["severity"], one["kind"], one["code"]) for one in found] == [("error", "overlap", first)]
    ys = [y for _, y in found[0]["geometry"]["coordinates"][0]]
    assert (min(ys), max(ys)) == (32.7, 32.72)
    assert same(shape_of(tree, second), box(0, 10, 10, 20))
    fine = post(desk, tree.api("outlines/checks"), {"outlines": [shape(tree, first, box(0, 0, 10, 10))]})
    assert fine.json() == {"items": []}


def test_a_check_names_what_it_can_not_read(tree: Tree, desk: Client) -> None:
    bad = {"code": XIAOGUAN, "geometry": {"type": "Point", "coordinates": [1, 2]}}
    unknown = {"code": "341181104999", "geometry": degrees(box(0, 0, 1, 1))}
    crossing = {"code": BEIDANG, "geometry": degrees(ring((0, 0), (2, 2), (2, 0), (0, 2)))}
    found = post(desk, tree.api("outlines/checks"), {"outlines": [bad, unknown, crossing]}).json()["items"]
    assert [one["kind"] for one in found] == ["form", "code", "crossing"]
    refused = post(desk, tree.api("outlines"), body(bad))
    assert (refused.status_code, refused.json()["code"]) == (422, "outline_form")


def test_another_persons_outline_in_between_is_409(tree: Tree, desk: Client) -> None:
    settle(tree)
    first, second = grid_codes()
    mine = shape(tree, first, box(0, 0, 10, 8))
    put(tree, {first: box(0, 0, 10, 9)})
    answer = post(desk, tree.api("outlines"), body(mine))
    assert answer.status_code == 409
    assert same(shape_of(tree, first), box(0, 0, 10, 9))
    knowing = post(desk, tree.api("outlines"), body(shape(tree, first, box(0, 0, 10, 8))))
    assert knowing.status_code == 201
    assert second


@pytest.mark.parametrize("wrong", [{"outlines": []}, {"on": "x"}, {"reason": ""}, {"outlines": [{"code": "1"}]}])
def test_wrong_bodies(tree: Tree, desk: Client, wrong: dict[str, Any]) -> None:
    sent = body({"code": XIAOGUAN, "geometry": degrees(box(0, 0, 1, 1))}) | wrong
    assert post(desk, tree.api("outlines"), sent).status_code == 422


def test_a_grid_is_split_through_the_api(tree: Tree, desk: Client) -> None:
    settle(tree)
    first = grid_codes()[0]
    line = [[x / 1e7, y / 1e7] for x, y in (at(-1, 4), at(11, 4))]
    version = tree.area(first).version
    sent = {"version": version, "line": line, "name": "河东网格", "on": today().isoformat(), "reason": REASON}
    answer = post(desk, tree.api(f"areas/{first}/splits"), sent)
    assert (answer.status_code, answer.json()["name"]) == (201, "河东网格")
    assert same(shape_of(tree, first), box(0, 4, 10, 10))
    assert same(shape_of(tree, answer.json()["code"]), box(0, 0, 10, 4))
    bad = post(desk, tree.api(f"areas/{first}/splits"), sent | {"line": [line[0], line[0]]})
    assert (bad.status_code, bad.json()["code"]) == (422, "line_invalid")
    stale = post(desk, tree.api(f"areas/{first}/splits"), sent | {"version": 99})
    assert stale.status_code == 409


def test_drawing_is_for_the_system_administrator(tree: Tree, officer: User, outsider: User) -> None:
    settle(tree)
    sent = body(shape(tree, XIAOGUAN, box(0, 0, 10, 20)))
    for path, told in (("outlines", sent), ("outlines/checks", sent)):
        assert post(browser(officer), tree.api(path), told).status_code == 403
        assert post(browser(outsider), tree.api(path), told).status_code == 404
        assert post(Client(), tree.api(path), told).status_code == 401
    line = {"version": 1, "line": [[1, 1], [2, 2]], "name": "x", "on": today().isoformat(), "reason": REASON}
    assert post(browser(officer), tree.api(f"areas/{grid_codes()[0]}/splits"), line).status_code == 403
    assert post(browser(officer), tree.api(f"areas/{GUANGLING}/splits"), line).status_code == 404

"""A file of outlines: sent, looked at, applied; what is bad stays out, and is said and shown."""

import csv
import io
import json
from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from shanzhi.accounts.models import User
from shanzhi.accounts.tests.factories import browser
from shanzhi.areas import selectors
from shanzhi.areas.mapping.importing import outline_import_apply, outline_import_send
from shanzhi.areas.models import Outline, OutlineImport
from shanzhi.areas.tests.factories import (
    BEIDANG,
    COUNTY,
    GUANGLING,
    OTHER_VILLAGE,
    SINCE,
    XIAOGUAN,
    YANGCUN,
    ZHANGPU,
    Tree,
    today,
)
from shanzhi.areas.tests.land import LAND, box, degrees, put, ring, same, settle, shape_of
from shanzhi.lib.datums import wgs84_to_gcj02
from shanzhi.lib.errors import Conflict, Forbidden, Invalid, Stale
from shanzhi.trail.models import Entry

DAY = SINCE + timedelta(days=30)


def file_of(shapes: dict[str, Any], name: str = "边界.geojson") -> SimpleUploadedFile:
    rows = [{"type": "Feature", "properties": {"code": code}, "geometry": shape if isinstance(shape, dict) else
             degrees(shape)} for code, shape in shapes.items()]  # fmt: skip
    return SimpleUploadedFile(name, json.dumps({"type": "FeatureCollection", "features": rows}).encode())


def send(tree: Tree, admin: User, shapes: dict[str, Any], **changes: Any) -> OutlineImport:
    values = {"actor": tree.actor(admin), "upload": file_of(shapes), "datum": "cgcs2000", "on": DAY}
    return outline_import_send(**{**values, **changes})


def apply(tree: Tree, admin: User, sent: OutlineImport, **changes: Any) -> OutlineImport:
    return outline_import_apply(**{"actor": tree.actor(admin), "sent": sent, "version": sent.version, **changes})


def errors(sent: OutlineImport) -> list[str]:
    return [one["sentence"] for one in sent.findings if one["severity"] == "error"]


def whole() -> dict[str, Any]:
    return {code: box(*sides) for code, sides in LAND.items()}


def test_a_whole_county_is_tried_then_written(tree: Tree, admin: User) -> None:
    sent = send(tree, admin, whole())
    assert (sent.state, sent.counts) == ("checked", {"total": 6, "good": 6, "same": 0, "bad": 0, "warnings": 0})
    assert Outline.objects.count() == 0
    done = apply(tree, admin, sent)
    assert (done.state, done.counts["good"]) == ("applied", 6)
    rows = Outline.objects.all()
    assert {(row.source, row.valid_from, row.act_id, row.reason) for row in rows} == {
        ("imported", DAY, sent.id, "按文件“边界.geojson”导入")
    }
    assert same(shape_of(tree, XIAOGUAN), box(*LAND[XIAOGUAN]))
    codes = set(Entry.objects.values_list("code", flat=True))
    assert {"areas.outlines.sent", "areas.outlines.applied", "areas.outline.set"} <= codes


def test_the_same_file_again_changes_nothing(tree: Tree, admin: User) -> None:
    apply(tree, admin, send(tree, admin, whole()))
    again = send(tree, admin, whole())
    assert (again.counts["good"], again.counts["same"]) == (0, 6)
    with pytest.raises(Conflict, match="没有可以导入的"):
        apply(tree, admin, again)
    assert Outline.objects.count() == 6


def test_what_is_bad_stays_out_with_a_sentence_each(tree: Tree, admin: User) -> None:
    shapes = whole() | {
        XIAOGUAN: box(0, 0, 11, 20), GUANGLING: ring((20, 0), (40, 20), (40, 0), (20, 20)),
        OTHER_VILLAGE: box(0, 0, 1, 1), "341181104999": {"type": "Point", "coordinates": [1, 2]},
    }  # fmt: skip
    sent = send(tree, admin, shapes)
    assert sent.counts == {"total": 8, "good": 4, "same": 0, "bad": 4, "warnings": 0}
    found = errors(sent)
    assert any("北荡村和小关社区重叠" in one for one in found)
    assert any(one.startswith("广陵村：边界自己和自己交叉") for one in found)
    assert f"第 7 个：现行区划里没有代码 {OTHER_VILLAGE}，请核对代码。" in found
    assert [one["number"] for one in sent.findings if one["kind"] == "overlap"] == [5]
    assert all(one["geometry"] for one in sent.findings if one["kind"] in ("overlap", "crossing"))
    apply(tree, admin, sent)
    assert set(Outline.objects.values_list("area__code", flat=True)) == {COUNTY, YANGCUN, ZHANGPU, XIAOGUAN}


def test_leaving_one_out_may_make_another_bad(tree: Tree, admin: User) -> None:
    """北荡村 moves its border, 小关社区 would move too but is broken: then 北荡村 overlaps what 小关社区 is now."""
    settle(tree, grids=False)
    sent = send(tree, admin, {BEIDANG: box(9, 0, 20, 20), XIAOGUAN: ring((0, 0), (9, 20), (9, 0), (0, 20))})
    assert sent.counts["good"] == 0
    assert any("北荡村和小关社区重叠" in one for one in errors(sent))


def test_unreadable_places_and_doubles(tree: Tree, admin: User) -> None:
    settle(tree, grids=False)
    far = {"type": "Polygon", "coordinates": [[[100, 30], [101, 30], [101, 31], [100, 30]]]}
    sent = send(tree, admin, {XIAOGUAN: far})
    assert errors(sent) == ["小关社区：位置在东经 100.50°、北纬 30.50° 一带，不在本县，请检查坐标。"]
    rows = [{"type": "Feature", "id": XIAOGUAN, "geometry": degrees(box(0, 0, 9, 20))}] * 2
    upload = SimpleUploadedFile("a.json", json.dumps({"features": rows}).encode())
    sent = send(tree, admin, {}, upload=upload)
    assert errors(sent) == ["小关社区在文件里有两个边界，只用了前面的一个，请删去一个。"]
    assert sent.counts["good"] == 1


def test_swapped_coordinates_are_mended_and_it_is_said(tree: Tree, admin: User) -> None:
    settle(tree, grids=False)
    turned = degrees(box(0, 0, 9, 20))
    turned["coordinates"] = [[[y, x] for x, y in turned["coordinates"][0]]]
    sent = send(tree, admin, {XIAOGUAN: turned})
    assert "小关社区：经度和纬度写反了，已换过来。" in [one["sentence"] for one in sent.findings]
    apply(tree, admin, sent)
    assert same(shape_of(tree, XIAOGUAN), box(0, 0, 9, 20))


def test_a_file_of_another_datum(tree: Tree, admin: User) -> None:
    shape = degrees(box(0, 0, 9, 20))
    shape["coordinates"] = [[wgs84_to_gcj02(x, y) for x, y in shape["coordinates"][0]]]
    apply(tree, admin, send(tree, admin, {XIAOGUAN: shape}, datum="gcj02"))
    assert same(shape_of(tree, XIAOGUAN), box(0, 0, 9, 20))


def test_not_before_the_outline_that_is_there(tree: Tree, admin: User) -> None:
    put(tree, {XIAOGUAN: box(0, 0, 10, 20)}, on=DAY + timedelta(days=1))
    sent = send(tree, admin, {XIAOGUAN: box(0, 0, 9, 20)})
    assert errors(sent) == ["小关社区现在的边界从 2024年2月1日起，生效日期不能更早。"]


def test_no_file_of_outlines(tree: Tree, admin: User) -> None:
    sent = send(tree, admin, {}, upload=SimpleUploadedFile("a.csv", b"a,b\n1,2\n"))
    assert (sent.state, sent.problem) == ("refused", "第一行要有“代码”和“边界”两列，请补上列名。")
    with pytest.raises(Conflict):
        apply(tree, admin, sent)


def test_the_county_may_have_changed_since(tree: Tree, admin: User) -> None:
    """Looked at before 北荡村 grew: what was good then overlaps now, and is left out now."""
    sent = send(tree, admin, {XIAOGUAN: box(0, 0, 10, 20), GUANGLING: box(20, 0, 40, 20)})
    put(tree, {BEIDANG: box(8, 0, 20, 20)}, on=SINCE)
    done = apply(tree, admin, sent)
    assert (done.counts["good"], done.counts["bad"]) == (1, 1)
    assert shape_of(tree, XIAOGUAN) is None


def test_applied_once(tree: Tree, admin: User) -> None:
    sent = send(tree, admin, whole(), key="send")
    assert send(tree, admin, whole(), key="send") == sent
    first = apply(tree, admin, sent, key="apply")
    again = apply(tree, admin, OutlineImport.objects.get(id=sent.id), version=sent.version, key="apply")
    assert first == again
    with pytest.raises(Conflict):
        apply(tree, admin, first)
    with pytest.raises(Stale):
        apply(tree, admin, send(tree, admin, {XIAOGUAN: box(0, 0, 9, 20)}), version=9)


def test_only_who_may_manage(tree: Tree, officer: User) -> None:
    with pytest.raises(Forbidden):
        send(tree, officer, whole())
    with pytest.raises(Invalid):
        send(tree, tree.person("system_admin", COUNTY, "系统"), whole(), on=today() + timedelta(days=2))


def test_the_pages(tree: Tree, desk: Client) -> None:
    listed = desk.get(tree.url("areas/outlines/imports/"))
    assert "还没有上传过边界文件" in listed.content.decode()
    refused = desk.post(tree.url("areas/outlines/imports/"), {"datum": "x", "on": ""})
    assert refused.status_code == 422
    assert "请选择文件。" in refused.content.decode()
    body = {"file": file_of(whole() | {"341181104999": box(0, 0, 1, 1)}), "datum": "cgcs2000", "on": DAY.isoformat()}
    answer = desk.post(tree.url("areas/outlines/imports/"), body)
    assert answer.status_code == 302
    shown = desk.get(answer["Location"]).content.decode()
    assert "导入这 6 个" in shown
    assert "第 7 个：现行区划里没有代码 341181104999" in shown
    assert "data-file-map" in shown
    applied = desk.post(f"{answer['Location']}applications/", {"version": 1})
    assert applied.status_code == 302
    assert "已导入。" in desk.get(answer["Location"]).content.decode()
    assert desk.post(f"{answer['Location']}applications/", {"version": 1}).status_code == 409
    assert desk.post(f"{answer['Location']}applications/", {}).status_code == 422
    assert "边界.geojson" in desk.get(tree.url("areas/outlines/imports/")).content.decode()


def test_a_refused_file_has_a_page(tree: Tree, desk: Client) -> None:
    body = {"file": SimpleUploadedFile("a.csv", b"a,b\n"), "datum": "bd09", "on": DAY.isoformat()}
    answer = desk.post(tree.url("areas/outlines/imports/"), body)
    shown = desk.get(answer["Location"]).content.decode()
    assert "第一行要有“代码”和“边界”两列" in shown
    assert "data-file-map" not in shown


def test_through_the_api(tree: Tree, desk: Client) -> None:
    body = {"file": file_of(whole()), "datum": "cgcs2000", "on": DAY.isoformat()}
    made = desk.post(tree.api("outline-imports"), body)
    assert made.status_code == 201, made.content
    told = made.json()
    path = tree.api(f"outline-imports/{told['id']}")
    assert desk.get(path).json() == told
    assert desk.get(tree.api("outline-imports")).json()["items"] == [told]
    before = desk.get(f"{path}/outlines").json()
    assert {one["id"] for one in before["features"]} == set(LAND)
    done = desk.post(f"{path}/applications", json.dumps({"version": 1}), content_type="application/json")
    assert (done.status_code, done.json()["state"]) == (201, "applied")
    after = desk.get(f"{path}/outlines").json()
    assert {one["id"]: one["geometry"] for one in after["features"]} == {
        one["id"]: one["geometry"] for one in before["features"]
    }
    assert desk.get(tree.api("outline-imports/999")).status_code == 404


def test_the_file_is_read_by_who_may_import_only(tree: Tree, admin: User, officer: User) -> None:
    sent = send(tree, admin, whole())
    path = tree.url(f"files/{sent.file_id}/")
    assert browser(admin).get(path).status_code in (200, 404)
    assert browser(officer).get(path).status_code == 404


def test_an_export_can_be_imported_again(tree: Tree, admin: User, desk: Client) -> None:
    settle(tree)
    hole = box(10, 0, 20, 20).difference(box(12, 2, 14, 4))
    put(tree, {BEIDANG: hole})
    for kind in ("geojson", "csv"):
        data = desk.get(tree.url(f"areas/outlines/export/?as={kind}")).content
        sent = send(tree, admin, {}, upload=SimpleUploadedFile(f"a.{kind}", data), on=today())
        assert (sent.counts["same"], sent.counts["good"], sent.counts["bad"]) == (8, 0, 0), kind


def test_exports_are_within_the_scope_and_can_be_narrowed(tree: Tree, officer: User, desk: Client) -> None:
    settle(tree)
    answer = browser(officer).get(tree.url("areas/outlines/export/"))
    assert answer["Content-Type"] == "application/geo+json"
    codes = {one["id"] for one in json.loads(answer.content)["features"]}
    assert ZHANGPU not in codes
    assert {COUNTY, YANGCUN, XIAOGUAN} <= codes
    text = desk.get(tree.url("areas/outlines/export/?as=csv&level=township")).content.decode("utf-8-sig")
    table = list(csv.reader(io.StringIO(text)))
    assert table[0][:2] == ["代码", "名称"]
    assert [line[0].lstrip("'") for line in table[1:]] == [YANGCUN, ZHANGPU]
    assert table[1][9].startswith("POLYGON ((")
    assert selectors.outline_at(tree.area(YANGCUN)) is not None

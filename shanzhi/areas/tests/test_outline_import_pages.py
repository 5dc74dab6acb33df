"""A file of outlines by the pages: tried first, every fault said in one sentence, and nothing written by accident."""

import json
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from shanzhi.accounts.models import User
from shanzhi.accounts.tests.factories import browser
from shanzhi.areas.models import Outline, OutlineImport
from shanzhi.areas.tests.factories import BEIDANG, GUANGLING, SINCE, XIAOGUAN, Tree, today
from shanzhi.areas.tests.land import box, degrees, put, ring, same, selected, settle, shape_of
from shanzhi.trail.models import Entry

PAGES = "areas/outlines/imports/"
UNKNOWN = "341181104999"


def turned(shape: Any) -> dict[str, Any]:
    """Latitude before longitude, as some programs write it."""
    told: dict[str, Any] = degrees(shape)
    told["coordinates"] = [[[y, x] for x, y in line] for line in told["coordinates"]]
    return told


def file_of(*rows: tuple[str, Any], name: str = "村界.geojson") -> SimpleUploadedFile:
    features = [
        {"type": "Feature", "properties": {"代码": code}, "geometry": shape if isinstance(shape, dict) else
         degrees(shape)} for code, shape in rows
    ]  # fmt: skip
    return SimpleUploadedFile(name, json.dumps({"type": "FeatureCollection", "features": features}).encode())


def upload(client: Client, tree: Tree, file: SimpleUploadedFile, **changes: str) -> Any:
    body = {"file": file, "datum": "cgcs2000", "on": today().isoformat(), **changes}
    return client.post(tree.url(PAGES), body)


def tried(client: Client, tree: Tree, *rows: tuple[str, Any], **changes: str) -> tuple[str, str]:
    """Address and words of the page that shows what was found in a file."""
    answer = upload(client, tree, file_of(*rows), **changes)
    assert answer.status_code == 302, answer.content.decode()
    return answer["Location"], client.get(answer["Location"]).content.decode()


FAULTS: dict[str, tuple[tuple[str, Any], str]] = {
    "self-crossing": ((XIAOGUAN, ring((0, 0), (10, 20), (10, 0), (0, 20))), "小关社区：边界自己和自己交叉"),
    "overlap": ((XIAOGUAN, box(0, 0, 11, 20)), "小关社区和北荡村重叠 2,079.8 公顷，请改到不重叠。"),
    "outside": ((GUANGLING, box(20, 0, 41, 20)), "公顷在张铺镇外面，请改到里面。"),
    "leaves its village out": (("341181111000", box(20, 0, 39, 20)), "公顷落在张铺镇外面，请一起调整。"),
    "unknown code": ((UNKNOWN, box(0, 0, 1, 1)), f"第 1 个：现行区划里没有代码 {UNKNOWN}，请核对代码。"),
    "no code": (("", box(0, 0, 1, 1)), "第 1 个：现行区划里没有代码 （空），请核对代码。"),
    "far away": ((XIAOGUAN, box(-500, 0, -490, 20)), "不在本县，请检查坐标。"),
    "a line": ((XIAOGUAN, {"type": "LineString", "coordinates": [[118.8, 32.6], [118.9, 32.7]]}), "小关社区："),
}


@pytest.mark.parametrize("name", list(FAULTS))
def test_each_fault_is_one_sentence_and_such_a_file_can_not_be_applied(tree: Tree, desk: Client, name: str) -> None:
    settle(tree, grids=False)
    count, (row, sentence) = Outline.objects.count(), FAULTS[name]
    where, shown = tried(desk, tree, row)
    assert sentence in shown
    assert 'id="errors-h"' in shown
    assert "data-file-map" in shown
    sent = OutlineImport.objects.get()
    assert (sent.counts["good"], sent.counts["bad"]) == (0, 1)
    refused = desk.post(f"{where}applications/", {"version": sent.version})
    assert refused.status_code == 409
    assert "文件里没有可以导入的边界，请改好再上传。" in refused.content.decode()
    assert Outline.objects.count() == count
    sent.refresh_from_db()
    assert (sent.state, sent.version) == ("checked", 1)


def test_trying_writes_no_outline_and_applying_writes_the_good_ones_only(tree: Tree, desk: Client) -> None:
    settle(tree, grids=False)
    before = set(Outline.objects.values_list("id", "valid_to"))
    rows = ((XIAOGUAN, box(0, 0, 9, 20)), (UNKNOWN, box(0, 0, 1, 1)), (GUANGLING, box(20, 0, 41, 20)))
    where, shown = tried(desk, tree, *rows)
    assert "导入这 1 个" in shown
    assert set(Outline.objects.values_list("id", "valid_to")) == before
    done = desk.post(f"{where}applications/", {"version": 1}, follow=True)
    assert "已导入 1 个边界" in done.content.decode()
    assert same(shape_of(tree, XIAOGUAN), box(0, 0, 9, 20))
    assert same(shape_of(tree, GUANGLING), box(20, 0, 40, 20))
    codes = list(Entry.objects.filter(object_type="areas.outlineimport").order_by("id").values_list("code", flat=True))
    assert codes == ["areas.outlines.sent", "areas.outlines.applied"]


def test_swapped_positions_are_mended_with_a_note_and_imported(tree: Tree, desk: Client) -> None:
    settle(tree, grids=False)
    where, shown = tried(desk, tree, (XIAOGUAN, turned(box(0, 0, 9, 20))))
    assert "小关社区：经度和纬度写反了，已换过来。" in shown
    assert 'id="others-h"' in shown
    assert 'id="errors-h"' not in shown
    assert desk.post(f"{where}applications/", {"version": 1}).status_code == 302
    assert same(shape_of(tree, XIAOGUAN), box(0, 0, 9, 20))


def test_the_same_file_a_second_time_has_nothing_to_import(tree: Tree, desk: Client) -> None:
    settle(tree, grids=False)
    row = (XIAOGUAN, box(0, 0, 9, 20))
    where, _ = tried(desk, tree, row)
    desk.post(f"{where}applications/", {"version": 1})
    rows, stamped = set(Outline.objects.values_list("id", "valid_to")), Entry.objects.filter(code="areas.outline.set")
    written = stamped.count()
    again, shown = tried(desk, tree, row)
    assert again != where
    assert "导入这" not in shown
    assert desk.post(f"{again}applications/", {"version": 1}).status_code == 409
    assert set(Outline.objects.values_list("id", "valid_to")) == rows
    assert stamped.count() == written


def test_a_page_that_was_open_too_long_is_409_and_writes_nothing(tree: Tree, desk: Client) -> None:
    settle(tree, grids=False)
    where, _ = tried(desk, tree, (XIAOGUAN, box(0, 0, 9, 20)))
    was = selected(tree, XIAOGUAN)
    assert desk.post(f"{where}applications/", {"version": 7}).status_code == 409
    assert selected(tree, XIAOGUAN) == was
    assert OutlineImport.objects.get().state == "checked"
    path = tree.api(f"outline-imports/{OutlineImport.objects.get().id}/applications")
    stale = desk.post(path, json.dumps({"version": 7}), content_type="application/json")
    assert (stale.status_code, stale.json()["code"]) == (409, "stale")


def test_a_second_click_with_the_same_key_is_the_same_import(tree: Tree, desk: Client) -> None:
    settle(tree, grids=False)
    where, _ = tried(desk, tree, (XIAOGUAN, box(0, 0, 9, 20)))
    body = {"version": 1, "idempotency_key": "import-once"}
    assert [desk.post(f"{where}applications/", body).status_code for _ in range(2)] == [302, 302]
    assert Outline.objects.filter(area__code=XIAOGUAN).count() == 2
    assert OutlineImport.objects.get().version == 2


def test_what_the_neighbour_did_since_is_looked_at_again(tree: Tree, desk: Client) -> None:
    settle(tree, grids=False)
    where, shown = tried(desk, tree, (XIAOGUAN, box(0, 0, 9, 20)))
    assert "导入这 1 个" in shown
    put(tree, {XIAOGUAN: box(0, 0, 8, 20), BEIDANG: box(8, 0, 20, 20)}, on=today())
    assert desk.post(f"{where}applications/", {"version": 1}).status_code == 409
    assert same(shape_of(tree, XIAOGUAN), box(0, 0, 8, 20))
    assert same(shape_of(tree, BEIDANG), box(8, 0, 20, 20))
    assert OutlineImport.objects.get().state == "checked"


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [({"on": "3 月"}, "日期写成 2026-03-01 这样。"), ({"on": "2999-01-01"}, "生效日期不能晚于今天。"),
     ({"datum": "mars"}, "请选择坐标系。")],
)  # fmt: skip
def test_a_wrong_form_says_what_to_do_and_keeps_what_was_typed(
    tree: Tree, desk: Client, changes: dict[str, str], sentence: str
) -> None:
    answer = upload(desk, tree, file_of((XIAOGUAN, box(0, 0, 9, 20))), **changes)
    assert answer.status_code == 422
    html = answer.content.decode()
    assert sentence in html
    assert f'value="{changes.get("on", today().isoformat())}"' in html
    assert not OutlineImport.objects.exists()


def test_who_does_not_manage_places_is_refused_everywhere(tree: Tree, desk: Client, clerk: User, officer: User) -> None:
    settle(tree, grids=False)
    where, _ = tried(desk, tree, (XIAOGUAN, box(0, 0, 9, 20)))
    number, count = OutlineImport.objects.get().id, Outline.objects.count()
    for user in (clerk, officer):
        client = browser(user)
        assert client.get(tree.url(PAGES)).status_code == 403
        assert upload(client, tree, file_of((XIAOGUAN, box(0, 0, 8, 20)))).status_code == 403
        assert client.get(where).status_code == 403
        assert client.post(f"{where}applications/", {"version": 1}).status_code == 403
        for path in ("outline-imports", f"outline-imports/{number}", f"outline-imports/{number}/outlines"):
            assert client.get(tree.api(path)).status_code == 403, path
        body = json.dumps({"version": 1})
        path = tree.api(f"outline-imports/{number}/applications")
        assert client.post(path, body, content_type="application/json").status_code == 403
    assert (OutlineImport.objects.count(), Outline.objects.count()) == (1, count)


def test_a_file_of_another_county_does_not_exist(tree: Tree, desk: Client, outsider: User) -> None:
    where, _ = tried(desk, tree, (XIAOGUAN, box(0, 0, 9, 20)), on=SINCE.isoformat())
    number = where.rstrip("/").rsplit("/", 1)[1]
    other = browser(outsider)
    for path in (where, f"/410927/{PAGES}{number}/", f"/api/v1/410927/outline-imports/{number}"):
        assert other.get(path).status_code == 404, path
    assert other.post(f"/410927/{PAGES}{number}/applications/", {"version": 1}).status_code == 404

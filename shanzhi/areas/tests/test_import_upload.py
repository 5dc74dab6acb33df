"""A county's file from upload to tree: checked first, then applied, and what belongs to others left alone."""

from datetime import date
from typing import Any

import pytest
from django.test import Client

from shanzhi.accounts.models import User
from shanzhi.accounts.tests.factories import browser
from shanzhi.areas import selectors, services
from shanzhi.areas.models import Area, Division, DivisionImport
from shanzhi.areas.tests.factories import (
    BEIDANG,
    COUNTY,
    GUANGLING,
    OTHER_TOWN,
    REGISTER,
    XIAOGUAN,
    YANGCUN,
    ZHANGPU,
    Rows,
    Tree,
    acts_of,
    changed,
    csv_bytes,
    register_rows,
    today,
    tree_rows,
    upload,
)
from shanzhi.files.models import StoredFile
from shanzhi.jobs.models import Job
from shanzhi.jobs.testing import drain
from shanzhi.lib.errors import Conflict, Forbidden, Invalid, Stale
from shanzhi.trail.models import Entry

NEW = ("341181104203", "新建村", "village", YANGCUN)
RENAMED = (XIAOGUAN, "小关居委会", "village", YANGCUN)
MOVED = (BEIDANG, "北荡村", "village", ZHANGPU)
RECODED = ("341181111299", "广陵村", "village", ZHANGPU)
CHANGES = changed(REGISTER, NEW, RENAMED, MOVED, RECODED, without=[GUANGLING])


def send(tree: Tree, rows: Rows = CHANGES, **changes: Any) -> DivisionImport:
    """Upload and check."""
    values = {"actor": tree.system, "upload": upload(rows=rows), "on": today(), **changes}
    sent = services.import_send(**values)
    drain()
    return DivisionImport.objects.get(id=sent.id)


def apply(tree: Tree, sent: DivisionImport, **changes: Any) -> DivisionImport:
    services.import_apply(**{"actor": tree.system, "sent": sent, "version": sent.version, **changes})
    drain()
    return DivisionImport.objects.get(id=sent.id)


def trail(sent: DivisionImport) -> list[str]:
    rows = Entry.objects.filter(object_type="areas.divisionimport", object_id=sent.id).order_by("id")
    return list(rows.values_list("code", flat=True))


def test_a_check_changes_nothing_and_tells_everything(tree: Tree) -> None:
    before, divisions = tree_rows(), register_rows()
    sent = send(tree)
    assert (tree_rows(), register_rows()) == (before, divisions)
    assert sent.state == "checked"
    counts = sent.counts
    assert {name: counts[name] for name in ("added", "renamed", "recoded", "moved", "missing", "astray")} == {
        "added": 1,
        "renamed": 1,
        "recoded": 1,
        "moved": 1,
        "missing": 0,
        "astray": 0,
    }
    assert counts["register_rows"] == len(CHANGES)
    assert counts["register_outside"] == 7
    assert counts["register_bad"] == 0
    assert sent.plan["renamed"] == [
        {"code": XIAOGUAN, "name": "小关居委会", "before": "小关社区", "after": "小关居委会"}
    ]
    assert sent.plan["moved"][0]["before"] == "杨村镇"
    assert sent.plan["moved"][0]["after"] == "张铺镇"
    assert sent.plan["recoded"][0]["before"] == GUANGLING


def test_applied_the_tree_and_the_register_follow(tree: Tree) -> None:
    sent = apply(tree, send(tree, on=date(2026, 3, 1)))
    assert (sent.state, sent.applied_at is not None) == ("applied", True)
    assert tree.area(XIAOGUAN).name == "小关居委会"
    assert tree.area(NEW[0]).path == "000100010003"
    assert tree.area(BEIDANG).parent_id == tree.area(ZHANGPU).id
    assert tree.area(BEIDANG).path == "000100020002"
    assert tree.area(RECODED[0]).name == "广陵村"
    assert Division.objects.get(code=GUANGLING).successor_code == RECODED[0]
    assert Division.objects.get(code=NEW[0]).kind == "villagers"
    assert selectors.names_on([tree.area(XIAOGUAN).id], date(2026, 2, 28)) == {tree.area(XIAOGUAN).id: "小关社区"}
    assert selectors.names_on([tree.area(XIAOGUAN).id], date(2026, 3, 1)) == {tree.area(XIAOGUAN).id: "小关居委会"}


def test_applied_twice_the_second_changes_nothing(tree: Tree) -> None:
    apply(tree, send(tree))
    before, divisions = tree_rows(), register_rows()
    again = send(tree)
    assert all(again.counts[name] == 0 for name in ("added", "renamed", "recoded", "moved", "missing"))
    apply(tree, again)
    assert (tree_rows(), register_rows()) == (before, divisions)


def test_history_and_trail_of_an_import(tree: Tree) -> None:
    sent = apply(tree, send(tree))
    assert acts_of(tree.area(XIAOGUAN)) == ["opened", "imported"]
    assert acts_of(tree.area(NEW[0])) == ["imported"]
    entry = selectors.history_of(tree.area(XIAOGUAN))[0]
    assert entry.reason == "按文件“divisions.csv”导入"
    assert trail(sent) == [f"areas.import.{step}" for step in ("sent", "checked", "started", "applied")]
    assert Entry.objects.get(code="areas.area.imported").size == 4


def test_posts_of_a_moved_village_follow(tree: Tree) -> None:
    clerk = tree.person("village_clerk", BEIDANG)
    apply(tree, send(tree))
    assert tree.actor(clerk).posts[0].area_path == tree.area(BEIDANG).path


def test_grids_of_a_moved_village_go_along(tree: Tree) -> None:
    grid = tree.grid(BEIDANG)
    apply(tree, send(tree))
    assert tree.area(grid.code).path == tree.area(BEIDANG).path + "0001"
    assert tree.area(grid.code).parent_id == tree.area(BEIDANG).id


def test_rows_of_other_counties_are_counted_and_left_alone(tree: Tree) -> None:
    rows = changed(
        REGISTER,
        (OTHER_TOWN, "改了的镇", "township", "410927000000"),
        ("410927101299", "别县新村", "village", OTHER_TOWN),
    )
    sent = apply(tree, send(tree, rows))
    assert sent.counts["register_outside"] == 8
    assert Division.objects.get(code=OTHER_TOWN).name == "侯庙镇"
    assert not Division.objects.filter(code="410927101299").exists()


def test_places_that_the_file_does_not_name_are_listed_and_stay(tree: Tree) -> None:
    sent = apply(tree, send(tree, changed(REGISTER, without=[BEIDANG, GUANGLING])))
    assert sent.counts["missing"] == 2
    assert [row["name"] for row in sent.plan["missing"]] == ["北荡村", "广陵村"]
    assert tree.area(BEIDANG).is_open
    assert tree.area(GUANGLING).is_open


def test_grids_are_never_missing(tree: Tree) -> None:
    tree.grid(XIAOGUAN)
    assert send(tree, REGISTER).counts["missing"] == 0


def test_a_file_of_one_township_is_enough(tree: Tree) -> None:
    rows = [row for row in CHANGES if row[0] == YANGCUN or row[3] == YANGCUN]
    sent = apply(tree, send(tree, rows))
    assert sent.counts["added"] == 1
    assert sent.counts["renamed"] == 1
    assert sent.counts["register_bad"] == 0
    assert tree.area(NEW[0]).is_open


def test_a_new_township_with_its_villages(tree: Tree) -> None:
    rows = [
        *REGISTER,
        ("341181105000", "石梁镇", "township", COUNTY),
        ("341181105200", "石梁村", "village", "341181105000"),
    ]
    apply(tree, send(tree, rows))
    assert tree.area("341181105000").path == "00010003"
    assert tree.area("341181105200").path == "000100030001"


def test_the_county_may_be_renamed_by_a_file(tree: Tree) -> None:
    apply(tree, send(tree, changed(REGISTER, (COUNTY, "天长区", "county", "341100000000"))))
    assert tree.area(COUNTY).name == "天长区"


def test_a_county_whose_upper_levels_are_nowhere_can_still_import(tree: Tree) -> None:
    Division.objects.filter(level__in=("province", "prefecture")).delete()
    rows = [row for row in CHANGES if row[0].startswith("341181")]
    sent = send(tree, rows)
    assert sent.counts["register_bad"] == 1
    assert sent.counts["added"] == 1


def test_good_rows_go_in_and_bad_rows_come_back(tree: Tree) -> None:
    rows = changed(REGISTER, NEW, (XIAOGUAN, "", "village", YANGCUN))
    sent = apply(tree, send(tree, rows))
    assert sent.counts["register_bad"] == 1
    assert tree.area(NEW[0]).is_open
    assert tree.area(XIAOGUAN).name == "小关社区"
    fault = selectors.faults_of(sent)[0]
    assert (fault.number, fault.column, fault.sentence) == (9, "名称", "名称没有填，请补上")


def test_what_somebody_changed_between_check_and_import_counts(tree: Tree) -> None:
    sent = send(tree)
    services.area_rename(
        actor=tree.system, area=tree.area(XIAOGUAN), version=1, name="小关居委会", reason="先改了", on=today()
    )
    sent = apply(tree, sent)
    assert sent.counts["renamed"] == 0
    assert acts_of(tree.area(XIAOGUAN)) == ["opened", "renamed"]


def test_a_place_changed_after_the_files_day_is_dated_after_it(tree: Tree) -> None:
    area = tree.area(XIAOGUAN)
    services.area_rename(actor=tree.system, area=area, version=1, name="甲", reason="r", on=date(2026, 6, 1))
    apply(tree, send(tree, on=date(2026, 3, 1)))
    assert selectors.names_on([area.id], date(2026, 4, 1)) == {area.id: "小关社区"}
    assert selectors.names_on([area.id], date(2026, 6, 1)) == {area.id: "小关居委会"}


def test_an_abolished_place_in_a_file_is_a_bad_row(tree: Tree) -> None:
    services.area_merge(
        actor=tree.system, area=tree.area(BEIDANG), into=tree.area(XIAOGUAN), version=1, reason="r", on=today()
    )
    sent = send(tree, REGISTER)
    fault = selectors.faults_of(sent)[0]
    assert fault.sentence == f"北荡村（{BEIDANG}）已撤销，并入小关社区（{XIAOGUAN}），请改用新代码"
    assert sent.counts["added"] == 0


def test_the_file_is_kept_with_the_import(tree: Tree) -> None:
    sent = send(tree)
    file = StoredFile.objects.get()
    assert (file.owner_type, file.owner_id, file.kind) == ("areas.divisionimport", sent.id, "upload")
    with file.open() as stream:
        assert stream.read() == csv_bytes(CHANGES)


def test_only_the_system_administrator_imports(tree: Tree, officer: User) -> None:
    sent = send(tree)
    actor = tree.actor(officer)
    with pytest.raises(Forbidden):
        services.import_send(actor=actor, upload=upload(), on=today())
    with pytest.raises(Forbidden):
        services.import_apply(actor=actor, sent=sent, version=sent.version)
    with pytest.raises(Forbidden):
        services.import_resume(actor=actor, sent=sent, version=sent.version)


def test_the_day_is_not_in_the_future(tree: Tree) -> None:
    with pytest.raises(Invalid, match="不能晚于今天"):
        services.import_send(actor=tree.system, upload=upload(), on=date(2999, 1, 1))


def test_the_same_key_sends_and_applies_once(tree: Tree) -> None:
    values = {"actor": tree.system, "on": today(), "key": "k1"}
    first, again = (services.import_send(upload=upload(rows=CHANGES), **values) for _ in range(2))
    assert first.id == again.id
    drain()
    sent = DivisionImport.objects.get()
    one, two = (services.import_apply(actor=tree.system, sent=sent, version=sent.version, key="k2") for _ in range(2))
    assert one.id == two.id
    assert Job.objects.filter(kind="areas.import_apply").count() == 1


def test_a_file_is_not_applied_before_it_is_checked_or_twice(tree: Tree) -> None:
    sent = services.import_send(actor=tree.system, upload=upload(rows=CHANGES), on=today())
    with pytest.raises(Conflict, match="现在不能导入"):
        services.import_apply(actor=tree.system, sent=sent, version=sent.version)
    drain()
    sent = apply(tree, DivisionImport.objects.get())
    with pytest.raises(Conflict, match="现在不能导入"):
        services.import_apply(actor=tree.system, sent=sent, version=sent.version)


def test_who_saw_an_older_version_is_told(tree: Tree) -> None:
    sent = send(tree)
    with pytest.raises(Stale):
        services.import_apply(actor=tree.system, sent=sent, version=sent.version - 1)
    assert Area.objects.filter(code=NEW[0]).count() == 0


def test_the_pages_from_upload_to_import(tree: Tree, desk: Client) -> None:
    url = tree.url("areas/imports/")
    assert "上传并检查" in desk.get(url).content.decode()
    answer = desk.post(url, {"file": upload(rows=CHANGES), "on": today().isoformat(), "idempotency_key": "u"})
    sent = DivisionImport.objects.get()
    assert answer["Location"] == tree.url(f"areas/imports/{sent.id}/")
    waiting = desk.get(answer["Location"]).content.decode()
    assert "正在检查" in waiting
    assert f'hx-get="{answer["Location"]}"' in waiting
    drain()
    page = desk.get(answer["Location"]).content.decode()
    assert "按此导入" in page
    assert "hx-trigger" not in page.split('id="import"')[1].split(">")[0]
    for words in ("新建村", "小关居委会", "改名 1 个", "改隶属 1 个", "改代码 1 个", "别的县，不动"):
        assert words in page
    sent = DivisionImport.objects.get()
    body = {"version": sent.version, "idempotency_key": "a"}
    for _ in range(2):
        assert desk.post(f"{answer['Location']}applications/", body).status_code == 302
    drain()
    page = desk.get(answer["Location"]).content.decode()
    assert "已导入" in page
    assert "按此导入" not in page
    assert Job.objects.filter(kind="areas.import_apply").count() == 1
    assert "divisions.csv" in desk.get(url).content.decode()


def test_a_file_without_changes_offers_nothing_to_import(tree: Tree, desk: Client) -> None:
    sent = send(tree, REGISTER)
    page = desk.get(tree.url(f"areas/imports/{sent.id}/")).content.decode()
    assert "文件和现有区划完全一样，不用导入。" in page
    assert "按此导入" not in page


@pytest.mark.parametrize("missing", ["file", "on"])
def test_the_form_asks_for_what_is_missing(tree: Tree, desk: Client, missing: str) -> None:
    body = {"file": upload(), "on": today().isoformat()}
    del body[missing]
    answer = desk.post(tree.url("areas/imports/"), body)
    assert answer.status_code == 422
    assert {"file": "请选择文件。", "on": "请选择生效日期。"}[missing] in answer.content.decode()


def test_an_empty_upload_is_refused_on_the_form(tree: Tree, desk: Client) -> None:
    answer = desk.post(tree.url("areas/imports/"), {"file": upload(b""), "on": today().isoformat()})
    assert answer.status_code == 422
    assert "空的" in answer.content.decode()
    assert not DivisionImport.objects.exists()


def test_a_version_that_is_missing_or_old_is_told(tree: Tree, desk: Client) -> None:
    sent = send(tree)
    url = tree.url(f"areas/imports/{sent.id}/applications/")
    assert desk.post(url, {}).status_code == 422
    assert desk.post(url, {"version": 99}).status_code == 409


def test_pages_of_imports_are_the_administrators(tree: Tree, desk: Client, officer: User, outsider: User) -> None:
    sent = send(tree)
    for path in ("areas/imports/", f"areas/imports/{sent.id}/", f"areas/imports/{sent.id}/faults/"):
        assert desk.get(tree.url(path)).status_code == 200
        assert browser(officer).get(tree.url(path)).status_code == 403
        assert browser(outsider).get(tree.url(path)).status_code == 404
        assert browser().get(tree.url(path)).status_code == 302
    assert desk.get(tree.url("areas/imports/5/")).status_code == 404
    assert desk.get(tree.url(f"areas/imports/{2**70}/")).status_code == 404


def test_the_template_is_a_file_that_changes_nothing(tree: Tree, desk: Client) -> None:
    assert tree.url("areas/imports/template/") in desk.get(tree.url("areas/imports/")).content.decode()
    answer = desk.get(tree.url("areas/imports/template/"))
    lines = answer.content.decode("utf-8-sig").splitlines()
    assert lines[0] == "代码,名称,级别,上级代码"
    assert f"{YANGCUN},杨村镇,乡级,{COUNTY}" in lines
    assert f"{XIAOGUAN},小关社区,村级,{YANGCUN}" in lines
    before = tree_rows()
    services.import_send(actor=tree.system, upload=upload(answer.content), on=today())
    drain()
    sent = DivisionImport.objects.get()
    assert (sent.counts["register_bad"], sent.counts["register_rows"]) == (0, len(lines) - 1)
    apply(tree, sent)
    assert tree_rows() == before
    assert DivisionImport.objects.get().counts["added"] == 0


def test_the_template_is_the_system_administrators(tree: Tree, clerk: User) -> None:
    assert browser(clerk).get(tree.url("areas/imports/template/")).status_code == 403

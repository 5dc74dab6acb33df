"""Exports at their edges: who may, what is masked, who is in it, when it is over, a job without the right."""

import csv
import io
import zipfile
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from python_calamine import load_workbook

from shanzhi.accounts.models import Post
from shanzhi.files.models import StoredFile
from shanzhi.jobs.models import Job
from shanzhi.jobs.services import job_cancel
from shanzhi.jobs.testing import drain
from shanzhi.lib.errors import Conflict, Forbidden, Invalid, NotFound
from shanzhi.people.importing import exporting
from shanzhi.people.models import Look, RegisterExport, Resident
from shanzhi.people.permissions import REVEAL
from shanzhi.people.tests.importing.lists import HEADS, apply, bring, csv_bytes, id_number, row, send
from shanzhi.people.tests.importing.test_apply import proved
from shanzhi.people.tests.importing.test_exporting import LIST, SAID, made, rows_in
from shanzhi.trail.models import Entry
from tests.cast import SINCE, Cast

BAD = "=cmd|' /C calc'!A0"


@pytest.fixture
def people(cast: Cast) -> Cast:
    """One at home, one away, one whose places are formulas, one without papers, one in the other township."""
    rows = [
        [*row(1), "", ""],
        [*row(2, 姓名="李外出", 户编号="", 与户主关系=""), "上海市", ""],
        [*row(3, 姓名="王算式", 门牌=BAD, 组=BAD, 户编号="H3"), "", BAD],
        [*row(4, 姓名="无证人", 身份证号="", 联系电话="", 门牌="", 户编号="H4", 性别=""), "", ""],
    ]
    apply(cast, send(cast, csv_bytes(rows, [*HEADS, "居住地", "户籍地"])))
    bring(cast, [row(5, 村="王庄村", 组="")], who="other_officer")
    return cast


def asked(cast: Cast, **changes: Any) -> RegisterExport:
    said = {"area": cast.areas["t1"].code, "ending": "csv", **SAID, **changes}
    return exporting.export_ask(actor=cast.actor("township_officer"), **said)


def table(cast: Cast, one: RegisterExport) -> dict[str, dict[str, str]]:
    """Rows by the name of the person."""
    heads, *found = rows_in(cast["township_officer"].client(), one)
    return {cells[0]: dict(zip(heads, cells, strict=True)) for cells in found}


# --- what is in it --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("ending", ["csv", "xlsx"])
def test_nothing_is_computed_when_the_file_is_opened(people: Cast, ending: str) -> None:
    one = made(people, ending=ending, whole=True)
    cells = table(people, one)["王算式"]
    mark = "'" if ending == "csv" else ""
    assert {cells[head] for head in ("门牌、房号", "组、网格", "户籍地")} == {f"{mark}{BAD}"}
    if ending == "xlsx":
        assert one.file is not None
        with zipfile.ZipFile(one.file.open()) as book:
            sheets = [book.read(name).decode() for name in book.namelist() if "worksheets/sheet" in name]
        assert sheets
        assert not [sheet for sheet in sheets if "<f>" in sheet or "<hyperlink" in sheet]


def test_a_formula_goes_out_and_comes_in_as_the_words_it_was(people: Cast) -> None:
    heads, *rows = rows_in(people["township_officer"].client(), made(people, whole=True))
    out = io.StringIO()
    csv.writer(out).writerows([heads[:-1], *(cells[:-1] for cells in rows)])
    again = send(people, out.getvalue().encode())
    assert (again.counts["bad"], again.counts["changed"], again.counts["same"]) == (0, 0, 4)


def test_who_lives_away_is_in_it_once_with_both_places(people: Cast) -> None:
    cells = table(people, made(people))["李外出"]
    assert (cells["居住地"], cells["户籍地"], cells["村、社区"], cells["组、网格"]) == (
        "上海市", "张庄村第一网格", "张庄村", "第一网格",
    )  # fmt: skip
    assert cells["人口类别"] == Resident.objects.get(name="李外出").get_population_display()


def test_what_is_not_known_is_empty(people: Cast) -> None:
    cells = table(people, made(people))["无证人"]
    assert [cells[head] for head in ("证件号码", "联系电话", "门牌、房号")] == ["", "", ""]
    assert cells["出生日期"] == "1980-01-02"


def test_masked_numbers_are_nowhere_in_the_file(people: Cast) -> None:
    for ending in ("csv", "xlsx"):
        one = made(people, ending=ending)
        assert one.file is not None
        body = one.file.open().read()
        if ending == "xlsx":
            with zipfile.ZipFile(io.BytesIO(body)) as book:
                body = b"".join(book.read(name) for name in book.namelist())
        text = body.decode("utf-8", "replace")
        for secret in (id_number(1), id_number(3), "13800000001", "13800000003"):
            assert secret not in text
        assert "张小二" in text


def test_the_mark_is_hidden_in_the_sheet_and_printed_on_each_page(people: Cast) -> None:
    one = made(people, ending="xlsx", text="给镇里核对")
    assert one.file is not None
    with zipfile.ZipFile(one.file.open()) as book:
        sheet = book.read("xl/worksheets/sheet1.xml").decode()
    assert "导出编号" in sheet.split("<headerFooter>")[1]
    assert 'hidden="1"' in sheet
    [page] = [load_workbook(one.file.open()).get_sheet_by_index(0).to_python()]
    assert all(f"导出编号 {one.id}" in str(cells[-1]) for cells in page[1:])
    assert all("给镇里核对" in str(cells[-1]) for cells in page[1:])


def test_pages_of_the_job_leave_nobody_out(people: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(exporting, "PAGE", 1)
    one = made(people)
    assert (one.count, Look.objects.count()) == (4, 4)
    assert set(table(people, one)) == {"张小二", "李外出", "王算式", "无证人"}
    assert made(people, area=people.areas["g1"].code).count == 3
    assert made(people, area=people.areas["v2"].code).count == 0


def test_a_look_says_whether_numbers_were_whole(people: Cast) -> None:
    made(people)
    made(people, whole=True)
    assert {look.fields for look in Look.objects.all()} == {"名册，号码遮住", "名册，完整号码"}
    assert Look.objects.values("resident_id").distinct().count() == 4
    assert proved() == []


def test_the_trail_tells_of_each_step_and_names_nobody(people: Cast) -> None:
    one = made(people)
    rows_in(people["township_officer"].client(), one)
    entries = Entry.objects.filter(object_id=one.id).order_by("id")
    assert [entry.code for entry in entries] == ["people.export.asked", "people.export.made", "people.export.taken"]
    told = " ".join(str(vars(entry)) for entry in entries)
    for word in ("张小二", id_number(1), "13800000001"):
        assert word not in told


# --- who may --------------------------------------------------------------------------------------------------------


def test_whole_numbers_need_a_permission_when_asked_when_made_and_when_taken(
    people: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    one, waiting = made(people, whole=True), asked(people, whole=True)
    client = people["township_officer"].client()
    assert 'name="whole"' in client.get(LIST).content.decode()
    real = exporting.Actor.can
    monkeypatch.setattr(exporting.Actor, "can", lambda self, code: code != REVEAL and real(self, code))
    with pytest.raises(Forbidden):
        asked(people, whole=True)
    drain()
    assert RegisterExport.objects.get(id=waiting.id).state == "working"
    assert Job.objects.get(id=waiting.job_id).state == "failed"
    assert client.get(f"{LIST}{one.id}/file/").status_code == 403
    assert 'name="whole"' not in client.get(LIST).content.decode()
    answer = client.post(LIST, {"area": people.areas["t1"].code, "ending": "csv", **SAID, "whole": "on"})
    assert answer.status_code == 302
    assert RegisterExport.objects.order_by("-id")[0].whole is False


def test_a_job_whose_owner_lost_the_post_makes_no_file(people: Cast) -> None:
    one = asked(people)
    Post.objects.filter(id=people["township_officer"].post.id).update(valid_to=timezone.localdate() - timedelta(days=1))
    drain()
    assert Job.objects.get(id=one.job_id).state == "failed"
    assert not Look.objects.exists()
    assert not StoredFile.objects.filter(kind="export").exists()
    client = people["township_officer"].client()
    assert client.get(f"{LIST}{one.id}/").status_code in (403, 404)


@pytest.mark.parametrize("who", ["other_officer", "village_clerk", "command_centre", "auditor", "grid_worker"])
def test_the_file_is_its_makers_alone(people: Cast, who: str) -> None:
    one = made(people)
    for name in ("", "file/"):
        assert people[who].client().get(f"{LIST}{one.id}/{name}").status_code in (403, 404)
    assert one.place not in people[who].client().get(LIST).content.decode().split("我导出过的名册")[-1]
    assert not Entry.objects.filter(code="people.export.taken").exists()


def test_a_clerk_exports_ones_own_village(people: Cast) -> None:
    one = exporting.export_ask(actor=people.actor("village_clerk"), area=people.areas["v1"].code, ending="csv", **SAID)
    drain()
    assert RegisterExport.objects.get(id=one.id).count == 4
    with pytest.raises(NotFound):
        exporting.export_ask(actor=people.actor("village_clerk"), area=people.areas["v2"].code, **SAID)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"purpose": ""}, "请选择用途"), ({"purpose": "fun"}, "请从列表里选用途"), ({"text": ""}, "请写明用途"),
        ({"text": "长" * 101}, "最多 100 个字"), ({"text": "a\0b"}, "看不见的符号"), ({"area": "341181109999"}, "请从列表里选地方"),
        ({"population": "rich"}, ""), ({"ending": "exe"}, ""),
    ],
)  # fmt: skip
def test_a_form_that_is_not_right_keeps_what_was_typed(people: Cast, changes: dict[str, str], words: str) -> None:
    client = people["township_officer"].client()
    said = {"area": people.areas["v1"].code, "ending": "csv", "purpose": "check", "text": "春季核对", **changes}
    answer = client.post(LIST, said)
    page = answer.content.decode()
    assert answer.status_code == 422
    assert words in page
    if "text" not in changes:
        assert 'value="春季核对"' in page
    assert not RegisterExport.objects.exists()


def test_another_townships_village_is_no_choice(people: Cast) -> None:
    client = people["township_officer"].client()
    assert people.areas["v3"].code not in client.get(LIST).content.decode()
    answer = client.post(LIST, {"area": people.areas["v3"].code, "ending": "csv", **SAID})
    assert answer.status_code == 422
    assert not RegisterExport.objects.exists()


def test_the_same_key_asks_once_and_another_body_is_refused(people: Cast) -> None:
    one, two = asked(people, key="once"), asked(people, key="once")
    assert (one.id, RegisterExport.objects.count()) == (two.id, 1)
    with pytest.raises(Invalid, match="重复提交标识"):
        asked(people, key="once", whole=True)


# --- when it is over ------------------------------------------------------------------------------------------------


def test_to_the_second_a_file_lasts_a_day(people: Cast) -> None:
    one, actor = made(people), people.actor("township_officer")
    last = one.expires_at - timedelta(seconds=1)
    assert exporting.export_taken(actor=actor, made=one, at=last).id == one.id
    with pytest.raises(Conflict, match="已过 24 小时"):
        exporting.export_taken(actor=actor, made=one, at=one.expires_at)
    assert exporting.exports_forget(at=last) == 0
    assert exporting.exports_forget(at=one.expires_at) == 1
    assert exporting.exports_forget(at=one.expires_at + timedelta(days=9)) == 0
    assert RegisterExport.objects.get().count == 4
    assert Entry.objects.filter(code="people.export.over", object_id=one.id).count() == 1


def test_a_file_that_is_made_late_lasts_a_day_from_then(people: Cast) -> None:
    one, actor = asked(people), people.actor("township_officer")
    late = one.created_at + timedelta(hours=30)
    done = exporting.export_run(export_id=one.id, actor=actor, at=late, progress=lambda done, total: None)
    assert done.expires_at == late + exporting.KEPT
    assert {look.at for look in Look.objects.all()} == {one.created_at}


def test_a_cancelled_export_gives_nothing_and_stays_so(people: Cast) -> None:
    one, actor = asked(people), people.actor("township_officer")
    job_cancel(actor=actor, job=Job.objects.get(id=one.job_id))
    drain()
    client: Client = people["township_officer"].client()
    assert client.get(f"{LIST}{one.id}/file/").status_code == 409
    assert "没有生成文件" in client.get(f"{LIST}{one.id}/").content.decode()
    assert not Look.objects.exists()


def test_an_export_that_is_over_is_not_made_again(people: Cast) -> None:
    one = made(people)
    again = exporting.export_run(
        export_id=one.id, actor=people.actor("township_officer"), at=timezone.now(),
        progress=lambda done, total: pytest.fail("it read the register"),
    )  # fmt: skip
    assert (again.version, StoredFile.objects.filter(kind="export").count()) == (one.version, 1)


def test_a_file_is_sent_as_a_file(people: Cast) -> None:
    answer = people["township_officer"].client().get(f"{LIST}{made(people).id}/file/")
    assert answer["Cache-Control"] == "no-store"
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Content-Disposition"].startswith("attachment")


def test_a_file_of_a_place_that_one_has_left_is_not_had_any_more(people: Cast) -> None:
    one = made(people, whole=True)
    person, there = people["township_officer"], people.areas["t2"]
    there_now = {"role": "township_officer", "area": there, "area_path": there.path, "valid_from": SINCE}
    Post.objects.filter(user=person.user).update(revoked_at=timezone.now())
    Post(user=person.user, granted_at=timezone.now(), **there_now).save()
    assert person.client().get(f"/{one.county_id}/people/exports/{one.id}/file/").status_code == 404

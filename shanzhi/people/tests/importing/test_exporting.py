"""A list goes out: for a purpose, marked, with a look for everybody in it, for its maker alone, for a day."""

import csv
import io
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from python_calamine import load_workbook

from shanzhi.jobs.models import Job
from shanzhi.jobs.registry import JobStopped
from shanzhi.jobs.services import job_cancel
from shanzhi.jobs.testing import drain
from shanzhi.lib.errors import Forbidden, Invalid, NotFound
from shanzhi.people.importing import exporting
from shanzhi.people.models import Look, RegisterExport
from shanzhi.people.tests.importing.lists import bring, id_number, row, send
from shanzhi.people.tests.importing.test_apply import proved
from shanzhi.trail.models import Entry
from tests.cast import Cast

LIST = "/341181/people/exports/"
SAID = {"purpose": "check", "text": "春季核对"}


@pytest.fixture
def people(cast: Cast) -> Cast:
    bring(cast, [row(1), row(2, 村="李庄村", 组="", 姓名="李二", 户编号="H2")])
    bring(cast, [row(3, 村="王庄村", 组="")], who="other_officer")
    return cast


def made(cast: Cast, who: str = "township_officer", **changes: object) -> RegisterExport:
    said = {"area": cast.areas["t1"].code, "ending": "csv", **SAID, **changes}
    one = exporting.export_ask(actor=cast.actor(who), **said)  # type: ignore[arg-type]
    drain()
    return RegisterExport.objects.get(id=one.id)


def rows_in(client: Client, one: RegisterExport) -> list[list[str]]:
    answer = client.get(f"{LIST}{one.id}/file/")
    assert answer.status_code == 200
    body = b"".join(answer.streaming_content)  # type: ignore[attr-defined]
    if one.ending == "xlsx":
        return [
            [str(cell) for cell in cells] for cells in load_workbook(io.BytesIO(body)).get_sheet_by_index(0).to_python()
        ]
    return list(csv.reader(io.StringIO(body.decode("utf-8-sig"))))


@pytest.mark.parametrize("ending", ["csv", "xlsx"])
def test_numbers_are_masked_and_each_row_bears_the_mark(people: Cast, ending: str) -> None:
    one = made(people, ending=ending)
    assert (one.state, one.count) == ("done", 2)
    heads, *found = rows_in(people["township_officer"].client(), one)
    assert heads[:5] == ["姓名", "性别", "出生日期", "证件类型", "证件号码"]
    assert [cells[0] for cells in found] == ["张小二", "李二"]
    for cells in found:
        assert "*" in cells[4]
        assert "*" in cells[5]
        assert cells[4] not in (id_number(1), id_number(2))
        for word in (f"导出编号 {one.id}", "天长市", one.created_by_name, "核对名册：春季核对"):
            assert word in cells[-1]
    assert (found[0][6], found[0][7], found[1][6]) == ("张庄村", "第一网格", "李庄村")


def test_whole_numbers_can_be_sent_back_in(people: Cast) -> None:
    one = made(people, whole=True)
    heads, *found = rows_in(people["township_officer"].client(), one)
    assert found[0][4] == id_number(1)
    out = io.StringIO()
    csv.writer(out).writerows([heads[:-1], *(cells[:-1] for cells in found)])
    again = send(people, out.getvalue().encode())
    assert (again.counts["bad"], again.counts["new"], again.counts["same"]) == (0, 0, 2)


def test_everybody_in_it_can_learn_who_took_it_out_and_what_for(people: Cast) -> None:
    one = made(people)
    looks = list(Look.objects.all())
    assert len(looks) == 2
    assert {(look.what, look.purpose, look.text, look.user_id) for look in looks} == {
        ("exported", "check", "春季核对", one.created_by)
    }
    codes = set(Entry.objects.filter(code__startswith="people.export").values_list("code", flat=True))
    assert codes == {"people.export.asked", "people.export.made"}
    assert proved() == []


def test_an_export_that_is_run_again_writes_no_look_twice(people: Cast) -> None:
    actor = people.actor("township_officer")
    one = exporting.export_ask(actor=actor, area=people.areas["t1"].code, ending="csv", **SAID)

    def killed(done: int, total: int) -> None:
        raise JobStopped

    with pytest.raises(JobStopped):
        exporting.export_run(export_id=one.id, actor=actor, at=timezone.now(), progress=killed)
    assert Look.objects.count() == 2
    drain()
    assert RegisterExport.objects.get().state == "done"
    assert Look.objects.count() == 2


def test_a_place_and_a_population_narrow_it(people: Cast) -> None:
    assert made(people, area=people.areas["v2"].code).count == 1
    assert made(people, population="inflow").count == 0
    assert made(people, population="settled").count == 2


def test_outside_of_the_scope_there_is_nothing_to_export(people: Cast) -> None:
    with pytest.raises(NotFound):
        made(people, area=people.areas["t2"].code)
    with pytest.raises(Forbidden):
        made(people, who="grid_worker")
    with pytest.raises(Invalid):
        made(people, text=" ")
    with pytest.raises(Invalid):
        made(people, purpose="fun")


def test_pages_of_an_export(people: Cast) -> None:
    client = people["township_officer"].client()
    assert "还没有导出过名册" in client.get(LIST).content.decode()
    code = people.areas["t1"].code
    wrong = client.post(LIST, {"area": code, "ending": "csv"})
    assert (wrong.status_code, "请选择用途" in wrong.content.decode()) == (422, True)
    answer = client.post(LIST, {"area": code, "ending": "csv", **SAID, "idempotency_key": "one"})
    assert answer.status_code == 302
    page = answer["Location"]
    assert "hx-trigger" in client.get(page).content.decode()
    assert client.get(f"{page}file/").status_code == 409
    drain()
    assert "下载名册" in client.get(page).content.decode()
    rows_in(client, RegisterExport.objects.get())
    assert Entry.objects.filter(code="people.export.taken").count() == 1
    assert "春季核对" in client.get(LIST).content.decode()


def test_a_list_is_its_makers_alone(people: Cast) -> None:
    one = made(people)
    for who in ("village_clerk", "other_officer", "county_centre"):
        for name in ("", "file/"):
            assert people[who].client().get(f"{LIST}{one.id}/{name}").status_code == 404


def test_a_file_lasts_a_day(people: Cast, django_capture_on_commit_callbacks: object) -> None:
    one = made(people)
    assert one.file is not None
    path, client = one.file.path(), people["township_officer"].client()
    assert exporting.exports_forget(at=timezone.now() + timedelta(hours=23)) == 0
    with django_capture_on_commit_callbacks(execute=True):  # type: ignore[operator]
        assert exporting.exports_forget(at=timezone.now() + timedelta(hours=25)) == 1
    assert not path.exists()
    assert client.get(f"{LIST}{one.id}/file/").status_code == 409
    assert "已过 24 小时销毁" in client.get(f"{LIST}{one.id}/").content.decode()
    assert proved() == []


def test_a_stopped_export_gives_no_file(people: Cast) -> None:
    actor = people.actor("township_officer")
    one = exporting.export_ask(actor=actor, area=people.areas["t1"].code, ending="csv", **SAID)
    job_cancel(actor=actor, job=Job.objects.get(id=one.job_id))
    drain()
    page = people["township_officer"].client().get(f"{LIST}{one.id}/").content.decode()
    assert "没有生成文件" in page


def test_an_export_asks_no_more_for_more_people(people: Cast) -> None:
    def statements() -> int:
        actor = people.actor("township_officer")
        one = exporting.export_ask(actor=actor, area=people.areas["t1"].code, ending="csv", **SAID)
        with CaptureQueriesContext(connection) as caught:
            exporting.export_run(export_id=one.id, actor=actor, at=timezone.now(), progress=lambda done, total: None)
        drain()
        return len(caught)

    before = statements()
    bring(people, [row(n, 户编号=f"H{n}") for n in range(10, 40)])
    assert statements() == before

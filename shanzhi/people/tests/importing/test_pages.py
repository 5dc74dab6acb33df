"""The pages of an import: upload, mapping, faults and their file, the buttons; who may and who may not."""

import io
import zipfile

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone
from python_calamine import load_workbook

from shanzhi.files.models import StoredFile
from shanzhi.jobs.testing import drain
from shanzhi.people.importing import services
from shanzhi.people.models import Mapping, RegisterFault, RegisterImport, Resident
from shanzhi.people.tests.importing.lists import AS_OF, HEADS, csv_bytes, id_number, row, send, xlsx_bytes
from shanzhi.trail.models import Entry
from tests.cast import Cast

LIST = "/341181/people/imports/"


@pytest.fixture
def client(cast: Cast) -> Client:
    return cast["township_officer"].client()


def upload(client: Client, body: bytes, name: str = "名册.csv", **more: str) -> int:
    data = {"file": SimpleUploadedFile(name, body), "as_of": f"{AS_OF}", **more}
    return client.post(LIST, data).status_code


def text(client: Client, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200
    return answer.content.decode()


def body_of(answer: object) -> bytes:
    return b"".join(answer.streaming_content)  # type: ignore[attr-defined]


def test_from_the_upload_to_the_register(client: Client) -> None:
    assert "还没有上传过名册" in text(client, LIST)
    assert upload(client, csv_bytes([row(1), row(2, 姓名="")])) == 302
    sent = RegisterImport.objects.get()
    page = f"{LIST}{sent.id}/"
    assert "hx-trigger" in text(client, page)
    drain()
    said = text(client, page)
    assert "共 2 行" in said
    assert "姓名没有填，请补上" in said
    assert id_number(2) not in said
    sent.refresh_from_db()
    answer = client.post(f"{page}applications/", {"version": sent.version, "idempotency_key": "once"})
    assert answer["Location"] == page
    drain()
    assert "已导入" in text(client, page)
    assert Resident.objects.count() == 1
    assert "名册.csv" in text(client, LIST)


@pytest.mark.parametrize(
    ("data", "words"),
    [({}, "请选择文件"), ({"as_of": "昨天"}, "2026-03-01"), ({"as_of": "2999-01-01"}, "名册日期要在")],
)
def test_a_form_that_is_not_right_says_why(client: Client, data: dict[str, str], words: str) -> None:
    file = {} if words == "请选择文件" else {"file": SimpleUploadedFile("a.csv", csv_bytes([row(1)]))}
    answer = client.post(LIST, {"as_of": f"{AS_OF}", **file, **data})
    assert answer.status_code == 422
    assert words in answer.content.decode()
    assert not RegisterImport.objects.exists()


def test_the_same_upload_twice_is_one_list(client: Client) -> None:
    for _twice in range(2):
        assert upload(client, csv_bytes([row(1)]), idempotency_key="a-key") == 302
    assert RegisterImport.objects.count() == 1
    assert StoredFile.objects.count() == 1


def test_a_file_that_is_no_table_is_refused_in_words(cast: Cast, client: Client) -> None:
    sent = send(cast, b"%PDF-1.7 nothing")
    assert sent.state == "refused"
    assert "这不是表格" in text(client, f"{LIST}{sent.id}/")


def test_unknown_heads_are_mapped_by_hand_once(cast: Cast, client: Client) -> None:
    heads = ["甲", "乙", "丙", "丁"]
    rows = [["张三", id_number(1), "张庄村", "说什么"], ["李四", id_number(2), "李庄村", ""]]
    sent = send(cast, csv_bytes(rows, heads))
    assert sent.state == "mapping"
    page = f"{LIST}{sent.id}/"
    assert "等待对应列" in text(client, LIST)
    assert "对应列" in text(client, page)
    form = text(client, f"{page}mapping/")
    assert "甲（如 张*三、李*四）" in form
    assert id_number(1) not in form
    wrong = client.post(f"{page}mapping/", {"version": sent.version, "name": "0"})
    assert (wrong.status_code, "请指明哪一列是姓名" in wrong.content.decode()) == (422, True)
    twice = client.post(f"{page}mapping/", {"version": sent.version, "name": "0", "village": "0"})
    assert "一列只能对应一项" in twice.content.decode()
    answer = client.post(f"{page}mapping/", {"version": sent.version, "name": "0", "paper": "1", "village": "2"})
    assert answer.status_code == 302
    drain()
    sent.refresh_from_db()
    assert (sent.state, sent.counts["new"], sent.columns) == ("checked", 2, {"name": 0, "paper": 1, "village": 2})
    again = send(cast, csv_bytes(rows[:1], heads))
    assert (again.state, Mapping.objects.count()) == ("checked", 1)


def test_a_mapping_that_was_guessed_can_be_changed(cast: Cast, client: Client) -> None:
    sent = send(cast, csv_bytes([row(1, 联系电话="1")]))
    assert sent.counts["bad"] == 1
    columns = {name: str(at) for name, at in sent.columns.items() if name != "phone"}
    client.post(f"{LIST}{sent.id}/mapping/", {"version": sent.version, **columns})
    drain()
    sent.refresh_from_db()
    assert (sent.counts["bad"], sent.counts["new"]) == (0, 1)
    assert not RegisterFault.objects.exists()


def test_bad_rows_come_back_to_be_mended_and_sent_again(cast: Cast, client: Client) -> None:
    bad = row(2, 联系电话="12345", 门牌="=HYPERLINK(1)")
    sent = send(cast, csv_bytes([row(1), bad]))
    answer = client.get(f"{LIST}{sent.id}/faults/?format=csv")
    assert answer["Cache-Control"] == "no-store"
    body = body_of(answer).decode("utf-8-sig")
    heads, back = body.splitlines()
    assert heads.endswith("户编号,原行号,问题")
    assert "'=HYPERLINK(1)" in back
    assert back.endswith("3,联系电话：电话不对，请核对：手机号 11 位，座机带区号")
    assert Entry.objects.filter(code="people.import.faults", object_id=sent.id).count() == 1
    mended = send(cast, body.replace("12345", "13855556666").encode("utf-8-sig"))
    assert (mended.state, mended.header, mended.counts["new"]) == ("checked", list(HEADS), 1)


def test_bad_rows_come_back_as_a_workbook_of_text(cast: Cast, client: Client) -> None:
    sent = send(cast, xlsx_bytes([row(1, 身份证号=341181198001020019)]), name="名册.xlsx")
    body = body_of(client.get(f"{LIST}{sent.id}/faults/"))
    heads, back = load_workbook(io.BytesIO(body)).get_sheet_by_index(0).to_python()
    assert heads[-2:] == ["原行号", "问题"]
    assert isinstance(back[2], str)
    assert "<f>" not in zipfile.ZipFile(io.BytesIO(body)).read("xl/worksheets/sheet1.xml").decode()


def test_bad_rows_lie_sealed(cast: Cast) -> None:
    send(cast, csv_bytes([row(1, 联系电话="12345")]))
    fault = RegisterFault.objects.get()
    assert id_number(1) in fault.raw
    assert id_number(1) not in fault.sentence
    with pytest.raises(Exception, match="lookup"):
        RegisterFault.objects.filter(raw=fault.raw).exists()


def test_faults_page_on(cast: Cast, client: Client) -> None:
    sent = send(cast, csv_bytes([row(n, 姓名="") for n in range(1, 61)]))
    page = f"{LIST}{sent.id}/"
    first = text(client, page)
    assert "?after=51" in first
    assert "姓名 60 行" in first
    assert "看后面的错行" not in text(client, f"{page}?after=51")
    assert "看后面的错行" in text(client, f"{page}?after=none")


def test_the_template_is_a_list_without_people(cast: Cast, client: Client) -> None:
    body = client.get(f"{LIST}template/").content
    [heads, said] = load_workbook(io.BytesIO(body)).get_sheet_by_index(0).to_python()
    assert heads[0] == "姓名"
    assert said[0].startswith("说明：")
    csv = client.get(f"{LIST}template/?format=csv").content
    assert send(cast, csv).state == "checked"
    assert not Resident.objects.exists()


@pytest.mark.parametrize("name", ["", "mapping/", "faults/"])
def test_lists_of_other_places_are_absent(cast: Cast, name: str) -> None:
    sent = send(cast, csv_bytes([row(1)]))
    assert cast["other_officer"].client().get(f"{LIST}{sent.id}/{name}").status_code == 404
    assert cast["grid_worker"].client().get(f"{LIST}{sent.id}/{name}").status_code == 404
    assert cast["county_centre"].client().get(f"{LIST}{sent.id}/{name}").status_code == 200


@pytest.mark.parametrize("step", ["applications", "resumptions", "ends"])
def test_a_step_needs_the_version_that_was_seen(cast: Cast, client: Client, step: str) -> None:
    sent = send(cast, csv_bytes([row(1)]))
    assert client.post(f"{LIST}{sent.id}/{step}/", {}).status_code == 422
    stale = client.post(f"{LIST}{sent.id}/{step}/", {"version": 99})
    assert stale.status_code == 409
    assert cast["other_officer"].client().post(f"{LIST}{sent.id}/{step}/", {"version": 1}).status_code == 404


def test_a_checked_list_can_be_put_aside(cast: Cast, client: Client) -> None:
    sent = send(cast, csv_bytes([row(1)]))
    assert client.post(f"{LIST}{sent.id}/ends/", {"version": sent.version}).status_code == 302
    sent.refresh_from_db()
    assert sent.state == "cancelled"
    assert not Resident.objects.exists()


def test_whoever_may_not_import_is_refused(cast: Cast) -> None:
    for who, status in (("grid_worker", 403), ("auditor", 403), ("village_clerk", 200)):
        assert cast[who].client().get(LIST).status_code == status


def test_after_thirty_days_file_and_bad_rows_are_gone(
    cast: Cast, client: Client, django_capture_on_commit_callbacks: object
) -> None:
    sent = send(cast, csv_bytes([row(1), row(2, 姓名="")]))
    assert sent.file is not None
    path = sent.file.path()
    later = timezone.now() + services.KEPT
    assert services.imports_forget(at=later - services.KEPT / 2) == 0
    with django_capture_on_commit_callbacks(execute=True):  # type: ignore[operator]
        assert services.imports_forget(at=later) == 1
    sent.refresh_from_db()
    assert (sent.file_id, sent.state, sent.samples, path.exists()) == (None, "cancelled", [], False)
    assert not RegisterFault.objects.exists()
    assert not StoredFile.objects.exists()
    assert services.imports_forget(at=later) == 0
    assert "共 2 行" in text(client, f"{LIST}{sent.id}/")

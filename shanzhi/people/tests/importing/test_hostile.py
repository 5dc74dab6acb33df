"""Lists and requests that attack: markup, formulas, files that are none, ids of others; no scripts; the trail."""

import csv
import io
import re
import zipfile
from datetime import date, timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from python_calamine import load_workbook

from shanzhi.jobs.models import Job
from shanzhi.jobs.testing import drain
from shanzhi.lib.errors import Forbidden, Invalid
from shanzhi.people.importing import services
from shanzhi.people.models import Household, RegisterFault, RegisterImport, Resident
from shanzhi.people.tests.importing.lists import AS_OF, HEADS, apply, bring, csv_bytes, id_number, row, send, xlsx_bytes
from shanzhi.trail.models import Entry
from tests.cast import Cast

LIST = "/341181/people/imports/"
API = "/api/v1/341181/people/imports"
IMG = "<img src=x onerror=alert(1)>"
FORMULAS = ("=1+1", "+1", "-1+2", "@SUM(A1)", '=HYPERLINK("http://x.cn","点")')


@pytest.fixture
def client(cast: Cast) -> Client:
    return cast["township_officer"].client()


def page(client: Client, path: str) -> str:
    answer = client.get(path)
    assert answer.status_code == 200, path
    return answer.content.decode()


def back(client: Client, sent: RegisterImport, ending: str) -> list[list[str]]:
    """The file of bad rows."""
    answer = client.get(f"{LIST}{sent.id}/faults/{'?format=csv' if ending == 'csv' else ''}")
    body = b"".join(answer.streaming_content)  # type: ignore[attr-defined]
    if ending == "csv":
        return list(csv.reader(io.StringIO(body.decode("utf-8-sig"))))
    with zipfile.ZipFile(io.BytesIO(body)) as book:
        assert "<f>" not in book.read("xl/worksheets/sheet1.xml").decode()
    return [[str(cell) for cell in one] for one in load_workbook(io.BytesIO(body)).get_sheet_by_index(0).to_python()]


# --- words that attack ----------------------------------------------------------------------------------------------


def test_markup_is_text_on_every_page(cast: Cast, client: Client) -> None:
    heads = [IMG, *HEADS[1:], "户主姓名"]
    sent = send(cast, csv_bytes([[IMG, *row(1)[1:], IMG]], heads), name=f"{IMG}.csv")
    assert sent.state == "mapping"
    paths = [LIST, f"{LIST}{sent.id}/", f"{LIST}{sent.id}/mapping/"]
    columns = {**sent.columns, "name": 0}
    services.import_map(actor=cast.actor("township_officer"), sent=sent, version=sent.version, columns=columns)
    drain()
    assert RegisterFault.objects.get().column == "姓名"
    broken = send(cast, csv_bytes([row(2, 村=IMG, 与户主关系=IMG, 性别="男")]))
    for path in (*paths, f"{LIST}{broken.id}/"):
        said = page(client, path)
        assert "<img" not in said, path
    assert "&lt;img src=x" in page(client, f"{LIST}{sent.id}/mapping/")
    assert "&lt;img src=x" in page(client, f"{LIST}{broken.id}/")


@pytest.mark.parametrize("ending", ["csv", "xlsx"])
def test_nothing_in_the_file_of_bad_rows_is_computed_not_even_a_head(cast: Cast, client: Client, ending: str) -> None:
    heads = [*HEADS, *FORMULAS]
    rows = [[*row(n, 姓名="", 门牌=formula), *FORMULAS] for n, formula in enumerate(FORMULAS, start=1)]
    sent = send(cast, csv_bytes(rows, heads))
    found = back(client, sent, ending)
    assert len(found) == len(FORMULAS) + 1
    for cells in found:
        assert not [cell for cell in cells if cell.startswith(("=", "+", "-", "@"))], cells
    mended = [cells[:] for cells in found]
    for number, cells in enumerate(mended[1:], start=1):
        cells[0] = f"张{'一二三四五'[number - 1]}"
    body = csv_bytes(mended[1:], mended[0]) if ending == "csv" else xlsx_bytes(mended[1:], mended[0])
    again = send(cast, body, name=f"改好.{ending}")
    assert (again.state, again.header, again.counts["new"], again.counts["bad"]) == ("checked", heads, 5, 0)


def test_mended_rows_go_in_and_those_that_were_good_are_not_twice(cast: Cast, client: Client) -> None:
    rows = [row(1), row(2, 联系电话="12345", 户编号="H1", 与户主关系="子"), row(3, 村="没有村"), row(4)]
    sent = apply(cast, send(cast, csv_bytes(rows)))
    assert (sent.counts["new"], sent.counts["bad"]) == (2, 2)
    heads, *bad = back(client, sent, "csv")
    assert [cells[-2] for cells in bad] == ["3", "4"]
    assert [cells[-1] for cells in bad] == [
        "联系电话：电话不对，请核对：手机号 11 位，座机带区号", "村、社区：本县没有村、社区“没有村”，请核对后填现行的名称或代码",
    ]  # fmt: skip
    bad[0][4], bad[1][5] = "13800009999", "张庄村"
    again = apply(cast, send(cast, csv_bytes(bad, heads)))
    assert (again.counts["rows"], again.counts["new"], again.counts["bad"]) == (2, 2, 0)
    assert (Resident.objects.count(), Household.objects.count()) == (4, 4)
    assert back(client, again, "csv") == [[*HEADS, "原行号", "问题"]]


def test_signs_that_no_database_takes_spoil_no_list(cast: Cast) -> None:
    heads, rows = [*HEADS, "居住地"], [[*row(1, 户编号="\0"), "上海\0市"], [*row(2, 性别="\0男\0?"), ""]]
    sent = apply(cast, send(cast, csv_bytes(rows, heads)))
    assert (sent.counts["new"], sent.counts["bad"]) == (1, 1)
    assert Resident.objects.get().lives_elsewhere == "上海市"


@pytest.mark.parametrize(
    ("name", "body"),
    [
        ("名册.xlsx", csv_bytes([row(1)])), ("名册.csv", xlsx_bytes([row(1)])), ("名册", csv_bytes([row(1)])),
        ("../../etc/passwd", csv_bytes([row(1)])), ("名" * 300 + ".csv", csv_bytes([row(1)])),
        ("a\u202egnp.csv", csv_bytes([row(1)])),
    ],
)  # fmt: skip
def test_what_a_file_is_called_says_nothing_of_what_it_is(cast: Cast, client: Client, name: str, body: bytes) -> None:
    answer = client.post(LIST, {"file": SimpleUploadedFile(name, body), "as_of": f"{AS_OF}"})
    assert answer.status_code == 302
    drain()
    sent = RegisterImport.objects.get()
    assert (sent.state, sent.counts["new"]) == ("checked", 1)
    assert len(sent.name) <= 200
    assert "/" not in sent.name


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (b"%PDF-1.7\n1 0 obj", "这不是表格"), (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "旧版 xls"), (b"PK\x03\x04junk", "打不开"),
        (b"<html><body>x</body></html>", "只有表头"), ("姓名,村\n".encode(), "只有表头"), (b"\n\n", "第 1 行是空的"),
        ('姓名,村\n"张三,张庄'.encode(), "第 2 行的引号没有成对"), (b"\x00" * 64, "这不是表格"),
    ],
)  # fmt: skip
def test_a_file_that_is_no_list_ends_with_a_sentence_and_a_job_that_is_done(
    cast: Cast, client: Client, body: bytes, words: str
) -> None:
    sent = send(cast, body)
    assert (sent.state, words in sent.problem) == ("refused", True), sent.problem
    assert words in page(client, f"{LIST}{sent.id}/")
    assert Job.objects.get(id=sent.job_id).state == "done"
    for step in ("applications", "resumptions", "ends"):
        assert client.post(f"{LIST}{sent.id}/{step}/", {"version": sent.version}).status_code == 409
    assert client.get(f"{API}/{sent.id}").json()["problem"] == sent.problem


@pytest.mark.parametrize("day", [date(1999, 12, 31), date(1, 1, 1), None])
def test_the_day_of_a_list_is_a_day_that_was(cast: Cast, day: date | None) -> None:
    day = day or timezone.localdate() + timedelta(days=1)
    with pytest.raises(Invalid) as refused:
        send(cast, csv_bytes([row(1)]), as_of=day)
    assert list(refused.value.fields) == ["as_of"]
    assert send(cast, csv_bytes([row(1)]), as_of=timezone.localdate()).state == "checked"


# --- requests that attack -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("number", [0, 1, 2**63 - 1, 2**63, 10**30])
def test_ids_of_nothing(client: Client, number: int) -> None:
    for name in ("", "mapping/", "faults/"):
        assert client.get(f"{LIST}{number}/{name}").status_code == 404
    assert client.get(f"{API}/{number}").status_code in (404, 422)
    answer = client.post(f"{API}/{number}/applications", {"version": 1}, "application/json")
    assert answer.status_code in (404, 422)


@pytest.mark.parametrize("after", ["-1", "x", "9" * 30, "１", "", "0x1"])
def test_any_place_in_the_bad_rows_is_a_page(cast: Cast, client: Client, after: str) -> None:
    sent = send(cast, csv_bytes([row(1, 姓名="")]))
    assert "姓名没有填" in page(client, f"{LIST}{sent.id}/?after={after}")


@pytest.mark.parametrize("version", ["", "0", "-1", "x", "9" * 30, "1; DROP TABLE"])
@pytest.mark.parametrize("step", ["applications", "ends"])
def test_any_version_is_a_sentence(cast: Cast, client: Client, step: str, version: str) -> None:
    sent = send(cast, csv_bytes([row(1)]))
    assert client.post(f"{LIST}{sent.id}/{step}/", {"version": version}).status_code in (409, 422)
    assert RegisterImport.objects.get().state == "checked"


@pytest.mark.parametrize(
    ("path", "body"),
    [("applications", {"version": "x"}), ("applications", {}), ("applications", {"version": None}),
     ("applications", {"version": 2**70}), ("applications", [])],
)  # fmt: skip
def test_programs_are_refused_in_words(cast: Cast, client: Client, path: str, body: Any) -> None:
    sent = send(cast, csv_bytes([row(1)]))
    answer = client.post(f"{API}/{sent.id}/{path}", body, "application/json")
    assert (answer.status_code in (409, 422), bool(answer.json()["code"])) == (True, True)
    assert RegisterImport.objects.get().state == "checked"


def test_programs_page_through_bad_rows_and_never_get_the_rows(cast: Cast, client: Client) -> None:
    sent = send(cast, csv_bytes([row(n, 联系电话="12345") for n in range(1, 56)]))
    first = client.get(f"{API}/{sent.id}/faults").json()
    rest = client.get(f"{API}/{sent.id}/faults?after={first['next']}").json()
    assert ([len(first["items"]), first["next"]], [len(rest["items"]), rest["next"]]) == ([50, 51], [5, None])
    assert set(first["items"][0]) == {"row", "column", "sentence"}
    assert id_number(1) not in str(first)
    assert client.get(f"{API}/{sent.id}/faults?after=-1").status_code == 422
    assert client.get(f"{API}?after=nonsense").status_code in (400, 422)
    for who in ("grid_worker", "auditor", "resident"):
        assert cast[who].client().get(f"{API}/{sent.id}/faults").status_code in (403, 404)


def test_the_same_key_with_another_list_is_refused(cast: Cast, client: Client) -> None:
    def post(body: bytes) -> int:
        data = {"file": SimpleUploadedFile("a.csv", body), "as_of": f"{AS_OF}"}
        return client.post(API, data, headers={"Idempotency-Key": "once"}).status_code

    assert [post(csv_bytes([row(1)])), post(csv_bytes([row(1)]))] == [201, 201]
    assert post(csv_bytes([row(2)])) in (409, 422)
    assert RegisterImport.objects.count() == 1


def test_a_post_in_a_unit_has_no_place_to_import_for(cast: Cast) -> None:
    with pytest.raises(Forbidden):
        send(cast, csv_bytes([row(1)]), who="department_handler")
    assert not RegisterImport.objects.exists()


# --- without scripts, and in the trail ------------------------------------------------------------------------------


def test_every_step_is_a_form_or_a_link_that_a_plain_browser_follows(cast: Cast, client: Client) -> None:
    client.post(LIST, {"file": SimpleUploadedFile("a.csv", csv_bytes([row(1), row(2, 姓名="")])), "as_of": f"{AS_OF}"})
    sent = RegisterImport.objects.get()
    waiting = page(client, f"{LIST}{sent.id}/")
    assert re.search(r'<noscript><a class="btn btn-outline" href="([^"]+)">看最新进度', waiting)
    drain()
    checked = page(client, f"{LIST}{sent.id}/")
    for step in ("applications", "ends"):
        form = re.search(rf'<form method="post" action="({LIST}{sent.id}/{step}/)">(.*?)</form>', checked, re.DOTALL)
        assert form is not None, step
        fields = dict(re.findall(r'name="(version|idempotency_key)" value="([^"]+)"', form[2]))
        assert set(fields) == {"version", "idempotency_key"}
        if step == "applications":
            action, sending = form[1], fields
    assert f'href="{LIST}{sent.id}/faults/"' in checked
    answer = client.post(action, sending, follow=True)
    assert "正在导入，可以离开这一页" in answer.content.decode()
    assert client.post(action, sending).status_code == 302  # sent twice, it is one import
    drain()
    assert "已导入。下面是这次新增和更新的人数。" in page(client, f"{LIST}{sent.id}/")
    assert Resident.objects.count() == 1


def test_a_list_without_news_offers_no_button(cast: Cast, client: Client) -> None:
    bring(cast, [row(1)])
    said = page(client, f"{LIST}{send(cast, csv_bytes([row(1)])).id}/")
    assert "没有错的行和在册的一样，不用导入" in said
    assert "导入没有错的行" not in said


def test_the_trail_tells_of_each_step_and_names_nobody(cast: Cast, client: Client) -> None:
    sent = bring(cast, [row(1), row(2, 姓名="")])
    back(client, sent, "csv")
    services.imports_forget(at=timezone.now() + services.KEPT + timedelta(minutes=1))
    entries = list(Entry.objects.filter(object_id=sent.id).order_by("id"))
    assert [entry.code.removeprefix("people.import.") for entry in entries] == [
        "sent", "checked", "started", "finished", "faults", "forgotten",
    ]  # fmt: skip
    told = " ".join(str(vars(entry)) for entry in entries)
    for word in ("张小二", id_number(1), id_number(2), "13800000001"):
        assert word not in told


def test_a_page_of_many_bad_rows_costs_what_a_page_of_one_costs(cast: Cast, client: Client) -> None:
    one, many = (send(cast, csv_bytes([row(n, 姓名="") for n in range(1, count)])) for count in (2, 60))

    def statements(sent: RegisterImport) -> int:
        with CaptureQueriesContext(connection) as caught:
            page(client, f"{LIST}{sent.id}/")
        return len(caught)

    statements(one)
    assert statements(many) <= statements(one)

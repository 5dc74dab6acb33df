"""Bad files and bad rows of a county's import, as the person sees them; rows that come back, mended and sent again."""

import csv
import io

import pytest
from django.test import Client

from shanzhi.areas import selectors, services
from shanzhi.areas.faults import fault_table
from shanzhi.areas.models import DivisionImport, ImportFault
from shanzhi.areas.tests.factories import (
    BEIDANG,
    HEADER,
    REGISTER,
    XIAOGUAN,
    YANGCUN,
    Tree,
    changed,
    csv_bytes,
    today,
    tree_rows,
    upload,
)
from shanzhi.jobs.models import Job
from shanzhi.jobs.testing import drain

NEW = ("341181104203", "新建村", "village", YANGCUN)
GOOD = csv_bytes(REGISTER)
BIG_CELL = GOOD + ("341181104204," + "长" * 3_500_000 + f",village,{YANGCUN}\n").encode() + csv_bytes([NEW])[29:]


def sent_and_checked(tree: Tree, data: bytes, name: str = "divisions.csv") -> DivisionImport:
    services.import_send(actor=tree.system, upload=upload(data, name), on=today())
    drain()
    return DivisionImport.objects.get()


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"PK\x03\x04" + b"sheet" * 99, "这是 Excel 工作簿，只是改了扩展名"),
        (GOOD.replace(b",", b";"), "列与列之间用的是分号"),
        (GOOD.replace(b",", b"\t"), "列与列之间用的是制表符"),
        (csv_bytes(REGISTER, header=("code", "name", "level", "上级")), "表头缺少“parent_code”（上级代码）列"),
        (GOOD.replace("小关".encode(), b"\x00\x00"), "第 9 行有空字节（NUL）"),
        (b"code,name,level,parent_code\n", "文件里只有表头"),
        (b"\n\n\n", "第 1 行是空的"),
        (b"\xff\xfe\x00\xd8\x00\xd8", "文件内容在保存或传输时损坏了"),
        (b"code,name,level,parent_code\n\xff\xff\xff\xff", "无法识别文件的文字编码"),
        (b"%PDF-1.4 ....", "这不是 CSV 文本文件"),
    ],
)
def test_a_file_that_cannot_be_read_is_one_sentence(tree: Tree, desk: Client, data: bytes, words: str) -> None:
    before = tree_rows()
    sent = sent_and_checked(tree, data)
    assert sent.state == "refused"
    page = desk.get(tree.url(f"areas/imports/{sent.id}/")).content.decode()
    assert words in page
    assert "换一个文件上传" in page
    assert "按此导入" not in page
    assert tree_rows() == before
    job = Job.objects.get()
    assert job.state == "done"
    assert job.result is not None
    assert words in job.result["message"]


@pytest.mark.parametrize(("encoding", "words"), [("gbk", "GBK"), ("utf-8-sig", "BOM"), ("utf-16", "UTF-16")])
def test_another_encoding_is_taken_and_said(tree: Tree, desk: Client, encoding: str, words: str) -> None:
    sent = sent_and_checked(tree, csv_bytes([*REGISTER, NEW], encoding=encoding))
    assert sent.state == "checked"
    assert sent.counts["added"] == 1
    assert words in desk.get(tree.url(f"areas/imports/{sent.id}/")).content.decode()


def test_a_cell_of_ten_megabytes_is_one_bad_row(tree: Tree) -> None:
    assert len(BIG_CELL) > 10_000_000
    sent = sent_and_checked(tree, BIG_CELL)
    assert sent.counts["register_bad"] == 1
    assert sent.counts["added"] == 1
    assert selectors.faults_of(sent)[0].sentence == "这一行超过 2000 个字，请检查是否缺了换行"


def test_bad_rows_are_a_table_with_line_column_and_remedy(tree: Tree, desk: Client) -> None:
    rows = changed(REGISTER, (XIAOGUAN, "", "village", YANGCUN), ("3411811042", "短村", "village", YANGCUN))
    sent = sent_and_checked(tree, csv_bytes(rows))
    page = desk.get(tree.url(f"areas/imports/{sent.id}/")).content.decode()
    assert "名称没有填，请补上" in page
    assert "代码应为 12 位数字，这里是 10 位，请核对后重填" in page
    assert "下载错行，改好再传" in page


def test_many_bad_rows_are_paged(tree: Tree, desk: Client) -> None:
    sent = sent_and_checked(tree, csv_bytes([*REGISTER, *[("1", f"村{n}", "village", YANGCUN) for n in range(120)]]))
    url = tree.url(f"areas/imports/{sent.id}/")
    first = desk.get(url).content.decode()
    assert "村49" in first
    assert "村50" not in first
    last = selectors.faults_of(sent)[-1].number
    assert f"?after={last}" in first
    second = desk.get(f"{url}?after={last}").content.decode()
    assert "村50" in second
    assert desk.get(f"{url}?after=x").status_code == 200


def test_the_rows_come_back_are_mended_and_sent_again(tree: Tree, desk: Client) -> None:
    rows = changed(REGISTER, (XIAOGUAN, "", "village", YANGCUN), ("341181104203", "新建村", "villag", YANGCUN))
    sent = sent_and_checked(tree, csv_bytes(rows))
    answer = desk.get(tree.url(f"areas/imports/{sent.id}/faults/"))
    assert answer["Content-Disposition"].startswith("attachment")
    table = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert table[0] == [*HEADER, "行号", "错在", "怎么改"]
    assert table[1][:6] == [XIAOGUAN, "", "village", YANGCUN, "9", "名称"]
    table[1][1], table[2][2] = "小关居委会", "village"
    mended = csv_bytes(table[1:], header=table[0])
    DivisionImport.objects.update(state="applied")
    services.import_send(actor=tree.system, upload=upload(mended), on=today())
    drain()
    again = DivisionImport.objects.order_by("-id")[0]
    assert again.counts["register_bad"] == 0
    assert (again.counts["renamed"], again.counts["added"]) == (1, 1)


def test_a_second_round_of_the_table_does_not_pile_up_columns() -> None:
    header = [*HEADER, "行号", "错在", "怎么改"]
    table = list(fault_table(header, [(3, "名称", "名称没有填，请补上", f"{XIAOGUAN},,village,{YANGCUN},9,名称,旧话")]))
    assert table == [header, [XIAOGUAN, "", "village", YANGCUN, "3", "名称", "名称没有填，请补上"]]


@pytest.mark.parametrize(
    ("raw", "cells"),
    [
        ("a,b", ["a", "b", "", ""]),
        ("a,b,c,d,e", ["a", "b", "c", "d，e"]),
        ('a,"b', ['a,"b', "", "", ""]),
        ("=1+1,@x,-y,+z", ["'=1+1", "'@x", "'-y", "'+z"]),
    ],
)
def test_a_broken_line_fits_the_table_and_computes_nothing(raw: str, cells: list[str]) -> None:
    table = list(fault_table(HEADER, [(2, "整行", "改", raw)]))
    assert table[1] == [*cells, "2", "整行", "改"]


def test_the_same_fault_is_kept_once_when_the_check_runs_again(tree: Tree) -> None:
    sent = sent_and_checked(tree, csv_bytes([*REGISTER, ("1", "村", "village", YANGCUN)]))
    DivisionImport.objects.update(state="checking", version=sent.version)
    services.import_check_run(
        import_id=sent.id, actor=tree.system, at=sent.created_at, progress=lambda done, total: None
    )
    assert ImportFault.objects.count() == 1


def test_names_of_files_come_from_people_and_stay_text(tree: Tree, desk: Client) -> None:
    sent = sent_and_checked(tree, GOOD, "<script>alert(1)</script>.csv")
    page = desk.get(tree.url(f"areas/imports/{sent.id}/")).content.decode()
    assert "<script>alert" not in page


def test_cells_come_from_people_and_stay_text(tree: Tree, desk: Client) -> None:
    rows = changed(REGISTER, (BEIDANG, "<b>北荡</b>村", "village", YANGCUN), ("1", "<img src=x>", "village", YANGCUN))
    sent = sent_and_checked(tree, csv_bytes(rows))
    page = desk.get(tree.url(f"areas/imports/{sent.id}/")).content.decode()
    assert "<b>北荡" not in page
    assert "<img src=x" not in page


def test_a_file_that_the_disk_lost_is_said(tree: Tree) -> None:
    sent = services.import_send(actor=tree.system, upload=upload(), on=today())
    sent.file.path().unlink()
    drain()
    sent = DivisionImport.objects.get()
    assert (sent.state, sent.problem) == ("refused", "文件已不在服务器上，请重新上传。")

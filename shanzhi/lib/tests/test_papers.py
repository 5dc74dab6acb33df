"""One paper, two files: the same words in the same order, and what a person typed is never taken for markup."""

import json
import re
from datetime import UTC, datetime
from io import BytesIO
from zipfile import ZipFile

import pytest
from docx import Document
from docx.document import Document as DocumentType
from docx.table import Table as DocumentTable

from shanzhi.lib.errors import Conflict
from shanzhi.lib.papers import pdf
from shanzhi.lib.papers.pdf import pdf_of
from shanzhi.lib.papers.printout import Printout, Rows, Signs, Table, Words, as_data, texts
from shanzhi.lib.papers.word import word_of

AT = datetime(2026, 11, 9, 1, 0, tzinfo=UTC)
HOSTILE = '#panic("x") $a$ <w:t>&amp; "quoted" \\ *bold* _it_ @ref [a] 张伟{{ x }}'
PAPER = Printout(
    title="人民调解协议书",
    office="张铺镇人民调解委员会",
    number="(2026)张铺人调字第3号",
    note="本协议一式三份",
    blocks=(
        Rows((("申请人", "张伟"), ("纠纷主要事实", HOSTILE), ("电话", ""))),
        Words("经调解，双方自愿达成如下协议", "一、围墙退回原界。\n二、互不赔偿。"),
        Table(("时间", "方式"), (("2026年11月2日", "上门"), ("2026年11月9日", "电话"))),
        Signs(("当事人", "调解员"), "2026年11月9日"),
    ),
)


def _opened(body: bytes) -> DocumentType:
    return Document(BytesIO(body))


def _words(document: DocumentType) -> list[str]:
    found: list[str] = []
    for one in document.iter_inner_content():
        if isinstance(one, DocumentTable):
            found += [cell.text for row in one.rows for cell in row.cells if cell.text]
        elif one.text:
            found.append(one.text)
    return found


def test_word_holds_every_text_in_its_order() -> None:
    words = _words(_opened(word_of(PAPER, AT)))
    assert [one.removesuffix("：") for one in words] == list(texts(PAPER))
    assert _opened(word_of(PAPER, AT)).sections[0].footer.paragraphs[0].text == "本协议一式三份"


def test_what_was_typed_is_no_markup_of_word() -> None:
    with ZipFile(BytesIO(word_of(PAPER, AT))) as held:
        body = held.read("word/document.xml").decode()
    assert "&lt;w:t&gt;&amp;amp;" in body
    assert "{{ x }}" in body


def test_what_was_typed_is_no_markup_of_the_pdf() -> None:
    body = pdf_of(PAPER, AT)
    assert body.startswith(b"%PDF-1.7")
    assert b"pdfaid:part" in body


def test_a_long_text_goes_on_to_further_pages() -> None:
    long = Printout("调查笔录", (Words("", "甲说乙的墙过了界。" * 2000),))
    counts = [int(one) for one in re.findall(rb"/Count (\d+)", pdf_of(long, AT))]
    assert max(counts) >= 5


@pytest.mark.parametrize("paper", [Printout("空表", ()), Printout("空行", (Rows(()), Words("", ""), Signs(())))])
def test_a_paper_with_nothing_on_it_is_still_a_file(paper: Printout) -> None:
    assert pdf_of(paper, AT).startswith(b"%PDF")
    assert _words(_opened(word_of(paper, AT)))[0] == paper.title


def test_what_is_not_known_is_left_to_write_on() -> None:
    table = _opened(word_of(PAPER, AT)).tables[0]
    assert [cell.text for cell in table.rows[2].cells] == ["电话", ""]
    unsigned = Printout("送达回证", (Signs(("受送达人",)),))
    assert _words(_opened(word_of(unsigned, AT)))[-1].split() == ["年", "月", "日"]


def test_without_a_chinese_face_no_empty_boxes_are_printed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pdf, "_has_face", lambda: False)
    with pytest.raises(Conflict) as refused:
        pdf_of(PAPER, AT)
    assert "Word" in refused.value.message
    assert word_of(PAPER, AT)


def test_the_same_data_stand_in_both() -> None:
    data = json.loads(json.dumps(as_data(PAPER)))
    assert data["title"] == PAPER.title
    assert [one["kind"] for one in data["blocks"]] == ["rows", "words", "table", "signs"]

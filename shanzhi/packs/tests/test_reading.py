"""YAML with lines: what is there is found again, and what could be misread is named at its line."""

import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shanzhi.packs.reading import DEPTH, LARGEST, FileFault, read

GOOD = """\
# 路灯
label: 路灯
days: [2026-10-01, 2026-10-02]
open: true
limit: 7
text: |
  第一行
  第二行
parts:
  - code: what
    label: 是什么
  - {code: lamp,
     label: 灯杆}
empty:
"""

BAD = {
    "a key twice": ("a: 1\nb: 2\na: 3\n", 3, "“a”写了两遍"),
    "a key twice inside": ("a:\n  b: 1\n  c: 2\n  b: 1\n", 4, "“b”写了两遍"),
    "a tab": ("a:\n\tb: 1\n", 2, "制表符"),
    "a tab behind blanks": ("a:\n  \tb: 1\n", 2, "制表符"),
    "an alias": ("a: &x [1]\nb: *x\n", 1, "& 和 *"),
    "an alias of nothing": ("a: 1\nb: *x\n", 2, "& 和 *"),
    "a merge": ("a: 1\n<<: {b: 1}\n", 2, "特别的意思"),
    "a tag": ("a: 1\nb: !!python/object:os.system x\n", 2, "! 开头的标记"),
    "an own tag": ("a: !x 1\n", 1, "! 开头的标记"),
    "yes": ("a: 1\nopen: yes\n", 2, "请写 true 或 false"),
    "off": ("open: Off\n", 1, "请写 true 或 false"),
    "a float": ("a: 1\nb: 1.50\n", 2, "不能用小数“1.50”"),
    "a float of another kind": ("a: .inf\n", 1, "不能用小数"),
    "an octal": ("code: 0755\n", 1, "请加引号"),
    "a hexadecimal": ("code: 0x1F\n", 1, "请加引号"),
    "a thousand": ("a: 1_000\n", 1, "请加引号"),
    "a time": ("a: 12:30\n", 1, "请加引号"),
    "a day with a time": ("a: 2026-10-01 08:00:00\n", 1, "当成时间"),
    "no colon": ("a: 1\nlabel 路灯\nb: 2\n", 2, "缺少冒号"),
    "two colons": ("a: b: c\n", 1, "冒号的位置不对"),
    "an open quote": ('a: 1\nb: "路灯\nc: 3\n', 2, "引号"),
    "an open bracket": ("a: [1, 2\nb: 3\n", 1, "括号"),
    "an open brace": ("a: {b: 1\nc: [\n", 1, "括号"),
    "bad indentation": ("a:\n  b: 1\n c: 2\n", 3, "缩进没有对齐"),
    "a list in the wrong place": ("a: 1\n- b\n", 2, "缩进没有对齐"),
    "two documents": ("a: 1\n---\nb: 2\n", 2, "只写一份"),
    "nothing": ("", 1, "文件是空的"),
    "a comment only": ("# 路灯\n", 1, "文件是空的"),
    "a list": ("\n- 路灯\n", 2, "最外层"),
    "a word": ("路灯\n", 1, "最外层"),
    "a number as key": ("a: 1\n2026: x\n", 2, "要是文字"),
    "a list as key": ("? [a]\n: b\n", 1, "要是文字"),
    "a control character": ("a: 1\nb: x\x07y\n", 2, "控制字符"),
    "a hidden control character": ('a: 1\nb: "x\\0y"\n', 2, "控制字符"),
    "half a character": ('a: "\\ud800"\n', 1, "控制字符"),
    "a percent": ("%x\na: 1\n", 1, "百分号"),
    "an at sign": ("a: @x\n", 1, "不能用在开头"),
    "a backslash": ('a: "\\q"\n', 1, "反斜杠"),
    "too deep": ("a: " + "[" * 200 + "]" * 200 + "\n", 1, f"{DEPTH} 层"),
}


@pytest.mark.parametrize("case", BAD, ids=str)
def test_bad_text_is_named_with_its_line_and_what_to_do(case: str) -> None:
    text, line, part = BAD[case]
    faults = read(text.encode(), "sample/x.yaml").faults
    assert [fault.line for fault in faults] == [line], faults
    assert part in faults[0].sentence
    assert faults[0].sentence.endswith("。")
    assert str(faults[0]).startswith(f"sample/x.yaml:{line} ")


def test_everything_has_its_line() -> None:
    document = read(GOOD.encode(), "x.yaml")
    assert document.faults == []
    assert document.value["days"] == ["2026-10-01", "2026-10-02"]
    assert document.value["text"] == "第一行\n第二行\n"
    assert document.value["parts"][1] == {"code": "lamp", "label": "灯杆"}
    assert document.value["empty"] is None
    assert [document.line_of(path) for path in ((), ("label",), ("days", 1), ("text",), ("parts", 0, "label"))] == [
        2, 2, 3, 6, 11,
    ]  # fmt: skip
    assert document.line_of(("parts", 1, "label")) == 13


def test_the_nearest_line_stands_for_what_is_not_there() -> None:
    document = read(GOOD.encode(), "x.yaml")
    assert document.line_of(("parts", 1, "missing")) == 12
    assert document.line_of(("parts", "list[Part]", 1, "code")) == 12, "the branch of a union is no part of the file"
    assert document.line_of(("nowhere",)) == 2


def test_all_mistakes_of_a_file_are_told_at_once() -> None:
    text = "a: yes\nb: 1.5\na: 2\nc: {d: 0x1, d: 2}\n"
    faults = read(text, "x.yaml").faults
    assert [fault.line for fault in faults] == [1, 2, 3, 4, 4]


@pytest.mark.parametrize(("data", "line"), [("a: 1\nb: 路灯\n".encode("gb18030"), 2), ("a: 1\n".encode("utf-16"), 1)])
def test_another_encoding_is_named(data: bytes, line: int) -> None:
    faults = read(data, "x.yaml").faults
    assert [(fault.line, "UTF-8" in fault.sentence) for fault in faults] == [(line, True)]


def test_a_mark_at_the_beginning_and_other_line_ends_do_no_harm() -> None:
    document = read("\ufefflabel: 路灯\r\nopen: true\r\n".encode(), "x.yaml")
    assert document.value == {"label": "路灯", "open": True}


def test_a_large_file_is_refused_at_once() -> None:
    began = time.monotonic()
    faults = read(b"a: " + b"x" * LARGEST, "x.yaml").faults
    assert "1 MB" in faults[0].sentence
    many = read("a: [" + "1," * 400_000 + "1]\n", "x.yaml").faults
    assert "20,000" in many[0].sentence
    deep = read("{a: " * 100_000, "x.yaml").faults
    assert deep
    assert time.monotonic() - began < 10


def test_a_bomb_of_aliases_does_not_go_off() -> None:
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 12)]
    faults = read("\n".join(lines), "x.yaml").faults
    assert [fault.line for fault in faults] == [1]


@given(st.text(max_size=200))
def test_no_text_breaks_the_reader(text: str) -> None:
    document = read(text, "x.yaml")
    assert document.faults or isinstance(document.value, dict)


@given(st.binary(max_size=200))
def test_no_bytes_break_the_reader(data: bytes) -> None:
    document = read(data, "x.yaml")
    assert document.faults or isinstance(document.value, dict)


def test_faults_are_in_the_order_of_files_and_lines(tmp_path: Path) -> None:
    faults = [FileFault("b.yaml", 1, "甲"), FileFault("a.yaml", 10, "乙"), FileFault("a.yaml", 9, "丙")]
    assert [str(fault) for fault in sorted(faults)] == ["a.yaml:9 丙", "a.yaml:10 乙", "b.yaml:1 甲"]

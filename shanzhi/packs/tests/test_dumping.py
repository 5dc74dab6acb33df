"""One form for every body: it reads back as it was, and the second dump has the bytes of the first."""

from datetime import date
from typing import Any

import pytest
import yaml
from hypothesis import example, given
from hypothesis import strategies as st

from shanzhi.packs.checking import parsed
from shanzhi.packs.dumping import WIDTH, dump, dump_plain
from shanzhi.packs.reading import UNSEEN, read
from shanzhi.packs.tests.factories import Part, SampleBody

WRITTEN = """\
label: 路灯
open: true
days: [2026-10-01, 2026-10-02]
parts:
  - {code: what, label: 是什么, choices: [路灯, 路面, 供水]}
  - {code: lamp, label: 灯杆编号, shown_if: {what: [路灯]}}
replies:
  handle:
    - 已现场修复，恢复正常，请你方便的时候去看一看；如果晚上仍然不亮，请再打我们的电话。
    - 已派供电所处理，预计三天以内修好，修好以后会再告诉你。这里的字多到一行放不下，所以一项占一行。
  reject: [不在本镇]
text: |
  第一行
  第二行：有冒号
units: ['12345', 'yes', '1.5']
"""


def read_back(text: str) -> Any:
    document = read(text, "x.yaml")
    assert document.faults == [], text
    found, faults = parsed(SampleBody, document.value)
    assert faults == [], text
    return found


def test_the_form_is_the_one_that_people_write() -> None:
    assert dump(read_back(WRITTEN)) == WRITTEN


def test_defaults_are_left_out_and_fields_follow_the_schema() -> None:
    made = SampleBody(text="好", level="county", label="甲", replies={"b": [], "a": []})
    assert dump(made) == "label: 甲\nreplies: {a: [], b: []}\ntext: 好\n"
    assert dump_plain({}) == "{}\n"


def test_what_does_not_fit_on_a_line_is_opened() -> None:
    long = dump(SampleBody(label="甲", words=["一二三四五六七八九十"] * 12))
    assert long.count("\n") == 14
    assert dump(SampleBody(label="甲", words=["一二三四五六七八九十"] * 7)).count("\n") == 2
    assert all(len(line) <= WIDTH for line in long.splitlines())


def test_other_readers_see_the_same() -> None:
    """What we write means the same to a plain YAML 1.1 reader, but for dates, which it takes for dates."""
    made = SampleBody(label="no", words=["1", "1.0", "null", "~", "0x1", "1_0", "", " x ", "a: b", "#", "=", "<<"])
    other = yaml.safe_load(dump(made))
    assert other == made.model_dump(mode="json", exclude_defaults=True)
    assert yaml.safe_load(dump(SampleBody(label="x", days=[date(2026, 10, 1)])))["days"] == [date(2026, 10, 1)]


def test_a_float_has_no_place() -> None:
    with pytest.raises(TypeError):
        dump_plain({"a": 1.5})


texts = st.text(max_size=30).filter(lambda text: not UNSEEN.search(text) and "傻" not in text)
spans = st.lists(texts, max_size=6)
parts = st.builds(
    Part,
    code=st.text("abc", min_size=1, max_size=4),
    label=texts.filter(lambda text: len(text) <= 10),
    choices=spans,
    shown_if=st.dictionaries(texts, spans, max_size=3),
)
bodies = st.builds(
    SampleBody,
    label=texts.filter(lambda text: 0 < len(text) <= 20),
    open=st.booleans(),
    level=st.sampled_from(["county", "township"]),
    limit=st.none() | st.integers(1, 100),
    days=st.lists(st.dates(date(1900, 1, 1), date(2999, 1, 1)), max_size=4),
    words=spans,
    parts=st.lists(parts, max_size=4),
    replies=st.dictionaries(texts, spans, max_size=4),
    text=st.lists(texts, max_size=5).map("\n".join),
    units=spans,
)


@given(bodies)
@example(SampleBody(label="a", text="\n"))
@example(SampleBody(label="a", text=" \n x"))
@example(SampleBody(label="a", text="x\n\n\n"))
@example(SampleBody(label="a", text="x \n\ty"))
@example(SampleBody(label="---", text="...\n---\n"))
@example(SampleBody(label="a", words=["2026-10-01", "2026-13-99", "😀", "'", '"', "\\", "\t", "!x", "&x", "*x", "%x"]))
@example(SampleBody(label="a", replies={"yes": ["x"], "1": [], "": [], "a\nb": ["c"], "x" * 30: ["?", "- a", "? b"]}))
def test_what_is_written_reads_back_and_is_written_the_same(made: SampleBody) -> None:
    text = dump(made)
    again = read_back(text)
    assert again == made
    assert dump(again) == text


@given(bodies)
def test_what_is_stored_reads_back(made: SampleBody) -> None:
    assert SampleBody.model_validate(made.model_dump(mode="json", exclude_defaults=True)) == made

"""Answers as people read them, and papers."""

from typing import Any

import pytest
from hypothesis import given

from shanzhi.cases.kinds.answers import checked
from shanzhi.cases.kinds.papers import EMPTY, line_of, paper_of, placeholders, rendered, stray_braces
from shanzhi.cases.kinds.schema import KindBody
from shanzhi.cases.kinds.showing import masked_answers, public_lines, searchable, shown, value_words
from shanzhi.cases.tests.kinds import asked, kind
from shanzhi.cases.tests.test_kind_answers import TODAY
from shanzhi.lib.errors import Invalid

ANSWERS: dict[str, Any] = {
    "what": "路灯", "lamp": "A-12", "size": "12.5", "signs": ["裂缝", "积水"], "since": "2026-10-01",
    "who": {"name": "张小平", "phone": "13812345678"}, "story": "倒了", "spot": "老街口", "view": ["7", "8"],
}  # fmt: skip


def test_each_type_in_words() -> None:
    lines = {line.code: (line.label, line.value) for line in shown(kind(), ANSWERS)}
    assert lines == {
        "what": ("是什么", "路灯"), "lamp": ("灯杆编号", "A-12"), "size": ("多大", "12.5 平方米"),
        "signs": ("有哪些情况", "裂缝、积水"), "since": ("哪天开始", "2026年10月1日"),
        "who": ("联系人", "张*平 138****5678"), "spot": ("准确位置", "老街口"), "story": ("经过", "倒了"),
        "view": ("现场照片", "2 张照片"),
    }  # fmt: skip
    assert [line.photos for line in shown(kind(), ANSWERS) if line.photos] == [(7, 8)]


def test_people_stand_whole_only_for_those_who_may_see_them() -> None:
    whole = {line.code: line.value for line in shown(kind(), ANSWERS, masked=False)}
    assert whole["who"] == "张小平 13812345678"
    assert value_words(kind().fields_by_code["who"], {"name": "张小平"}) == "张*平"
    masked = masked_answers(kind(), ANSWERS)
    assert masked["who"] == {"name": "张*平", "phone": "138****5678"}
    assert masked["what"] == "路灯"
    assert ANSWERS["who"]["phone"] == "13812345678"


def test_the_public_sees_what_was_chosen_and_counted_only() -> None:
    assert {line.code for line in public_lines(kind(), ANSWERS)} == {"what", "size", "signs", "since"}


def test_a_case_is_found_by_what_was_written_and_chosen_not_by_its_people() -> None:
    words = searchable(kind(), ANSWERS)
    assert "路灯" in words
    assert "A-12" in words
    assert "积水" in words
    assert "老街口" in words
    assert "张" not in words
    assert "1381" not in words


def test_an_answer_to_a_question_of_another_version_is_left_out() -> None:
    assert shown(kind(fields=[]), ANSWERS) == []
    assert searchable(kind(fields=[]), ANSWERS) == ""


@given(asked())
def test_whatever_was_kept_can_be_shown_searched_and_printed(given_: tuple[KindBody, dict[str, Any]]) -> None:
    body, raw = given_
    try:
        kept = checked(body, raw, today=TODAY)
    except Invalid:
        return
    lines = shown(body, kept)
    assert [line.code for line in lines] == list(kept)
    assert all(line.value for line in lines)
    assert isinstance(searchable(body, kept), str)
    assert set(masked_answers(body, kept)) == set(kept)


def test_a_paper_is_filled_and_leaves_a_blank_for_what_nobody_said() -> None:
    body = kind(
        papers=[{"code": "notice", "label": "告知书", "text": "{number} {reporter}：\n\n{what} {lamp}\n{due}\n"}]
    )
    paper = rendered(body, body.papers[0], {"number": "2611-0203", "reporter": "王桂兰"}, {"what": "路灯"})
    assert paper.label == "告知书"
    assert paper.paragraphs == ("2611-0203 王桂兰：", f"路灯 {EMPTY}", EMPTY)


def test_what_a_person_writes_is_no_placeholder() -> None:
    body = kind(papers=[{"code": "notice", "label": "告知书", "text": "{body} {spot}"}])
    paper = rendered(body, body.papers[0], {"body": "{reporter}", "reporter": "王桂兰"}, {"spot": "{number}"})
    assert paper.paragraphs == ("{reporter} {number}",)


def test_papers_are_found_by_code() -> None:
    assert paper_of(kind(), "notice") is kind().papers[0] or paper_of(kind(), "notice") == kind().papers[0]
    assert paper_of(kind(), "gone") is None


@pytest.mark.parametrize(
    ("text", "names", "stray"),
    [("{a}和{b}", ["a", "b"], False), ("{a", [], True), ("a}", [], True), ("{}", [""], False), ("{{a}}", ["a"], True)],
)
def test_placeholders(text: str, names: list[str], stray: bool) -> None:
    assert list(placeholders(text)) == names
    assert stray_braces(text) is stray


def test_on_which_line_a_placeholder_stands() -> None:
    assert line_of("一\n二 {a}\n三", "a") == 1

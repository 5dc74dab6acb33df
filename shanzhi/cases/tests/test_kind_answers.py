"""Answers: what is kept, what is refused with which sentence, and what no answer can ever do."""

import json
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given

from shanzhi.cases.kinds.answers import Stopped, checked, holds, is_shown, photo_ids
from shanzhi.cases.kinds.schema import KindBody
from shanzhi.cases.tests.kinds import asked, kind
from shanzhi.lib.errors import Invalid

TODAY = date(2026, 11, 21)
LAMP = {"what": "路灯", "lamp": "A-12"}


def keep(raw: dict[str, Any], body: KindBody | None = None, *, strict: bool = True) -> dict[str, Any]:
    return checked(body or kind(), raw, today=TODAY, strict=strict)


def refused(raw: dict[str, Any], **options: Any) -> dict[str, str]:
    with pytest.raises(Invalid) as caught:
        keep(raw, **options)
    return {name.removeprefix("answers."): rows[0] for name, rows in caught.value.fields.items()}


def one(code: str, value: Any) -> Any:
    return keep({**LAMP, code: value}).get(code)


def fault(code: str, value: Any) -> str:
    return refused({**LAMP, code: value})[code]


def test_what_is_asked_is_kept_in_the_order_of_the_form() -> None:
    raw = {"who": {"name": " 张 小平 ", "phone": "138 1234-5678"}, "count": "3", "signs": ["积水", "裂缝"], **LAMP}
    assert keep(raw) == {
        "what": "路灯", "lamp": "A-12", "count": 3, "signs": ["裂缝", "积水"],
        "who": {"name": "张 小平", "phone": "13812345678"},
    }  # fmt: skip
    assert list(keep(raw)) == ["what", "lamp", "count", "signs", "who"]


def test_a_question_that_is_not_shown_is_dropped_even_if_it_is_answered() -> None:
    assert keep({"what": "路面", "lamp": "A-12"}) == {"what": "路面"}
    assert keep({"what": "路面", "wire": "有"}) == {"what": "路面"}
    assert keep({**LAMP, "deep": "半米"}) == LAMP
    assert keep({**LAMP, "signs": ["塌陷"], "deep": "半米"})["deep"] == "半米"


def test_required_is_asked_only_where_it_is_shown() -> None:
    assert refused({"what": "路灯"}) == {"lamp": "请填“灯杆编号”。"}
    assert refused({}) == {"what": "请选“是什么”。"}
    assert refused({"what": "路灯", "lamp": "   "}) == {"lamp": "请填“灯杆编号”。"}


def test_a_stop_question_must_be_answered_where_it_is_asked_and_stops_with_its_sentence() -> None:
    assert refused({"what": "供电"}) == {"wire": "请选“有没有电线掉落”。"}
    assert keep({"what": "供电", "wire": "没有"}) == {"what": "供电", "wire": "没有"}
    with pytest.raises(Stopped) as caught:
        keep({"what": "供电", "wire": "有", "count": "很多"})
    assert caught.value.message == "请离开现场，先打供电热线 95598。"
    assert caught.value.code == "stopped"
    assert caught.value.fields == {"answers.wire": [caught.value.message]}


def test_an_unknown_question_is_refused_by_the_api_and_dropped_by_a_form() -> None:
    assert refused({**LAMP, "colour": "红"}) == {"colour": "“道路水电设施”没有这一项，请去掉，或核对代码。"}
    assert keep({**LAMP, "colour": "红"}, strict=False) == LAMP


@pytest.mark.parametrize(
    ("value", "kept"),
    [
        ("12", "12"), ("１２．５", "12.5"), ("12.50", "12.5"), (Decimal("3.0"), "3"), (7, "7"), ("1", "1"),
        (" 500 ", "500"), ("+4", "4"), ("", None), (None, None), (2.5, "2.5"),
    ],
)  # fmt: skip
def test_numbers_with_decimals_are_kept_as_text(value: Any, kept: Any) -> None:
    assert one("size", value) == kept


@pytest.mark.parametrize(
    ("value", "sentence"),
    [
        ("很大", "要填数字"), ("1e3", "要填数字"), ("nan", "要填数字"), (True, "要填数字"), ([], None), (["3"], "要填数字"),
        ("0.5", "最少 1 平方米"), ("501", "最多 500 平方米"), ("3.25", "最多填 1 位小数"), ("9" * 40, "要填数字"),
    ],
)  # fmt: skip
def test_numbers_that_are_none(value: Any, sentence: str | None) -> None:
    if sentence is None:
        assert one("size", value) is None
    else:
        assert sentence in fault("size", value)


def test_whole_numbers_are_whole() -> None:
    assert one("count", "1,200") == 1200
    assert isinstance(one("count", "3"), int)
    assert "要填整数" in fault("count", "2.5")
    assert "最少 1" in fault("count", "0")


@pytest.mark.parametrize(
    ("value", "sentence"),
    [
        ("2026-11-22", "不能晚于今天"), ("昨天", "要填日期，例如 2026-11-21"), ("2026-02-30", "要填日期"),
        (20261121, "要填日期"), ("1701-01-01", "年份不对"),
    ],
)  # fmt: skip
def test_dates_that_are_none(value: Any, sentence: str) -> None:
    assert sentence in fault("since", value)


def test_dates_are_kept_as_the_calendar_writes_them() -> None:
    assert one("since", "2026-11-21") == one("since", date(2026, 11, 21)) == "2026-11-21"
    later = kind(fields=[{"code": "by", "label": "什么时候要", "type": "date", "day": "future"}])
    assert keep({"by": "2026-12-01"}, later) == {"by": "2026-12-01"}
    assert refused({"by": "2026-11-20"}, body=later) == {"by": "“什么时候要”不能早于今天。"}


@pytest.mark.parametrize(
    ("value", "sentence"),
    [
        ("张小平", "要填姓名和电话"), ({"name": "张小平", "age": "3"}, "要填姓名和电话"), ({"phone": "13812345678"}, "姓名"),
        ({"name": "张小平", "phone": "1381234567"}, "电话不对"), ({"name": "张" * 41}, "最多 40 字"),
        ({"name": 3}, "要填姓名和电话"),
    ],
)  # fmt: skip
def test_people_that_are_none(value: Any, sentence: str) -> None:
    assert sentence in fault("who", value)


def test_people() -> None:
    assert one("who", {"name": "张小平", "phone": ""}) == {"name": "张小平"}
    assert one("who", {"name": "", "phone": " "}) is None
    assert one("who", {"name": "张小平", "phone": None}) == {"name": "张小平"}
    assert one("who", {"name": "张小平", "phone": "0550-7771234"}) == {"name": "张小平", "phone": "05507771234"}


def test_words() -> None:
    assert one("spot", " 老街口\n 东侧 ") == "老街口 东侧"
    assert one("story", "第一行\r\n第二行") == "第一行\n第二行"
    assert "最多 100 字" in fault("spot", "长" * 101)
    assert "最多 2000 字" in fault("story", "长" * 2001)
    assert "要填文字" in fault("spot", 5)
    assert "看不见的字符" in fault("story", "坏\x00字")


def test_choices() -> None:
    assert "没有这个选项" in refused({"what": "飞机"})["what"]
    assert "没有这个选项" in refused({"what": ["路灯"]})["what"]
    assert "没有这个选项" in fault("signs", "裂缝")
    assert one("signs", []) is None
    need = kind(fields=[{"code": "s", "label": "情况", "type": "choices", "choices": ["甲", "乙"], "required": True}])
    assert refused({"s": []}, body=need) == {"s": "“情况”请至少选一项。"}


def test_photos_are_kept_as_ids() -> None:
    answers = keep({**LAMP, "view": ["7301", 7302, "7301"]})
    assert answers["view"] == ["7301", "7302"]
    assert photo_ids(kind(), answers) == [7301, 7302]
    assert photo_ids(kind(), LAMP) == []
    assert "要选照片" in fault("view", ["x.jpg"])
    assert "要选照片" in fault("view", "7301")
    assert "要选照片" in fault("view", [True])
    assert "最多 3 张" in fault("view", ["1", "2", "3", "4"])


def test_conditions_look_at_one_or_several_answers() -> None:
    assert holds({}, {})
    assert holds({"what": ["路灯", "路面"]}, {"what": "路面"})
    assert holds({"signs": ["积水"]}, {"signs": ["裂缝", "积水"]})
    assert not holds({"what": ["路灯"], "signs": ["积水"]}, {"what": "路灯"})
    assert not holds({"what": ["路灯"]}, {})


@given(asked())
def test_what_is_kept_is_json_without_floats_and_passes_again(given_: tuple[KindBody, dict[str, Any]]) -> None:
    body, raw = given_
    try:
        kept = checked(body, raw, today=TODAY)
    except Invalid:
        return
    assert checked(body, kept, today=TODAY) == kept
    assert json.loads(json.dumps(kept), parse_float=pytest.fail) == kept


@given(asked())
def test_nothing_is_kept_that_was_not_asked_and_nothing_required_is_missing(
    given_: tuple[KindBody, dict[str, Any]],
) -> None:
    body, raw = given_
    try:
        kept = checked(body, {**raw, "nobody_asked": "x"}, today=TODAY, strict=False)
    except Invalid as error:
        refusal = error
    else:
        refusal = None
    if refusal is not None:
        assert all(rows and rows[0].endswith("。") for rows in refusal.fields.values())
        return
    assert set(kept) <= set(body.fields_by_code)
    for field in body.fields:
        if field.code in kept:
            assert is_shown(field, kept)
        elif field.required or field.type == "stop":
            assert not is_shown(field, kept)
        assert not (field.type == "stop" and kept.get(field.code) in field.stop_if)


@given(asked())
def test_the_api_takes_no_answer_to_a_question_that_the_kind_does_not_have(
    given_: tuple[KindBody, dict[str, Any]],
) -> None:
    body, raw = given_
    with pytest.raises(Invalid) as caught:
        checked(body, {**raw, "nobody_asked": "x"}, today=TODAY)
    assert isinstance(caught.value, Stopped) or "answers.nobody_asked" in caught.value.fields

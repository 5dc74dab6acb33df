"""Every kind of mistake that a schema can find has a sentence that says what to do; none is in English."""

import re
from datetime import date, time
from enum import StrEnum
from typing import Annotated, Any, Literal

import pytest
from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

from shanzhi.packs.checking import parsed


class Colour(StrEnum):
    RED = "red"
    BLUE = "blue"


class Cat(BaseModel):
    model_config = ConfigDict(extra="forbid")
    kind: Literal["cat"]
    lives: int = 9


class Dog(BaseModel):
    model_config = ConfigDict(extra="forbid")
    kind: Literal["dog"]


class Everything(BaseModel):
    model_config = ConfigDict(extra="forbid")

    name: str = ""
    short: Annotated[str, Field(min_length=2, max_length=4)] = "xx"
    code: Annotated[str, Field(pattern=r"^[a-z]+$")] = "a"
    count: Annotated[int, Field(ge=1, le=9)] = 1
    more: Annotated[int, Field(gt=0, lt=10)] = 1
    flag: bool = False
    day: date | None = None
    at: time | None = None
    colour: Colour = Colour.RED
    size: Literal["s", "m"] = "s"
    one: Literal["only"] = "only"
    rows: Annotated[list[str], Field(min_length=1, max_length=2)] = ["a"]
    pair: tuple[str, str] = ("a", "b")
    marks: frozenset[str] = frozenset()
    words: dict[str, str] = {}
    pet: Annotated[Cat | Dog, Field(discriminator="kind")] | None = None
    polite: str = ""

    @field_validator("polite")
    @classmethod
    def _polite(cls, text: str) -> str:
        if text == "bare":
            raise ValueError
        if text:
            raise ValueError("请说“请”。")
        return text

    @model_validator(mode="after")
    def _fits(self) -> "Everything":
        if self.name == "错":
            raise ValueError("名称和别的对不上")
        return self


TOLD: list[tuple[dict[str, Any], str]] = [
    ({"name": 1}, "“name”要写成文字；像数字的编号请加引号。"),
    ({"name": None}, "“name”没有内容，请写上，或删去这一行。"),
    ({"name": ["a"]}, "“name”要写成文字"),
    ({"short": "x"}, "“short”至少要 2 个字，请写上。"),
    ({"short": "xxxxx"}, "“short”最多 4 个字，请缩短。"),
    ({"code": "A" * 60}, f"“code”不能写成“{'A' * 40}…”，请按规定的写法改正。"),
    ({"count": "1"}, "“count”要写成整数，不加引号。"),
    ({"count": True}, "“count”要写成整数"),
    ({"count": 1.5}, "“count”要写成整数"),
    ({"count": 0}, "“count”不能小于 1。"),
    ({"count": 10}, "“count”不能大于 9。"),
    ({"more": 0}, "“more”要大于 0。"),
    ({"more": 10}, "“more”要小于 10。"),
    ({"flag": "true"}, "“flag”要写 true 或 false。"),
    ({"flag": 1}, "“flag”要写 true 或 false。"),
    ({"day": "2026-2-30"}, "“day”要写成日期，如 2026-10-01。"),
    ({"day": 20261001}, "“day”要写成日期"),
    ({"day": "2026-10-01T10:00:00"}, "“day”要写成日期"),
    ({"at": "25:00"}, '“at”要写成时刻，如 "08:30"。'),
    ({"at": ["8"]}, "“at”要写成时刻"),
    ({"colour": "green"}, "“colour”不能是“green”，可以写：red、blue。"),
    ({"size": "l"}, "“size”不能是“l”，可以写：s、m。"),
    ({"one": 3}, "“one”不能是“3”，可以写：only。"),
    ({"rows": "a"}, "“rows”要写成一项一项的清单，如 [甲, 乙]。"),
    ({"rows": []}, "“rows”至少要有 1 项，请补上。"),
    ({"rows": ["a", "b", "c"]}, "“rows”最多 2 项，请减少。"),
    ({"rows": [1]}, "“rows”要写成文字"),
    ({"pair": "ab"}, "“pair”要写成一项一项的清单"),
    ({"pair": ["a", "b", "c"]}, "“pair”最多 2 项，请减少。"),
    ({"marks": "a"}, "“marks”要写成一项一项的清单"),
    ({"words": ["a"]}, "“words”要写成“名称: 内容”一项一项的样子。"),
    ({"words": {"a": 1}}, "“a”要写成文字"),
    ({"pet": {"kind": "cow"}}, "“pet”里的 kind 不能是“cow”，可以写：cat、dog。"),
    ({"pet": {"lives": 3}}, "“pet”缺少说明它是哪一种的那一项，请补上。"),
    ({"pet": {"kind": "cat", "live": 3}}, "没有“live”这一项，是不是“lives”？请改正。"),
    ({"pet": 3}, "“pet”要写成“名称: 内容”"),
    ({"polite": "x"}, "请说“请”。"),
    ({"polite": "bare"}, "内容不对，请核对。"),
    ({"name": "错"}, "名称和别的对不上。"),
    ({"name": "看不见\x07"}, "文字里有看不见的控制字符，请删去。"),
    ({"words": {"\u2028": "x"}}, "文字里有看不见的控制字符，请删去。"),
    ({"rows": ["\ud800"]}, "文字里有看不见的控制字符，请删去。"),
]


@pytest.mark.parametrize(("value", "sentence"), TOLD, ids=lambda part: ascii(part)[:40])
def test_a_mistake_is_told_in_plain_words(value: dict[str, Any], sentence: str) -> None:
    body, faults = parsed(Everything, value)
    assert body is None
    assert len(faults) == 1, faults
    assert faults[0].sentence.startswith(sentence)
    assert faults[0].sentence.endswith("。")
    english = re.sub(r"“[^”]*”|true|false|[a-z_']+(?=[、。 ])|\d[\d:-]*|\"08:30\"", "", faults[0].sentence)
    assert not re.search(r"[A-Za-z]{3}", english), faults[0].sentence


def test_several_mistakes_in_the_order_of_the_fields() -> None:
    _, faults = parsed(Everything, {"more": 0, "name": 1, "rows": [1], "extra": 1})
    assert [fault.path for fault in faults] == [("name",), ("more",), ("rows", 0), ("extra",)]


def test_what_is_right_is_taken() -> None:
    value = {"day": "2026-10-01", "at": "08:30", "colour": "blue", "pair": ["x", "y"], "pet": {"kind": "cat"}}
    body, faults = parsed(Everything, value)
    assert faults == []
    assert (body.day, body.at, body.colour, body.pair) == (date(2026, 10, 1), time(8, 30), Colour.BLUE, ("x", "y"))
    assert body.pet == Cat(kind="cat")


@pytest.mark.parametrize("value", [[], "x", 3, None, True])
def test_a_body_that_is_no_mapping(value: Any) -> None:
    _, faults = parsed(Everything, value)
    assert [fault.path for fault in faults] == [()]
    assert "这里" in faults[0].sentence

"""The body of a kind as it stands in a pack: every key, its form, and what it means when it is left out.

What can be said of one value alone is said here; what needs the rest of the body or the county is in `checks`.
"""

from functools import cached_property
from typing import Annotated, Final, Literal

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field

from shanzhi.lib.clocks import Span

LABEL: Final = 30
SENTENCE: Final = 200
MAX_FIELDS: Final = 30
CHOICE_TYPES: Final = frozenset({"choice", "choices", "stop"})
FieldType = Literal["text", "long", "number", "choice", "choices", "date", "person", "place", "photo", "stop"]
FIELD_TYPES: Final[dict[str, str]] = {
    "text": "一行文字",
    "long": "一段文字",
    "number": "数字",
    "choice": "单选",
    "choices": "多选",
    "date": "日期",
    "person": "人（姓名和电话）",
    "place": "地点",
    "photo": "照片",
    "stop": "止步问题",
}
ICONS: Final[dict[str, str]] = {
    "message-circle": "对话", "road": "道路", "trash": "垃圾桶", "scale": "天平", "shield": "盾牌", "flame": "火焰",
    "droplet": "水滴", "plant-2": "植物", "building": "楼房", "users": "几个人", "help-circle": "问号",
    "info-circle": "提示", "alert-triangle": "警示", "writing": "书写", "coin": "钱币", "home": "房屋", "home-2": "院落",
    "map-pin": "地点", "walk": "行人", "award": "奖章", "gavel": "木槌", "plug": "插头", "eye": "眼睛", "bell": "铃铛",
    "world": "地球", "building-community": "社区", "user": "一个人", "route": "路线", "camera": "相机", "tool": "工具",
}  # fmt: skip


def _span(text: str) -> str:
    """A time limit with its unit, in the one spelling that it is exported with."""
    return Span.parse(text).text()


def _with_unit(value: object) -> object:
    """A bare number is what people write first: say what it lacks instead of what it is."""
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        raise ValueError(f"时限“{value}”没有写单位，请写成 {value} working days 或 {value} hours 这样")
    return value


def _one_line(text: str) -> str:
    if text != text.strip() or not text.strip() or "\n" in text:
        raise ValueError("要写一行文字，前后不留空格，不能空着。")
    return text


def _code(text: str) -> str:
    if not (text[:1].isalpha() and text.isascii() and text == text.lower() and text.replace("_", "a").isalnum()):
        raise ValueError(f"代码“{text[:20]}”要用小写英文字母开头，后面只用小写字母、数字和下划线。")
    return text


def _hours(text: str) -> str:
    """ "08:00-18:00"; from and to are compared in `checks`. 24:00 is the end of the day."""
    parts = text.split("-")
    if text and (len(parts) != 2 or not all(_is_clock(part) for part in parts)):
        raise ValueError(f"时段“{text[:20]}”要写成 08:00-18:00 这样。")
    return text


def _is_clock(text: str) -> bool:
    if len(text) != 5 or text[2] != ":" or not (text[:2] + text[3:]).isascii() or not (text[:2] + text[3:]).isdigit():
        return False
    return (int(text[:2]) < 24 and int(text[3:]) < 60) or text == "24:00"


def _icon(name: str) -> str:
    if name not in ICONS:
        raise ValueError(f"没有叫“{name[:20]}”的图标，可用的有：{'、'.join(ICONS)}。")
    return name


Code = Annotated[str, Field(min_length=1, max_length=30), AfterValidator(_code)]
Line = Annotated[str, Field(max_length=SENTENCE), AfterValidator(_one_line)]
Label = Annotated[str, Field(max_length=LABEL), AfterValidator(_one_line)]
Limit = Annotated[str, Field(max_length=40), BeforeValidator(_with_unit), AfterValidator(_span)]
Lines = Annotated[tuple[Line, ...], Field(strict=False, max_length=60)]
Codes = Annotated[tuple[Code, ...], Field(strict=False, max_length=30)]
Condition = Annotated[dict[str, Lines], Field(max_length=5)]


class Part(BaseModel):
    """Unknown keys are faults; a number in quotes is no number."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


class FieldBody(Part):
    """One question of the form. `shown_if`: every named field holds one of its values, or this one is not asked.

    `seen_by`: the roles that may read the answer, beside whoever gave it; empty for all who see the case.
    """

    code: Code
    label: Label
    type: FieldType
    hint: Annotated[str, Field(max_length=SENTENCE)] = ""
    required: bool = False
    choices: Lines = ()
    min: Annotated[int, Field(ge=-1_000_000_000, le=1_000_000_000)] | None = None
    max: Annotated[int, Field(ge=-1_000_000_000, le=1_000_000_000)] | None = None
    decimals: Annotated[int, Field(ge=0, le=4)] = 0
    unit: Annotated[str, Field(max_length=10)] = ""
    day: Literal["any", "past", "future"] = "any"
    stop_if: Lines = ()
    say: Annotated[str, Field(max_length=SENTENCE)] = ""
    shown_if: Condition = {}
    seen_by: Lines = ()


class Clocks(Part):
    """How long each step may take; the whistle's is the time to report in, that of `supervise` to answer."""

    accept: Limit = "24 hours"
    dispatch: Limit = "24 hours"
    handle: Limit = "7 days"
    verify: Limit = "3 days"
    rate: Limit = "7 days"
    whistle: Limit = "30 minutes"
    supervise: Limit = "3 working days"


class UrgentClocks(Part):
    """The same with danger to life; what is left out is as in `clocks`."""

    accept: Limit | None = None
    dispatch: Limit | None = None
    handle: Limit | None = None
    verify: Limit | None = None
    rate: Limit | None = None
    whistle: Limit | None = None
    supervise: Limit | None = None


CLOCKS: Final[dict[str, str]] = {
    "accept": "受理",
    "dispatch": "分派",
    "handle": "处理",
    "verify": "核查",
    "rate": "评价",
    "whistle": "吹哨后报到",
    "supervise": "回复督办",
}


class StageBody(Part):
    """A stop inside handling; the first one is where handling begins, one without `next` may end it."""

    code: Code
    label: Label
    next: Codes = ()


class RouteBody(Part):
    """Who gets a case: units (the first leads, the others help), or the place's own grid or village, or one person.

    It fits where `where` (codes of places, with all below them), `hours`, `days` and `answers` all fit; what is left
    out fits always. `optional`: a place without such a unit is passed over without a word, so that a pack can name
    units that only some counties have.
    """

    units: Lines = ()
    areas: Literal["", "grid", "village"] = ""
    person: Annotated[str, Field(max_length=32)] = ""
    level: Literal["township", "county"] = "township"
    where: Lines = ()
    hours: Annotated[str, AfterValidator(_hours)] = ""
    days: Literal["all", "working", "off"] = "all"
    answers: Condition = {}
    auto: bool = False
    optional: bool = False


class PaperBody(Part):
    """A printed paper; `{code}` in its text is replaced by what the case says."""

    code: Code
    label: Label
    text: Annotated[str, Field(min_length=1, max_length=4000)]


class KindBody(Part):
    """One kind of case. A version of it never changes; a case keeps the version that it began under."""

    label: Label
    icon: Annotated[str, AfterValidator(_icon)] = "message-circle"
    order: Annotated[int, Field(ge=0, le=9999)] = 100
    department: Annotated[str, Field(max_length=LABEL)] = ""
    public: bool = True
    hint: Annotated[str, Field(max_length=SENTENCE)] = ""
    fields: Annotated[tuple[FieldBody, ...], Field(strict=False, max_length=MAX_FIELDS)] = ()
    clocks: Clocks = Clocks()
    urgent: UrgentClocks = UrgentClocks()
    handling: Annotated[tuple[Limit, ...], Field(strict=False, max_length=8)] = (
        "2 hours", "24 hours", "3 days", "7 days",
    )  # fmt: skip
    stages: Annotated[tuple[StageBody, ...], Field(strict=False, max_length=20)] = ()
    routes: Annotated[tuple[RouteBody, ...], Field(strict=False, max_length=60)] = ()
    papers: Annotated[tuple[PaperBody, ...], Field(strict=False, max_length=10)] = ()
    replies: Annotated[dict[str, Lines], Field(max_length=30)] = {}
    seen_by: Lines = ()
    acts_off: Lines = ()

    @cached_property
    def fields_by_code(self) -> dict[str, FieldBody]:
        return {field.code: field for field in self.fields}

    @cached_property
    def stages_by_code(self) -> dict[str, StageBody]:
        return {stage.code: stage for stage in self.stages}

    @cached_property
    def _spans(self) -> dict[tuple[str, bool], Span]:
        spans = {}
        for name in CLOCKS:
            usual = getattr(self.clocks, name)
            spans[name, False] = Span.parse(usual)
            spans[name, True] = Span.parse(getattr(self.urgent, name) or usual)
        return spans

    def span(self, clock: str, *, urgent: bool = False) -> Span:
        """The time for a step of CLOCKS; KeyError for another name."""
        return self._spans[clock, urgent]

    @cached_property
    def handling_spans(self) -> tuple[Span, ...]:
        """The limits offered when dispatching, in the kind's order."""
        return tuple(Span.parse(text) for text in self.handling)

    @property
    def first_stage(self) -> str:
        """Where handling begins; empty for a kind without stages."""
        return self.stages[0].code if self.stages else ""

    def stage_label(self, code: str) -> str:
        stage = self.stages_by_code.get(code)
        return stage.label if stage is not None else ""

    def next_stages(self, code: str) -> tuple[StageBody, ...]:
        """Where handling may go from here; empty at an end, or where the version knows no such stage."""
        stage = self.stages_by_code.get(code)
        return tuple(self.stages_by_code[name] for name in stage.next) if stage is not None else ()

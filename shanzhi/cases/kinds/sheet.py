"""What a person fills in to change a kind: sections, their columns, and in which words each value is written."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from shanzhi.access.permissions import ADMINISTRATORS, ROLES
from shanzhi.cases.acts import Act
from shanzhi.cases.kinds.checks import BY_ITSELF, NEEDED, ONLY_FOR
from shanzhi.cases.kinds.schema import FIELD_TYPES

Choices = Sequence[tuple[str, str]]
UNITS: Final[Choices] = (
    ("minutes", "分钟"),
    ("hours", "小时"),
    ("working hours", "个工作小时"),
    ("working days", "个工作日"),
    ("days", "天"),
)
WHO: Final[Choices] = (
    ("units", "部门或中心"),
    ("village", "所在的村（社区）"),
    ("grid", "所在的网格"),
    ("person", "一个人"),
)


@dataclass(frozen=True, slots=True)
class Column:
    """One value of a row. `kind`: line, text, lines, words, condition, choice, check, whole.

    `only`: it is asked only if another column of the row has one of these values. `wide` takes the whole width.
    """

    key: str
    label: str
    kind: str = "line"
    hint: str = ""
    choices: Choices = ()
    only: tuple[str, tuple[str, ...]] | None = None
    wide: bool = False


@dataclass(frozen=True, slots=True)
class Section:
    """A list of rows; `one` is what a row is called, `prefix` begins a code that was left empty."""

    key: str
    label: str
    one: str
    columns: tuple[Column, ...]
    prefix: str = ""
    hint: str = ""

    @property
    def by_key(self) -> Mapping[str, Column]:
        return {column.key: column for column in self.columns}


def _types(key: str) -> tuple[str, tuple[str, ...]]:
    return "type", tuple(name for name in FIELD_TYPES if name in ONLY_FOR[key])


CODE_HINT: Final = "小写英文字母开头，空着就自动起；发布后不要改"
CONDITION_HINT: Final = "一行一个条件，例如“是什么：路灯 / 路面”；空着就总是"
FIELDS: Final = Section(
    "fields", "要填的项目", "项目",
    (
        Column("label", "名称"),
        Column("type", "类型", "choice", choices=tuple(FIELD_TYPES.items())),
        Column("required", "必须填", "check"),
        Column("hint", "提示", wide=True),
        Column("choices", "选项", "lines", "一行一个", only=_types("choices")),
        Column("stop_if", "选了哪个就止步", "lines", "一行一个", only=_types("stop_if")),
        Column("say", "止步时说什么", "line", "先要人做什么，例如：请先打 119", only=_types("say"), wide=True),
        Column("min", "最小", "whole", only=_types("min")),
        Column("max", "最大", "whole", only=_types("max")),
        Column("unit", "单位", only=_types("unit")),
        Column("decimals", "小数位数", "whole", only=_types("decimals")),
        Column("day", "哪些日期", "choice", choices=(("any", "不限"), ("past", "今天和以前"), ("future", "今天和以后")),
               only=_types("day")),
        Column("shown_if", "什么时候问", "condition", CONDITION_HINT + "问", wide=True),
        Column("seen_by", "谁能看到答案", "words", "写岗位名称，用顿号隔开，例如：村文书、部门经办人；空着就是看得到这件事的都能看", wide=True),
        Column("code", "代码", "line", CODE_HINT),
    ),
    prefix="f", hint="从上到下就是上报时的次序。能不问的就不问。",
)  # fmt: skip
STAGES: Final = Section(
    "stages", "办理环节", "环节",
    (
        Column("label", "名称"),
        Column("next", "下一环节", "words", "写环节名称，几个就用顿号隔开；空着表示到这里可以办完"),
        Column("code", "代码", "line", CODE_HINT),
    ),
    prefix="s", hint="处理中的几步，第一个是起点；没有就不分环节。",
)  # fmt: skip
ROUTES: Final = Section(
    "routes", "去向", "去向",
    (
        Column("who", "交给谁", "choice", choices=WHO),
        Column("units", "部门或中心", "words", "写名称，用顿号隔开；第一个牵头，其余配合", only=("who", ("units",))),
        Column("level", "哪一级的", "choice", choices=(("township", "乡镇（街道）"), ("county", "县级")),
               only=("who", ("units",))),
        Column("person", "登录账号", only=("who", ("person",))),
        Column("answers", "什么情况", "condition", CONDITION_HINT + "适用", wide=True),
        Column("where", "哪些地方", "words", "写区划代码，用顿号隔开；空着就是全县"),
        Column("hours", "什么时段", "line", "例如 08:00-18:00；空着就是全天"),
        Column("days", "什么日子", "choice", choices=(("all", "每天"), ("working", "工作日"), ("off", "休息日"))),
        Column("auto", "受理后直接派过去，不等人分派", "check"),
        Column("optional", "当地没有这个部门就跳过", "check"),
    ),
    hint="从上往下，第一条合适的就用它。都不合适，由受理的人决定。",
)  # fmt: skip
PAPERS: Final = Section(
    "papers", "文书", "文书",
    (
        Column("label", "名称"),
        Column("code", "代码", "line", CODE_HINT),
        Column("text", "内容", "text", "花括号里写代码，打印时换成这件事的内容，例如 {number}、{reporter}", wide=True),
    ),
    prefix="p",
)  # fmt: skip
ACT_CHOICES: Final[Choices] = tuple((act.value, act.done.rstrip("：")) for act in Act if act not in BY_ITSELF)
REPLIES: Final = Section(
    "replies", "常用语", "办理",
    (
        Column("act", "办理时", "choice", choices=ACT_CHOICES),
        Column("lines", "可以选用的话", "lines", "一行一句", wide=True),
    ),
)  # fmt: skip
SECTIONS: Final = {section.key: section for section in (FIELDS, STAGES, ROUTES, PAPERS, REPLIES)}
ROLE_CHOICES: Final[Choices] = tuple((code, role.label) for code, role in ROLES.items() if code not in ADMINISTRATORS)
OFF_CHOICES: Final[Choices] = tuple((a.value, a.done.rstrip("：")) for a in Act if a not in (*NEEDED, *BY_ITSELF))
ROLE_LABELS: Final = dict(ROLE_CHOICES)
ROLE_CODES: Final = {label: code for code, label in ROLE_CHOICES}
BASIC_LABELS: Final = {
    "label": "名称", "department": "主管部门", "icon": "图标", "order": "次序", "hint": "说明",
    "handling": "分派时可以选的时限",
}  # fmt: skip

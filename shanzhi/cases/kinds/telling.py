"""A kind in words, for the pages of those who only read it: clocks, routes, stages, what is off and who may see."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from shanzhi.access.permissions import ROLES
from shanzhi.areas.models import Area
from shanzhi.cases.acts import Act
from shanzhi.cases.kinds.editing import Draft
from shanzhi.cases.kinds.schema import CLOCKS, KindBody, RouteBody
from shanzhi.cases.kinds.sheet import BASIC_LABELS, SECTIONS, Column
from shanzhi.ui.parts import StepItem

DAYS: Final = {"all": "", "working": "工作日", "off": "休息日"}
AREAS: Final = {"grid": "所在的网格", "village": "所在的村（社区）"}


@dataclass(frozen=True, slots=True)
class RouteLine:
    """One route: when it holds, who gets it, what goes with that."""

    when: str
    who: str
    notes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ClockLine:
    label: str
    usual: str
    urgent: str


def clock_lines(body: KindBody) -> list[ClockLine]:
    """Each clock as usual and with danger to life; the same twice where nothing else is said."""
    return [
        ClockLine(label, body.span(name).words(), body.span(name, urgent=True).words())
        for name, label in CLOCKS.items()
    ]


def condition_words(condition: Mapping[str, Sequence[str]], body: KindBody) -> str:
    """“是什么”选了路灯或路面"""
    parts = []
    for code, values in condition.items():
        question = body.fields_by_code.get(code)
        parts.append(f"“{question.label if question else code}”选了{'或'.join(values)}")
    return "，".join(parts)


def place_names(bodies: Iterable[KindBody]) -> dict[str, str]:
    """Names of the places that routes are limited to; one statement, none if there are none."""
    codes = {code for body in bodies for route in body.routes for code in route.where}
    if not codes:
        return {}
    return dict(Area.objects.filter(code__in=codes, valid_to__isnull=True).values_list("code", "name"))


def route_lines(body: KindBody, names: Mapping[str, str]) -> list[RouteLine]:
    """The routes in the order in which they are tried."""
    return [_route(route, body, names) for route in body.routes]


def _route(route: RouteBody, body: KindBody, names: Mapping[str, str]) -> RouteLine:
    time = f"{DAYS[route.days]} {route.hours}".strip()
    places = "、".join(names.get(code, code) for code in route.where)
    parts = [part for part in (places, time, condition_words(route.answers, body)) if part]
    if route.units:
        level = "乡镇的" if route.level == "township" else "县级"
        who = f"{level}{route.units[0]}"
        if len(route.units) > 1:
            who += f"牵头，{'、'.join(route.units[1:])}配合"
    else:
        who = AREAS.get(route.areas) or f"账号 {route.person} 的人"
    notes = []
    if route.auto:
        notes.append("受理后直接派过去")
    if route.optional:
        notes.append("当地没有就跳过")
    return RouteLine("，".join(parts) or "其余情况", who, tuple(notes))


def step_items(body: KindBody) -> list[StepItem]:
    """The stages as a bar of steps, each with where it may go on to."""
    items = []
    for stage in body.stages:
        following = "、".join(one.label for one in body.next_stages(stage.code))
        items.append(StepItem(stage.label, f"接着{following}" if following else "可以办完"))
    return items


def reply_lines(body: KindBody) -> list[tuple[str, tuple[str, ...]]]:
    """Ready sentences by the act that they are for."""
    return [(act_label(act), lines) for act, lines in body.replies.items()]


def act_label(act: str) -> str:
    return Act(act).done.rstrip("：") if act in {one.value for one in Act} else act


def off_labels(body: KindBody) -> list[str]:
    return [act_label(act) for act in body.acts_off]


def role_labels(body: KindBody) -> list[str]:
    return [ROLES[code].label for code in body.seen_by if code in ROLES]


def field_summary(body: KindBody) -> str:
    """8 项，2 项必填"""
    needed = sum(1 for field in body.fields if field.required or field.type == "stop")
    return f"{len(body.fields)} 项，{needed} 项必填" if needed else f"{len(body.fields)} 项"


def text_of(body: KindBody) -> str:
    """The whole kind as lines in plain words, by which two versions are compared."""
    draft = Draft.of(body)
    lines = [f"{BASIC_LABELS[key]}：{_flat(draft.basics[key])}" for key in BASIC_LABELS if draft.basics[key]]
    lines.append("可以出现在公开页面" if body.public else "不出现在公开页面")
    for line in clock_lines(body):
        lines += [f"{line.label}时限，一般：{line.usual}", f"{line.label}时限，有人身危险：{line.urgent}"]
    for section in SECTIONS.values():
        for row in draft.rows[section.key]:
            first, *others = section.columns
            lines.append(f"【{section.one}】{_value(first, row)}")
            lines += [f"　{column.label}：{_value(column, row)}" for column in others if _value(column, row)]
    lines += [f"能看的：{label}" for label in role_labels(body)] + [
        f"不用的办理：{label}" for label in off_labels(body)
    ]
    return "\n".join(lines) + "\n"


def _flat(text: str) -> str:
    return " / ".join(part.strip() for part in text.splitlines() if part.strip())


def _value(column: Column, row: Mapping[str, str]) -> str:
    """A value as the page says it; empty where the row does not have it."""
    value = row[column.key]
    if column.only is not None and row.get(column.only[0]) not in column.only[1]:
        return ""
    if column.kind == "check":
        return "是" if value else ""
    return dict(column.choices).get(value, value) if column.choices else _flat(value)

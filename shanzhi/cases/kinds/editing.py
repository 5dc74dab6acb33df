"""A kind on its way through the editor: what was typed, as it was typed, and the body that it says.

Nothing is judged here. What can't be read is handed on as it stands, so that the checks of packs name it; what was
typed never changes by going to and fro.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from django.http import QueryDict

from shanzhi.cases.kinds.schema import CLOCKS, KindBody
from shanzhi.cases.kinds.sheet import (
    FIELDS,
    PAPERS,
    REPLIES,
    ROLE_CODES,
    ROLE_LABELS,
    ROUTES,
    SECTIONS,
    STAGES,
    Column,
    Section,
)
from shanzhi.lib.clocks import Span

Row = dict[str, str]
BASICS: Final = ("label", "icon", "order", "department", "hint", "public", "handling")
LISTS: Final = ("seen_by", "acts_off")
SPLIT: Final = re.compile(r"[、，,;；\s]+")
SLASH: Final = re.compile(r"\s*[/／]\s*")
MOST_ROWS: Final = 60


@dataclass
class Draft:
    """Everything typed: single values, limits as (number, unit), ticked lists, and rows in their order."""

    basics: Row = field(default_factory=dict)
    clocks: dict[str, tuple[str, str]] = field(default_factory=dict)
    lists: dict[str, list[str]] = field(default_factory=dict)
    rows: dict[str, list[Row]] = field(default_factory=dict)

    @classmethod
    def sent(cls, data: QueryDict) -> "Draft":
        """What a form posted."""
        draft = cls()
        draft.basics = {key: _plain(data.get(key, "")) for key in BASICS}
        for name in _clock_names():
            draft.clocks[name] = (_plain(data.get(f"{name}-n", "")), _plain(data.get(f"{name}-u", "")))
        draft.lists = {key: [str(one) for one in data.getlist(key)] for key in LISTS}
        for section in SECTIONS.values():
            numbers = [str(one) for one in data.getlist(section.key)][:MOST_ROWS]
            draft.rows[section.key] = [
                {column.key: _plain(data.get(f"{section.key}-{number}-{column.key}", "")) for column in section.columns}
                for number in numbers
            ]
        return draft

    @classmethod
    def of(cls, body: KindBody) -> "Draft":
        """A body as it would have been typed."""
        draft = cls()
        draft.basics = {
            "label": body.label, "icon": body.icon, "order": str(body.order), "department": body.department,
            "hint": body.hint, "public": "on" if body.public else "",
            "handling": "\n".join(span.words() for span in body.handling_spans),
        }  # fmt: skip
        for name in _clock_names():
            group, clock = name.split("-")
            draft.clocks[name] = _limit_words(getattr(getattr(body, group), clock) or "")
        draft.lists = {"seen_by": list(body.seen_by), "acts_off": list(body.acts_off)}
        draft.rows = _rows_of(body)
        return draft

    def act(self, wanted: str) -> str:
        """Add, move or remove a row: `add:fields`, `up:fields:2`. Returns the name of the row to look at, if any."""
        verb, _, rest = wanted.partition(":")
        key, _, number = rest.partition(":")
        rows = self.rows.get(key)
        if rows is None:
            return ""
        if verb == "add" and len(rows) < MOST_ROWS:
            rows.append(
                {column.key: column.choices[0][0] if column.choices else "" for column in SECTIONS[key].columns}
            )
            return f"{key}-{len(rows) - 1}"
        at = int(number) if number.isdecimal() and len(number) < 4 else len(rows)
        if at >= len(rows):
            return ""
        if verb == "remove":
            del rows[at]
            return f"{key}-{max(0, at - 1)}" if rows else ""
        to = at - 1 if verb == "up" else at + 1
        if verb in ("up", "down") and 0 <= to < len(rows):
            rows[at], rows[to] = rows[to], rows[at]
            return f"{key}-{to}"
        return ""

    def pairs(self) -> list[tuple[str, str]]:
        """As hidden inputs, by which the draft goes through the page that shows it."""
        out = list(self.basics.items())
        for name, (number, unit) in self.clocks.items():
            out += [(f"{name}-n", number), (f"{name}-u", unit)]
        out += [(key, one) for key, ones in self.lists.items() for one in ones]
        for key, rows in self.rows.items():
            for at, row in enumerate(rows):
                out.append((key, str(at)))
                out += [(f"{key}-{at}-{name}", value) for name, value in row.items()]
        return [(name, value) for name, value in out if value]

    def body(self) -> dict[str, Any]:
        """What was typed as a body, still unjudged; what is empty is left out."""
        out: dict[str, Any] = {key: self.basics[key] for key in ("label", "icon", "department", "hint")}
        out["order"] = _whole(self.basics["order"])
        out["handling"] = [_limit(line) for line in _lines(self.basics["handling"])]
        for name, (number, unit) in self.clocks.items():
            group, clock = name.split("-")
            if number:
                out.setdefault(group, {})[clock] = f"{number} {unit}".strip()
        out |= {key: list(dict.fromkeys(ones)) for key, ones in self.lists.items()}
        fields = [_named(FIELDS, row, at) for at, row in enumerate(self.rows["fields"])]
        stages = [_named(STAGES, row, at) for at, row in enumerate(self.rows["stages"])]
        labels = {one["label"]: one["code"] for one in reversed(fields)}
        steps = {one["label"]: one["code"] for one in reversed(stages)}
        out["fields"] = [_field(one, labels) for one in fields]
        out["stages"] = [
            _full({**one, "next": [steps.get(name, name) for name in _words(one["next"])]}) for one in stages
        ]
        out["routes"] = [_route(row, labels) for row in self.rows["routes"]]
        out["papers"] = [
            _full({**_named(PAPERS, row, at), "text": row["text"] and row["text"].rstrip("\n") + "\n"})
            for at, row in enumerate(self.rows["papers"])
        ]
        replies: dict[str, list[str]] = {}
        for row in self.rows["replies"]:
            replies.setdefault(row["act"], []).extend(_lines(row["lines"]))
        out["replies"] = replies
        return {**_full(out), "public": bool(self.basics["public"])}


def _clock_names() -> list[str]:
    return [f"{group}-{clock}" for group in ("clocks", "urgent") for clock in CLOCKS]


def _plain(value: Any) -> str:
    """As typed, with plain line ends and without the blanks around it."""
    return str(value).replace("\r\n", "\n").replace("\r", "\n").strip()


def _full(values: Mapping[str, Any]) -> dict[str, Any]:
    """Without what was left empty; 0 is no empty value."""
    return {key: value for key, value in values.items() if value or (value == 0 and value is not False)}


def _whole(text: str) -> Any:
    return int(text) if re.fullmatch(r"-?[0-9]{1,15}", text) else text or None


def _lines(text: str) -> list[str]:
    return [line.strip() for line in text.splitlines() if line.strip()]


def _words(text: str) -> list[str]:
    return [word for word in SPLIT.split(text) if word]


def _limit(text: str) -> str:
    """A limit in whatever words as packs write it; what is none stays for the checks to name."""
    try:
        return Span.parse(text).text()
    except ValueError:
        return text


def _limit_words(text: str) -> tuple[str, str]:
    number, _, unit = text.partition(" ")
    if unit == "seconds":
        return "", ""
    return number, unit


def _condition(text: str, labels: Mapping[str, str]) -> dict[str, list[str]]:
    """是什么：路灯 / 路面 → {"what": ["路灯", "路面"]}, by the question's name or code."""
    found: dict[str, list[str]] = {}
    for line in _lines(text):
        name, _, values = re.sub("[：=]", ":", line, count=1).partition(":")
        name = name.strip()
        code = labels.get(name, name)
        found.setdefault(code, []).extend(value for value in SLASH.split(values.strip()) if value)
    return found


def _condition_words(condition: Mapping[str, Sequence[str]], body: KindBody) -> str:
    lines = []
    for code, values in condition.items():
        question = body.fields_by_code.get(code)
        label = question.label if question is not None and _is_alone(question.label, body) else code
        lines.append(f"{label}：{' / '.join(values)}")
    return "\n".join(lines)


def _is_alone(label: str, body: KindBody) -> bool:
    """Whether a label names one question only, and nothing in it would be read as something else."""
    used = [one for one in (*(f.label for f in body.fields), *body.fields_by_code) if one == label]
    return len(used) == 1 and not re.search("[:：=]", label)


def _named(section: Section, row: Row, at: int) -> Row:
    """The row with a code, even if none was typed."""
    return {**row, "code": row["code"] or f"{section.prefix}{at + 1}"}


def _asked(section: Section, row: Row, column: Column) -> bool:
    return column.only is None or row.get(column.only[0]) in column.only[1]


def _field(row: Row, labels: Mapping[str, str]) -> dict[str, Any]:
    kept = {column.key: row[column.key] for column in FIELDS.columns if _asked(FIELDS, row, column)}
    out: dict[str, Any] = dict(kept)
    for key in ("min", "max", "decimals"):
        if key in out:
            out[key] = _whole(kept[key])
    for key in ("choices", "stop_if"):
        if key in out:
            out[key] = _lines(kept[key])
    out["required"] = bool(row["required"])
    out["shown_if"] = _condition(row["shown_if"], labels)
    out["seen_by"] = [ROLE_CODES.get(word, word) for word in _words(row["seen_by"])]
    if out.get("day") == "any":
        del out["day"]
    return _full(out)


def _route(row: Row, labels: Mapping[str, str]) -> dict[str, Any]:
    out: dict[str, Any] = {
        "where": _words(row["where"]),
        "hours": row["hours"].replace(" ", "").replace("：", ":").replace("－", "-"),
        "days": row["days"],
        "answers": _condition(row["answers"], labels),
        "auto": bool(row["auto"]),
        "optional": bool(row["optional"]),
    }
    match row["who"]:
        case "units":
            out |= {"units": _words(row["units"]), "level": row["level"]}
        case "person":
            out["person"] = row["person"]
        case area:
            out["areas"] = area
    return _full(out)


def _rows_of(body: KindBody) -> dict[str, list[Row]]:
    steps = {stage.code: stage.label for stage in body.stages}
    alone = len(set(steps.values())) == len(steps) and not any(SPLIT.search(label) for label in steps.values())
    fields = [
        {
            "label": one.label, "type": one.type, "required": "on" if one.required else "", "hint": one.hint,
            "choices": "\n".join(one.choices), "stop_if": "\n".join(one.stop_if), "say": one.say,
            "min": "" if one.min is None else str(one.min), "max": "" if one.max is None else str(one.max),
            "unit": one.unit, "decimals": str(one.decimals or ""), "day": one.day,
            "shown_if": _condition_words(one.shown_if, body), "code": one.code,
            "seen_by": "、".join(ROLE_LABELS.get(role, role) for role in one.seen_by),
        }
        for one in body.fields
    ]  # fmt: skip
    stages = [
        {"label": one.label, "code": one.code, "next": "、".join(steps[code] if alone else code for code in one.next)}
        for one in body.stages
    ]
    routes = [
        {
            "who": "units" if one.units else one.areas or "person", "units": "、".join(one.units), "level": one.level,
            "person": one.person, "answers": _condition_words(one.answers, body), "where": "、".join(one.where),
            "hours": one.hours, "days": one.days, "auto": "on" if one.auto else "",
            "optional": "on" if one.optional else "",
        }
        for one in body.routes
    ]  # fmt: skip
    papers = [{"label": one.label, "code": one.code, "text": one.text.strip("\n")} for one in body.papers]
    replies = [{"act": act, "lines": "\n".join(lines)} for act, lines in body.replies.items()]
    return {
        FIELDS.key: fields, STAGES.key: stages, ROUTES.key: routes, PAPERS.key: papers, REPLIES.key: replies,
    }  # fmt: skip

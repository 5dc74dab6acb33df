"""The editor's page: every control with its name, its value as typed, and the mistakes that belong to it."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from shanzhi.cases.kinds.editing import Draft, Row
from shanzhi.cases.kinds.schema import CLOCKS, FIELD_TYPES, ICONS
from shanzhi.cases.kinds.sheet import (
    ACT_CHOICES,
    BASIC_LABELS,
    OFF_CHOICES,
    ROLE_CHOICES,
    SECTIONS,
    WHO,
    Choices,
    Column,
    Section,
)
from shanzhi.packs.families import Fault

LONG_ROWS = {"text": 10, "lines": 4, "condition": 2}


@dataclass(frozen=True, slots=True)
class Cell:
    """One control. `shown_if` is the condition of another control in the page, as JSON; empty for always."""

    name: str
    label: str
    kind: str
    value: str
    hint: str = ""
    choices: Choices = ()
    wide: bool = False
    errors: tuple[str, ...] = ()
    shown_if: str = ""

    @property
    def rows(self) -> int:
        return LONG_ROWS.get(self.kind, 2)

    @property
    def is_area(self) -> bool:
        return self.kind in LONG_ROWS

    @property
    def described_by(self) -> str:
        parts = [f"{self.name}-{part}" for part, there in (("hint", self.hint), ("error", self.errors)) if there]
        return " ".join(parts)


@dataclass(frozen=True, slots=True)
class RowView:
    """A row with its cells; `number` counts from 0, `title` says what it is when it is folded."""

    key: str
    number: int
    title: str
    cells: tuple[Cell, ...]
    errors: tuple[str, ...]
    is_open: bool
    is_first: bool
    is_last: bool

    @property
    def name(self) -> str:
        return f"{self.key}-{self.number}"


@dataclass(frozen=True, slots=True)
class ClockView:
    clock: str
    label: str
    usual: "LimitView"
    urgent: "LimitView"


@dataclass(frozen=True, slots=True)
class LimitView:
    name: str
    label: str
    number: str
    unit: str
    errors: tuple[str, ...]


@dataclass
class Errors:
    """Sentences by the name of the control that they belong to; `rest` belong to none."""

    by_name: dict[str, list[str]] = field(default_factory=dict)
    rest: list[str] = field(default_factory=list)

    @classmethod
    def of(cls, faults: Iterable[Fault], draft: Draft) -> "Errors":
        errors = cls()
        for fault in faults:
            name = _name_of(fault.path, draft)
            if name:
                errors.by_name.setdefault(name, []).append(_spoken(fault, name))
            else:
                errors.rest.append(fault.sentence)
        return errors

    def at(self, name: str) -> tuple[str, ...]:
        return tuple(self.by_name.get(name, ()))

    def lines(self) -> list[tuple[str, str]]:
        """For the summary: (name of the control, sentence)."""
        return [("", one) for one in self.rest] + [(n, one) for n, ones in self.by_name.items() for one in ones]


def _name_of(path: tuple[str | int, ...], draft: Draft) -> str:
    """The control of a place in the body."""
    match path:
        case ("replies", str(act), *_):
            rows = [number for number, row in enumerate(draft.rows["replies"]) if row["act"] == act]
            return f"replies-{rows[0]}-lines" if rows else ""
        case (str(group), str(clock), *_) if group in ("clocks", "urgent") and clock in CLOCKS:
            return f"{group}-{clock}-n"
        case ("routes", int(number), str(key), *_):
            return f"routes-{number}-{'who' if key == 'areas' else key}"
        case (str(key), int(number), str(column), *_) if key in SECTIONS and column in SECTIONS[key].by_key:
            return f"{key}-{number}-{column}"
        case (str(key), int(number), *_) if key in SECTIONS:
            return f"{key}-{number}"
        case (str(key), *_) if key in draft.basics or key in draft.lists:
            return key
    return ""


def _spoken(fault: Fault, name: str) -> str:
    """The sentence with the label that stands on the page in place of the key that stands in a file."""
    key = next((part for part in reversed(fault.path) if isinstance(part, str)), "")
    section, _, rest = name.partition("-")
    column = SECTIONS[section].by_key.get(rest.partition("-")[2]) if section in SECTIONS else None
    label = column.label if column is not None else BASIC_LABELS.get(name, CLOCKS.get(key, ""))
    return fault.sentence.replace(f"“{key}”", f"“{label}”") if key and label else fault.sentence


def section_rows(section: Section, draft: Draft, errors: Errors, opened: str = "") -> list[RowView]:
    """The rows of a section; those with mistakes and the one just touched are open."""
    rows = draft.rows[section.key]
    out = []
    for number, row in enumerate(rows):
        name = f"{section.key}-{number}"
        cells = tuple(_cell(section, column, row, name, errors) for column in section.columns)
        wrong = bool(errors.at(name)) or any(cell.errors for cell in cells)
        out.append(
            RowView(
                section.key, number, title_of(section.key, row), cells, errors.at(name), wrong or name == opened,
                number == 0, number == len(rows) - 1,
            )
        )  # fmt: skip
    return out


def _cell(section: Section, column: Column, row: Row, name: str, errors: Errors) -> Cell:
    shown_if = ""
    if column.only is not None:
        key, values = column.only
        listed = ", ".join(f'"{value}"' for value in values)
        shown_if = f'{{"{name}-{key}": [{listed}]}}'
    return Cell(
        f"{name}-{column.key}", column.label, column.kind, row.get(column.key, ""), column.hint, column.choices,
        column.wide or column.kind in ("text", "lines", "condition"), errors.at(f"{name}-{column.key}"), shown_if,
    )  # fmt: skip


def title_of(key: str, row: Row) -> str:
    """哪种设施 · 单选 · 必填"""
    match key:
        case "fields":
            words = [row["label"], FIELD_TYPES.get(row["type"], ""), "必填" if row["required"] else ""]
        case "stages":
            words = [row["label"], f"接着 {row['next']}" if row["next"] else "可以办完"]
        case "routes":
            who = row["units"] if row["who"] == "units" else row["person"] or dict(WHO).get(row["who"], "")
            words = [" ".join(row["answers"].split()), row["hours"], who]
        case "replies":
            words = [dict(ACT_CHOICES).get(row["act"], row["act"]), f"{len(row['lines'].splitlines())} 句"]
        case _:
            words = [row["label"]]
    return " · ".join(word for word in words if word) or "还没有填"


def basics(draft: Draft, errors: Errors, departments: Choices) -> list[Cell]:
    """What every kind says of itself."""
    said = draft.basics
    hints = {"hint": "上报的人看得到，写几个例子", "order": "数小的排在前面", "department": "给读的人和统计用"}

    def cell(key: str, kind: str, choices: Choices = (), *, label: str = "", wide: bool = False) -> Cell:
        named = label or BASIC_LABELS[key]
        return Cell(key, named, kind, said.get(key, ""), hints.get(key, ""), choices, wide, errors.at(key))

    known = dict(departments)
    own = said.get("department", "")
    offered = [("", "没有"), *departments] + ([(own, own)] if own and own not in known else [])
    return [
        cell("label", "line"),
        cell("department", "choice", offered),
        cell("icon", "choice", tuple(ICONS.items())),
        cell("order", "whole"),
        cell("hint", "line", wide=True),
        cell("public", "check", label="可以出现在公开页面（只有类别、状态、日期和网格）", wide=True),
    ]


def clocks(draft: Draft, errors: Errors) -> list[ClockView]:
    """Each clock twice: as usual, and with danger to life."""

    def limit(group: str, clock: str, label: str) -> LimitView:
        name = f"{group}-{clock}"
        number, unit = draft.clocks[name]
        return LimitView(name, label, number, unit, errors.at(f"{name}-n"))

    return [
        ClockView(
            clock, label, limit("clocks", clock, f"{label}，一般"), limit("urgent", clock, f"{label}，有人身危险")
        )
        for clock, label in CLOCKS.items()
    ]


def ticks(draft: Draft) -> list[dict[str, Any]]:
    """The two lists that are ticked."""
    return [
        {"key": "seen_by", "label": "谁能看这类事", "hint": "一个都不勾，就是辖区内的工作人员都能看；反映人总能看自己的",
         "choices": [(code, label, code in draft.lists["seen_by"]) for code, label in ROLE_CHOICES]},
        {"key": "acts_off", "label": "这类事不用的办理", "hint": "勾上的，办理页面和接口里都不出现",
         "choices": [(code, label, code in draft.lists["acts_off"]) for code, label in OFF_CHOICES]},
    ]  # fmt: skip

"""Rows of a file of divisions against the rules of the code and against the register, one sentence for each bad row.

Memory does not grow with the villages: levels above them are kept in a dictionary, villages as one bit mask a township.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

from shanzhi.areas.codes import LEVEL_WORDS, NAME_LENGTH, PARENT_LEVELS, Level, code_problem, level_of
from shanzhi.areas.source import COLUMN_LABELS, LONGEST_LINE, Source, split

KEPT_FAULTS = 10_000
_CONTROL = re.compile("[\x00-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u2064\ufeff\ufffd]")
LEVELS = "、".join(level.label for level in list(Level)[:-1]) + "或" + list(Level)[-1].label
_FORMULA = ("=", "+", "-", "@")


class Row(NamedTuple):
    """A good row. `number` is the line in the file, with the header as line 1."""

    number: int
    code: str
    name: str
    level: str
    parent: str


class Fault(NamedTuple):
    """A bad row: the line, the column in Chinese (or 整行), what to do, and the line as it came."""

    number: int
    column: str
    sentence: str
    raw: str


class Gone(NamedTuple):
    """An abolished division: its name, and its successor's code and name if it has one."""

    name: str
    successor_code: str
    successor_name: str

    def advice(self) -> str:
        if self.successor_code:
            return f"已撤销，并入{self.successor_name}（{self.successor_code}），请改用新代码"
        return "已撤销，请删去本行"


@dataclass(slots=True)
class Known:
    """What the register holds before the file is read: levels above villages by code, and what was abolished.

    `standing` codes hold as parents whatever the file says of them: the county itself, in its own import.
    """

    levels: dict[str, str] = field(default_factory=dict)
    gone: dict[str, Gone] = field(default_factory=dict)
    standing: frozenset[str] = frozenset()


class Checker:
    """Good rows come out in the order of the file; bad rows are counted, the first 10,000 kept.

    Whether a row is good does not depend on what an earlier import of the same file left in the register: a parent
    that the file names must be good and stand before its children, even if the register knows it. That needs a quick
    first look at all upper codes.
    """

    def __init__(self, source: Source, known: Known) -> None:
        self.source = source
        self.levels = dict(known.levels)
        self.gone = known.gone
        self.faults: list[Fault] = []
        self.bad = 0
        self._places = source.positions
        self._width = len(source.header)
        self._lines: dict[str, int] = {}
        self._taken = set(known.standing)
        self._bad_parents: dict[str, int] = {}
        self._seen: dict[int, int] = {}

    def rows(self) -> Iterator[Row]:
        self._look_ahead()
        for number, line in self.source.rows():
            found = self.check(number, line)
            if isinstance(found, Row):
                yield found
            else:
                self.bad += 1
                if len(self.faults) < KEPT_FAULTS:
                    self.faults.append(found)

    def _look_ahead(self) -> None:
        """The first line of each code above villages."""
        place = self._places[0]
        for number, line in self.source.rows():
            cells = split(line) if len(line) <= LONGEST_LINE else None
            if cells is not None and place < len(cells):
                code = cells[place].strip()
                if code.endswith("000"):
                    self._lines.setdefault(code, number)

    def check(self, number: int, line: str) -> Row | Fault:
        if len(line) > LONGEST_LINE:
            return Fault(number, "整行", f"这一行超过 {LONGEST_LINE} 个字，请检查是否缺了换行", line[:80] + "…")
        cells = split(line)
        if cells is None:
            return Fault(number, "整行", "引号没有成对，或单元格里有换行，请改成一行一个区划", line)
        if len(cells) != self._width:
            return Fault(number, "整行", self._width_sentence(len(cells)), line)
        at_code, at_name, at_level, at_parent = self._places
        code, name, parent = cells[at_code].strip(), cells[at_name].strip(), cells[at_parent].strip()
        level = LEVEL_WORDS.get(cells[at_level].strip().lower(), "")
        problem = (
            self._code(code)
            or _name(cells[at_name])
            or _level(cells[at_level].strip(), level, code)
            or self._parent(number, level, parent)
        )
        if problem is None:
            self._remember(code, level)
            return Row(number, code, name, level, parent)
        if level != "village" and len(self._bad_parents) < KEPT_FAULTS:
            self._bad_parents.setdefault(code, number)
        column, sentence = problem
        return Fault(number, COLUMN_LABELS[column], sentence, line)

    def _width_sentence(self, width: int) -> str:
        hint = "请检查名称里是否有逗号" if width > self._width else "请补齐缺少的列"
        return f"这一行有 {width} 列，表头有 {self._width} 列，{hint}"

    def _remember(self, code: str, level: str) -> None:
        prefix, last = divmod(int(code), 1000)
        self._seen[prefix] = self._seen.get(prefix, 0) | 1 << last
        if level != "village":
            self.levels[code] = level
            self._taken.add(code)

    def _code(self, code: str) -> tuple[str, str] | None:
        if problem := code_problem(code):
            return "code", problem
        prefix, last = divmod(int(code), 1000)
        if self._seen.get(prefix, 0) >> last & 1:
            return "code", f"代码 {code} 在前面的行里已经出现过，同一代码只留一行"
        if gone := self.gone.get(code):
            return "code", f"{gone.name}（{code}）{gone.advice()}"
        return None

    def _parent(self, number: int, level: str, parent: str) -> tuple[str, str] | None:
        wanted = PARENT_LEVELS[level]
        if not wanted:
            return ("parent_code", "省级没有上级，请把上级代码留空") if parent else None
        if not parent:
            return "parent_code", "上级代码没有填，请补上上级的 12 位代码"
        actual, line = self.levels.get(parent), self._lines.get(parent, 0)
        if actual in wanted and (not line or parent in self._taken):
            return None
        if line > number:
            return "parent_code", f"上级 {parent} 在第 {line} 行才出现，请把它移到本行之前"
        if actual is None and level_of(parent.zfill(12)) == "village":
            actual = "village"
        if actual is not None and actual not in wanted:
            return "parent_code", self._wrong_parent(level, parent, actual)
        if gone := self.gone.get(parent):
            return "parent_code", f"上级{gone.name}（{parent}）{gone.advice()}"
        if line := self._bad_parents.get(parent, 0):
            return "parent_code", f"上级 {parent} 在第 {line} 行有错，请先改好那一行"
        return "parent_code", f"找不到上级 {parent}，请核对上级代码，或把上级也放进文件"

    def _wrong_parent(self, level: str, parent: str, actual: str) -> str:
        if problem := code_problem(parent):
            return f"上级{problem}"
        wanted = "或".join(Level(one).label for one in PARENT_LEVELS[level])
        return f"{Level(level).label}的上级应是{wanted}，这里填的 {parent} 是{Level(actual).label}，请核对"


def _name(cell: str) -> tuple[str, str] | None:
    name = cell.strip(" \t\u3000\xa0")
    if not name:
        return "name", "名称没有填，请补上"
    if _CONTROL.search(name):
        return "name", "名称里有看不见的控制字符，请删掉后重填"
    if len(name) > NAME_LENGTH:
        return "name", f"名称有 {len(name)} 个字，最多 {NAME_LENGTH} 个字，请缩短"
    if name.startswith(_FORMULA):
        return "name", "名称不能以 = + - @ 开头，请核对后重填"
    return None


def name_problem(name: str) -> str | None:
    """What is wrong with a name of an area or a unit, by the same rules as in a file."""
    problem = _name(name)
    return problem[1] if problem else None


def _level(word: str, level: str, code: str) -> tuple[str, str] | None:
    if not word:
        return "level", f"级别没有填，应为{LEVELS}"
    if not level:
        return "level", f"不认识级别“{word[:20]}”，应为{LEVELS}"
    actual = level_of(code)
    if actual != level:
        return "level", f"级别填的是{Level(level).label}，但代码 {code} 是{Level(actual).label}，请改正其中一个"
    return None

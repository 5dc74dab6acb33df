"""Papers of a kind: a text with {placeholders} that are filled from the case and its answers."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from shanzhi.cases.kinds.schema import KindBody, PaperBody
from shanzhi.cases.kinds.showing import shown

PLACEHOLDER: Final = re.compile(r"\{([^{}\n]*)\}")
STRAY: Final = re.compile(r"[{}]")
EMPTY: Final = "________"
# What every case can say of itself; a field of the same code would hide it and is a fault.
WORDS: Final[dict[str, str]] = {
    "number": "编号",
    "title": "标题",
    "body": "情况",
    "place": "地点",
    "area": "所在村（社区）",
    "kind": "类别",
    "owner": "主办单位",
    "handler": "承办单位",
    "reporter": "反映人",
    "received": "收到时间",
    "due": "办理时限",
    "result": "处理结果",
    "county": "县（市、区）",
    "today": "今天的日期",
}


@dataclass(frozen=True, slots=True)
class Paper:
    code: str
    label: str
    paragraphs: tuple[str, ...]

    @property
    def below_title(self) -> tuple[str, ...]:
        """Without a first line that says the title again."""
        return self.paragraphs[1:] if self.paragraphs[:1] == (self.label,) else self.paragraphs


def placeholders(text: str) -> Iterator[str]:
    """The names in braces, in order; a stray brace is no name."""
    return (found.group(1) for found in PLACEHOLDER.finditer(text))


def stray_braces(text: str) -> bool:
    return bool(STRAY.search(PLACEHOLDER.sub("", text)))


def line_of(text: str, name: str) -> int:
    """The line of the text, from 0, on which a placeholder stands."""
    return text[: text.index("{" + name + "}")].count("\n")


def rendered(body: KindBody, paper: PaperBody, words: Mapping[str, str], answers: Mapping[str, Any]) -> Paper:
    """The paper with a blank to write on where nothing is known. People's names stand whole: it is handed to them."""
    values = {line.code: line.value for line in shown(body, answers, masked=False)}
    values |= {name: words.get(name, "") for name in WORDS}

    def fill(found: re.Match[str]) -> str:
        return values.get(found.group(1)) or EMPTY

    text = PLACEHOLDER.sub(fill, paper.text)
    return Paper(paper.code, paper.label, tuple(part.strip() for part in text.splitlines() if part.strip()))


def paper_of(body: KindBody, code: str) -> PaperBody | None:
    return next((paper for paper in body.papers if paper.code == code), None)

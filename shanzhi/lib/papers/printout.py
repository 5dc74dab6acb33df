"""What stands on a paper, whatever it is printed with: a title, a number, and blocks from top to bottom.

One `Printout` becomes a Word file (`word.py`) and a PDF (`pdf.py`); both hold the same words in the same order. What is
not known yet is an empty value: it is printed as a line to write on.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Rows:
    """Two columns, label and value: 申请人 · 张伟."""

    rows: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Words:
    """Paragraphs under a heading; an empty heading is none. Each line of `text` is a paragraph."""

    heading: str
    text: str


@dataclass(frozen=True, slots=True)
class Table:
    """A table with a head; every row has as many cells."""

    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class Signs:
    """Places to sign, each with room for a seal, and the day beneath: 甲方（签名、盖章或者按指印）."""

    labels: tuple[str, ...]
    day: str = ""


Block = Rows | Words | Table | Signs


@dataclass(frozen=True, slots=True)
class Printout:
    """`office` stands at the head, `number` beneath the title: (2026)张铺人调字第3号; `note` at the foot of each page."""

    title: str
    blocks: tuple[Block, ...]
    office: str = ""
    number: str = ""
    note: str = ""


def as_data(printout: Printout) -> Mapping[str, object]:
    """The printout as plain lists and texts, for a program of another language."""
    return {
        "title": printout.title,
        "office": printout.office,
        "number": printout.number,
        "note": printout.note,
        "blocks": [_block(one) for one in printout.blocks],
    }


def texts(printout: Printout) -> Iterator[str]:
    """Every text of the printout in its order, empty ones left out."""
    yield from (one for one in (printout.office, printout.title, printout.number) if one)
    for block in printout.blocks:
        yield from (one for one in _texts(block) if one)


def _block(block: Block) -> Mapping[str, object]:
    match block:
        case Rows(rows):
            return {"kind": "rows", "rows": [list(row) for row in rows]}
        case Words(heading, text):
            return {"kind": "words", "heading": heading, "lines": text.splitlines()}
        case Table(head, rows):
            return {"kind": "table", "head": list(head), "rows": [list(row) for row in rows]}
        case Signs(labels, day):
            return {"kind": "signs", "labels": list(labels), "day": day}


def _texts(block: Block) -> Iterator[str]:
    match block:
        case Rows(rows):
            yield from (cell for row in rows for cell in row)
        case Words(heading, text):
            yield heading
            yield from text.splitlines()
        case Table(head, rows):
            yield from head
            yield from (cell for row in rows for cell in row)
        case Signs(labels, day):
            yield from labels
            yield day

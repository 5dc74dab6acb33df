"""Two columns of a spreadsheet as text: a place's code and its number of households, with or without its name."""

import re
from dataclasses import dataclass
from typing import Final
from unicodedata import normalize

MOST_ROWS: Final = 5_000
MOST: Final = 9_999_999
SHOWN: Final = 20  # faults that are told one by one
BETWEEN: Final = re.compile(r"[,、\s]+")
CODE: Final = re.compile(r"\d{12}(\d{3})?", re.ASCII)
NUMBER: Final = re.compile(r"-?[\d.]+", re.ASCII)


@dataclass(frozen=True, slots=True)
class Row:
    """`line` counts from 1 in what was pasted; of a list that did not come as text it is the place in it."""

    line: int
    code: str
    number: int


@dataclass(frozen=True, slots=True)
class Pasted:
    """`blank` rows name a place and no number, as in a list that is filled in bit by bit; `faults` are sentences."""

    rows: list[Row]
    faults: list[str]
    blank: int = 0


def pasted(text: str) -> Pasted:
    """What stands in the lines, as a spreadsheet or a person writes them; a line of heads at the top is passed over."""
    rows: list[Row] = []
    faults: list[str] = []
    blank = 0
    for line, words in enumerate(normalize("NFKC", text).splitlines(), 1):
        cells = _cells(words)
        if not cells or (line == 1 and not cells[0][:1].isdecimal()):
            continue
        code, last = cells[0], cells[-1].removesuffix("户").replace(",", "")
        if not CODE.fullmatch(code):
            faults.append(f"第 {line} 行：“{code[:20]}”不是 12 位或 15 位的区划代码，请核对。")
        elif len(cells) == 1 or not NUMBER.fullmatch(last):
            blank += 1
        elif not last.isdecimal() or int(last) > MOST:
            faults.append(f"第 {line} 行：户数“{last[:20]}”要是 0 到 {MOST:,} 的整数，请改正。")
        else:
            rows.append(Row(line, code, int(last)))
    return Pasted(rows, faults, blank)


def _cells(line: str) -> list[str]:
    """Between tabs, where there are some (1,234 is one cell then), else between commas and blanks."""
    cells = line.split("\t") if "\t" in line else BETWEEN.split(line)
    return [cell for cell in (one.strip("'\" ") for one in cells) if cell]


def told(faults: list[str]) -> list[str]:
    """The first of them, and how many more there are."""
    more = len(faults) - SHOWN
    return [*faults[:SHOWN], f"还有 {more} 行有问题，改好上面的再交，会接着指出来。"] if more > 0 else faults

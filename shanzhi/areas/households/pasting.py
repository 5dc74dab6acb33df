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
HEAD: Final = "户数"


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
    """What stands in the lines, as a spreadsheet or a person writes them. Heads at the top say which column is 户数;
    without them it is the last. A place alone, or with its name, is blank; what stands for a number and is none is a
    fault."""
    rows: list[Row] = []
    faults: list[str] = []
    blank, column = 0, -1
    for line, words in enumerate(normalize("NFKC", text).splitlines(), 1):
        cells = _cells(words)
        if not any(cells):
            continue
        if line == 1 and not cells[0][:1].isdecimal():
            column = cells.index(HEAD) if HEAD in cells else column
            continue
        code, said = cells[0], _number(cells, column)
        if not CODE.fullmatch(code):
            faults.append(f"第 {line} 行：“{code[:20]}”不是 12 位或 15 位的区划代码，请核对。")
        elif not said:
            blank += 1
        elif not (said.isascii() and said.isdecimal()) or int(said) > MOST:
            faults.append(f"第 {line} 行：户数“{said[:20]}”要是 0 到 {MOST:,} 的整数，请改正。")
        else:
            rows.append(Row(line, code, int(said)))
    return Pasted(rows, faults, blank)


def _cells(line: str) -> list[str]:
    """Between tabs, where there are some (1,234 is one cell then, and an empty one stays), else between commas and
    blanks."""
    cells = line.rstrip().split("\t") if "\t" in line else BETWEEN.split(line.strip())
    return [one.strip("'\" ") for one in cells]


def _number(cells: list[str], column: int) -> str:
    """What is said of the households: the second of two cells is the name, if no digit stands at its beginning."""
    said = (cells[column] if column < len(cells) else "").replace(",", "").removesuffix("户").strip()
    is_name = column < 0 and len(cells) == 2 and not said.lstrip("-")[:1].isdecimal()
    return "" if len(cells) == 1 or is_name else said


def told(faults: list[str]) -> list[str]:
    """The first of them, and how many more there are."""
    more = len(faults) - SHOWN
    return [*faults[:SHOWN], f"还有 {more} 行有问题，改好上面的再交，会接着指出来。"] if more > 0 else faults

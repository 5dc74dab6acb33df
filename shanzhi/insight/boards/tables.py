"""The tables of a board: what stands under each plot and what is exported are the same rows."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

from shanzhi.insight.boards.board import EIGHT, TODAY, Board, Sort
from shanzhi.insight.boards.periods import label, label_before, steps_of
from shanzhi.lib.tables import Cell

PARTS: Final = {
    "figures": "八个数", "places": "各地方", "days": "上报与办结", "limits": "离到期还有", "ages": "已等了多久",
    "opinions": "群众评价",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Table:
    """`urls` are the lists behind the rows, as many as rows or none; an empty cell is a value that there is not."""

    title: str
    heads: Sequence[str]
    rows: Sequence[Sequence[Cell]]
    urls: Sequence[str] = field(default_factory=tuple)

    @property
    def linked(self) -> list[tuple[Sequence[Cell], str]]:
        urls = self.urls or [""] * len(self.rows)
        return list(zip(self.rows, urls, strict=True))


def tables_of(board: Board) -> dict[str, Table]:
    return {
        "figures": _figures(board), "places": _places(board), "days": _days(board),
        "limits": _sorts(PARTS["limits"], "到期", board.limits), "ages": _sorts(PARTS["ages"], "收到至今", board.ages),
        "opinions": _opinions(board),
    }  # fmt: skip


def _figures(board: Board) -> Table:
    heads = (
        "指标",
        "数",
        "单位",
        "分子",
        "分母",
        f"和{label_before(board.period)}比",
        "按什么日期算",
        "怎么算的",
        "件数少",
    )
    rows = [
        (one.name, one.value.value, one.unit, one.value.numerator, one.value.denominator, one.change, one.counts_by,
         one.definition, "是" if one.value.small else "")
        for one in board.figures
    ]  # fmt: skip
    return Table(f"{board.area.name}，{label(board.period)}", heads, rows, [one.url for one in board.figures])


def _places(board: Board) -> Table:
    """Rates with the number of cases that they were counted from."""
    codes = [code for code in EIGHT if code != TODAY and code in board.total]
    by_code = {one.code: one for one in board.figures}
    heads = ["地方"]
    for code in codes:
        figure = by_code[code]
        heads.append(f"{figure.name}（{figure.unit}）")
        if figure.value.denominator is not None:
            heads.append(f"{figure.name}：{figure.records[-1].words}（件）")
    rows = []
    for name, values in [(board.area.name, board.total), *((place.name, place.values) for place in board.places)]:
        cells: list[Cell] = [name]
        for code in codes:
            cells.append(values[code].value)
            if board.total[code].denominator is not None:
                cells.append(values[code].denominator)
        rows.append(cells)
    return Table(PARTS["places"], heads, rows)


def bucketed(board: Board) -> tuple[str, list[tuple[str, int, int]]]:
    """每天 and so on, with (days in words, reported, closed) for each point of the plot."""
    words, steps = steps_of(board.period)
    rows = []
    for step in steps:
        within = [numbers for day, numbers in board.days.items() if step.first <= day <= step.last]
        rows.append((step.words, sum(one for one, _ in within), sum(two for _, two in within)))
    return words, rows


def _days(board: Board) -> Table:
    words, rows = bucketed(board)
    return Table(f"{words}{PARTS['days']}", ("日期", "上报（件）", "办结（件）"), rows)


def _sorts(title: str, head: str, sorts: Sequence[Sort]) -> Table:
    return Table(title, (head, "在办（件）"), [(one.rule.name, one.count) for one in sorts], [one.url for one in sorts])


def _opinions(board: Board) -> Table:
    rows = [(one.name, one.value.numerator) for one in board.opinions]
    return Table(PARTS["opinions"], ("说法", "件"), rows, [one.url for one in board.opinions])

"""Figures as files: numbers are numbers, what has no value is an empty cell and no nought, and every definition is
there."""

from collections.abc import Iterable, Sequence

from shanzhi.access.indicators import Indicator
from shanzhi.insight.showing import Line, Look, days_of, places_of
from shanzhi.insight.values import Value
from shanzhi.lib.tables import Cell, Row, Sheet, csv_of, xlsx_of

Table = Sequence[Row]


def list_table(lines: Iterable[Line]) -> Table:
    """Every indicator with its value and how it is counted."""
    heads = ("指标", "数", "单位", "分子", "分母", "怎么算的", "按什么算进时段")
    return [heads, *(
        (one.indicator.name, _number(one.value), one.indicator.unit, one.value.numerator, one.value.denominator,
         one.indicator.definition, one.indicator.counts_by)
        for one in lines
    )]  # fmt: skip


def place_table(look: Look, indicator: Indicator, sort: str) -> Table:
    """The place itself, then those below it."""
    lines = places_of(look, indicator, sort)
    return [(look.below or "地方", *_heads(indicator)), *((line.place.name, *_cells(line.value)) for line in lines)]


def day_table(look: Look, indicator: Indicator) -> Table:
    rows = days_of(look, indicator)
    return [("日期", *_heads(indicator)), *((str(row.day), *_cells(row.value)) for row in rows)]


def _heads(indicator: Indicator) -> tuple[str, ...]:
    parts = (indicator.above, indicator.under) if indicator.is_rate else (indicator.above, "")
    return (f"{indicator.name}（{indicator.unit}）", *parts)[: 3 if indicator.is_rate else 1]


def _cells(value: Value) -> tuple[Cell, ...]:
    return (_number(value),) if value.denominator is None else (_number(value), value.numerator, value.denominator)


def _number(value: Value) -> Cell:
    return None if value.value is None else float(value.value) if value.denominator is not None else value.numerator


def as_csv(tables: Iterable[Table]) -> bytes:
    """One after another."""
    return csv_of(*tables)


def as_xlsx(sheets: Iterable[tuple[str, Table]], title: str) -> bytes:
    """A sheet for each table, under a line that says of what and when."""
    return xlsx_of(*(Sheet(name, table[0], table[1:], said=title) for name, table in sheets))

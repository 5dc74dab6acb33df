"""Rates on the wire."""

from datetime import date

from ninja import Schema
from pydantic import Field

from shanzhi.cases.rates.board import Board
from shanzhi.cases.rates.periods import LABELS
from shanzhi.cases.rates.registry import Figure


class RateQuery(Schema):
    area: str = Field("", max_length=15, description="code of a place of yours; empty: the highest of your posts")
    period: str = Field("", pattern=f"^({'|'.join(LABELS)})?$", description="`range` takes `from` and `to`")
    first: date | None = Field(None, alias="from", description="first day, in China")
    last: date | None = Field(None, alias="to", description="last day, included")


class FigureOut(Schema):
    """A rate with what it was counted from. `value` is per cent to one place; null is "no value", never zero."""

    code: str
    name: str
    unit: str
    value: str | None = Field(description="decimal text, such as `95.6`")
    numerator: int
    denominator: int
    few: bool = Field(description="counted from fewer than ten: says little")
    definition: str

    @classmethod
    def of(cls, figure: Figure) -> "FigureOut":
        rate = figure.rate
        return cls(
            code=rate.code, name=rate.name, unit=rate.unit, value=figure.text or None, numerator=figure.numerator,
            denominator=figure.denominator, few=figure.is_few, definition=rate.definition,
        )  # fmt: skip


class PlaceOut(Schema):
    """A place below, its figures in the order of `rates`; `code` is empty for a grid and for the place's own rest."""

    name: str
    code: str
    rates: list[FigureOut]


class BoardOut(Schema):
    area: str
    name: str
    first: date
    last: date
    rates: list[FigureOut]
    places: list[PlaceOut]

    @classmethod
    def of(cls, board: Board) -> "BoardOut":
        return cls(
            area=board.area.code, name=board.area.name, first=board.period.first, last=board.period.last,
            rates=[FigureOut.of(figure) for figure in board.figures],
            places=[
                PlaceOut(name=row.name, code=row.code, rates=[FigureOut.of(figure) for figure in row.figures])
                for row in board.rows
            ],
        )  # fmt: skip

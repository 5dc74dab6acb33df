"""Boards on the wire."""

from datetime import date, datetime

from ninja import Schema
from pydantic import Field

from shanzhi.insight.boards.board import Board, Figure, Place, Sort
from shanzhi.insight.boards.periods import CODES
from shanzhi.insight.values import Value


class BoardQuery(Schema):
    area: str = Field("", max_length=15, description="code of a place of yours; empty: the highest of your posts")
    period: str = Field("", pattern=f"^({'|'.join(CODES)})?$", description="`range` takes `from` and `to`")
    first: date | None = Field(None, alias="from", description="first day, in China")
    last: date | None = Field(None, alias="to", description="last day, included")


class BoardRecordsOut(Schema):
    """A list of cases that holds exactly what was counted, as a page."""

    words: str
    count: int
    url: str


class BoardValueOut(Schema):
    """`value` is a decimal text; null is "no value", never zero. `sample` is what a rate was counted from."""

    value: str | None
    numerator: int
    denominator: int | None
    sample: int
    few: bool = Field(description="counted from so few that it says little")

    @classmethod
    def of(cls, value: Value) -> "BoardValueOut":
        sample = value.numerator if value.denominator is None else value.denominator
        return cls(
            value=value.text or None, numerator=value.numerator, denominator=value.denominator, sample=sample,
            few=value.small,
        )  # fmt: skip


class BoardFigureOut(BoardValueOut):
    """A figure of the board. `change` is against the period before; null if one of the two is not known."""

    code: str
    name: str
    unit: str
    definition: str
    counts_by: str
    change: str | None
    records: list[BoardRecordsOut]

    @classmethod
    def made(cls, figure: Figure) -> "BoardFigureOut":
        plain = BoardValueOut.of(figure.value).dict()
        return cls(
            **plain, code=figure.code, name=figure.name, unit=figure.unit, definition=figure.definition,
            counts_by=figure.counts_by, change=None if figure.change is None else f"{figure.change:f}",
            records=[BoardRecordsOut(words=one.words, count=one.count, url=one.url) for one in figure.records],
        )  # fmt: skip


class PlaceFiguresOut(Schema):
    """`code` is empty for what lies at the place itself."""

    code: str
    name: str
    figures: dict[str, BoardValueOut]

    @classmethod
    def of(cls, place: Place, codes: list[str]) -> "PlaceFiguresOut":
        figures = {code: BoardValueOut.of(place.values[code]) for code in codes if code in place.values}
        return cls(code=place.code, name=place.name, figures=figures)


class ClassOut(Schema):
    code: str
    name: str
    count: int
    url: str

    @classmethod
    def of(cls, one: Sort) -> "ClassOut":
        return cls(code=one.rule.code, name=one.rule.name, count=one.count, url=one.url)


class DayOut(Schema):
    day: date
    reported: int
    closed: int


class DashboardOut(Schema):
    """A place in a period at one moment: the numbers of the page of the same name."""

    area: str
    name: str
    first: date
    last: date
    at: datetime
    figures: list[BoardFigureOut]
    opinions: list[BoardFigureOut]
    limits: list[ClassOut]
    ages: list[ClassOut]
    days: list[DayOut] = Field(description="days on which something came in or was closed")
    places: list[PlaceFiguresOut]

    @classmethod
    def of(cls, board: Board) -> "DashboardOut":
        codes = [one.code for one in board.figures]
        return cls(
            area=board.area.code, name=board.area.name, first=board.period.first, last=board.period.last, at=board.at,
            figures=[BoardFigureOut.made(one) for one in board.figures],
            opinions=[BoardFigureOut.made(one) for one in board.opinions],
            limits=[ClassOut.of(one) for one in board.limits], ages=[ClassOut.of(one) for one in board.ages],
            days=[DayOut(day=day, reported=came, closed=done) for day, (came, done) in sorted(board.days.items())],
            places=[PlaceFiguresOut.of(place, codes) for place in board.places],
        )  # fmt: skip

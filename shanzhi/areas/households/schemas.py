"""Households on the wire."""

from datetime import date, datetime
from typing import Annotated

from ninja import Schema
from pydantic import Field, StringConstraints

from shanzhi.areas.households.pasting import MOST, MOST_ROWS
from shanzhi.areas.households.selectors import Line
from shanzhi.areas.households.services import SOURCE_LENGTH
from shanzhi.areas.models import HouseholdCount
from shanzhi.areas.schemas import CODE, AreaRef


class StatementOut(Schema):
    """A number as it was stated; never altered, a later one of the same day counts instead."""

    id: str
    number: int
    on: date
    source: str
    by: str
    recorded_at: datetime

    @classmethod
    def of(cls, one: HouseholdCount) -> "StatementOut":
        return cls(id=str(one.id), number=one.number, on=one.on, source=one.source, by=one.actor_name,
                   recorded_at=one.recorded_at)  # fmt: skip


class HouseholdsOut(Schema):
    """`number` is null where nothing is known. It was stated, or added up from `parts` places below. `outdated`: the
    land has changed since the last statement, which therefore counts no more."""

    area: AreaRef
    number: int | None
    on: date | None
    parts: int
    outdated: bool
    stated: StatementOut | None

    @classmethod
    def of(cls, line: Line) -> "HouseholdsOut":
        now = line.now
        return cls(
            area=AreaRef.of_area(line.area), number=now.number if now else None, on=now.on if now else None,
            parts=now.parts if now else 0, outdated=line.outdated,
            stated=StatementOut.of(line.last) if line.last else None,
        )  # fmt: skip


class HouseholdsListOut(Schema):
    """Hand `next` back as `after` for what follows."""

    items: list[HouseholdsOut]
    next: str | None


class NumberIn(Schema):
    code: str = Field(pattern=CODE)
    number: int = Field(ge=0, le=MOST)


class StatementIn(Schema):
    rows: Annotated[list[NumberIn], Field(min_length=1, max_length=MOST_ROWS)]
    on: date
    source: Annotated[str, StringConstraints(min_length=1, max_length=SOURCE_LENGTH)]


class StatedOut(Schema):
    """`same` rows said what was known already."""

    stated: int
    same: int

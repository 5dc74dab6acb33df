"""The public counts on the wire."""

from datetime import datetime

from ninja import Schema
from pydantic import Field

from shanzhi.areas.models import Area
from shanzhi.portal.selectors import TownshipCounts

PEOPLE = "different persons in post today; null without a grid"
CASES = "cases since the beginning; null without a report"


class CountsOut(Schema):
    """Counts of a township, computed from its records at `at`; null is "no value", which is not zero."""

    code: str
    name: str
    at: datetime
    grids: int | None = Field(description="open grids; null if none is entered")
    grid_leaders: int | None = Field(description=PEOPLE)
    grid_workers: int | None = Field(description=PEOPLE)
    volunteers: int | None = Field(description=PEOPLE)
    reported: int | None = Field(description=CASES)
    closed: int | None = Field(description=CASES)
    open: int | None = Field(description="neither closed nor rejected; null without a report")

    @classmethod
    def of(cls, area: Area, counts: TownshipCounts, at: datetime) -> "CountsOut":
        return cls(
            code=area.code, name=area.name, at=at, grids=counts.grids, grid_leaders=counts.leaders,
            grid_workers=counts.workers, volunteers=counts.volunteers, reported=counts.reported, closed=counts.closed,
            open=counts.open,
        )  # fmt: skip

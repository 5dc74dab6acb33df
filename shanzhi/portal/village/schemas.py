"""What anybody may know of villages and cases, on the wire. Days are days in China; there is no position."""

from datetime import date, datetime

from ninja import Schema
from pydantic import Field

from shanzhi.areas.models import Area
from shanzhi.cases.models import Case
from shanzhi.cases.selectors import COUNTED
from shanzhi.portal.village.cases import told_steps
from shanzhi.portal.village.places import Staff
from shanzhi.portal.village.showing import Shown, day_of, shown
from shanzhi.tenancy import keyset

PEOPLE = "different persons in post today; null without a grid"


class PublicListQuery(Schema):
    """What the list is narrowed to; every field may be left out."""

    state: str = Field("", pattern="^(open|closed)?$")
    kind: str = Field("", max_length=40, description="code of a public kind that counts now")
    grid: str = Field("", max_length=15, description="code of a grid of the village")
    month: str = Field("", pattern=r"^(\d{4}-\d{2})?$", description="month of receipt, such as 2026-11")
    q: str = Field("", max_length=40, description="a number, or words of the name or the hint of a kind")
    sort: str = Field("", pattern="^(newest|oldest)?$")
    cursor: str = Field("", max_length=keyset.LENGTH)
    limit: int = Field(keyset.SIZE, ge=1, le=200)


class PublicVillageOut(Schema):
    """Counts of cases end at `counted_to` + 1: a higher one means more than that."""

    code: str
    name: str
    township: str
    at: datetime
    grids: int | None = Field(description="open grids; null if none is entered")
    grid_leaders: int | None = Field(description=PEOPLE)
    grid_workers: int | None = Field(description=PEOPLE)
    open: int = Field(description="public cases that have not ended")
    closed: int = Field(description="public cases that were closed")
    counted_to: int

    @classmethod
    def of(cls, area: Area, staff: Staff, counts: dict[str, int], at: datetime) -> "PublicVillageOut":
        return cls(
            code=area.code, name=area.name, township=area.parent.name if area.parent else "", at=at,
            grids=staff.grids, grid_leaders=staff.leaders, grid_workers=staff.workers, open=counts["open"],
            closed=counts["closed"], counted_to=COUNTED,
        )  # fmt: skip


class PublicCaseOut(Schema):
    number: str
    kind: str = Field(description="code")
    kind_label: str
    grid: str = Field(description="code of the grid, empty for what is of the whole village or above")
    grid_name: str
    received_on: date
    ended_on: date | None
    open: bool
    state_words: str
    summary: str = Field(description="confirmed by staff for everybody to read, or empty")

    @classmethod
    def fields_of(cls, row: Shown) -> dict[str, object]:
        return {
            "number": row.number, "kind": row.kind_code, "kind_label": row.kind, "grid": row.grid_code,
            "grid_name": row.grid, "received_on": row.received, "ended_on": row.ended, "open": row.open,
            "state_words": row.words, "summary": row.summary,
        }  # fmt: skip

    @classmethod
    def of(cls, case: Case) -> "PublicCaseOut":
        return cls.model_validate(cls.fields_of(shown(case)))


class PublicCaseListOut(Schema):
    items: list[PublicCaseOut]
    next: str = Field(description="cursor of the next page, empty at the end")
    previous: str = Field(description="cursor of the page before, empty at the beginning")


class PublicStepOut(Schema):
    on: date
    words: str


class PublicCaseDetailOut(PublicCaseOut):
    steps: list[PublicStepOut] = Field(description="the newest first, in words of our own")

    @classmethod
    def detail(cls, case: Case) -> "PublicCaseDetailOut":
        steps = [{"on": day_of(at), "words": words} for at, words in told_steps(case)]
        return cls.model_validate({**cls.fields_of(shown(case)), "steps": steps})

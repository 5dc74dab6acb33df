"""Call-backs on the wire: never a number, never a name of whoever was called."""

from datetime import date, datetime

from ninja import Schema
from pydantic import Field

from shanzhi.cases.callbacks.selectors import ANSWERS, Sort
from shanzhi.cases.models import CallBack, Draw
from shanzhi.tenancy import keyset


class CallBackQuery(Schema):
    state: CallBack.State | None = None
    answer: str = Field("", pattern=f"^({'|'.join(ANSWERS)})?$")
    draw: str = Field("", pattern=r"^\d{0,19}$", description="id of a draw")
    place: str = Field("", max_length=15, description="code of a place for which you call back")
    q: str = Field("", max_length=20, description="number of a case")
    called_from: date | None = Field(None, description="day in China on which the call ended, the first")
    called_to: date | None = Field(None, description="the last, included")
    sort: str = Field("", pattern=f"^({'|'.join(Sort.ORDERS)})?$")
    cursor: str = Field("", max_length=keyset.LENGTH)


class DrawIn(Schema):
    """Either `count` or `percent`."""

    area: str = Field(max_length=15, description="code of a place for which you call back")
    first: date = Field(description="cases closed from this day on, in China")
    last: date = Field(description="up to this day, included")
    count: int | None = Field(None, description="1 to 500")
    percent: int | None = Field(None, description="1 to 100, rounded up")


class DrawOut(Schema):
    """A draw; its lots are SHA-256 of `seed`, a colon and the full number of each case: the lowest were drawn."""

    id: str
    area: str
    first: date
    last: date
    seed: str
    size: int
    pool: int
    by: str
    at: datetime

    @classmethod
    def of(cls, draw: Draw) -> "DrawOut":
        return cls(
            id=str(draw.id), area=draw.area.code, first=draw.first_on, last=draw.last_on, seed=draw.seed,
            size=draw.size, pool=draw.pool, by=draw.by, at=draw.at,
        )  # fmt: skip


class CallIn(Schema):
    """With `reached` the three answers are needed. `reopen` is the reason, if it is to be done once more."""

    version: int = Field(ge=0, le=2_000_000_000)
    outcome: str = Field(max_length=10, description="`reached`, `missed` or `refused`")
    contacted_in_time: str = Field("", max_length=8, description="`yes`, `no` or `unknown`")
    solved: bool | None = None
    satisfied: bool | None = None
    words: str = Field("", max_length=500)
    reopen: str = Field("", max_length=1000)


class CallBackOut(Schema):
    number: str
    code: str
    title: str
    draw: str = Field(description="id of the draw; empty for one that was put on the list by itself")
    lot: str
    state: str
    tries: int
    contacted_in_time: str
    solved: bool | None
    satisfied: bool | None
    words: str
    by: str
    opened_at: datetime
    at: datetime | None
    version: int

    @classmethod
    def of(cls, row: CallBack) -> "CallBackOut":
        return cls(
            number=row.case.number, code=row.case.code, title=row.case.title, draw=str(row.draw_id or ""), lot=row.lot,
            state=row.state, tries=row.tries, contacted_in_time=row.contacted_in_time, solved=row.solved,
            satisfied=row.satisfied, words=row.words, by=row.by, opened_at=row.opened_at, at=row.at,
            version=row.version,
        )  # fmt: skip


class CallBackListOut(Schema):
    items: list[CallBackOut]
    next: str
    previous: str

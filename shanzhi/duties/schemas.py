"""Instructions on the wire; ids as strings, times with their offset."""

from datetime import date, datetime, time

from ninja import Schema
from pydantic import Field

from shanzhi.duties.catalogue import Act, State
from shanzhi.duties.models import Duty, Line, LineStep
from shanzhi.duties.selectors import OTHERS, Counts, Sort
from shanzhi.tenancy import keyset

STATES = "|".join([*State.values, *OTHERS])
ID = r"^\d{1,19}$"


class DutyCountsOut(Schema):
    """Lines counted from their rows, withdrawn ones left out; `rate` is struck ÷ issued, null over nothing."""

    issued: int
    received: int
    done: int
    struck: int
    late: int
    waiting: int
    rate: float | None

    @classmethod
    def of(cls, counts: Counts) -> "DutyCountsOut":
        return cls(
            issued=counts.issued, received=counts.received, done=counts.done, struck=counts.struck, late=counts.late,
            waiting=counts.waiting, rate=counts.rate,
        )  # fmt: skip


class DutyOut(Schema):
    """An instruction. `case` only for those who see that case."""

    id: str
    number: str
    title: str
    body: str
    source: str
    urgent: bool
    due_at: datetime
    office: str
    by: str
    issued_at: datetime
    size: int
    case: str = ""
    photos: list[str] = []
    counts: DutyCountsOut | None = None

    @classmethod
    def of(
        cls, duty: Duty, counts: Counts | None = None, *, case: str = "", photos: list[str] | None = None
    ) -> "DutyOut":
        return cls(
            id=str(duty.id), number=duty.number, title=duty.title, body=duty.body, source=duty.source,
            urgent=duty.urgent, due_at=duty.due_at, office=duty.office, by=duty.by, issued_at=duty.issued_at,
            size=duty.size, case=case, photos=photos or [],
            counts=DutyCountsOut.of(counts) if counts is not None else None,
        )  # fmt: skip


class DutyListOut(Schema):
    """`counts` are those of all lines of the list, not of this page."""

    items: list[DutyOut]
    counts: DutyCountsOut
    next: str
    previous: str


class DutyQuery(Schema):
    tab: str = Field("", pattern="^(issued|area)?$", description="issued by your office, or in your area")
    state: str = Field("", pattern=f"^({STATES})?$", description="a state of a line; late, waits or open")
    place: str = Field("", max_length=15, description="code of a township or village")
    unit: str = Field("", pattern=r"^\d{0,19}$", description="id of a unit")
    q: str = Field("", max_length=40, description="in title or source, or the number")
    issued_from: date | None = Field(None, description="day in China, the first")
    issued_to: date | None = Field(None, description="the last, included")
    urgent: bool = False
    sort: str = Field("", pattern=f"^({'|'.join(Sort.LABELS)})?$")
    cursor: str = Field("", max_length=keyset.LENGTH)


class DutyIn(Schema):
    """`groups`: townships, villages, grids, units (everything of that sort below you), or villages:<code> and the like.

    `receivers`: codes of areas and units. `role` narrows all of them to one role. Without `due_time` until the end of
    `due_on` in China.
    """

    title: str = Field(max_length=200)
    body: str = Field(max_length=4000)
    due_on: date
    due_time: time | None = None
    source: str = Field("", max_length=400)
    urgent: bool = False
    groups: list[str] = Field([], max_length=200)
    receivers: list[str] = Field([], max_length=1000)
    role: str = Field("", max_length=32)
    case: str = Field("", max_length=20, description="number of a case")
    photos: list[str] = Field([], max_length=9, description="ids of your uploaded photos")


class LineOut(Schema):
    """A receiver's part. `acts` is what the caller can do now; `late`: still with the receiver after its time."""

    id: str
    duty_id: str
    number: str
    title: str
    office: str
    name: str
    area: str
    unit: str
    role: str
    state: str
    urgent: bool
    due_at: datetime
    late: bool
    received_at: datetime | None
    reported_at: datetime | None
    ended_at: datetime | None
    nothing: bool
    result: str
    sent_back: int
    asked_until: datetime | None
    version: int
    acts: list[str]

    @classmethod
    def of(cls, line: Line, now: datetime, acts: list[Act]) -> "LineOut":
        duty = line.duty
        return cls(
            id=str(line.id), duty_id=str(duty.id), number=duty.number, title=duty.title, office=duty.office,
            name=line.name, area=line.area.code if line.area is not None else "",
            unit=line.unit.code if line.unit is not None else "", role=line.role, state=line.state,
            urgent=duty.urgent, due_at=line.due_at, late=line.is_late(now), received_at=line.received_at,
            reported_at=line.reported_at, ended_at=line.ended_at, nothing=line.nothing, result=line.result,
            sent_back=line.sent_back, asked_until=line.asked_until, version=line.version,
            acts=[act.value for act in acts],
        )  # fmt: skip


class LineListOut(Schema):
    items: list[LineOut]
    next: str
    previous: str


class LineQuery(Schema):
    state: str = Field("", pattern="^(issued|received|returned|done|ended)?$", description="a segment of the list")
    late: bool = False
    q: str = Field("", max_length=40)
    cursor: str = Field("", max_length=keyset.LENGTH)


class LineStepOut(Schema):
    act: str
    at: datetime
    by: str
    text: str
    nothing: bool
    state: str
    due_at: datetime
    asked_until: datetime | None
    photos: list[str]

    @classmethod
    def of(cls, step: LineStep, photos: list[str]) -> "LineStepOut":
        return cls(
            act=step.act, at=step.at, by=f"{step.actor_name}，{step.actor_title}".rstrip("，"), text=step.text,
            nothing=step.nothing, state=step.to_state, due_at=step.due_at, asked_until=step.asked_until, photos=photos,
        )  # fmt: skip


class LineDetailOut(LineOut):
    """With what is to be done and everything that happened, the newest first."""

    body: str
    source: str
    steps: list[LineStepOut]


class LineActIn(Schema):
    """`version` is the one that the caller saw."""

    version: int = Field(ge=0, lt=2**31)
    text: str = Field("", max_length=2000)


class LineProofIn(LineActIn):
    photos: list[str] = Field([], max_length=9, description="ids of your uploaded photos")


class LineDoneIn(LineProofIn):
    """`nothing`: it was looked into, and there is nothing to report."""

    nothing: bool = False


class LineAskIn(LineActIn):
    until: date = Field(description="day in China up to which more time is asked for")


class LineSeenIn(Schema):
    id: str = Field(pattern=ID)
    version: int = Field(ge=0, lt=2**31)


class LinesActIn(Schema):
    """Each line is done or refused by itself."""

    act: str = Field(pattern="^(strike|send_back|withdraw)$")
    text: str = Field("", max_length=2000)
    lines: list[LineSeenIn] = Field(min_length=1, max_length=200)


class OutcomeOut(Schema):
    """`error` is empty where it was done."""

    id: str
    name: str
    error: str

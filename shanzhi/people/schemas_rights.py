"""Shapes of care groups, looks and requests."""

from datetime import date, datetime
from typing import Self

from ninja import Schema
from pydantic import Field

from shanzhi.people.models import Look, Request
from shanzhi.people.schemas import MaybeId, PeopleVersionIn
from shanzhi.people.selectors.care import GroupCount, Seen


class PeopleCareIn(Schema):
    group: str = Field(max_length=40)
    since: date
    reason: str = Field(max_length=600)


class PeopleCareEndIn(PeopleVersionIn):
    until: date
    reason: str = Field(max_length=600)


class PeopleCareOut(Schema):
    """A membership of a group that the caller may see."""

    id: str
    resident: str
    group: str
    label: str
    since: date
    until: date | None
    seen_on: date | None
    due_on: date | None
    version: int

    @classmethod
    def of(cls, one: Seen) -> Self:
        row = one.row
        return cls(
            id=str(row.id), resident=str(row.resident_id), group=one.group.code, label=one.group.label, since=row.since,
            until=row.until, seen_on=row.seen_on, due_on=row.due_on, version=row.version,
        )  # fmt: skip


class PeopleGroupMemberOut(PeopleCareOut):
    name: str = Field(description="masked for a strict group")

    @classmethod
    def of_row(cls, one: Seen) -> Self:
        return cls(**PeopleCareOut.of(one).dict(), name=one.shown_name)


class PeopleGroupMemberListOut(Schema):
    items: list[PeopleGroupMemberOut]
    next: str | None


class PeopleGroupOut(Schema):
    code: str
    label: str
    people: int
    late: int
    visit_every_days: int
    retention_days: int

    @classmethod
    def of(cls, one: GroupCount) -> Self:
        body = one.group.body
        return cls(
            code=one.group.code, label=one.group.label, people=one.people, late=one.late,
            visit_every_days=body.visit_every_days, retention_days=body.retention_days,
        )  # fmt: skip


class PeopleGroupListOut(Schema):
    items: list[PeopleGroupOut]


class PeopleRevealIn(Schema):
    """`field`: paper, phone or door. `text` is needed with the purpose `other`."""

    field: str = Field(max_length=10)
    purpose: str = Field(max_length=8)
    text: str = Field("", max_length=300)


class PeopleRevealOut(Schema):
    """The whole number, given out for a purpose that stays written down; hide it again after `seconds`."""

    value: str
    seconds: int


class PeopleLookOut(Schema):
    by: str
    what: str
    fields: str
    purpose: str
    text: str
    at: datetime

    @classmethod
    def of(cls, row: Look) -> Self:
        return cls(by=row.by, what=row.what, fields=row.fields, purpose=row.purpose, text=row.text, at=row.at)


class PeopleLookListOut(Schema):
    items: list[PeopleLookOut]
    next: str | None


class PeopleRequestIn(Schema):
    kind: str = Field(max_length=8)
    text: str = Field("", max_length=1500)


class PeopleDecisionIn(PeopleVersionIn):
    done: bool
    answer: str = Field(max_length=1500)


class PeopleErasureIn(PeopleVersionIn):
    """`mistaken`: written down by mistake or twice. `request` is the id of the request that is answered with it."""

    mistaken: bool = False
    request: MaybeId = ""
    request_version: int = Field(0, ge=0, lt=2**31)


class PeopleRequestOut(Schema):
    id: str
    resident: str
    kind: str
    state: str
    text: str
    answer: str
    asked_at: datetime
    decided_at: datetime | None
    version: int

    @classmethod
    def of(cls, row: Request) -> Self:
        return cls(
            id=str(row.id), resident=str(row.resident_id or ""), kind=row.kind, state=row.state, text=row.text,
            answer=row.answer, asked_at=row.asked_at, decided_at=row.decided_at, version=row.version,
        )  # fmt: skip


class PeopleRequestListOut(Schema):
    items: list[PeopleRequestOut]
    next: str | None

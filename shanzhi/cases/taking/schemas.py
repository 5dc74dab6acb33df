"""Taking down, numbers and receipts on the wire."""

from datetime import datetime

from ninja import Schema
from pydantic import Field

from shanzhi.cases.catalogue import Source
from shanzhi.cases.models import Case, Reveal
from shanzhi.cases.schemas import ReportIn
from shanzhi.cases.taking.contacts import Caller
from shanzhi.cases.taking.following import Followed
from shanzhi.lib.errors import Invalid

SOURCES = "`phone`, `counter`, `box`, `paper`, `media` or `desk`"


class ContactIn(Schema):
    name: str = Field("", max_length=60, description="who called, came or wrote; may be left out")
    phone: str = Field("", max_length=30, description="sealed when kept; see /reveals for reading it again")
    wants_reply: bool = False


class TakeDownIn(ReportIn):
    """A report for somebody without an account; `occurred_at` is when the call or letter came, 90 days at most."""

    source: Source = Field(description=SOURCES)
    contact: ContactIn | None = None


class PhoneIn(Schema):
    phone: str = Field(max_length=30)


class EarlierOut(Schema):
    code: str
    number: str
    title: str
    kind: str
    state: str
    received_at: datetime

    @classmethod
    def of(cls, case: Case) -> "EarlierOut":
        return cls(code=case.code, number=case.number, title=case.title, kind=case.kind, state=case.state,
                   received_at=case.received_at)  # fmt: skip


class EarlierListOut(Schema):
    """The newest five of a number that the caller may see, and how many there are in all."""

    items: list[EarlierOut]
    total: int


class CallerOut(Schema):
    """Who called: the name masked for whoever does not deal with the case, the number masked or empty."""

    name: str
    phone: str
    has_phone: bool
    wants_reply: bool

    @classmethod
    def of(cls, caller: Caller) -> "CallerOut":
        return cls(name=caller.name, phone=caller.phone, has_phone=caller.has_phone, wants_reply=caller.wants_reply)


class RevealIn(Schema):
    purpose: Reveal.Purpose = Field(description="`reply`, `check`, `notify` or `other`")
    text: str = Field("", max_length=100, description="needed with `other`")


class RevealedOut(Schema):
    """The number, to be forgotten after `seconds`."""

    name: str
    phone: str
    seconds: int


class RevealOut(Schema):
    by: str
    purpose: str
    text: str
    at: datetime

    @classmethod
    def of(cls, row: Reveal) -> "RevealOut":
        return cls(by=row.by, purpose=row.purpose, text=row.text, at=row.at)


class ReceiptOut(Schema):
    """What is handed to whoever reported: the secret, and the page on which it is typed."""

    number: str
    secret: str
    page: str


class PaperOut(Schema):
    """A paper of the kind, filled in from the case."""

    code: str
    label: str
    paragraphs: list[str]


class FollowIn(Schema):
    secret: str = Field(max_length=100, description="13 signs of the receipt; case and dashes do not matter")
    number: str = Field("", max_length=20, description="of the case; may be left out")


class ToldOut(Schema):
    at: datetime
    words: str


class FollowedOut(Schema):
    """How a matter is doing in plain words, without anybody's name."""

    number: str
    kind: str
    place: str
    owner: str
    received_at: datetime
    state: str
    ended: bool
    next: str
    due_at: datetime | None
    steps: list[ToldOut]

    @classmethod
    def of(cls, found: Followed) -> "FollowedOut":
        return cls(
            number=found.number, kind=found.kind, place=found.place, owner=found.owner, received_at=found.received_at,
            state=found.state, ended=found.ended, next=found.next, due_at=found.due_at,
            steps=[ToldOut(at=step.at, words=step.words) for step in found.steps],
        )  # fmt: skip


def source_of(source: Source) -> str:
    """Only what staff take down; Invalid for the sources that name themselves."""
    if source in (Source.SNAP, Source.RESIDENT, Source.API, Source.PART):
        raise Invalid(
            "代群众登记要写明是怎么来的。", code="source", fields={"source": ["请选电话、来访、来信等来源。"]}
        )
    return source.value

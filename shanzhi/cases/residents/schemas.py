"""What programs send and get for people without an account."""

from datetime import datetime
from typing import Any

from ninja import Schema
from pydantic import Field

from shanzhi.cases.acts import Act
from shanzhi.cases.residents.alike import Alike
from shanzhi.cases.residents.holding import Holder
from shanzhi.cases.taking.following import Followed
from shanzhi.cases.taking.schemas import FollowedOut

TYPED = "13 signs of the receipt; case and dashes do not matter"


class PublicContactIn(Schema):
    name: str = Field("", max_length=40)
    phone: str = Field("", max_length=30, description="sealed when kept, and told to nobody without a purpose")
    wants_reply: bool = Field(False, description="short messages about the progress; needs a phone")


class PublicProofIn(Schema):
    """What the member `challenge` of a refusal `proof_needed` asked for: the work or the answer, either will do."""

    challenge: str = Field("", max_length=600, description="as it was given, of the work or of the question")
    answer: str = Field("", max_length=40, description="the nonce that was found, or the answer to the question")


class ProvedIn(Schema):
    proof: PublicProofIn | None = Field(None, description="owed after a few acts, and while very much comes in")


class PublicReportIn(ProvedIn):
    village: str = Field(max_length=12, description="12 digits of an open village")
    grid: str = Field("", max_length=15, description="code of one of its grids; empty for the village")
    body: str = Field(max_length=2000)
    kind: str = Field("", max_length=40, description="code of a kind; empty leaves it to the village")
    answers: dict[str, Any] = Field(default_factory=dict)
    place: str = Field("", max_length=100)
    lon: float | None = Field(None, ge=-180, le=180, allow_inf_nan=False)
    lat: float | None = Field(None, ge=-90, le=90, allow_inf_nan=False)
    accuracy: int | None = Field(None, ge=0, le=100_000, description="metres")
    urgent: bool = False
    contact: PublicContactIn | None = None


class PublicAlikeIn(Schema):
    village: str = Field(max_length=12)
    grid: str = Field("", max_length=15)
    body: str = Field(max_length=2000)
    kind: str = Field("", max_length=40)
    lon: float | None = Field(None, ge=-180, le=180, allow_inf_nan=False)
    lat: float | None = Field(None, ge=-90, le=90, allow_inf_nan=False)


class PublicAlikeOut(Schema):
    """An open matter that is probably the same; never a word of whoever reported it."""

    number: str
    kind: str
    place: str
    received_at: datetime
    state: str
    summary: str
    joined: int

    @classmethod
    def of(cls, one: Alike) -> "PublicAlikeOut":
        return cls(number=one.number, kind=one.kind, place=one.place, received_at=one.received_at, state=one.state,
                   summary=one.summary, joined=one.joined)  # fmt: skip


class PublicJoinIn(ProvedIn):
    village: str = Field(max_length=12)
    number: str = Field(max_length=20, description="of the case that is joined")
    phone: str = Field("", max_length=30, description="for short messages about the progress")


class PublicComplaintIn(ProvedIn):
    village: str = Field(max_length=12)
    level: str = Field("village", pattern="^(village|township)$", description="whose people it is about")
    body: str = Field(max_length=2000)
    contact: PublicContactIn | None = None


class PublicReceiptOut(Schema):
    """Told once, to whoever made it; the secret is found again nowhere."""

    number: str = Field(
        description="empty while the report is held because very much comes in; follow it by the secret"
    )
    secret: str
    page: str = Field(description="where it is followed; the secret is typed there")


class HolderIn(Schema):
    secret: str = Field(max_length=100, description=TYPED)
    number: str = Field("", max_length=20)


class PublicAddIn(HolderIn, ProvedIn):
    text: str = Field(max_length=1000)


class PublicRateIn(HolderIn, ProvedIn):
    version: int = Field(ge=0, le=2_000_000_000, description="the version that was followed")
    satisfied: bool
    text: str = Field("", max_length=1000, description="needed where not satisfied")


class PublicReopenIn(HolderIn, ProvedIn):
    version: int = Field(ge=0, le=2_000_000_000)
    text: str = Field(max_length=1000)


class HeldStepOut(Schema):
    at: datetime
    words: str
    text: str


class HeldOut(FollowedOut):
    """As /follow tells it, with what its holder wrote and may do; `version` goes with what is done."""

    version: int
    is_reporter: bool
    acts: list[Act]
    body: str
    place_words: str
    told: list[HeldStepOut]

    @classmethod
    def held(cls, holder: Holder, found: Followed) -> "HeldOut":
        plain = FollowedOut.of(found).dict()
        own = found.own
        return cls(
            **plain, version=holder.case.version, is_reporter=holder.is_reporter, acts=holder.acts,
            body=own.body if own is not None else "", place_words=own.place if own is not None else "",
            told=[HeldStepOut(at=step.at, words=step.words, text=step.text) for step in found.steps],
        )  # fmt: skip

    @classmethod
    def waiting(cls, found: Followed) -> "HeldOut":
        """Of a report that is held: it has no number, and nothing can be done with it yet."""
        steps = [HeldStepOut(at=step.at, words=step.words, text="") for step in found.steps]
        plain = FollowedOut.of(found).dict()
        return cls(**plain, version=0, is_reporter=True, acts=[], body="", place_words="", told=steps)

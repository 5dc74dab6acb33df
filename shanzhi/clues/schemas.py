"""What programs of officers and of the public send and get."""

from datetime import date, datetime
from typing import Annotated

from ninja import Schema
from pydantic import Field, StringConstraints

from shanzhi.clues.models import Clue, ClueOfficer
from shanzhi.clues.presenters import Looked
from shanzhi.clues.services import Deed, Followed, Given
from shanzhi.clues.verifying import Checked
from shanzhi.ui.parts import TimelineItem

Id = Annotated[str, StringConstraints(max_length=20)]
Ids = Annotated[list[Id], Field(max_length=200)]
Wide = Annotated[str, StringConstraints(max_length=20_000)]  # the services say how long a text may be
Secret = Annotated[str, StringConstraints(max_length=40)]


class ClueDeskOfficerOut(Schema):
    id: str
    name: str
    lead: bool

    @classmethod
    def of(cls, row: ClueOfficer) -> "ClueDeskOfficerOut":
        return cls(id=str(row.id), name=row.user.name, lead=row.lead)


class ClueDeskOut(Schema):
    """Who reads clues here, by name, so that somebody can be barred; `open` is false while nobody leads."""

    open: bool
    officers: list[ClueDeskOfficerOut]

    @classmethod
    def of(cls, officers: list[ClueOfficer]) -> "ClueDeskOut":
        return cls(open=any(one.lead for one in officers), officers=[ClueDeskOfficerOut.of(one) for one in officers])


class ClueIn(Schema):
    """`barred` are ids of officers who may not know of it."""

    body: Wide
    place: Wide = ""
    whom: Wide = ""
    name: Wide = ""
    phone: Wide = ""
    barred: Ids = []

    def given(self) -> Given:
        return Given(**self.dict())


class ClueReceiptOut(Schema):
    """`secret` alone leads back to the clue; it is told once."""

    number: str
    secret: str


class ClueSecretIn(Schema):
    secret: Secret


class ClueAddIn(ClueSecretIn):
    text: Wide


class ClueBarIn(ClueSecretIn):
    barred: Ids


class ClueWordsOut(Schema):
    at: datetime
    text: str


class ClueFollowedOut(Schema):
    """The state in plain words and what officers chose to say; nothing of what was handed in."""

    state: str
    received_at: datetime
    words: list[ClueWordsOut]
    added: int

    @classmethod
    def of(cls, found: Followed) -> "ClueFollowedOut":
        words = [ClueWordsOut(at=step.at, text=step.told or "") for step in found.words]
        return cls(state=found.clue.told, received_at=found.clue.received_at, words=words, added=found.added)


class ClueOfficerOut(Schema):
    id: str
    name: str
    login: str
    lead: bool
    appointed_at: datetime
    ended_at: datetime | None
    reason: str
    version: int

    @classmethod
    def of(cls, row: ClueOfficer) -> "ClueOfficerOut":
        return cls(
            id=str(row.id), name=row.user.name, login=row.user.username, lead=row.lead, appointed_at=row.appointed_at,
            ended_at=row.ended_at, reason=row.reason, version=row.version,
        )  # fmt: skip


class ClueOfficerListOut(Schema):
    items: list[ClueOfficerOut]
    next: str | None


class ClueOfficerIn(Schema):
    login: Annotated[str, StringConstraints(max_length=32)]
    lead: bool = False


class ClueOfficerEndIn(Schema):
    version: int = Field(ge=0, le=2**31 - 1)
    reason: Annotated[str, StringConstraints(max_length=1000)]


class ClueRowOut(Schema):
    """A line of the list: without any text, because reading one is written down."""

    id: str
    number: str
    state: str
    received_at: datetime
    last_at: datetime
    version: int
    assigned: list[str]

    @classmethod
    def of(cls, clue: Clue, names: list[str]) -> "ClueRowOut":
        return cls(
            id=str(clue.id), number=clue.shown_number, state=clue.state, received_at=clue.received_at,
            last_at=clue.last_at, version=clue.version, assigned=names,
        )  # fmt: skip


class ClueListOut(Schema):
    items: list[ClueRowOut]
    next: str | None


class ClueStepOut(Schema):
    at: datetime
    what: str
    who: str
    text: str

    @classmethod
    def of(cls, item: TimelineItem) -> "ClueStepOut":
        return cls(at=item.at, what=item.title, who=item.who, text=item.note)


class ClueLookOut(Schema):
    at: datetime
    who: str
    what: str

    @classmethod
    def of(cls, look: Looked) -> "ClueLookOut":
        return cls(at=look.at, who=look.who, what=look.what)


class ClueOut(ClueRowOut):
    """A clue as its officers read it."""

    body: str
    place: str
    whom: str
    name: str
    phone: str
    barred: list[str]
    acts: list[str]
    steps: list[ClueStepOut]
    looks: list[ClueLookOut]


class ClueActIn(Schema):
    """`version` is the one that was seen; of the rest an act reads what concerns it.

    `officers`: assigning, ids as `clue-desk` has them. `organ` (`police`, `discipline`, `procuratorate`, `other`) to
    `receiver`: a transfer. `result` (`confirmed`, `not_confirmed`, `transferred`, `insufficient`): a conclusion.
    """

    version: int = Field(ge=0, le=2**31 - 1)
    note: Wide = ""
    told: Wide = ""
    officers: Ids = []
    organ: Wide = ""
    organ_name: Wide = ""
    document: Wide = ""
    on: date | None = None
    receiver: Wide = ""
    result: Wide = ""

    def deed(self) -> Deed:
        return Deed(**{name: value for name, value in self.dict().items() if name != "version"})


class ClueCheckOut(Schema):
    """`missing` counts steps of the whole county; the rest is of clues that the lead sees."""

    whole: bool
    clues: int
    steps: int
    missing: int
    faults: list[str]

    @classmethod
    def of(cls, found: Checked) -> "ClueCheckOut":
        return cls(
            whole=found.whole, clues=found.clues, steps=found.steps, missing=found.missing, faults=list(found.faults)
        )

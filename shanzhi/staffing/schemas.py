"""Shapes of the staffing's API. Ids are strings; a phone number is never in an answer, only its masked form."""

from datetime import date, datetime
from typing import Annotated, Literal, Self

from ninja import Schema
from pydantic import Field

from shanzhi.areas.schemas import CODE, AreaRef
from shanzhi.lib.masks import phone_mask
from shanzhi.staffing.models import Assignment, RuleEntry
from shanzhi.staffing.selectors import AsOf, Board, Gap, Holder, Spot
from shanzhi.staffing.selectors.board import Figures, PlaceRow

Version = Annotated[int, Field(ge=0, lt=2**31)]
ONLY = "id of the assignment; empty for a post, which the security administrator keeps"


class StaffHolderOut(Schema):
    """Somebody in a role at a place. `role` is a code, `label` its Chinese name."""

    id: str = Field(description=ONLY)
    role: str
    label: str
    name: str
    organisation: str
    area: AreaRef
    valid_from: date
    valid_to: date | None
    state: str = Field(description="live, coming, over or ended, on the day that was asked for")

    @classmethod
    def of(cls, one: Holder) -> Self:
        return cls(
            id=str(one.number or ""), role=one.role, label=one.label, name=one.name, organisation=one.organisation,
            area=AreaRef.of_area(one.area), valid_from=one.valid_from, valid_to=one.valid_to, state=one.state,
        )  # fmt: skip


class StaffHolderListOut(Schema):
    """In the order that was asked for; hand `next` back as `after`."""

    on: date
    items: list[StaffHolderOut]
    next: str | None


class StaffAssignmentOut(Schema):
    """An assignment as it is now; `phone` is masked."""

    id: str
    role: str
    name: str
    organisation: str
    phone: str
    area: AreaRef
    valid_from: date
    valid_to: date | None
    ended_on: date | None
    source: str
    state: str
    version: int

    @classmethod
    def of(cls, row: Assignment, today: date) -> Self:
        return cls(
            id=str(row.id), role=row.role, name=row.name, organisation=row.organisation,
            phone=phone_mask(row.phone) if row.phone_index else "",
            area=AreaRef.of_area(row.area), valid_from=row.valid_from, valid_to=row.valid_to, ended_on=row.ended_on,
            source=row.source, state=row.state_on(today), version=row.version,
        )  # fmt: skip


class StaffDetailsIn(Schema):
    name: str = Field(max_length=200)
    organisation: str = Field("", max_length=200)
    phone: str = Field("", max_length=60)
    source: str = Field("", max_length=300)


class StaffAssignmentIn(StaffDetailsIn):
    """`place` is the code of an area; `role` a code of somebody who needs no account."""

    role: str = Field(max_length=16)
    place: str = Field(pattern=CODE)
    valid_from: date
    valid_to: date | None = None


class StaffCorrectionIn(StaffDetailsIn):
    """All of it as it is to be; an empty phone keeps the one there is, unless `keep_phone` is false."""

    version: Version
    keep_phone: bool = True


class StaffTermIn(Schema):
    version: Version
    valid_from: date
    valid_to: date | None = None
    reason: str = Field(max_length=400)


class StaffRenewalIn(Schema):
    version: Version
    valid_to: date | None = None
    source: str = Field("", max_length=300)


class StaffEndIn(Schema):
    """`on` is the first day on which it no longer holds: today, if it is left out."""

    version: Version
    on: date | None = None
    reason: str = Field(max_length=400)


class StaffPhoneIn(Schema):
    purpose: Literal["case", "arrange", "urgent", "other"]
    text: str = Field("", max_length=300)


class StaffPhoneOut(Schema):
    """The number, given out for a purpose that stays written down."""

    phone: str


class StaffCellOut(Schema):
    """People of one role: in office, needed at least (0: the rule asks for none), missing place by place."""

    role: str
    label: str
    held: int
    needed: int
    missing: int


class StaffPlaceOut(Schema):
    """`missing` people, `headless` grids without a leader, `soon` terms that end within 30, 60 and 90 days."""

    code: str
    name: str
    grids: int
    people: int
    missing: int
    headless: int
    soon: list[int]
    lapsed: int
    roles: list[StaffCellOut]

    @classmethod
    def of(cls, code: str, name: str, figures: Figures) -> Self:
        names = ("role", "label", "held", "needed", "missing")
        cells = [StaffCellOut(**{name: getattr(cell, name) for name in names}) for cell in figures.cells]
        return cls(
            code=code, name=name, grids=figures.grids, people=figures.people, missing=figures.missing,
            headless=figures.headless, soon=list(figures.soon), lapsed=figures.lapsed, roles=cells,
        )  # fmt: skip

    @classmethod
    def of_row(cls, row: PlaceRow) -> Self:
        return cls.of(row.code, row.name, row.figures)


class StaffOverviewOut(Schema):
    """A place on a day, and what lies directly below it."""

    on: date
    place: StaffPlaceOut
    below: list[StaffPlaceOut]

    @classmethod
    def of_board(cls, board: Board) -> Self:
        place = StaffPlaceOut.of(board.area.code, board.area.name, board.figures)
        return cls(on=board.asof.day, place=place, below=[StaffPlaceOut.of_row(row) for row in board.rows])


class StaffGapOut(Schema):
    code: str
    name: str
    level: str
    role: str
    label: str
    needed: int
    held: int
    missing: int

    @classmethod
    def of(cls, gap: Gap) -> Self:
        return cls(
            code=gap.place.code, name=gap.place.words, level=gap.place.level, role=gap.role, label=gap.label,
            needed=gap.needed, held=gap.held, missing=gap.missing,
        )  # fmt: skip


class StaffGapListOut(Schema):
    """All of them in the order of the tree, at most 5,000; `total` says how many there are."""

    on: date
    total: int
    items: list[StaffGapOut]

    @classmethod
    def of_gaps(cls, gaps: list[Gap], asof: AsOf, most: int) -> Self:
        return cls(on=asof.day, total=len(gaps), items=[StaffGapOut.of(gap) for gap in gaps[:most]])


class StaffHereIn(Schema):
    """A position in degrees of CGCS2000 or WGS-84, or the code of a place."""

    lon: float | None = Field(None, ge=-180, le=180, allow_inf_nan=False)
    lat: float | None = Field(None, ge=-90, le=90, allow_inf_nan=False)
    area: str = Field("", pattern=r"^(\d{12}(\d{3})?)?$")


class StaffSpotOut(Schema):
    """A level of the way up: who is in office, how many volunteers, and needed roles (by name) that nobody holds."""

    area: AreaRef
    level: str
    people: list[StaffHolderOut]
    volunteers: int
    vacant: list[str]

    @classmethod
    def of(cls, spot: Spot) -> Self:
        return cls(
            area=AreaRef.of_area(spot.area), level=spot.area.level,
            people=[StaffHolderOut.of(one) for one in spot.people], volunteers=spot.crowd, vacant=list(spot.vacant),
        )  # fmt: skip


class StaffHereOut(Schema):
    """From the place itself up to the county; `metres` is how far the village is if no grid holds the position."""

    metres: int
    spots: list[StaffSpotOut]


class StaffRuleIn(Schema):
    """At each place of a level, or at the one place with this code. Without `least` it goes back to what counted."""

    role: str = Field(max_length=16)
    level: Literal["county", "township", "village", "grid", ""] = ""
    place: str = Field("", pattern=r"^(\d{12}(\d{3})?)?$")
    least: int | None = Field(None, ge=0, le=99)
    reason: str = Field(max_length=400)
    seen: int | None = Field(None, ge=0, lt=2**31, description="`number` of the last entry that was read")


class StaffRuleLine(Schema):
    level: str
    role: str
    least: int


class StaffRuleEntryOut(Schema):
    number: int
    level: str
    role: str
    area: AreaRef | None
    least: int | None
    since: date
    reason: str
    actor: str
    at: datetime

    @classmethod
    def of(cls, row: RuleEntry) -> Self:
        return cls(
            number=row.number, level=row.level, role=row.role, least=row.least, since=row.since, reason=row.reason,
            area=AreaRef.of_area(row.area) if row.area is not None else None,
            actor=f"{row.actor_name} {row.actor_post}".strip(), at=row.at,
        )  # fmt: skip


class StaffRuleOut(Schema):
    """What counts today at each level, and the last hundred changes; places with a rule of their own are among them."""

    levels: list[StaffRuleLine]
    entries: list[StaffRuleEntryOut]

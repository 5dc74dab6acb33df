"""Shapes of the register's API. Ids are strings; numbers of papers and telephones and doors are masked in every answer
but that of a reveal."""

from datetime import date
from typing import Annotated, Self

from ninja import Schema
from pydantic import Field

from shanzhi.areas.schemas import AreaRef
from shanzhi.lib.masks import door_mask, paper_mask, phone_mask
from shanzhi.lib.shapes import DEGREE
from shanzhi.people.models import Dwelling, Household, Resident, Stay
from shanzhi.people.selectors.counts import CountRow, Counts, Figures
from shanzhi.people.selectors.homes import HouseholdRow
from shanzhi.people.selectors.residents import Member
from shanzhi.people.services import Facts, Home, Whither

Version = Annotated[int, Field(ge=0, lt=2**31)]
Id = Annotated[str, Field(pattern=r"^\d{1,19}$")]
MaybeId = Annotated[str, Field(pattern=r"^(\d{1,18})?$")]
Code = Annotated[str, Field(pattern=r"^(\d{12}(\d{3})?)?$")]
Relations = Annotated[dict[Annotated[str, Field(pattern=r"^\d{1,18}$")], str], Field(max_length=100)]


def ids_of(said: dict[str, str]) -> dict[int, str]:
    return {int(number): relation for number, relation in said.items()}


def _ref(row: object) -> str:
    return str(row) if row else ""


class PeopleResidentOut(Schema):
    """A person as they are now. `lives` and `registered` are null outside of the county; `…_elsewhere` names it."""

    id: str
    name: str
    sex: str
    born_on: date | None
    papers: str
    paper_number: str = Field(description="masked")
    phone: str = Field(description="masked")
    population: str
    lives: AreaRef | None
    lives_elsewhere: str
    registered: AreaRef | None
    registered_elsewhere: str
    dwelling: str
    household: str
    relation: str
    died_on: date | None
    gone_on: date | None
    version: int

    @classmethod
    def of(cls, row: Resident) -> Self:
        return cls(
            id=str(row.id), name=row.name, sex=row.sex, born_on=row.born_on, papers=row.papers,
            paper_number=paper_mask(row.paper_number), phone=phone_mask(row.phone), population=row.population,
            lives=AreaRef.of_area(row.lives) if row.lives else None, lives_elsewhere=row.lives_elsewhere,
            registered=AreaRef.of_area(row.registered) if row.registered else None,
            registered_elsewhere=row.registered_elsewhere, dwelling=_ref(row.dwelling_id),
            household=_ref(row.household_id), relation=row.relation, died_on=row.died_on, gone_on=row.gone_on,
            version=row.version,
        )  # fmt: skip


class PeopleResidentListOut(Schema):
    """By place and name; hand `next` back as `after`."""

    items: list[PeopleResidentOut]
    next: str | None


class PeopleStayOut(Schema):
    """What held on [since, until); a void one was corrected."""

    id: str
    since: date
    until: date | None
    change: str
    population: str
    lives: AreaRef | None
    lives_elsewhere: str
    registered: AreaRef | None
    registered_elsewhere: str
    note: str
    void: bool

    @classmethod
    def of(cls, row: Stay) -> Self:
        return cls(
            id=str(row.id), since=row.since, until=row.until, change=row.change, population=row.population,
            lives=AreaRef.of_area(row.lives) if row.lives else None, lives_elsewhere=row.lives_elsewhere,
            registered=AreaRef.of_area(row.registered) if row.registered else None,
            registered_elsewhere=row.registered_elsewhere, note=row.note, void=row.void,
        )  # fmt: skip


class PeoplePersonOut(PeopleResidentOut):
    stays: list[PeopleStayOut]


class PeopleWhitherIn(Schema):
    """Codes of villages or grids, ids of a dwelling and a household, or words for a place outside of the county."""

    lives: Code = ""
    dwelling: MaybeId = ""
    lives_elsewhere: str = Field("", max_length=240)
    registered: Code = ""
    registered_elsewhere: str = Field("", max_length=240)
    household: MaybeId = ""
    relation: str = Field("", max_length=1)

    def whither(self) -> Whither:
        return Whither(
            self.lives, int(self.dwelling) if self.dwelling else None, self.lives_elsewhere, self.registered,
            self.registered_elsewhere, int(self.household) if self.household else None, self.relation,
        )  # fmt: skip


class PeopleFactsIn(Schema):
    name: str = Field(max_length=120)
    papers: str = Field("id", max_length=8)
    paper_number: str = Field("", max_length=60)
    sex: str = Field("0", max_length=1)
    born_on: date | None = None
    phone: str = Field("", max_length=60)

    def facts(self) -> Facts:
        return Facts(self.name, self.papers, self.paper_number, self.sex, self.born_on, self.phone)


class PeopleResidentIn(PeopleFactsIn, PeopleWhitherIn):
    """`change` is first, moved_in or born; a birth is dated by `born_on`."""

    on: date
    change: str = Field("first", max_length=12)


class PeopleFactsChangeIn(PeopleFactsIn):
    """All of it as it is to be; empty numbers keep those there are, unless `keep_numbers` is false."""

    version: Version
    keep_numbers: bool = True


class PeopleEventIn(PeopleWhitherIn):
    """`event`: moved, left, back, registered, moved-out, moved-in, died."""

    version: Version
    event: str = Field(max_length=20)
    on: date
    note: str = Field("", max_length=600)


class PeopleCorrectionIn(PeopleWhitherIn):
    """`version` is that of the person."""

    version: Version
    since: date
    note: str = Field(max_length=600)


class PeopleVersionIn(Schema):
    version: Version


class PeopleDayIn(PeopleVersionIn):
    on: date


class PeopleDwellingOut(Schema):
    id: str
    area: AreaRef
    road: str
    door: str = Field(description="masked")
    use: str
    lon: float | None
    lat: float | None
    gone_on: date | None
    version: int

    @classmethod
    def of(cls, row: Dwelling) -> Self:
        return cls(
            id=str(row.id), area=AreaRef.of_area(row.area), road=row.road, door=door_mask(row.door), use=row.use,
            lon=None if row.lon is None else row.lon / DEGREE, lat=None if row.lat is None else row.lat / DEGREE,
            gone_on=row.gone_on, version=row.version,
        )  # fmt: skip


class PeopleDwellingListOut(Schema):
    items: list[PeopleDwellingOut]
    next: str | None


class PeopleMemberOut(Schema):
    """Outside of the caller's scope the name is masked and the id empty."""

    id: str
    name: str
    relation: str
    population: str

    @classmethod
    def of(cls, one: Member) -> Self:
        return cls(
            id=str(one.row.id) if one.seen else "", name=one.name, relation=one.row.relation,
            population=one.row.population,
        )  # fmt: skip


class PeopleDwellingFullOut(PeopleDwellingOut):
    people: list[PeopleMemberOut]


class PeopleDwellingIn(Schema):
    """A position in degrees of CGCS2000 or WGS-84; `photo` is the id of a draft photo."""

    place: Code
    road: str = Field("", max_length=180)
    door: str = Field("", max_length=180)
    use: str = Field("own", max_length=8)
    lon: float | None = Field(None, ge=-180, le=180, allow_inf_nan=False)
    lat: float | None = Field(None, ge=-90, le=90, allow_inf_nan=False)
    photo: MaybeId = ""

    def home(self) -> Home:
        return Home(self.place, self.road, self.door, self.use, self.lon, self.lat)

    @property
    def photos(self) -> tuple[int, ...]:
        return (int(self.photo),) if self.photo else ()


class PeopleDwellingChangeIn(PeopleDwellingIn):
    """An empty door keeps the one there is, if `keep_door`."""

    version: Version
    keep_door: bool = True


class PeopleHouseholdOut(Schema):
    id: str
    number: str
    kind: str
    area: AreaRef
    opened_on: date
    closed_on: date | None
    version: int

    @classmethod
    def of(cls, row: Household) -> Self:
        return cls(
            id=str(row.id), number=row.number, kind=row.kind, area=AreaRef.of_area(row.area), opened_on=row.opened_on,
            closed_on=row.closed_on, version=row.version,
        )  # fmt: skip


class PeopleHouseholdRowOut(PeopleHouseholdOut):
    head: str
    people: int

    @classmethod
    def of_row(cls, one: HouseholdRow) -> Self:
        return cls(**PeopleHouseholdOut.of(one.row).dict(), head=one.head, people=one.people)


class PeopleHouseholdListOut(Schema):
    items: list[PeopleHouseholdRowOut]
    next: str | None


class PeopleHouseholdFullOut(PeopleHouseholdOut):
    members: list[PeopleMemberOut]


class PeopleHouseholdIn(Schema):
    """`members`: ids of residents with their relation to the head (first digit of GB/T 4761)."""

    place: Code
    on: date
    kind: str = Field("family", max_length=10)
    members: Relations = Field(default_factory=dict)


class PeopleJoinIn(Schema):
    resident: Id
    relation: str = Field(max_length=1)
    on: date


class PeopleSplitIn(PeopleDayIn):
    members: Relations


class PeopleHeadIn(PeopleDayIn):
    head: Id
    relations: Relations = Field(default_factory=dict)


class PeopleMergeIn(PeopleDayIn):
    into: Id
    relations: Relations = Field(default_factory=dict)


class PeopleFiguresOut(Schema):
    """`living` = settled + inflow + overseas; `registered` = settled + away."""

    living: int
    settled: int
    inflow: int
    overseas: int
    away: int
    registered: int
    households: int

    @classmethod
    def of(cls, figures: Figures) -> Self:
        return cls(**{name: getattr(figures, name) for name in cls.model_fields})


class PeopleCountRowOut(Schema):
    area: AreaRef
    figures: PeopleFiguresOut

    @classmethod
    def of(cls, row: CountRow) -> Self:
        return cls(area=AreaRef.of_area(row.area), figures=PeopleFiguresOut.of(row.figures))


class PeopleCountsOut(Schema):
    """A place on a day, and what lies directly below it; inflow and away of the parts add up to more than the whole."""

    on: date
    area: AreaRef
    figures: PeopleFiguresOut
    below: list[PeopleCountRowOut]

    @classmethod
    def of(cls, counts: Counts) -> Self:
        return cls(
            on=counts.day, area=AreaRef.of_area(counts.area), figures=PeopleFiguresOut.of(counts.figures),
            below=[PeopleCountRowOut.of(row) for row in counts.rows],
        )  # fmt: skip

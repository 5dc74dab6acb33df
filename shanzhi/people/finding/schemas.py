"""What programs send and get when they look for somebody."""

from ninja import Schema
from pydantic import Field

from shanzhi.people.finding.shown import Line


class PersonSearchIn(Schema):
    """A name or part of it, initials, a number, an address; `area` is the code of a place to look in only."""

    text: str = Field(min_length=1, max_length=60)
    area: str = Field("", pattern=r"^(\d{12}(\d{3})?)?$")


class PersonFoundOut(Schema):
    """Numbers are masked; `why` says what of the person answered."""

    id: str
    name: str
    sex: str
    age: int | None
    paper: str
    phone: str
    place: str
    population: str
    why: str

    @classmethod
    def of(cls, line: Line) -> "PersonFoundOut":
        return cls(
            id=str(line.id), name=line.name, sex=line.sex, age=line.age, paper=line.paper, phone=line.phone,
            place=line.place, population=line.population, why=line.why,
        )  # fmt: skip


class PersonSearchOut(Schema):
    """`id` names the search for an hour; `next` leads to the page behind."""

    id: str
    items: list[PersonFoundOut]
    next: str | None

"""Shapes of relatives and contacts."""

from datetime import date
from typing import Self

from ninja import Schema
from pydantic import Field

from shanzhi.people.models import Kin, Look
from shanzhi.people.schemas import MaybeId, PeopleVersionIn
from shanzhi.people.selectors.kin import Related
from shanzhi.people.services.kinship import Relative


class PeopleKinIn(Schema):
    member: MaybeId = ""
    who: str = Field("", max_length=180, description="paper number of a resident in reach, or a name")
    tie: Kin.Tie
    phone: str = Field("", max_length=60, description="of somebody who is not registered")
    is_guardian: bool = False
    is_contact: bool = False
    note: str = Field("", max_length=600)

    def relative(self) -> Relative:
        return Relative(
            who=self.who, tie=self.tie, phone=self.phone, is_guardian=self.is_guardian, is_contact=self.is_contact,
            note=self.note, member=int(self.member) if self.member else None,
        )  # fmt: skip


class PeopleKinEndIn(PeopleVersionIn):
    until: date


class PeopleKinRevealIn(Schema):
    purpose: Look.Purpose
    text: str = Field("", max_length=300)


class PeopleKinOut(Schema):
    """`words` is what the other is to the person; `own` is false for what was written down at the other."""

    id: str
    resident: str | None = Field(description="the other, if registered and in reach")
    name: str = Field(description="masked out of reach")
    words: str
    phone: str = Field(description="masked")
    is_guardian: bool
    is_contact: bool
    since: date
    own: bool
    version: int

    @classmethod
    def of(cls, one: Related) -> Self:
        row = one.row
        return cls(
            id=str(row.id), resident=str(one.other.id) if one.other is not None and one.seen else None, name=one.name,
            words=one.words, phone=one.phone, is_guardian=row.is_guardian, is_contact=row.is_contact, since=row.since,
            own=one.is_own, version=row.version,
        )  # fmt: skip

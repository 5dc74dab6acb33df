"""Definitions on the wire; ids as strings, bodies as their family's schema has them."""

from datetime import datetime
from typing import Any

from ninja import Field, Schema

from shanzhi.packs.models import CODE_LENGTH, NOTE_LENGTH, Definition, Version

CODE = rf"^[a-z0-9][a-z0-9_-]{{0,{CODE_LENGTH - 1}}}$"
NUMBER = Field(ge=0, le=2**31 - 1, description="the current number that the caller saw, 0 for none yet; else 409")


class DefinitionOut(Schema):
    """A definition as it stands; `number` is that of the version that counts."""

    family: str
    code: str
    title: str
    number: int
    origin: str
    pack: str
    digest: str
    changed_at: datetime | None
    retired_at: datetime | None

    @classmethod
    def of(cls, row: Definition) -> "DefinitionOut":
        return cls(
            family=row.family,
            code=row.code,
            title=row.title,
            number=row.current_number,
            origin=row.origin,
            pack=row.pack,
            digest=row.digest,
            changed_at=row.changed_at,
            retired_at=row.retired_at,
        )


class DefinitionListOut(Schema):
    """Hand `next` back as `after` for what follows."""

    items: list[DefinitionOut]
    next: str | None


class RuleVersionOut(Schema):
    """A version with what it says; it is never altered."""

    id: str
    family: str
    code: str
    number: int
    title: str
    body: dict[str, Any]
    digest: str
    origin: str
    pack: str
    note: str
    published_at: datetime
    published_by: str

    @classmethod
    def of(cls, row: Version) -> "RuleVersionOut":
        return cls(
            id=str(row.id),
            family=row.family,
            code=row.code,
            number=row.number,
            title=row.title,
            body=row.body,
            digest=row.digest,
            origin=row.origin,
            pack=row.pack,
            note=row.note,
            published_at=row.published_at,
            published_by=row.published_by_name,
        )


class DefinitionIn(Schema):
    """What is published: the whole body, and why."""

    body: dict[str, Any]
    expected: int = NUMBER
    note: str = Field(min_length=1, max_length=NOTE_LENGTH)


class ExpectedIn(Schema):
    """The number that the caller saw."""

    expected: int = NUMBER

"""Places, units and imports on the wire; ids as strings, days as ISO dates."""

from datetime import date, datetime
from typing import Any, Self

from ninja import Field, Schema

from shanzhi.areas.models import Area, AreaVersion, DivisionImport, ImportFault, Unit

CODE = r"^\d{12}(\d{3})?$"
REASON = Field(min_length=1, max_length=200, description="依据，如文件名称和文号")
VERSION = Field(ge=1, le=2**31 - 1, description="the version that the caller saw; another one is 409")
NAME = Field(min_length=1, max_length=60)


class AreaRef(Schema):
    """A place by its code and name."""

    id: str
    code: str
    name: str
    level: str

    @classmethod
    def of_area(cls, area: Area) -> "AreaRef":
        return AreaRef(id=str(area.id), code=area.code, name=area.name, level=area.level)


class AreaOut(AreaRef):
    """In force on [valid_from, valid_to); an abolished place names the open one that took over."""

    kind: str
    parent: AreaRef | None
    valid_from: date
    valid_to: date | None
    successor: AreaRef | None
    version: int

    @classmethod
    def of(cls, area: Area, heir: Area | None = None) -> Self:
        return cls(
            id=str(area.id),
            code=area.code,
            name=area.name,
            level=area.level,
            kind=area.kind,
            parent=AreaRef.of_area(area.parent) if area.parent else None,
            valid_from=area.valid_from,
            valid_to=area.valid_to,
            successor=AreaRef.of_area(heir) if heir else None,
            version=area.version,
        )


class AreaListOut(Schema):
    """Hand `next` back as `after` for what follows."""

    items: list[AreaOut]
    next: str | None


class VersionOut(Schema):
    """An act on a place, and what it was called and belonged to on [valid_from, valid_to)."""

    number: int
    act: str
    code: str
    name: str
    parent: AreaRef | None
    valid_from: date
    valid_to: date | None
    reason: str
    actor: str
    recorded_at: datetime

    @classmethod
    def of(cls, row: AreaVersion) -> Self:
        return cls(
            number=row.number,
            act=row.act,
            code=row.code,
            name=row.name,
            parent=AreaRef.of_area(row.parent) if row.parent else None,
            valid_from=row.valid_from,
            valid_to=row.valid_to,
            reason=row.reason,
            actor=f"{row.actor_name} {row.actor_post}".strip(),
            recorded_at=row.recorded_at,
        )


class AreaActIn(Schema):
    """Day and reason of an act; the day is not in the future."""

    on: date
    reason: str = REASON


class AreaAddIn(AreaActIn):
    name: str = NAME
    code: str = Field("", max_length=15, description="may be left empty for a grid: the next free number")


class AreaRenameIn(AreaActIn):
    version: int = VERSION
    name: str = NAME
    code: str = Field("", max_length=15, description="empty: the code stays")


class AreaMergeIn(AreaActIn):
    version: int = VERSION
    into: str = Field(pattern=CODE)


class AreaMoveIn(AreaActIn):
    version: int = VERSION
    parent: str = Field(pattern=CODE)


class AbolishIn(AreaActIn):
    version: int = VERSION


class UnitOut(Schema):
    """A department or a centre, in force on [valid_from, valid_to)."""

    id: str
    code: str
    name: str
    kind: str
    area: AreaRef
    valid_from: date
    valid_to: date | None
    version: int

    @classmethod
    def of(cls, unit: Unit) -> Self:
        return cls(
            id=str(unit.id),
            code=unit.code,
            name=unit.name,
            kind=unit.kind,
            area=AreaRef.of_area(unit.area),
            valid_from=unit.valid_from,
            valid_to=unit.valid_to,
            version=unit.version,
        )


class UnitListOut(Schema):
    items: list[UnitOut]
    next: str | None


class UnitAddIn(AreaActIn):
    kind: Unit.Kind
    name: str = NAME


class UnitRenameIn(AreaActIn):
    version: int = VERSION
    name: str = NAME


class ImportOut(Schema):
    """A file of divisions: what it holds (`counts`), what it would change or has changed (`plan`)."""

    id: str
    name: str
    state: str
    effective_on: date
    problem: str
    notes: list[str]
    counts: dict[str, int]
    plan: dict[str, Any]
    created_at: datetime
    applied_at: datetime | None
    version: int

    @classmethod
    def of(cls, sent: DivisionImport) -> Self:
        return cls(
            id=str(sent.id),
            name=sent.name,
            state=sent.state,
            effective_on=sent.effective_on,
            problem=sent.problem,
            notes=sent.notes,
            counts=sent.counts,
            plan=sent.plan,
            created_at=sent.created_at,
            applied_at=sent.applied_at,
            version=sent.version,
        )


class ImportListOut(Schema):
    items: list[ImportOut]


class VersionIn(Schema):
    version: int = VERSION


class FaultOut(Schema):
    """A bad row: its line in the file (the header is 1), the column, and how to mend it."""

    number: int
    column: str
    sentence: str
    raw: str

    @classmethod
    def of(cls, fault: ImportFault) -> Self:
        return cls(number=fault.number, column=fault.column, sentence=fault.sentence, raw=fault.raw)


class FaultListOut(Schema):
    """Hand the last number back as `after` for what follows."""

    items: list[FaultOut]

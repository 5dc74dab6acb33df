"""The trail on the wire; ids are strings, because they are longer than a JavaScript number holds."""

from datetime import datetime

from ninja import Schema

from shanzhi.tenancy.keyset import Page
from shanzhi.trail.models import Check, Seal
from shanzhi.trail.selectors import Line


class EntryOut(Schema):
    """An entry; `leaf` is what its seal was computed over, in hexadecimal."""

    id: str
    at: datetime
    actor_id: str | None
    actor: str
    post_id: str | None
    post: str
    code: str
    act: str
    object_type: str
    object_id: str | None
    object: str
    version: int
    size: int
    digest: str
    leaf: str
    seal: int | None

    @classmethod
    def of(cls, line: Line) -> "EntryOut":
        entry = line.entry
        return cls(
            id=str(entry.id),
            at=entry.at,
            actor_id=None if entry.actor_id is None else str(entry.actor_id),
            actor=line.actor,
            post_id=None if entry.post_id is None else str(entry.post_id),
            post=line.post,
            code=entry.code,
            act=line.act,
            object_type=entry.object_type,
            object_id=str(entry.object_id) if entry.object_id else None,
            object=line.object,
            version=entry.version,
            size=entry.size,
            digest=bytes(entry.digest).hex(),
            leaf=bytes(entry.leaf).hex(),
            seal=line.seal,
        )


class EntryListOut(Schema):
    """A page of entries; `next` is the value of `after` for the next one."""

    items: list[EntryOut]
    next: str | None

    @classmethod
    def of(cls, page: Page[Line]) -> "EntryListOut":
        return cls(items=[EntryOut.of(line) for line in page.rows], next=page.next_cursor)


class SealOut(Schema):
    """A seal: everything that its digest covers."""

    number: int
    root: str
    count: int
    previous: str
    digest: str
    sealed_at: datetime

    @classmethod
    def of(cls, seal: Seal) -> "SealOut":
        return cls(
            number=seal.number,
            root=seal.root_hex,
            count=seal.count,
            previous=seal.previous_hex,
            digest=seal.digest_hex,
            sealed_at=seal.sealed_at,
        )


class SealListOut(Schema):
    """A page of seals; `next` is the value of `after` for the next one."""

    items: list[SealOut]
    next: str | None

    @classmethod
    def of(cls, page: Page[Seal]) -> "SealListOut":
        return cls(items=[SealOut.of(seal) for seal in page.rows], next=page.next_cursor)


class CheckOut(Schema):
    """The outcome of the last verification; `findings` are the first of them, `finding_count` counts all."""

    started_at: datetime
    ended_at: datetime
    entries: int
    objects: int
    seals: int
    erased: int
    finding_count: int
    findings: list[str]

    @classmethod
    def of(cls, check: Check) -> "CheckOut":
        return cls(
            started_at=check.started_at,
            ended_at=check.ended_at,
            entries=check.entries,
            objects=check.objects_checked,
            seals=check.seals,
            erased=check.erased,
            finding_count=check.finding_count,
            findings=list(check.findings),
        )

"""Writing the trail: always in the transaction of the change that it records."""

import secrets
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Final

from django.db import connection

from shanzhi.access.actor import Actor, ActorPost
from shanzhi.tenancy.bulk import values_insert
from shanzhi.tenancy.context import current
from shanzhi.tenancy.ids import new_id
from shanzhi.tenancy.models import CountyModel
from shanzhi.trail.members import Member, members_root, pack
from shanzhi.trail.models import Batch, Entry, Salt
from shanzhi.trail.trails import ERASED, tracked

BULK: Final = 1000
SALT_BYTES: Final = 16
_SALTS: Final = """
INSERT INTO trail_salt (id, county_id, object_type, object_id, value) VALUES PLACES
ON CONFLICT (county_id, object_type, object_id) DO UPDATE SET object_id = EXCLUDED.object_id
RETURNING object_id, value
"""


def record(*, actor: Actor, code: str, obj: CountyModel, at: datetime, post: ActorPost | None = None) -> Entry:
    """Write down that `actor` did `code` to `obj`, as `obj` is now; two statements.

    `post` is the post under which the act was done; by default the actor's main one. The row must hold values, not
    expressions such as F("version") + 1: read it again first.
    """
    known = tracked(type(obj))
    obj.stamp()  # refuses a row of another county
    version = known.version(obj)
    digest = known.digest(obj, _salts(known.type, [obj.id])[obj.id])
    entry = _entry(actor, code, known.type, at, post, object_id=obj.id, version=version, digest=digest)
    entry.save()
    return entry


def record_bulk(
    *, actor: Actor, code: str, objs: Sequence[CountyModel], at: datetime, post: ActorPost | None = None,
    new: bool = False,
) -> list[Entry]:  # fmt: skip
    """Write one entry for each 1,000 objects of one model; three statements for each thousand.

    `new` says that the objects were made in this transaction, so that none of them has a salt yet.
    """
    if not objs:
        return []
    known = tracked(type(objs[0]))
    entries = []
    for part in _parts(sorted(objs, key=lambda row: row.id)):
        for row in part:
            row.stamp()
        salts = (_salts_new if new else _salts)(known.type, [row.id for row in part])
        members = [Member(row.id, known.version(row), known.digest(row, salts[row.id])) for row in part]
        data = pack(members)
        entry = _entry(actor, code, known.type, at, post, size=len(part), digest=members_root(data))
        entry.save()
        Batch.objects.create(
            entry_id=entry.id, object_type=known.type, first_id=part[0].id, last_id=part[-1].id, members=data
        )
        entries.append(entry)
    return entries


def forget(*, actor: Actor, code: str, obj: CountyModel, at: datetime, post: ActorPost | None = None) -> Entry:
    """Record a lawful deletion and destroy the salt: call it in the transaction that deletes the row.

    What the earlier entries say about the person can then be guessed by nobody, and the verifier reports the object
    as erased by this entry instead of as missing.
    """
    known = tracked(type(obj))
    entry = _entry(actor, code, known.type, at, post, object_id=obj.id, version=known.version(obj), digest=ERASED)
    entry.save()
    Salt.objects.filter(object_type=known.type, object_id=obj.id).delete()
    return entry


def _parts(rows: Sequence[CountyModel]) -> Iterator[Sequence[CountyModel]]:
    for start in range(0, len(rows), BULK):
        yield rows[start : start + BULK]


def _entry(
    actor: Actor,
    code: str,
    object_type: str,
    at: datetime,
    post: ActorPost | None,
    *,
    digest: bytes,
    object_id: int = 0,
    version: int = 0,
    size: int = 0,
) -> Entry:
    held = post or actor.main_post
    entry = Entry(
        at=at,
        actor_id=actor.user_id,
        post_id=held.id if held else None,
        code=code,
        object_type=object_type,
        object_id=object_id,
        version=version,
        size=size,
        digest=digest,
    )
    entry.stamp()
    entry.leaf = entry.computed_leaf()
    return entry


def _salts_new(object_type: str, ids: Sequence[int]) -> dict[int, bytes]:
    county_id = current()
    made = {object_id: secrets.token_bytes(SALT_BYTES) for object_id in ids}
    names = ("id", "county_id", "object_type", "object_id", "value")
    values_insert(Salt, names, [(new_id(), county_id, object_type, one, salt) for one, salt in made.items()])
    return made


def _salts(object_type: str, ids: Sequence[int]) -> dict[int, bytes]:
    """The salts of these objects, made where there are none, in one statement.

    The update that changes nothing makes the statement return the rows that were already there; a concurrent first
    writer of the same object waits for the other and then reads its salt.
    """
    if not connection.in_atomic_block:
        raise RuntimeError("a trail entry is written in the transaction of what it records; use atomic()")
    county_id = current()
    params: list[int | str | bytes] = []
    for object_id in ids:
        params += [new_id(), county_id, object_type, object_id, secrets.token_bytes(SALT_BYTES)]
    places = ", ".join(["(%s, %s, %s, %s, %s)"] * len(ids))
    with connection.cursor() as cursor:
        cursor.execute(_SALTS.replace("PLACES", places), params)
        return {row[0]: bytes(row[1]) for row in cursor.fetchall()}

"""Publishing and retiring definitions: the editor, the API and the loader of packs all come through here."""

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db.models import F
from django.db.transaction import atomic
from django.utils import timezone

from shanzhi.access.actor import Actor
from shanzhi.areas.models import Area
from shanzhi.areas.paths import ROOT
from shanzhi.lib.errors import Conflict, Invalid, NotFound, Stale
from shanzhi.packs.checking import judged
from shanzhi.packs.events import PUBLISHED, RETIRED
from shanzhi.packs.families import FAMILIES, Family, Fault, Place
from shanzhi.packs.history import digest_of, link_of
from shanzhi.packs.models import CODE_LENGTH, NOTE_LENGTH, Definition, Version
from shanzhi.packs.permissions import EDIT
from shanzhi.tenancy.idempotency import claim
from shanzhi.tenancy.ids import new_id
from shanzhi.tenancy.outbox import emit
from shanzhi.trail.services import record

CODE = rf"[a-z0-9][a-z0-9_-]{{0,{CODE_LENGTH - 1}}}"
ORIGINS = frozenset(Version.Origin.values)


class Faulty(Invalid):
    """A body that its family refuses; `faults` has a path and a sentence for each thing that is wrong."""

    def __init__(self, faults: list[Fault]) -> None:
        self.faults = faults
        fields: dict[str, list[str]] = {}
        for fault in faults:
            fields.setdefault(".".join(map(str, fault.path)) or "body", []).append(fault.sentence)
        super().__init__("规则的内容有误，请按下面列出的逐条改正。", code="definition_faulty", fields=fields)


def publish_lock() -> None:
    """Publications of one county go one after another, in line with changes of its tree: `applied` may set up units."""
    Area.objects.select_for_update().filter(path=ROOT).first()


def checked(family: str, body: Mapping[str, Any], place: Place | None = None, *, code: str = "") -> Any:
    """The body parsed and found right for the present county. NotFound for an unknown family; Faulty lists all faults.

    Only when its form is right is it looked at what it refers to.
    """
    found, faults = judged(family_get(family), code, body, place)
    if faults:
        raise Faulty(faults)
    return found


def family_get(family: str) -> Family:
    """A registered family; NotFound with a sentence otherwise."""
    if family not in FAMILIES:
        raise NotFound(f"没有“{family[:40]}”这一种规则，请核对。", code="family_unknown")
    return FAMILIES[family]


@atomic
def definition_publish(
    *,
    actor: Actor,
    family: str,
    code: str,
    body: Mapping[str, Any],
    origin: str,
    at: datetime | None = None,
    expected: int | None = None,
    note: str = "",
    pack: str = "",
    place: Place | None = None,
    key: str | None = None,
) -> Version:
    """Make `body` the current version of a definition, and bring the definition back if it was retired.

    `expected` is the current number that the author saw: 0 for none yet, None to take whatever is there; Stale if it is
    another. The same content as now publishes nothing and returns the version that is there. `place` is given by the
    loader, which knows what comes along.
    """
    actor.require(EDIT)
    at, note = at or timezone.now(), _clean_note(note)
    clean_code(code)
    if origin not in ORIGINS:
        raise ValueError(f"origin {origin}")
    parsed = checked(family, body, place, code=code)
    stored = FAMILIES[family].stored(parsed)
    digest = digest_of(stored)
    definition = _locked(family, code, make=True)
    said = {"family": family, "code": code, "digest": digest, "expected": expected, "note": note}
    version_id = new_id()
    earlier = claim(key=key, actor=actor, operation="packs.publish", body=said, result_id=version_id)
    if earlier is not None:
        return Version.objects.filter(id=earlier).first() or _current(definition)
    if expected is not None and expected != definition.current_number:
        raise Stale
    if definition.digest == digest and not definition.is_retired:
        return _current(definition)
    title = FAMILIES[family].title_of(parsed)
    version = Version(id=version_id, title=title, body=stored, digest=digest, origin=origin, note=note)
    version.pack = pack or definition.pack
    _put(definition, version, actor, at)
    return version


def _put(definition: Definition, version: Version, actor: Actor, at: datetime) -> None:
    """Write a version as the current one of a definition that is held, with all that goes with it."""
    post = actor.post_for(EDIT)
    version.definition, version.family, version.code = definition, definition.family, definition.code
    version.number, version.published_at = definition.current_number + 1, at
    version.published_by_id, version.published_by_name = actor.user_id or None, actor.name
    version.published_by_post = post.title if post else ""
    version.link = link_of(definition.history, version)
    version.save()
    _change(
        definition,
        title=version.title,
        current_number=version.number,
        current_id=version.id,
        digest=version.digest,
        origin=version.origin,
        pack=version.pack,
        changed_at=at,
        retired_at=None,
        history=version.link,
    )
    _note(actor, "packs.definition.published", definition, at)
    _apply(actor, version, at)


def _apply(actor: Actor, version: Version, at: datetime) -> None:
    """Let the family do what follows, and tell whoever is above."""
    applied = FAMILIES[version.family].applied
    if applied is not None:
        applied(actor, version, at)
    emit(PUBLISHED, subject_id=version.id, at=at, family=version.family, code=version.code)


def _current(definition: Definition) -> Version:
    return Version.objects.get(definition=definition, number=definition.current_number)


@atomic
def definition_retire(
    *, actor: Actor, family: str, code: str, expected: int | None = None, at: datetime | None = None
) -> Definition:
    """No new record may begin under this definition; those that began keep their version. Twice does nothing more."""
    actor.require(EDIT)
    at = at or timezone.now()
    definition = _locked(family, code)
    if definition.is_retired:
        return definition
    if expected is not None and expected != definition.current_number:
        raise Stale
    _change(definition, retired_at=at, changed_at=at)
    _note(actor, "packs.definition.retired", definition, at)
    emit(RETIRED, subject_id=definition.id, at=at, family=family, code=code)
    return definition


@atomic
def definition_restore(*, actor: Actor, family: str, code: str, at: datetime | None = None) -> Definition:
    """Let a retired definition count again, with the version that it had; Faulty if that no longer fits the county."""
    actor.require(EDIT)
    at = at or timezone.now()
    definition = _locked(family, code)
    if not definition.is_retired:
        return definition
    version = _current(definition)
    checked(family, version.body, code=code)
    _change(definition, retired_at=None, changed_at=at)
    _note(actor, "packs.definition.restored", definition, at)
    _apply(actor, version, at)
    return definition


def clean_code(code: str) -> str:
    """A code as it may stand in an address and as a file's name; Invalid otherwise."""
    if not re.fullmatch(CODE, code):
        message = f"代码只用小写字母、数字、横线和下划线，字母或数字开头，最多 {CODE_LENGTH} 个字符，请改正。"
        raise Invalid(message, code="code_invalid", fields={"code": [message]})
    return code


def _clean_note(note: str) -> str:
    text = " ".join(note.split())
    if len(text) > NOTE_LENGTH:
        message = f"“为什么改”最多 {NOTE_LENGTH} 个字，请缩短。"
        raise Invalid(message, code="note_long", fields={"note": [message]})
    return text


def _locked(family: str, code: str, *, make: bool = False) -> Definition:
    """The definition's row, held until the transaction ends; NotFound unless it may be made."""
    publish_lock()
    rows = Definition.objects.select_for_update().filter(family=family, code=code)
    found = rows.first()
    if found is None and make:
        Definition.objects.bulk_create([Definition(family=family, code=code)], ignore_conflicts=True)
        found = rows.get()
    if found is None or (found.current_number == 0 and not make):
        raise NotFound
    return found


def _change(definition: Definition, **changes: Any) -> None:
    rows = Definition.objects.filter(id=definition.id, version=definition.version)
    if rows.update(version=F("version") + 1, **changes) != 1:
        raise Conflict
    for name, value in changes.items():
        setattr(definition, name, value)
    definition.version += 1


def _note(actor: Actor, code: str, definition: Definition, at: datetime) -> None:
    record(actor=actor, code=code, obj=definition, at=at, post=actor.post_for(EDIT))

"""Reading files. What an actor may not see is absent: the same answer as for what never was."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from datetime import datetime

from django.db.models import Q, QuerySet

from shanzhi.access.actor import Actor
from shanzhi.access.pages import not_found
from shanzhi.files.models import FileKind, StoredFile
from shanzhi.files.registry import may_see
from shanzhi.tenancy.models import IdempotencyKey


def file_get_for(*, actor: Actor, file_id: int) -> StoredFile:
    """Included if, and only if, it is the actor's own draft, or the owner's guard lets the actor see the owner."""
    file = StoredFile.objects.filter(id=file_id).first()
    if file is None:
        raise not_found()
    if file.owner_id is None:
        allowed = _is_own(actor, file)
    else:
        allowed = may_see(actor, file.owner_type, file.owner_id, file.id)
    if not allowed:
        raise not_found()
    return file


def _is_own(actor: Actor, file: StoredFile) -> bool:
    if actor.user_id is not None:
        return file.created_by == actor.user_id
    return bool(actor.device) and file.created_by is None and file.device == actor.device


def _own(actor: Actor) -> Q:
    """What the actor uploaded: a person by the account, others by their browser's mark, and without one nothing."""
    if actor.user_id is not None:
        return Q(created_by=actor.user_id)
    return Q(created_by=None, device=actor.device) if actor.device else Q(pk__in=[])


def draft_list_for(*, actor: Actor) -> QuerySet[StoredFile]:
    """What the actor uploaded and has not attached to anything yet."""
    return StoredFile.objects.filter(_own(actor), owner_id=None)


def drafts_full(*, actor: Actor, limit: int) -> bool:
    """Whether the actor's unused photos have reached the limit."""
    return draft_list_for(actor=actor).filter(kind=FileKind.PHOTO)[:limit].count() >= limit


def key_used(key: str | None) -> bool:
    """Whether a write under this key is done already: its repetition is answered, not counted."""
    return bool(key) and IdempotencyKey.objects.filter(key=key).exists()


def photos_own(*, actor: Actor, ids: Collection[int]) -> list[StoredFile]:
    """The actor's photos among these ids, attached ones too (a form may come twice), in the order of upload."""
    if not ids:
        return []
    rows = StoredFile.objects.filter(_own(actor), id__in=ids, kind=FileKind.PHOTO)
    return list(rows.order_by("id"))


def photo_strip(owner_type: str, owner_ids: Iterable[int]) -> dict[int, list[StoredFile]]:
    """Photos by owner in the order of upload, with one query for any number of owners; owners without any are absent.

    The caller has loaded the owners through its own scoped selector: whoever sees a record sees its photos.
    """
    ids = list(owner_ids)
    strips: dict[int, list[StoredFile]] = defaultdict(list)
    if ids:
        rows = StoredFile.objects.filter(owner_type=owner_type, owner_id__in=ids, kind=FileKind.PHOTO)
        for file in rows.order_by("id"):
            assert file.owner_id is not None
            strips[file.owner_id].append(file)
    return dict(strips)


def expired_drafts(*, photos_before: datetime, others_before: datetime) -> QuerySet[StoredFile]:
    """Drafts that nobody attached in time; read by the sweep alone."""
    photo = Q(kind=FileKind.PHOTO)
    return StoredFile.objects.filter(
        (photo & Q(created_at__lt=photos_before)) | (~photo & Q(created_at__lt=others_before)), owner_id=None
    )

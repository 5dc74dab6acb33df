"""Keeping, attaching and sweeping files. Bytes are made and written before any transaction begins."""

from __future__ import annotations

import errno
import hashlib
import logging
from collections.abc import Collection, Iterator
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import ClassVar, Final

from django.core.files.base import File
from django.db.transaction import atomic, on_commit
from django.utils import timezone

from shanzhi.access.actor import Actor
from shanzhi.files import images, storage
from shanzhi.files.models import FileKind, StoredFile
from shanzhi.files.names import content_type_of, safe_name
from shanzhi.files.selectors import draft_list_for, drafts_full, expired_drafts, key_used
from shanzhi.files.trails import ATTACHED, DETACHED, DROPPED, STORED
from shanzhi.lib.errors import Conflict, DomainError, Forbidden, Invalid, TooMany
from shanzhi.tenancy.context import current
from shanzhi.tenancy.idempotency import claim
from shanzhi.tenancy.ids import LARGEST, new_id
from shanzhi.tenancy.models import CountyModel
from shanzhi.trail.services import forget, record, record_bulk

logger = logging.getLogger("shanzhi.files")

PHOTO_LIMIT: Final = 9
DRAFT_LIMIT: Final = 60
UPLOAD_BYTES: Final[dict[FileKind, int]] = {FileKind.UPLOAD: 64 * 1024**2, FileKind.EXPORT: 1024**3}
PHOTO_KEPT: Final = timedelta(days=1)
OTHERS_KEPT: Final = timedelta(days=7)
_BATCH: Final = 500


class StorageFull(DomainError):
    """The disk is full: nothing was kept, and a later attempt with the same key may succeed."""

    status: ClassVar[int] = 503
    default_code: ClassVar[str] = "storage_full"
    default_message: ClassVar[str] = "服务器存储空间不足，文件没有保存，请联系系统管理员清理后再传。"


def photo_store(
    *,
    actor: Actor,
    upload: File[bytes],
    seen: images.Facts | None = None,
    key: str | None = None,
    at: datetime | None = None,
) -> StoredFile:
    """A draft photo of the actor. The same key with the same bytes gives the same photo again.

    `seen` is what the phone read before it shrank the picture; it counts where the bytes themselves say nothing.
    Slow (decoding): never call it inside a transaction of your own. Raises Invalid with the codes of
    `images.photo_prepare`, TooMany beyond 60 drafts.
    """
    _require_person(actor)
    at = at or timezone.now()
    with atomic():
        if not key_used(key):
            _check_drafts(actor)
    raw = digest_of(upload)
    photo = images.photo_prepare(upload, now=at)
    seen = seen or images.Facts()
    place = photo.facts if photo.facts.lon is not None else seen
    file = StoredFile(
        id=new_id(),
        county_id=current(),
        kind=FileKind.PHOTO,
        name=safe_name(upload.name, "照片.jpg"),
        content_type="image/jpeg",
        width=photo.width,
        height=photo.height,
        created_by=actor.user_id,
        device=actor.device,
        created_at=at,
        lon=place.lon,
        lat=place.lat,
        taken_at=photo.facts.taken_at or seen.taken_at,
    )
    file.size, file.sha256 = _keep(file, iter((photo.image,)))
    _keep(file, iter((photo.thumb,)), storage.THUMB)
    return _insert(actor, file, key, {"sha256": raw})


def upload_store(
    *, actor: Actor, upload: File[bytes], kind: str, key: str | None = None, at: datetime | None = None
) -> StoredFile:
    """A file to import, or one that was exported, kept byte by byte and never shown by a browser as a page.

    The caller has checked the actor's own permission (to import, to export). Raises Invalid file_empty, file_too_large.
    """
    kind = FileKind(kind)
    if kind not in UPLOAD_BYTES:
        raise ValueError("a photo goes through photo_store")
    file = StoredFile(
        id=new_id(),
        county_id=current(),
        kind=kind,
        name=safe_name(upload.name, "文件"),
        created_by=actor.user_id,
        created_at=at or timezone.now(),
    )
    file.content_type = content_type_of(file.name)
    upload.seek(0)
    file.size, file.sha256 = _keep(file, _limited(upload, UPLOAD_BYTES[kind]))
    if not file.size:
        storage.remove(file.county_id, file.id)
        raise Invalid("这个文件是空的，请检查后重新选择。", code="file_empty")
    return _insert(actor, file, key, {"sha256": file.sha256, "kind": str(kind)})


def files_attach(
    *, actor: Actor, ids: Collection[int], owner: CountyModel, limit: int = PHOTO_LIMIT, at: datetime | None = None
) -> list[StoredFile]:
    """Binds the actor's own drafts to a record, all or none; call it inside the transaction that saves the record.

    A compare-and-swap: an id that is another's, swept or already attached refuses them all with Conflict, so that one
    photo never proves two things. The caller has checked that the actor may act on the owner.
    """
    wanted = sorted({int(number) for number in ids})
    if not wanted:
        return []
    _require_person(actor)
    owner_type = owner._meta.label_lower
    with atomic():
        there = StoredFile.objects.filter(owner_type=owner_type, owner_id=owner.pk).count()
        if there + len(wanted) > limit:
            raise Invalid(f"最多 {limit} 张照片，请去掉 {there + len(wanted) - limit} 张。", code="photo_count")
        drafts = draft_list_for(actor=actor).filter(id__in=[number for number in wanted if number <= LARGEST])
        if drafts.update(owner_type=owner_type, owner_id=owner.pk) != len(wanted):
            raise Conflict("有照片已经过期或用过了，请重新选择照片。", code="photo_gone")
        files = list(StoredFile.objects.filter(id__in=wanted).order_by("id"))
        record_bulk(actor=actor, code=ATTACHED, objs=files, at=at or timezone.now())
        return files


def files_detach(*, actor: Actor, owner: CountyModel, at: datetime) -> list[StoredFile]:
    """The files of a record that is given up become drafts of whoever uploaded them again: to be attached elsewhere in
    the same transaction, or swept. The caller has checked that the actor may give them up."""
    with atomic():
        rows = StoredFile.objects.filter(owner_type=owner._meta.label_lower, owner_id=owner.pk)
        ids = list(rows.values_list("id", flat=True))
        rows.update(owner_type="", owner_id=None)
        files = list(StoredFile.objects.filter(id__in=ids).order_by("id"))
        record_bulk(actor=actor, code=DETACHED, objs=files, at=at)
        return files


def files_destroy(*, actor: Actor, owner: CountyModel, at: datetime) -> int:
    """The files of a record are deleted for good, as the law or their purpose asks; returns how many.

    Call it in the transaction in which the record lets go of them: the bytes go once that is committed.
    """
    with atomic():
        files = list(StoredFile.objects.filter(owner_type=owner._meta.label_lower, owner_id=owner.pk).order_by("id"))
        for file in files:
            StoredFile.objects.filter(id=file.id).delete()
            forget(actor=actor, code=DROPPED, obj=file, at=at)
            on_commit(partial(storage.remove, file.county_id, file.id))
        return len(files)


def files_sweep(*, at: datetime) -> tuple[int, int]:
    """Drafts and bytes taken away in the current county: expired drafts first, then bytes that no row names.

    Call it outside of transactions: each batch commits before its bytes are removed. Bytes younger than a day stay:
    their row may be about to commit.
    """
    drafts, more = 0, True
    while more:
        with atomic():
            expired = expired_drafts(photos_before=at - PHOTO_KEPT, others_before=at - OTHERS_KEPT)
            batch = list(expired.order_by("id")[:_BATCH])
            dropped = [file for file in batch if _drop(Actor.system(current()), file, at)]
        # Rows go first: bytes without a row are swept one day, a row without bytes would be a broken picture.
        for file in dropped:
            storage.remove(file.county_id, file.id)
        drafts, more = drafts + len(dropped), bool(batch)
    return drafts, _sweep_bytes(at)


def _drop(actor: Actor, file: StoredFile, at: datetime) -> bool:
    """False if it was attached, or swept by another, since the list was read."""
    if not StoredFile.objects.filter(id=file.id, owner_id=None).delete()[0]:
        return False
    forget(actor=actor, code=DROPPED, obj=file, at=at)
    return True


def _sweep_bytes(at: datetime) -> int:
    removed = 0
    batch: list[tuple[Path, int | None]] = []
    for found in storage.walk(current(), before=(at - PHOTO_KEPT).timestamp()):
        batch.append(found)
        if len(batch) == _BATCH:
            removed += _remove_unnamed(batch)
            batch = []
    return removed + _remove_unnamed(batch)


def _remove_unnamed(batch: list[tuple[Path, int | None]]) -> int:
    ids = {number for _, number in batch if number is not None}
    with atomic():
        known = set(StoredFile.objects.filter(id__in=ids).values_list("id", flat=True))
    orphans = [path for path, number in batch if number not in known]
    for path in orphans:
        path.unlink(missing_ok=True)
    return len(orphans)


def _require_person(actor: Actor) -> None:
    """Somebody with an account, or whose browser has a mark by which the draft is theirs."""
    if actor.user_id is None and not actor.device:
        raise Forbidden("请先登录，再上传照片。")


def _check_drafts(actor: Actor) -> None:
    if drafts_full(actor=actor, limit=DRAFT_LIMIT):
        raise TooMany(f"你有 {DRAFT_LIMIT} 张照片还没用上，请先完成正在填的上报，或明天再传。", code="photo_drafts")


def _keep(file: StoredFile, chunks: Iterator[bytes], size: str = storage.WHOLE) -> tuple[int, str]:
    try:
        return storage.write(file.path(size), chunks)
    except OSError as error:
        storage.remove(file.county_id, file.id)
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            raise StorageFull from error
        raise
    except DomainError:
        storage.remove(file.county_id, file.id)
        raise


def _limited(upload: File[bytes], limit: int) -> Iterator[bytes]:
    size = 0
    for chunk in upload.chunks():
        size += len(chunk)
        if size > limit:
            raise Invalid(f"文件超过 {limit // 1024**2} 兆，请拆成几个文件再传。", code="file_too_large")
        yield chunk


def _insert(actor: Actor, file: StoredFile, key: str | None, body: dict[str, str]) -> StoredFile:
    """The row, or the earlier row of the same key; what a failure or a repetition leaves on disk is removed."""
    try:
        with atomic():
            earlier = claim(key=key, actor=actor, operation=f"files.{file.kind}.store", body=body, result_id=file.id)
            if earlier is None:
                if file.is_photo:
                    _check_drafts(actor)
                file.save()
                record(actor=actor, code=STORED, obj=file, at=file.created_at)
                return file
            kept = StoredFile.objects.filter(id=earlier).first()
    except BaseException:
        storage.remove(file.county_id, file.id)
        raise
    storage.remove(file.county_id, file.id)
    if kept is None:
        raise Conflict("这张照片已经过期，请重新选择照片。", code="photo_gone")
    return kept


def digest_of(upload: File[bytes]) -> str:
    """SHA-256 of an upload as it came; it stands at its beginning again afterwards."""
    upload.seek(0)
    digest = hashlib.sha256()
    for chunk in upload.chunks():
        digest.update(chunk)
    upload.seek(0)
    return digest.hexdigest()

"""Sending notices, reading them, dropping old ones."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Final

from django.db.transaction import atomic
from django.utils import timezone

from shanzhi.access.actor import Actor
from shanzhi.notices.channels.registry import open_channels
from shanzhi.notices.models import Notice
from shanzhi.notices.paths import is_local
from shanzhi.notices.selectors import notice_get_for, notices_of, read_long_ago
from shanzhi.notices.services.waking import wake
from shanzhi.notices.topics import SYSTEM, TOPICS
from shanzhi.tenancy.context import current

READ_KEPT: Final = timedelta(days=180)
_BATCH: Final = 1000
_TITLE: Final = 100
_BODY: Final = 300


def notice_send(
    *,
    recipients: Iterable[int],
    title: str,
    body: str,
    path: str,
    event_id: int,
    at: datetime,
    object_type: str = "",
    object_id: int | None = None,
    topic: str = SYSTEM,
    urgent: bool = False,
) -> None:
    """Tells each recipient once of an event: delivered again, or with a recipient named twice, it adds nothing.

    Called by subscribers in the delivery's transaction, one statement for 1,000 recipients, two if `urgent` (danger
    to life: nobody's quiet hours hold it back). What goes out through other channels the worker decides within a
    minute, at once for what is urgent. Too long words are cut with an ellipsis. Raises ValueError for a path outside
    the current county and for a topic that nobody declared: those are mistakes of the caller.
    """
    if not is_local(path, county_id=current()):
        raise ValueError(f"a notice points inside its county, not to {path!r}")
    if topic not in TOPICS:
        raise ValueError(f"topic {topic} is not declared")
    leaves = not TOPICS[topic].inside and bool(open_channels())
    rows = [
        Notice(
            recipient_id=user_id,
            title=_cut(title, _TITLE),
            body=_cut(body, _BODY),
            path=path,
            event_id=event_id,
            created_at=at,
            object_type=object_type,
            object_id=object_id,
            topic=topic,
            urgent=urgent,
            planned=not leaves,
        )
        for user_id in sorted(set(recipients))
    ]
    with atomic():
        Notice.objects.bulk_create(rows, batch_size=_BATCH, ignore_conflicts=True)
        if rows and leaves and (urgent or TOPICS[topic].at_night):
            wake()


def notice_read(*, actor: Actor, notice_id: int, at: datetime | None = None) -> Notice:
    """Marks one's own notice as read; the first time counts. Raises NotFound for another's."""
    notice = notice_get_for(actor=actor, notice_id=notice_id)
    if notice.read_at is None:
        at = at or timezone.now()
        with atomic():
            notices_of(actor=actor).filter(id=notice.id, read_at=None).update(read_at=at)
        notice.read_at = at
    return notice


def notice_read_all(*, actor: Actor, up_to: int | None = None, at: datetime | None = None) -> int:
    """Marks one's own unread notices as read, only those up to the newest one that the person saw; returns how many."""
    with atomic():
        rows = notices_of(actor=actor).filter(read_at=None)
        if up_to is not None:
            rows = rows.filter(id__lte=up_to)
        return rows.update(read_at=at or timezone.now())


def notices_reword(*, object_type: str, object_id: int, words: str, instead: str) -> int:
    """Say in every notice of an object something else for these words, cut ones too; returns how many were changed.

    What left the house already can't be called back. It reads every notice of the county: for a worker, not for a page.
    """
    old, new, changed = " ".join(words.split()), " ".join(instead.split()), 0
    if not old or old == new:
        return 0
    whole = _cut(old, _BODY)
    with atomic():
        for row in Notice.objects.filter(object_type=object_type, object_id=object_id):
            title, body = row.title.replace(old, new), row.body.replace(whole, new)
            if (title, body) != (row.title, row.body):
                Notice.objects.filter(id=row.id).update(title=_cut(title, _TITLE), body=_cut(body, _BODY))
                changed += 1
    return changed


def notices_sweep(*, at: datetime) -> int:
    """Drops what was read more than 180 days ago in the current county; what nobody read stays."""
    dropped, more = 0, True
    while more:
        with atomic():
            ids = list(read_long_ago(before=at - READ_KEPT).values_list("id", flat=True)[:_BATCH])
            dropped += Notice.objects.filter(id__in=ids).delete()[0]
        more = len(ids) == _BATCH
    return dropped


def _cut(text: str, length: int) -> str:
    plain = " ".join(text.split())
    return plain if len(plain) <= length else f"{plain[: length - 1]}…"

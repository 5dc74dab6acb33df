"""Reading notices: everybody's own, and nobody else's."""

from datetime import datetime
from typing import Final

from django.db.models import QuerySet

from shanzhi.access.actor import Actor
from shanzhi.access.pages import not_found
from shanzhi.notices.models import Notice
from shanzhi.tenancy.keyset import Order, Page, page_of

PAGE: Final = 30
BADGE_LIMIT: Final = 100
NEWEST: Final = Order("notices", descending=True)


def notices_of(*, actor: Actor) -> QuerySet[Notice]:
    """Included if, and only if, the actor is its recipient."""
    return Notice.objects.none() if actor.user_id is None else Notice.objects.filter(recipient_id=actor.user_id)


def notice_page_for(*, actor: Actor, unread: bool = False, cursor: str = "", size: int = PAGE) -> Page[Notice]:
    """The actor's notices, newest first."""
    rows = notices_of(actor=actor)
    return page_of(rows.filter(read_at=None) if unread else rows, NEWEST, cursor=cursor, size=size)


def notice_get_for(*, actor: Actor, notice_id: int) -> Notice:
    """One's own notice; another's is as absent as one that never was."""
    notice = notices_of(actor=actor).filter(id=notice_id).first()
    if notice is None:
        raise not_found()
    return notice


def unread_count(*, actor: Actor, limit: int = BADGE_LIMIT) -> int:
    """Counted to the limit only: a badge says 99+ at most."""
    if actor.user_id is None:
        return 0
    return notices_of(actor=actor).filter(read_at=None)[:limit].count()


def read_long_ago(*, before: datetime) -> QuerySet[Notice]:
    """Notices of everybody in the current county that were read before this time; for the sweep alone."""
    return Notice.objects.filter(read_at__lt=before)

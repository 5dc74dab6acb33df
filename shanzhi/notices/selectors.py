"""Reading notices: everybody's own, and nobody else's."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.db.models import QuerySet

from shanzhi.access.actor import Actor
from shanzhi.access.pages import not_found
from shanzhi.notices.models import Notice
from shanzhi.tenancy.ids import id_of

PAGE: Final = 30
BADGE_LIMIT: Final = 100


@dataclass(frozen=True)
class NoticePage:
    """A page of notices, newest first; a cursor is absent at an end."""

    rows: list[Notice]
    next_cursor: str | None = None
    previous_cursor: str | None = None

    @property
    def newest(self) -> int:
        """The id of the newest notice on this page, 0 for none; what came later was not seen here."""
        return self.rows[0].id if self.rows else 0


def notices_of(*, actor: Actor) -> QuerySet[Notice]:
    """Included if, and only if, the actor is its recipient."""
    return Notice.objects.none() if actor.user_id is None else Notice.objects.filter(recipient_id=actor.user_id)


def notice_page_for(
    *, actor: Actor, unread: bool = False, after: str = "", before: str = "", size: int = PAGE
) -> NoticePage:
    """`after` and `before` are cursors of an earlier page (one of them); one that can't be read begins at the top."""
    rows = notices_of(actor=actor)
    if unread:
        rows = rows.filter(read_at=None)
    older, newer = id_of(after), id_of(before)
    if newer is not None:
        found = list(rows.filter(id__gt=newer).order_by("id")[: size + 1])
        if len(found) > size:
            page = found[:size][::-1]
            return NoticePage(page, str(page[-1].id), str(page[0].id))
        # Fewer than a page lie before: the list begins anew, so that its first page is always full.
        older = None
    found = list((rows if older is None else rows.filter(id__lt=older)).order_by("-id")[: size + 1])
    page = found[:size]
    return NoticePage(
        page,
        next_cursor=str(page[-1].id) if len(found) > size else None,
        previous_cursor=str(page[0].id) if page and older is not None else None,
    )


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



"""Reading deliveries: for the worker those that are due, for the system administrator the log."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.db.models import Q, QuerySet

from shanzhi.access.actor import Actor
from shanzhi.access.pages import not_found
from shanzhi.accounts.selectors import names_of
from shanzhi.accounts.selectors.people import users_in
from shanzhi.lib.errors import Invalid
from shanzhi.notices.channels.kinds import KINDS
from shanzhi.notices.models import Delivery, Notice
from shanzhi.notices.permissions import LOG
from shanzhi.notices.topics import CODE
from shanzhi.tenancy.fields import EncryptedTextField
from shanzhi.tenancy.keyset import Order, Page, page_of

NEWEST: Final = Order("deliveries", descending=True)
PEOPLE: Final = 50
RETRYING: Final = "retrying"
STATES: Final = {
    "queued": "等待发送",
    RETRYING: "等待重试",
    "sending": "正在发送",
    "sent": "已发出",
    "failed": "没有发出",
    "skipped": "不用发",
}


@dataclass(frozen=True)
class LogFilter:
    """What the log is narrowed by; `since` and `before` bound the time half-open. `text` comes from no address.

    Without a state it is everything but what was left out, which would bury the rest.
    """

    channel: str = ""
    state: str = ""
    since: datetime | None = None
    before: datetime | None = None
    text: str = ""


@dataclass(frozen=True)
class Line:
    """A delivery with the name of its recipient; somebody without an account has none."""

    delivery: Delivery
    name: str

    @property
    def state(self) -> str:
        return RETRYING if self.delivery.is_retrying else self.delivery.state

    @property
    def state_label(self) -> str:
        return STATES[self.state]


def delivery_page_for(*, actor: Actor, wanted: LogFilter, cursor: str = "", size: int = 50) -> Page[Line]:
    """The log, newest first, for who may read it; three statements at most."""
    page = page_of(_filtered(actor, wanted), NEWEST, cursor=cursor, size=size)
    return page.showing(_lines(page.rows))


def delivery_export_for(*, actor: Actor, wanted: LogFilter, limit: int) -> list[Line]:
    """The newest ones, at most so many."""
    return _lines(list(_filtered(actor, wanted).order_by("-id")[:limit]))


def delivery_get_for(*, actor: Actor, delivery_id: int) -> Delivery:
    """One delivery of this county (404), for who may read the log (403)."""
    found = Delivery.objects.filter(id=delivery_id).first() if actor.is_member else None
    if found is None:
        raise not_found()
    actor.require(LOG)
    return found


def line_of(delivery: Delivery) -> Line:
    return _lines([delivery])[0]


def _lines(rows: Sequence[Delivery]) -> list[Line]:
    names = names_of(row.recipient_id for row in rows)
    return [Line(row, names.get(row.recipient_id or 0, "")) for row in rows]


def _filtered(actor: Actor, wanted: LogFilter) -> QuerySet[Delivery]:
    actor.require(LOG)
    rows = Delivery.objects.defer("to", "text")
    if wanted.channel in KINDS:
        rows = rows.filter(channel=wanted.channel)
    if wanted.state == RETRYING:
        rows = rows.filter(state=Delivery.State.QUEUED, attempts__gt=0)
    elif wanted.state == Delivery.State.QUEUED:
        rows = rows.filter(state=Delivery.State.QUEUED, attempts=0)
    elif wanted.state in STATES:
        rows = rows.filter(state=wanted.state)
    else:
        rows = rows.exclude(state=Delivery.State.SKIPPED)
    if wanted.since is not None:
        rows = rows.filter(created_at__gte=wanted.since)
    if wanted.before is not None:
        rows = rows.filter(created_at__lt=wanted.before)
    return rows.filter(_about(actor, wanted.text)) if wanted.text else rows


def _about(actor: Actor, text: str) -> Q:
    """Whose name or login begins so (the first fifty), or whose address it is, spelled in full."""
    people = users_in(actor.county_id).filter(Q(name__startswith=text) | Q(username=text.lower()))
    ids = people.order_by("pk").values_list("pk", flat=True)[:PEOPLE]
    return Q(recipient_id__in=list(ids)) | Q(to_digest__in=list(_digests(text)))


def _digests(text: str) -> Iterable[str]:
    for kind in KINDS.values():
        try:
            yield address_digest(kind.clean(text))
        except Invalid:
            continue


def address_digest(plain: str) -> str:
    """The blind index under which the log finds an address; the same for every channel."""
    field = Delivery._meta.get_field("to")
    assert isinstance(field, EncryptedTextField)
    return field.blind_index(plain)


def codes_to_person(user_id: int, channel: str) -> QuerySet[Delivery]:
    return Delivery.objects.filter(recipient_id=user_id, channel=channel, topic=CODE)


def codes_to(plain: str) -> QuerySet[Delivery]:
    return Delivery.objects.filter(to_digest=address_digest(plain), topic=CODE)


def unplanned(*, limit: int) -> list[Notice]:
    """Notices of the current county whose deliveries are not decided yet, oldest first."""
    return list(Notice.objects.filter(planned=False).order_by("id")[:limit])


def due(*, at: datetime, limit: int, without: Iterable[str] = ()) -> list[Delivery]:
    """What a worker may take now, those whose worker fell silent among it, the longest due first."""
    rows = Delivery.objects.filter(next_at__lte=at).exclude(channel__in=list(without))
    return list(rows.select_related("notice").order_by("next_at", "id")[:limit])

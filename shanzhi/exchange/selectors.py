"""Reading hooks and what was sent to them: for the system administrator, and for the worker what is due."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.db.models import Exists, OuterRef, QuerySet

from shanzhi.access.actor import Actor
from shanzhi.access.pages import not_found
from shanzhi.exchange.models import Hook, HookDelivery
from shanzhi.exchange.permissions import HOOKS
from shanzhi.tenancy.keyset import Order, Page, page_of

NEWEST: Final = Order("hook_deliveries", descending=True)
RETRYING: Final = "retrying"
STATES: Final = {
    "queued": "等待推送",
    RETRYING: "等待重试",
    "sending": "正在推送",
    "sent": "已送到",
    "failed": "没有送到",
}
State = HookDelivery.State


@dataclass(frozen=True, slots=True)
class LogFilter:
    """What the log is narrowed by; empty fields narrow nothing. `since` and `before` bound the time half-open."""

    hook: str = ""
    state: str = ""
    number: str = ""
    since: datetime | None = None
    before: datetime | None = None


def hooks_for(actor: Actor) -> list[Hook]:
    """Those that are not removed, in the order in which they were added. A county has a handful."""
    actor.require(HOOKS)
    return list(Hook.objects.filter(removed_at=None).order_by("id"))


def hook_get_for(actor: Actor, hook_id: int) -> Hook:
    """One hook of this county (404), for who manages them (403)."""
    found = Hook.objects.filter(id=hook_id, removed_at=None).first() if actor.is_member else None
    if found is None:
        raise not_found()
    actor.require(HOOKS)
    return found


def hook_names(actor: Actor) -> list[tuple[str, str]]:
    """(id, name) of those that there are, for a filter."""
    return [(str(hook.id), hook.name) for hook in hooks_for(actor)]


def delivery_get_for(actor: Actor, delivery_id: int) -> HookDelivery:
    found = HookDelivery.objects.select_related("hook").filter(id=delivery_id).first() if actor.is_member else None
    if found is None:
        raise not_found()
    actor.require(HOOKS)
    return found


def delivery_page_for(actor: Actor, wanted: LogFilter, *, cursor: str = "", size: int = 50) -> Page[HookDelivery]:
    """The log, newest first; one statement."""
    return page_of(_filtered(actor, wanted), NEWEST, cursor=cursor, size=size)


def delivery_export_for(actor: Actor, wanted: LogFilter, *, limit: int) -> list[HookDelivery]:
    """The newest ones, at most so many."""
    return list(_filtered(actor, wanted).order_by("-id")[:limit])


def _filtered(actor: Actor, wanted: LogFilter) -> QuerySet[HookDelivery]:
    actor.require(HOOKS)
    rows = HookDelivery.objects.select_related("hook").defer("hook__secret")
    if wanted.hook:
        rows = (
            rows.filter(hook_id=int(wanted.hook)) if wanted.hook.isdecimal() and len(wanted.hook) < 19 else rows.none()
        )
    if wanted.state == RETRYING:
        rows = rows.filter(state=State.QUEUED, attempts__gt=0)
    elif wanted.state == State.QUEUED:
        rows = rows.filter(state=State.QUEUED, attempts=0)
    elif wanted.state in STATES:
        rows = rows.filter(state=wanted.state)
    if wanted.number:
        rows = rows.filter(number=wanted.number)
    if wanted.since is not None:
        rows = rows.filter(created_at__gte=wanted.since)
    if wanted.before is not None:
        rows = rows.filter(created_at__lt=wanted.before)
    return rows


def due(*, at: datetime, limit: int, without: Iterable[int] = ()) -> list[HookDelivery]:
    """What a worker may take now, the longest due first: of each case and hook only the earliest that has not ended."""
    earlier = HookDelivery.objects.filter(
        hook_id=OuterRef("hook_id"), case_id=OuterRef("case_id"), step__lt=OuterRef("step"),
        state__in=[State.QUEUED, State.SENDING],
    )  # fmt: skip
    rows = HookDelivery.objects.filter(~Exists(earlier), next_at__lte=at)
    rows = rows.filter(hook__is_active=True, hook__removed_at=None).exclude(hook_id__in=list(without))
    return list(rows.select_related("hook").order_by("next_at", "id")[:limit])

"""Sending what is due: taken by compare-and-swap, sent outside of any transaction, ended by compare-and-swap.

A worker that is killed leaves its deliveries taken until their lease ends; then another one sends them, so that each
goes out at least once. Of one case the changes go out in their order: a later one waits until the earlier has ended.
"""

import json
import logging
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime, timedelta
from time import monotonic
from typing import Any, Final

from django.db.models import F
from django.db.transaction import atomic
from django.urls import reverse
from django.utils import timezone

from shanzhi.access.actor import Actor
from shanzhi.accounts.selectors import users_with
from shanzhi.exchange.hooks.calling import CallFailed, post
from shanzhi.exchange.hooks.signing import headers_for
from shanzhi.exchange.models import Hook, HookDelivery
from shanzhi.exchange.open311.jurisdictions import w3c
from shanzhi.exchange.permissions import HOOKS
from shanzhi.exchange.selectors import due
from shanzhi.notices.services import notice_send
from shanzhi.tenancy.ids import new_id
from shanzhi.trail.services import record

LEASE: Final = timedelta(minutes=2)
BACKOFF: Final = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 30, 120, 360))
FAILURES: Final = 20  # one after the other: then the hook pauses itself
BATCH: Final = 32
THREADS: Final = 8
ROUND_SECONDS: Final = 20.0  # then other tasks of the worker get their turn
INTERRUPTED: Final = "推送时程序多次中断，没有送到。"
BROKEN: Final = "推送程序出了意外，请查看日志。"
PAUSED: Final = f"接连 {FAILURES} 次没有送到，自动暂停"
State = HookDelivery.State
logger = logging.getLogger("shanzhi.exchange")


@dataclass(frozen=True, slots=True)
class Outcome:
    """How an attempt ended; `error` is empty if it was taken."""

    answer: int | None = None
    error: str = ""


@dataclass(frozen=True, slots=True)
class Sent:
    """How many attempts a round made, and whether more is due."""

    attempts: int
    more: bool


def deliveries_send(*, at: datetime) -> Sent:
    """One round over what is due in the current county, outside of any transaction.

    A hook of which nothing was taken is left alone for the rest of the round.
    """
    began, silent, attempts = monotonic(), set[int](), 0
    while monotonic() - began < ROUND_SECONDS:
        with atomic():
            found = due(at=at, limit=BATCH, without=silent)
            rows = [row for row in found if _take(row, at)]
        if not found:
            return Sent(attempts, more=False)
        outcomes = _sent(rows)
        with atomic():
            for row, outcome in zip(rows, outcomes, strict=True):
                _end(row, outcome, at)
            taken = {row.hook_id for row, outcome in zip(rows, outcomes, strict=True) if not outcome.error}
            tried = {row.hook_id for row in rows}
            for hook_id in sorted(tried):
                _count(hook_id, [o for row, o in zip(rows, outcomes, strict=True) if row.hook_id == hook_id], at)
        attempts += len(rows)
        silent |= tried - taken
    return Sent(attempts, more=True)


def body_of(row: HookDelivery) -> bytes:
    """What a receiver reads: no name, no words of anybody, no place."""
    fields = {
        "jurisdiction_id": f"{row.county_id:06d}",
        "service_request_id": row.number,
        "service_code": row.service_code,
        "status": row.status,
        "status_notes": row.notes,
        "updated_datetime": w3c(row.changed_at),
    }
    return json.dumps(fields, ensure_ascii=False, separators=(",", ":")).encode()


def _take(row: HookDelivery, at: datetime) -> bool:
    """Whether it is this worker's now; who reads it at the same moment finds another `attempts`."""
    free = HookDelivery.objects.filter(id=row.id, attempts=row.attempts, next_at=row.next_at, state=row.state)
    if row.attempts > len(BACKOFF):  # every attempt killed its worker
        free.update(state=State.FAILED, error=INTERRUPTED, next_at=None, ended_at=at)
        return False
    taken = free.update(state=State.SENDING, attempts=F("attempts") + 1, next_at=at + LEASE)
    row.attempts, row.state = row.attempts + 1, State.SENDING
    return taken == 1


def _sent(rows: Sequence[HookDelivery]) -> list[Outcome]:
    """All at once in a few threads, which touch no database; in the order of the rows."""
    if not rows:
        return []
    with ThreadPoolExecutor(max_workers=min(THREADS, len(rows)), thread_name_prefix="hook") as pool:
        return list(pool.map(_attempt, rows))


def _attempt(row: HookDelivery) -> Outcome:
    body = body_of(row)
    event = "test" if row.is_test else "status"
    headers = headers_for(secret=row.hook.secret, body=body, delivery_id=row.id, event=event, at=timezone.now())
    try:
        return Outcome(answer=post(row.hook.url, body, headers))
    except CallFailed as error:
        return Outcome(answer=error.answer, error=error.sentence[:120])
    except Exception as error:  # noqa: BLE001 - one that can't be sent must not stop the others
        logger.error("hook delivery %s: %s", row.id, type(error).__name__)
        return Outcome(error=BROKEN)


def _end(row: HookDelivery, outcome: Outcome, at: datetime) -> None:
    known = {"answer": outcome.answer, "error": outcome.error}
    if not outcome.error:
        _change(row, state=State.SENT, next_at=None, ended_at=at, **known)
    elif row.attempts <= len(BACKOFF):
        _change(row, state=State.QUEUED, next_at=at + BACKOFF[row.attempts - 1], **known)
    else:
        _change(row, state=State.FAILED, next_at=None, ended_at=at, **known)


def _change(row: HookDelivery, **values: Any) -> None:
    """Only while it is still this worker's: one that took it over after the lease has its own say."""
    HookDelivery.objects.filter(id=row.id, state=State.SENDING, attempts=row.attempts).update(**values)


def _count(hook_id: int, outcomes: Sequence[Outcome], at: datetime) -> None:
    """Failures one after the other; at twenty the hook pauses itself, and those who manage it are told."""
    if any(not outcome.error for outcome in outcomes):
        Hook.objects.filter(id=hook_id, failures__gt=0).update(failures=0)
        return
    hook = Hook.objects.select_for_update().get(id=hook_id)
    hook.failures += len(outcomes)
    hook.save(update_fields=["failures"])
    if hook.failures < FAILURES or not hook.is_active:
        return
    hook.is_active, hook.paused_why, hook.paused_at = False, PAUSED, at
    hook.version += 1
    hook.save(update_fields=["is_active", "paused_why", "paused_at", "version"])
    record(actor=Actor.system(hook.county_id), code="exchange.hook.paused", obj=hook, at=at)
    notice_send(
        recipients=users_with(HOOKS, at=at),
        title=f"状态推送已自动暂停：{hook.name}",
        body=f"{PAUSED}。最近一次：{outcomes[-1].error}请和对方核对后恢复，暂停期间的变动恢复后补发。",
        path=reverse("exchange:hook", args=[hook.county_id, hook.id]),
        event_id=new_id(),
        at=at,
    )

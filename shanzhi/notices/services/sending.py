"""Sending what is due. Taken by compare-and-swap, sent outside of any transaction, ended by compare-and-swap.

A worker that is killed leaves its deliveries taken until their lease ends; then another one sends them, so that each
goes out at least once. The delivery's id goes along, for providers that tell a repetition.
"""

import logging
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime, timedelta
from time import monotonic
from typing import Any, Final

from django.conf import settings
from django.db.models import F
from django.db.transaction import atomic

from shanzhi.notices.channels.base import Message, Sender, SendError
from shanzhi.notices.channels.registry import open_channels, sender
from shanzhi.notices.deciding import Reason, Verdict, verdict
from shanzhi.notices.models import Delivery
from shanzhi.notices.selectors.deliveries import address_digest, due
from shanzhi.notices.selectors.people import People, people_of
from shanzhi.notices.topics import CODE
from shanzhi.tenancy.context import current
from shanzhi.tenancy.selectors import county_get

LEASE: Final = timedelta(minutes=2)
BACKOFF: Final = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 30, 120, 360))
BATCH: Final = 32
THREADS: Final = 8
ROUND_SECONDS: Final = 20.0  # then other tasks of the worker get their turn
INTERRUPTED: Final = "发送时程序多次中断，没有发出。"
BROKEN: Final = "发送程序出了意外，请联系系统管理员查看日志。"
State = Delivery.State
logger = logging.getLogger("shanzhi.notices")


@dataclass(frozen=True)
class Outcome:
    """How an attempt ended; `error` is empty if it went out."""

    receipt: str = ""
    error: str = ""
    again: bool = False
    down: bool = False


@dataclass(frozen=True)
class Sent:
    """How many attempts a round made, and whether more is due."""

    attempts: int
    more: bool


def deliveries_send(*, at: datetime) -> Sent:
    """One round over what is due in the current county, outside of any transaction.

    A provider that does not answer is left alone for the rest of the round.
    """
    began, down, attempts = monotonic(), set[str](), 0
    senders = {channel: sender(channel) for channel in open_channels()}
    while monotonic() - began < ROUND_SECONDS:
        with atomic():
            found = due(at=at, limit=BATCH, without=down)
            rows = [row for row in found if _take(row, at)]
            people = people_of({row.recipient_id for row in rows if row.notice_id and row.recipient_id}, at=at)
            going = _sort_out(rows, people, at)
        if not found:
            return Sent(attempts, more=False)
        outcomes = _sent([(senders[row.channel], message) for row, message in going])
        with atomic():
            for (row, _), outcome in zip(going, outcomes, strict=True):
                _end(row, outcome, at)
        attempts += len(going)
        down |= {row.channel for (row, _), outcome in zip(going, outcomes, strict=True) if outcome.down}
    return Sent(attempts, more=True)


def _take(row: Delivery, at: datetime) -> bool:
    """Whether it is this worker's now; who reads it at the same moment finds another `attempts`."""
    free = Delivery.objects.filter(id=row.id, attempts=row.attempts, next_at=row.next_at, state=row.state)
    if row.attempts > len(BACKOFF):  # every attempt killed its worker
        free.update(state=State.FAILED, error=INTERRUPTED, next_at=None, ended_at=at)
        return False
    taken = free.update(state=State.SENDING, attempts=F("attempts") + 1, next_at=at + LEASE, reason=Reason.NONE)
    row.attempts, row.state = row.attempts + 1, State.SENDING
    return taken == 1


def _sort_out(rows: Sequence[Delivery], people: People, at: datetime) -> list[tuple[Delivery, Message]]:
    """The deliveries that really go now, with their messages; the others are ended or put off."""
    going, place, site = [], county_get(current()).name, settings.MESSAGES["site"]
    for row in rows:
        found = _verdict(row, people, at)
        if found.waits:  # no attempt was made
            _change(row, state=State.QUEUED, attempts=row.attempts - 1, next_at=found.until, reason=found.reason)
        elif not found.goes:
            _change(row, state=State.SKIPPED, next_at=None, ended_at=at, reason=found.reason, **_emptied(row))
        else:
            message = _message(row, people, place, site)
            row.to_masked, row.to_digest = _shown(row, people)
            going.append((row, message))
    return going


def _verdict(row: Delivery, people: People, at: datetime) -> Verdict:
    if row.channel not in open_channels():
        return Verdict(Reason.CLOSED)
    if row.valid_until is not None and at > row.valid_until:
        return Verdict(Reason.LATE)
    if row.notice is None:
        return Verdict() if row.to else Verdict(Reason.BAD_ADDRESS)
    user_id = row.notice.recipient_id
    return verdict(
        channel=row.channel,
        topic=row.topic,
        urgent=row.urgent,
        at=at,
        preference=people.preference(user_id),
        address=people.addresses.get((user_id, row.channel)),
        on_duty=user_id in people.on_duty,
        read=row.notice.read_at is not None,
    )


def _message(row: Delivery, people: People, place: str, site: str) -> Message:
    """Of a notice only its title leaves the house, with a link to the rest behind the login."""
    if row.notice is None:
        words = row.text or ""
        title, text, params = "", words, {"text": words}
        if row.topic == CODE:
            title, text, params = "验证码", f"验证码 {words}，10 分钟内有效，请不要告诉别人。", {"code": words}
        url = f"{site}{row.path}" if site and row.path else ""
        return Message(row.id, row.to or "", row.template, title, text, place, row.created_at, url, params)
    notice = row.notice
    to = people.addresses[notice.recipient_id, row.channel].value or ""
    return Message(
        id=row.id,
        to=to,
        template=row.template,
        title=notice.title,
        text="",
        place=place,
        at=notice.created_at,
        url=f"{site}{notice.path}" if site else "",
        params={"title": notice.title, "place": place},
    )


def _shown(row: Delivery, people: People) -> tuple[str, str]:
    """What the log keeps of the address that was used."""
    if row.notice is None:
        return row.to_masked, row.to_digest
    used = people.addresses[row.notice.recipient_id, row.channel]
    return used.masked, address_digest(used.value or "")


def _sent(going: Sequence[tuple[Sender, Message]]) -> list[Outcome]:
    """All at once in a few threads, which touch no database; in the order of the messages."""
    if not going:
        return []
    with ThreadPoolExecutor(max_workers=min(THREADS, len(going)), thread_name_prefix="send") as pool:
        return list(pool.map(lambda pair: _attempt(*pair), going))


def _attempt(provider: Sender, message: Message) -> Outcome:
    try:
        return Outcome(receipt=provider.send(message)[:128])
    except SendError as error:
        return Outcome(error=error.sentence, again=error.again, down=error.down)
    except Exception as error:  # noqa: BLE001 - one that can't be sent must not stop the others
        # The error's own words may hold the address, so the log gets its kind alone.
        logger.error("delivery %s: %s", message.id, type(error).__name__)
        return Outcome(error=BROKEN, again=True)


def _end(row: Delivery, outcome: Outcome, at: datetime) -> None:
    known = {"to_masked": row.to_masked, "to_digest": row.to_digest, "error": outcome.error}
    if not outcome.error:
        emptied = _emptied(row)
        _change(row, state=State.SENT, next_at=None, ended_at=at, receipt=outcome.receipt, **known, **emptied)
    elif outcome.again and row.attempts <= len(BACKOFF):
        _change(row, state=State.QUEUED, next_at=at + BACKOFF[row.attempts - 1], **known)
    else:
        _change(row, state=State.FAILED, next_at=None, ended_at=at, **known)


def _change(row: Delivery, **values: Any) -> None:
    """Only while it is still this worker's: one that took it over after the lease has its own say."""
    Delivery.objects.filter(id=row.id, state=State.SENDING, attempts=row.attempts).update(**values)


def _emptied(row: Delivery) -> dict[str, None]:
    """What is not needed any more once it went out."""
    return {"to": None, "text": None} if row.notice_id is None else {}

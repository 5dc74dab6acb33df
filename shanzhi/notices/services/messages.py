"""Messages that are no notice: to somebody without an account, and codes that prove an address."""

from datetime import datetime, timedelta
from typing import Final

from django.db.transaction import atomic

from shanzhi.lib.errors import Invalid
from shanzhi.notices.channels.kinds import KINDS
from shanzhi.notices.channels.registry import open_channels
from shanzhi.notices.deciding import Reason, held
from shanzhi.notices.models import Delivery
from shanzhi.notices.quiet import BEGINS, ENDS
from shanzhi.notices.selectors.deliveries import address_digest
from shanzhi.notices.services.waking import wake
from shanzhi.notices.topics import CODE, MESSAGE

VALID: Final = timedelta(days=2)


def message_send(
    *, channel: str, to: str, template: str, text: str, event_id: int, at: datetime, urgent: bool = False,
    path: str = "",
) -> Delivery | None:  # fmt: skip
    """Sends words to an address of somebody without an account, once for each event: told again, it adds nothing.

    Three statements at most, in the caller's transaction; the worker sends. What can't be sent (channel not open, no
    such address) is written down as left out. Quiet hours hold unless urgent. Returns None when it was told again.
    LookupError for an unknown channel. `path` is where the message leads on a channel that has links.
    """
    row = Delivery(
        channel=channel, topic=MESSAGE, event_id=event_id, template=template, urgent=urgent, created_at=at, path=path
    )  # fmt: skip
    _addressed(row, to)
    row.text, row.valid_until = text, at + VALID
    found = held((BEGINS, ENDS), at=at, urgent=urgent)
    row.next_at, row.reason = found.until or at, row.reason or found.reason
    if channel not in open_channels():
        row.reason = Reason.CLOSED
    if row.reason in (Reason.CLOSED, Reason.BAD_ADDRESS):
        row.state, row.next_at, row.ended_at, row.text, row.to = Delivery.State.SKIPPED, None, at, None, None
    with atomic():
        Delivery.objects.bulk_create([row], ignore_conflicts=True)
        kept = Delivery.objects.filter(id=row.id).first()
        if kept is not None and found.goes and kept.next_at is not None:
            wake()
    return kept


def code_send(*, user_id: int, channel: str, to: str, code: str, at: datetime, until: datetime) -> Delivery:
    """Sends a code to an address that a person wants to use; at once, also at night: the person waits for it."""
    row = Delivery(
        channel=channel,
        topic=CODE,
        recipient_id=user_id,
        template="code",
        urgent=True,
        next_at=at,
        created_at=at,
        valid_until=until,
        text=code,
    )
    _addressed(row, to)
    row.save()
    wake()
    return row


def _addressed(row: Delivery, to: str) -> None:
    kind = KINDS[row.channel]
    try:
        plain = kind.clean(to)
    except Invalid:
        row.reason = Reason.BAD_ADDRESS
        return
    row.to, row.to_masked, row.to_digest = plain, kind.mask(plain), address_digest(plain)

"""That somebody looked at a person's data: written before anything is given out (个人信息保护法 51, 55)."""

from datetime import datetime, timedelta
from typing import Final

from django.db.transaction import atomic
from django.utils import timezone

from shanzhi.access.actor import Actor
from shanzhi.lib.errors import Conflict
from shanzhi.people.models import Look, Resident
from shanzhi.people.permissions import REVEAL, VIEW
from shanzhi.people.selectors import resident_get_for
from shanzhi.people.services.checking import need, post_of, refuse, tidy, title_of
from shanzhi.people.whereabouts import anchor
from shanzhi.tenancy.idempotency import claim
from shanzhi.tenancy.ids import new_id
from shanzhi.trail.services import record

SECONDS: Final = 60
TEXT: Final = 100
ONCE: Final = timedelta(hours=1)
FIELDS: Final[dict[str, str]] = {"paper": "证件号码", "phone": "电话", "door": "门牌、房号"}


def look_note(
    *, actor: Actor, resident: Resident, what: str, fields: str = "", purpose: str = "", text: str = "",
    permission: str = VIEW, row_id: int | None = None, at: datetime,
) -> Look | None:  # fmt: skip
    """One row of who looked; None for the system's own work. Call it in a transaction, before the data go out."""
    if not actor.user_id:
        return None
    post = post_of(actor, anchor(resident), permission)
    row = Look(
        id=row_id or new_id(), resident_id=resident.id, user_id=actor.user_id,
        by=f"{actor.name}，{title_of(post)}"[:160],
        what=what, fields=fields[:120], purpose=purpose, text=text, at=at,
    )  # fmt: skip
    row.save(force_insert=True)
    record(actor=actor, code="people.look.noted", obj=row, at=at, post=post)
    return row


def page_opened(*, actor: Actor, resident: Resident, at: datetime | None = None) -> None:
    """That the page of a person was opened; once an hour and user."""
    at = at or timezone.now()
    lately = Look.objects.filter(
        user_id=actor.user_id or 0, resident_id=resident.id, what=Look.What.OPENED, at__gt=at - ONCE
    )
    if lately.exists():
        return
    with atomic():
        look_note(actor=actor, resident=resident, what=Look.What.OPENED, at=at)


def purpose_checked(purpose: str, text: str) -> str:
    """The words beside a purpose, in one line; Invalid without a purpose, and for another one without words."""
    if purpose not in Look.Purpose.values:
        refuse({"purpose": ["请选看这个号码做什么用。"]})
    text = tidy(text, TEXT, "text", "说明")
    return need(text, "text", "选“其他”时请写明用途。") if purpose == Look.Purpose.OTHER else text


def number_show(
    *, actor: Actor, number: int, field: str, purpose: str, text: str = "", key: str | None = None,
    at: datetime | None = None,
) -> tuple[Resident, str]:  # fmt: skip
    """The whole number, after the purpose was written down; the same key writes it once. For the page to hide again
    after `SECONDS`. Conflict where none is known, Invalid without a purpose."""
    at, row_id = at or timezone.now(), new_id()
    resident = resident_get_for(actor, number, permission=REVEAL)
    if field not in FIELDS:
        refuse({"field": ["请选要看哪一项。"]})
    value = {
        "paper": resident.paper_number, "phone": resident.phone,
        "door": resident.dwelling.door if resident.dwelling is not None else "",
    }[field]  # fmt: skip
    if not value:
        raise Conflict(f"没有登记{FIELDS[field]}。", code="nothing")
    text = purpose_checked(purpose, text)
    with atomic():
        body = {"number": number, "field": field, "purpose": purpose, "text": text}
        if claim(key=key, actor=actor, operation="people.reveal", body=body, result_id=row_id) is None:
            look_note(
                actor=actor, resident=resident, what=Look.What.REVEALED, fields=FIELDS[field], purpose=purpose,
                text=text, permission=REVEAL, row_id=row_id, at=at,
            )  # fmt: skip
    return resident, value

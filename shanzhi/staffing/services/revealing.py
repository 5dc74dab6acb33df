"""Giving out the number of one of the staff: for a purpose, never without a row that says so."""

from datetime import datetime
from typing import Final

from django.db.transaction import atomic
from django.utils import timezone

from shanzhi.access.actor import Actor
from shanzhi.lib.errors import Conflict
from shanzhi.staffing.models import Assignment, PhoneShown
from shanzhi.staffing.permissions import CONTACT
from shanzhi.staffing.selectors import assignment_get_for
from shanzhi.staffing.services.checking import refuse
from shanzhi.tenancy.idempotency import claim
from shanzhi.tenancy.ids import new_id
from shanzhi.trail.services import record

SECONDS: Final = 60
TEXT: Final = 100


def phone_show(
    *, actor: Actor, number: int, purpose: str, text: str = "", key: str | None = None, at: datetime | None = None
) -> Assignment:
    """The assignment with its number, after the purpose was written down; the same key writes it once.

    Conflict where no number is known, Invalid without a purpose.
    """
    at, shown_id, text = at or timezone.now(), new_id(), " ".join(text.split())
    row = assignment_get_for(actor, number, permission=CONTACT)
    if not row.phone_index:
        raise Conflict("没有登记这个人的电话，请找任命的人补上。", code="no_phone")
    if purpose not in PhoneShown.Purpose.values:
        refuse({"purpose": ["请选看电话做什么用。"]})
    if purpose == PhoneShown.Purpose.OTHER and not text:
        refuse({"text": ["选“其他”时请写明用途。"]})
    if len(text) > TEXT:
        refuse({"text": [f"用途最多写 {TEXT} 字，请删减。"]})
    post = next((one for one in actor.posts if one.allows(CONTACT)), None)
    with atomic():
        body = {"number": number, "purpose": purpose, "text": text}
        if claim(key=key, actor=actor, operation="staffing.phone", body=body, result_id=shown_id) is None:
            by = f"{actor.name}，{post.title if post is not None else '系统'}"[:160]
            shown = PhoneShown(
                id=shown_id, assignment=row, user_id=actor.user_id or 0, by=by, purpose=purpose, text=text, at=at
            )
            shown.save(force_insert=True)
            record(actor=actor, code="staffing.phone.shown", obj=shown, at=at, post=post)
    return row

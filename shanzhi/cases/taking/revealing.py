"""Giving out a caller's number: for a purpose, to those who deal with the case, never without a row that says so."""

from datetime import datetime
from typing import Final

from django.db.transaction import atomic
from django.utils import timezone

from shanzhi.access.actor import Actor, ActorPost
from shanzhi.cases import permissions
from shanzhi.cases.callbacks.selectors import is_calling
from shanzhi.cases.models import Case, Contact, Reveal
from shanzhi.cases.taking.contacts import contact_of, handling_posts
from shanzhi.lib.errors import Conflict, Forbidden, Invalid
from shanzhi.tenancy.idempotency import claim
from shanzhi.tenancy.ids import new_id
from shanzhi.trail.services import record

SECONDS: Final = 60
TEXT: Final = 100
CALLER: Final = 160


def handler_post(actor: Actor, case: Case) -> ActorPost:
    """The post under which this person deals with the caller. Forbidden for everybody else who sees the case."""
    actor.require(permissions.CONTACT)
    posts = handling_posts(actor, case)
    if not posts:
        raise Forbidden("只有正在办这件事的人能看电话，要联系请找现在办理的人。", code="not_handling")
    return posts[0]


def reveal_post(actor: Actor, case: Case) -> ActorPost:
    """The same, and the post of whoever has to call back about it now."""
    if is_calling(actor, case):
        actor.require(permissions.CONTACT)
        return next(post for post in actor.posts if post.allows(permissions.CALLBACKS))
    return handler_post(actor, case)


def contact_reveal(
    *, actor: Actor, case: Case, purpose: str, text: str = "", key: str | None = None, at: datetime | None = None
) -> Contact:
    """The contact with its number, after the purpose was written down; the same key writes it once.

    Forbidden for whoever doesn't deal with the case, Conflict where nobody left a number, Invalid without a purpose.
    """
    at = at or timezone.now()
    post = reveal_post(actor, case)
    contact = contact_of(case)
    if contact is None or not contact.phone_index:
        raise Conflict("这件事没有留电话，请看“反映内容”里有没有别的联系办法。", code="no_phone")
    text = " ".join(text.split())
    _checked(purpose, text)
    reveal_id = new_id()
    with atomic():
        body = {"purpose": purpose, "text": text}
        operation = f"cases.reveal:{case.id}"
        if claim(key=key, actor=actor, operation=operation, body=body, result_id=reveal_id) is None:
            signature = f"{actor.name}，{post.title}"[:CALLER]
            row = Reveal(
                id=reveal_id, case=case, user_id=actor.user_id or 0, by=signature, purpose=purpose, text=text, at=at
            )
            row.save(force_insert=True)
            record(actor=actor, code="cases.contact.revealed", obj=row, at=at, post=post)
    return contact


def _checked(purpose: str, text: str) -> None:
    if purpose not in Reveal.Purpose.values:
        raise Invalid("请选看电话做什么用。", code="invalid", fields={"purpose": ["请选看电话做什么用。"]})
    if purpose == Reveal.Purpose.OTHER and not text:
        raise Invalid("选“其他”时请写明用途。", code="invalid", fields={"text": ["选“其他”时请写明用途。"]})
    if len(text) > TEXT:
        sentence = f"用途最多写 {TEXT} 字，请删减。"
        raise Invalid(sentence, code="invalid", fields={"text": [sentence]})

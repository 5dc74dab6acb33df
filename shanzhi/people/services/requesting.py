"""What residents ask about their own data (个人信息保护法 44–48): taken down, answered, and within what is lawful done."""

from datetime import datetime
from typing import Final

from django.db.transaction import atomic
from django.utils import timezone

from shanzhi.access.actor import Actor
from shanzhi.lib.errors import Conflict, Stale
from shanzhi.people.models import Look, Request, Resident
from shanzhi.people.permissions import RIGHTS
from shanzhi.people.selectors import resident_get_for
from shanzhi.people.selectors.rights import request_get_for
from shanzhi.people.services.checking import STALE, need, post_of, refuse, tidy, title_of
from shanzhi.people.services.looking import look_note
from shanzhi.people.whereabouts import anchor
from shanzhi.tenancy.idempotency import claim
from shanzhi.tenancy.ids import new_id
from shanzhi.trail.services import record

TEXT: Final = 500


def request_take(
    *, actor: Actor, resident: int, kind: str, text: str = "", key: str | None = None, at: datetime | None = None
) -> Request:
    """Taken down at the counter, for a person whom the office sees."""
    at, row_id = at or timezone.now(), new_id()
    person = resident_get_for(actor, resident, permission=RIGHTS)
    if kind not in Request.Kind.values:
        refuse({"kind": ["请选申请什么。"]})
    text = tidy(text, TEXT, "text", "申请内容")
    if kind in (Request.Kind.CORRECT, Request.Kind.ERASE, Request.Kind.EXPLAIN):
        need(text, "text", "请写明要更正、删除或者解释什么。")
    with atomic():
        body = {"resident": resident, "kind": kind}
        earlier = claim(key=key, actor=actor, operation="people.request", body=body, result_id=row_id)
        if earlier is not None:
            return Request.objects.get(id=earlier)
        post = post_of(actor, anchor(person), RIGHTS)
        row = Request(
            id=row_id, resident=person, kind=kind, text=text, asked_at=at, path=anchor(person),
            taken_by=f"{actor.name}，{title_of(post)}"[:160],
        )  # fmt: skip
        row.save(force_insert=True)
        record(actor=actor, code="people.request.taken", obj=row, at=at, post=post)
    return row


def request_decide(
    *, actor: Actor, number: int, version: int, done: bool, answer: str, key: str | None = None,
    at: datetime | None = None,
) -> Request:  # fmt: skip
    """Done or refused, with words for the resident; a refusal says why (48). What was asked is done by the services of
    the register; a deletion by `resident_erase`."""
    at = at or timezone.now()
    seen = request_get_for(actor, number)
    answer = need(tidy(answer, TEXT, "answer", "答复"), "answer", "请写明怎样办的；不同意的，写明理由。")
    with atomic():
        body = {"number": number, "version": version, "done": done}
        if claim(key=key, actor=actor, operation="people.decide", body=body, result_id=number) is not None:
            return request_get_for(actor, number)
        row = request_locked(number, version)
        request_settle(actor, row, done=done, answer=answer, at=at, path=seen.path)
    return row


def request_locked(number: int, version: int) -> Request:
    rows = Request.objects.select_related("resident").select_for_update(of=("self",))
    row = rows.filter(id=number, version=version).first()
    if row is None:
        raise Stale(STALE, code="stale")
    if row.state != Request.State.OPEN:
        raise Conflict("这个申请已经办结。", code="request_decided")
    return row


def request_settle(actor: Actor, row: Request, *, done: bool, answer: str, at: datetime, path: str) -> None:
    post = post_of(actor, path, RIGHTS)
    row.state = Request.State.DONE if done else Request.State.REFUSED
    row.answer, row.decided_at, row.version = answer, at, row.version + 1
    row.decided_by = f"{actor.name}，{title_of(post)}"[:160]
    row.save()
    record(actor=actor, code=f"people.request.{row.state}", obj=row, at=at, post=post)


def copy_printed(*, actor: Actor, resident: Resident, at: datetime | None = None) -> None:
    """That everything kept on a person was given out on paper (45)."""
    with atomic():
        look_note(
            actor=actor, resident=resident, what=Look.What.PRINTED, fields="全部资料", purpose=Look.Purpose.SELF,
            permission=RIGHTS, at=at or timezone.now(),
        )  # fmt: skip

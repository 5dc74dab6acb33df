"""Who is on the desk: named and ended by the security administrator, never an administrator and never oneself."""

from datetime import datetime
from typing import Final

from django.db import IntegrityError
from django.db.models import F
from django.db.transaction import atomic
from django.urls import reverse
from django.utils import timezone

from shanzhi.access.actor import Actor
from shanzhi.access.permissions import ADMINISTRATORS
from shanzhi.accounts.models import Post, User
from shanzhi.accounts.selectors import live
from shanzhi.clues.fields import ring
from shanzhi.clues.models import ClueOfficer
from shanzhi.clues.permissions import APPOINT
from shanzhi.clues.selectors import officer_get_for
from shanzhi.clues.topics import WORK
from shanzhi.clues.trails import APPOINTED, ENDED
from shanzhi.lib.errors import Conflict, Invalid, Stale
from shanzhi.notices.services import notice_send
from shanzhi.tenancy.idempotency import claim
from shanzhi.tenancy.ids import new_id
from shanzhi.trail.services import record

REASON: Final = 200
NOBODY: Final = "没有这个登录账号，或者这个人现在没有本县的岗位，请核对。"
ADMIN: Final = "管理员不能当线索专办员，请另选一个人。"
SELF: Final = "不能任命自己，请另选一个人。"
ELSEWHERE: Final = "这个账号由别的县管，不能当本县的线索专办员。"
INITIAL: Final = "这个人还在用别人给的初始密码，请本人登录改过密码以后再任命。"
ALREADY: Final = "这个人已经是线索专办员。要改牵头，请先结束再重新任命。"
WELCOME: Final = "你被任命为线索专办员，请到线索专办台看看。"


def officer_appoint(
    *, actor: Actor, login: str, lead: bool, key: str | None = None, at: datetime | None = None
) -> ClueOfficer:
    """Name a person by their login.

    The clues' key is made with the first officer, not with the first clue: that there is a key file then tells nothing.
    """
    at = at or timezone.now()
    actor.require(APPOINT)
    body = {"login": login, "lead": lead}
    row_id = new_id()
    try:
        with atomic():
            earlier = claim(key=key, actor=actor, operation="clues.appoint", body=body, result_id=row_id)
            if earlier is not None:
                return officer_get_for(actor, earlier)
            user = _person(actor, login.strip().lower(), at)
            ring()
            row = ClueOfficer(id=row_id, user=user, lead=lead, appointed_at=at, appointed_by=actor.user_id)
            row.save()
            record(actor=actor, code=APPOINTED, obj=row, at=at)
            notice_send(
                recipients=[user.pk], title="线索专办台", body=WELCOME, topic=WORK, event_id=row.id, at=at,
                path=reverse("clues:desk", args=[row.county_id]),
                object_type="clues.officer", object_id=row.id,
            )  # fmt: skip
    except IntegrityError:
        raise _wrong(ALREADY) from None
    return row


def _wrong(sentence: str) -> Invalid:
    return Invalid(sentence, code="officer_invalid", fields={"login": [sentence]})


def _person(actor: Actor, login: str, at: datetime) -> User:
    user = User.objects.filter(username=login, is_active=True).first()
    roles = set(Post.objects.filter(live(at), user_id=user.pk).values_list("role", flat=True)) if user else set()
    if user is None or not roles:
        raise _wrong(NOBODY)
    if user.home_county != actor.county_id:  # else another county's administrator could reset it unseen
        raise _wrong(ELSEWHERE)
    if user.must_change_password:
        raise _wrong(INITIAL)
    if user.pk == actor.user_id:
        raise _wrong(SELF)
    if roles & ADMINISTRATORS:
        raise _wrong(ADMIN)
    if ClueOfficer.objects.filter(user=user, ended_at=None).exists():
        raise _wrong(ALREADY)
    return user


def officer_end(*, actor: Actor, officer_id: int, version: int, reason: str, at: datetime | None = None) -> ClueOfficer:
    """It ends at once. What was assigned to them stays so in name; a lead assigns it anew."""
    at, words = at or timezone.now(), reason.strip()
    row = officer_get_for(actor, officer_id)
    if row.ended_at is not None:
        raise Conflict("这个人已经不是线索专办员。", code="officer_ended")
    if row.version != version:
        raise Stale
    if not words or len(words) > REASON:
        sentence = f"最多写 {REASON} 字，请删减。" if words else "请写明为什么结束。"
        raise Invalid(sentence, code="invalid", fields={"reason": [sentence]})
    with atomic():
        changed = ClueOfficer.objects.filter(id=row.id, version=version, ended_at=None).update(
            ended_at=at, ended_by=actor.user_id, reason=words, version=F("version") + 1
        )
        if not changed:
            raise Stale
        row = officer_get_for(actor, officer_id)
        record(actor=actor, code=ENDED, obj=row, at=at)
    return row

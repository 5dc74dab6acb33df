"""Having an absent colleague's list worked by somebody else for some days, and taking it back."""

from datetime import date, datetime, timedelta
from typing import Final

from django.db.models import F
from django.db.transaction import atomic
from django.utils import timezone

from shanzhi.access.actor import Actor
from shanzhi.accounts import selectors
from shanzhi.accounts.events import STANDIN_ENDED, STANDIN_SET
from shanzhi.accounts.models import Post, StandIn
from shanzhi.lib.errors import Conflict, Forbidden, Invalid, Stale
from shanzhi.lib.times import local
from shanzhi.tenancy.idempotency import claim
from shanzhi.tenancy.ids import new_id
from shanzhi.tenancy.outbox import emit
from shanzhi.trail.services import record

LONGEST: Final = 60
AHEAD: Final = 180
REASON_LENGTH: Final = 200


def standin_set(
    *,
    actor: Actor,
    post_id: int,
    substitute_id: int,
    valid_from: date,
    valid_to: date,
    reason: str,
    key: str | None = None,
    at: datetime | None = None,
) -> StandIn:
    """The substitute works the list of this post from a day to a day, both included, at most 60 days.

    404 unless the post is one's own or lies where one arranges stand-ins. Conflict: a post that is not worked for
    another, or somebody already stands in on one of these days. Invalid: days or a person that do not fit.
    """
    at, reason = at or timezone.now(), reason.strip()
    with atomic():
        post = selectors.handed_post_get_for(actor, post_id)
        Post.objects.select_for_update().get(id=post.id)  # one after another for one post
        standin = StandIn(id=new_id(), post=post, substitute_id=substitute_id, valid_from=valid_from, valid_to=valid_to)
        standin.reason, standin.created_by, standin.created_at = reason, actor.user_id, at
        body = {"post": post_id, "substitute": substitute_id, "from": valid_from, "to": valid_to, "reason": reason}
        earlier = claim(key=key, actor=actor, operation="accounts.standin.set", body=body, result_id=standin.id)
        if earlier is not None:
            return StandIn.objects.get(id=earlier)
        check_handed(post)
        _check_days(post, valid_from, valid_to, local(at).date())
        if not reason or len(reason) > REASON_LENGTH:
            raise _invalid("reason", f"请写明为什么要代班，不超过 {REASON_LENGTH} 个字。")
        if substitute_id not in {one.user_id for one in selectors.substitutes_for(post, at=at)}:
            raise _invalid("substitute", "请选同一个地方、上一级或相邻地方的在岗同事来代班。")
        _check_free(post, valid_from, valid_to)
        standin.save()
        record(actor=actor, code="accounts.standin.set", obj=standin, at=at)
        emit(STANDIN_SET, subject_id=standin.id, at=at, **_ids(standin, post))
    return standin


def standin_end(
    *, actor: Actor, standin_id: int, version: int, key: str | None = None, at: datetime | None = None
) -> StandIn:
    """End it now, or call it off before it began. Forbidden for the substitute alone; Stale; Conflict if it is over."""
    at = at or timezone.now()
    with atomic():
        standin = selectors.standin_get_for(actor, standin_id)
        if not selectors.may_end(actor, standin.post):
            raise Forbidden("要结束代班，请找请你代班的同事，或安排代班的人。", code="standin_not_yours")
        body = {"standin": standin_id, "version": version}
        earlier = claim(key=key, actor=actor, operation="accounts.standin.end", body=body, result_id=standin.id)
        if earlier is not None:
            return standin
        if standin.version != version:
            raise Stale
        if standin.state_on(local(at).date()) == "ended":
            raise Conflict("这次代班已经结束，不用再结束。", code="standin_over")
        rows = StandIn.objects.filter(id=standin.id, version=version, ended_at__isnull=True)
        if not rows.update(version=F("version") + 1, ended_at=at, ended_by=actor.user_id):
            raise Stale
        standin = selectors.standin_get_for(actor, standin_id)
        record(actor=actor, code="accounts.standin.ended", obj=standin, at=at)
        emit(STANDIN_ENDED, subject_id=standin.id, at=at, **_ids(standin, standin.post))
    return standin


def check_handed(post: Post) -> None:
    """Conflict for a post whose list nobody else may work."""
    if not selectors.may_be_handed(post.role):
        raise Conflict("居民、志愿者和三类管理员的岗位不能请人代班。", code="post_not_handed")


def _ids(standin: StandIn, post: Post) -> dict[str, int]:
    return {"post": post.id, "holder": post.user_id, "substitute": standin.substitute_id}


def _invalid(field: str, sentence: str) -> Invalid:
    return Invalid(sentence, code=f"{field}_wrong", fields={field: [sentence]})


def _check_days(post: Post, first: date, last: date, today: date) -> None:
    if first < today:
        raise _invalid("valid_from", "代班最早从今天开始，请改日期。")
    if first > today + timedelta(days=AHEAD):
        raise _invalid("valid_from", f"代班最多提前 {AHEAD} 天安排，请改日期。")
    if last < first:
        raise _invalid("valid_to", "代班结束不能早于代班开始，请改日期。")
    if (last - first).days >= LONGEST:
        raise _invalid("valid_to", f"一次代班最长 {LONGEST} 天，请改日期；更久请安全管理员调整岗位。")
    if post.state_on(first) != "live" or post.state_on(last) != "live":
        raise _invalid("valid_to", "代班的日子要在这个岗位的任期以内，请改日期。")


def _check_free(post: Post, first: date, last: date) -> None:
    taken = StandIn.objects.filter(post_id=post.id, ended_at__isnull=True, valid_from__lte=last, valid_to__gte=first)
    other = taken.select_related("substitute").order_by("valid_from").first()
    if other is not None:
        days = f"{other.valid_from.month}月{other.valid_from.day}日到{other.valid_to.month}月{other.valid_to.day}日"
        raise Conflict(f"{days}已由{other.substitute.name}代班，请改日期，或先结束那一次。", code="standin_taken")

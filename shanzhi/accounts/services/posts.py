"""Granting and revoking posts: the only way in which anybody gets or loses a right."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import F, Q
from django.db.transaction import atomic
from django.utils import timezone

from shanzhi.access.actor import Actor
from shanzhi.access.permissions import ADMINISTRATORS, ROLES, Level
from shanzhi.accounts import selectors
from shanzhi.accounts.models import Post, User
from shanzhi.accounts.permissions import GRANT
from shanzhi.areas.models import Area, Unit
from shanzhi.lib.errors import Conflict, Invalid, Stale
from shanzhi.lib.times import local
from shanzhi.tenancy.idempotency import claim
from shanzhi.tenancy.ids import new_id
from shanzhi.trail.services import record, record_bulk

REASON_LENGTH = 200
APART = "系统管理员、安全管理员、审计管理员必须由三个人分别担任，请换一个人。"
OWN = "不能给自己授予或撤销岗位，请另一位安全管理员处理。"


@dataclass(frozen=True)
class NewPost:
    """One row of a bulk grant: exactly one of area and unit (with its `area` loaded)."""

    user: User
    role: str
    area: Area | None = None
    unit: Unit | None = None
    valid_from: date | None = None
    valid_to: date | None = None


def post_grant(
    *,
    actor: Actor,
    user_id: int,
    role: str,
    area: Area | None = None,
    unit: Unit | None = None,
    valid_from: date | None = None,
    valid_to: date | None = None,
    key: str | None = None,
    at: datetime | None = None,
) -> Post:
    """Give a person a role on an area or in a unit, from a day (today) to a day (open), both included.

    Conflict: one's own post; two of the three administrators in one person; the same post twice in overlapping
    terms; a disabled account. Invalid: a place or a term that does not fit.
    """
    at = at or timezone.now()
    today = local(at).date()
    with atomic():
        user = selectors.user_lock_for(actor, user_id, permission=GRANT)
        if actor.user_id == user.pk:
            raise Conflict(OWN, code="own_post")
        post = Post(
            id=new_id(),
            user=user,
            role=role,
            area=area,
            unit=unit,
            valid_from=valid_from or today,
            valid_to=valid_to,
            granted_by=actor.user_id,
            granted_at=at,
        )
        body = {"user": user_id, "role": role, "area": post.area_id, "unit": post.unit_id}
        body |= {"from": valid_from, "to": valid_to}
        earlier = claim(key=key, actor=actor, operation="accounts.post.grant", body=body, result_id=post.id)
        if earlier is not None:
            return Post.objects.select_related("user").get(id=earlier)
        if not user.is_active:
            raise Conflict("这个账号已停用，请先恢复账号再授予岗位。", code="account_disabled")
        _check_place(role, area, unit)
        _check_term(post, today)
        post.area_path = area.path if area is not None else unit.area.path if unit is not None else ""
        _check_others(post)
        post.save()
        record(actor=actor, code="accounts.post.granted", obj=post, at=at)
    return post


def posts_bulk_grant(*, actor: Actor, rows: Sequence[NewPost], at: datetime) -> list[Post]:
    """Grant many posts to persons who hold none yet, for loaders: four statements for each thousand.

    Places and the separation of the three administrators are checked within the batch, terms by the database.
    """
    actor.require(GRANT)
    today = local(at).date()
    administrators: dict[int, set[str]] = {}
    posts: list[Post] = []
    for row in rows:
        _check_place(row.role, row.area, row.unit)
        if row.role in ADMINISTRATORS:
            administrators.setdefault(row.user.pk, set()).add(row.role)
        place = row.area if row.area is not None else row.unit.area if row.unit is not None else None
        posts.append(
            Post(
                user=row.user,
                role=row.role,
                area=row.area,
                unit=row.unit,
                area_path=place.path if place is not None else "",
                valid_from=row.valid_from or today,
                valid_to=row.valid_to,
                granted_by=actor.user_id,
                granted_at=at,
            )
        )
    if any(len(held) > 1 for held in administrators.values()):
        raise Conflict(APART, code="administrators_apart")
    with atomic():
        Post.objects.bulk_create(posts, batch_size=500)
        record_bulk(actor=actor, code="accounts.post.granted", objs=posts, at=at)
    return posts


def post_revoke(
    *, actor: Actor, post_id: int, version: int, reason: str, key: str | None = None, at: datetime | None = None
) -> Post:
    """End a post at once, for a reason that stays with it. Stale if somebody was faster, Conflict if it is over."""
    at, reason = at or timezone.now(), reason.strip()
    with atomic():
        post = selectors.post_get_for(actor, post_id, permission=GRANT)
        if actor.user_id == post.user_id:
            raise Conflict(OWN, code="own_post")
        body = {"post": post_id, "version": version, "reason": reason}
        earlier = claim(key=key, actor=actor, operation="accounts.post.revoke", body=body, result_id=post.id)
        if earlier is not None:
            return post
        if post.version != version:
            raise Stale
        if post.state_on(local(at).date()) not in ("live", "coming"):
            raise Conflict("这个岗位已经结束，不用再撤销。", code="post_over")
        if not reason or len(reason) > REASON_LENGTH:
            sentence = f"请写明撤销原因，不超过 {REASON_LENGTH} 个字。"
            raise Invalid(sentence, code="reason_missing", fields={"reason": [sentence]})
        changed = Post.objects.filter(id=post.id, version=version, revoked_at__isnull=True).update(
            version=F("version") + 1, revoked_at=at, revoked_by=actor.user_id, revoke_reason=reason
        )
        if not changed:
            raise Stale
        post = selectors.post_get_for(actor, post_id, permission=GRANT)
        record(actor=actor, code="accounts.post.revoked", obj=post, at=at)
    return post


def _check_place(role: str, area: Area | None, unit: Unit | None) -> None:
    """The level of the place must be one at which the role exists (a county role sits on the county, and so on)."""
    if role not in ROLES:
        raise Invalid(
            "没有这个岗位，请重新选择。", code="role_unknown", fields={"role": ["没有这个岗位，请重新选择。"]}
        )
    levels = ROLES[role].levels
    fits = area is not None and unit is None and area.valid_to is None and area.level in levels
    fits = fits or (unit is not None and area is None and unit.valid_to is None and Level.UNIT in levels)
    if not fits:
        sentence = f"{ROLES[role].label}不能设在这里，请重新选择地点。"
        raise Invalid(sentence, code="place_wrong", fields={"place": [sentence]})


def _check_term(post: Post, today: date) -> None:
    if post.valid_to is None:
        return
    sentence = ""
    if post.valid_to < post.valid_from:
        sentence = "任期结束不能早于任期开始，请改日期。"
    elif post.valid_to < today:
        sentence = "任期结束不能早于今天，请改日期。"
    if sentence:
        raise Invalid(sentence, code="term_wrong", fields={"valid_to": [sentence]})


def _check_others(post: Post) -> None:
    """Posts of the person whose terms meet this one: not the same post, not another of the three administrators."""
    meeting = Post.objects.filter(user_id=post.user_id, revoked_at__isnull=True)
    meeting = meeting.filter(Q(valid_to__isnull=True) | Q(valid_to__gte=post.valid_from))
    if post.valid_to is not None:
        meeting = meeting.filter(valid_from__lte=post.valid_to)
    held = list(meeting.values_list("role", "area_id", "unit_id"))
    if (post.role, post.area_id, post.unit_id) in held:
        raise Conflict("这个人在这段任期里已经有这个岗位，不用再授予。", code="post_twice")
    if post.role in ADMINISTRATORS and any(role in ADMINISTRATORS and role != post.role for role, _, _ in held):
        raise Conflict(APART, code="administrators_apart")

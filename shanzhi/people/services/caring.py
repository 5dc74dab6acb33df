"""Taking somebody into a care group, letting them out again, and noting that they were seen.

Everything about it is sensitive (个人信息保护法 28, 29): it is kept sealed, shown to the posts that the group names, and
deleted some time after it ended (`retaining`).
"""

from datetime import date, datetime, timedelta
from typing import Final

from django.db.transaction import atomic
from django.db.utils import IntegrityError
from django.utils import timezone

from shanzhi.access.actor import Actor, ActorPost
from shanzhi.lib.errors import Conflict, Stale
from shanzhi.lib.times import local
from shanzhi.people.catalogue import HERE, Population
from shanzhi.people.groups import Group, group_scope, groups_for
from shanzhi.people.models import Membership
from shanzhi.people.numbers import group_index
from shanzhi.people.permissions import CARE
from shanzhi.people.selectors import resident_get_for
from shanzhi.people.selectors.care import membership_get_for
from shanzhi.people.services.checking import STALE, day_checked, need, post_of, refuse, tidy, title_of
from shanzhi.people.services.residents import locked
from shanzhi.people.whereabouts import anchor
from shanzhi.tenancy.idempotency import claim
from shanzhi.tenancy.ids import new_id
from shanzhi.trail.services import record

REASON: Final = 200
TWICE: Final = "已经在“{label}”里了，不用再登记。"


def membership_begin(
    *, actor: Actor, resident: int, group: str, since: date, reason: str, key: str | None = None,
    at: datetime | None = None,
) -> Membership:  # fmt: skip
    """Into a group that the actor may see, for a reason (the certificate, the decision, the visit). Conflict if the
    person is in it already, has moved away or died."""
    at, row_id = at or timezone.now(), new_id()
    person = resident_get_for(actor, resident, permission=CARE)
    known = _open_group(actor, group, anchor(person))
    day_checked(since, local(at).date(), field="since")
    reason = need(tidy(reason, REASON, "reason", "依据"), "reason", "请写明依据，例如证件号、认定文件或者走访了解。")
    with atomic():
        # The group is sensitive: a key remembers its blind index only.
        body = {"resident": resident, "group": group_index(group), "since": since}
        earlier = claim(key=key, actor=actor, operation="people.care", body=body, result_id=row_id)
        if earlier is not None:
            return Membership.objects.select_related("resident").get(id=earlier)
        held = locked(resident, None)
        if held.population not in (*HERE, Population.AWAY):
            raise Conflict("已经迁出或去世的人不再登记为关爱对象。", code="gone")
        post = post_of(actor, anchor(held), CARE)
        row = Membership(
            id=row_id, resident=held, group=group, group_index=group_index(group), path=anchor(held), since=since,
            reason=reason, actor_name=actor.name, actor_post=title_of(post), created_at=at,
            due_on=_due(known, local(at).date()),
        )  # fmt: skip
        try:
            with atomic():
                row.save(force_insert=True)
        except IntegrityError:
            sentence = TWICE.format(label=known.label)
            raise Conflict(sentence, code="in_group", fields={"group": [sentence]}) from None
        record(actor=actor, code="people.membership.begun", obj=row, at=at, post=post)
    return row


def membership_end(
    *, actor: Actor, number: int, version: int, until: date, reason: str, key: str | None = None,
    at: datetime | None = None,
) -> Membership:  # fmt: skip
    """`until` is the first day on which it no longer holds. What is kept of it is deleted after the group's time."""
    at = at or timezone.now()
    seen = membership_get_for(actor, number)
    reason = need(tidy(reason, REASON, "reason", "原因"), "reason", "请写明为什么结束。")
    with atomic():
        body = {"number": number, "version": version, "until": until}
        if claim(key=key, actor=actor, operation="people.care_end", body=body, result_id=number) is not None:
            return membership_get_for(actor, number).row
        row = _locked(number, version)
        day_checked(until, local(at).date(), field="until", after=row.since)
        row.until, row.due_on, row.ended_because = until, None, reason
        _kept(actor, row, "people.membership.ended", at, post_of(actor, seen.row.path, CARE))
    return row


def visit_noted(
    *, actor: Actor, membership: Membership, on: date, group: Group | None = None, at: datetime | None = None
) -> Membership:
    """For the app of visits, which has checked who visited: seen on this day, next due after the group's days. An
    older visit that comes late changes nothing. Call it in the transaction that writes the visit."""
    at = at or timezone.now()
    known = group or membership_get_for(actor, membership.id).group
    with atomic():
        row = _locked(membership.id, None)
        if row.until is not None or (row.seen_on is not None and row.seen_on >= on):
            return row
        day_checked(on, local(at).date(), after=row.since)
        row.seen_on, row.due_on = on, _due(known, on)
        _kept(actor, row, "people.membership.seen", at, post_of(actor, row.path, CARE))
    return row


def _open_group(actor: Actor, code: str, path: str) -> Group:
    if not code:
        refuse({"group": ["请选关爱类别。"]})
    group = groups_for(actor).get(code)
    if group is None or not group_scope(actor, group).covers(path):
        refuse({"group": ["这个关爱类别现在不能登记，请重新选择。"]})
    assert group is not None
    return group


def _due(group: Group, on: date) -> date | None:
    days = group.body.visit_every_days
    return on + timedelta(days=days) if days else None


def _locked(number: int, version: int | None) -> Membership:
    rows = Membership.objects.select_related("resident").select_for_update(of=("self",)).filter(id=number)
    row = (rows if version is None else rows.filter(version=version)).first()
    if row is None:
        raise Stale(STALE, code="stale")
    if version is not None and row.until is not None:
        raise Conflict("这条登记已经结束。", code="ended")
    return row


def _kept(actor: Actor, row: Membership, code: str, at: datetime, post: ActorPost | None) -> None:
    row.version += 1
    row.save()
    record(actor=actor, code=code, obj=row, at=at, post=post)

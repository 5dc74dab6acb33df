"""Who is looked after, as far as the person who asks may know it. A group that no post of theirs names is not there."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from django.db.models import Count, Q

from shanzhi.access.actor import Actor
from shanzhi.access.pages import not_found
from shanzhi.areas.models import Area
from shanzhi.lib.masks import name_mask
from shanzhi.people.groups import Group, group_scope, groups_for, groups_known
from shanzhi.people.models import Membership, Resident
from shanzhi.people.numbers import group_index
from shanzhi.people.permissions import CARE
from shanzhi.people.selectors.scope import below_q
from shanzhi.tenancy.keyset import Order, Page, page_of

LIST: Final = Order("people.care", ("path",))
DUE_ORDER: Final = Order("people.care.due", ("due_on", "path"))
STATES: Final = {"open": "在册", "due": "到期要走访", "ended": "已结束"}


@dataclass(frozen=True, slots=True)
class Seen:
    """A membership with its group, for somebody who may know of it."""

    row: Membership
    group: Group

    def due_words(self, today: date) -> str:
        due = self.row.due_on
        if due is None:
            return ""
        days = (due - today).days
        return "今天要走访" if days == 0 else f"还有 {days} 天" if days > 0 else f"已过 {-days} 天"

    def is_late(self, today: date) -> bool:
        return self.row.due_on is not None and self.row.due_on < today

    @property
    def shown_name(self) -> str:
        """In lists; whoever opens the person leaves a trace and sees the name."""
        name = self.row.resident.name
        return name_mask(name) if self.group.body.is_strict else name


def memberships_of(actor: Actor, resident: Resident) -> list[Seen]:
    """Open ones first, then those that ended; two statements."""
    if not actor.can(CARE):
        return []
    groups = groups_known()
    reaches = {code: group_scope(actor, group) for code, group in groups.items()}
    rows = Membership.objects.filter(resident=resident).order_by("-since", "-id")
    seen = [Seen(row, groups[row.group]) for row in rows if row.group in groups and reaches[row.group].covers(row.path)]
    return sorted(seen, key=lambda one: one.row.until is not None)


def membership_get_for(actor: Actor, number: int) -> Seen:
    """NotFound for a group that this person may not know of."""
    row = Membership.objects.select_related("resident").filter(id=number).first()
    group = groups_known().get(row.group) if row is not None else None
    if row is None or group is None or not actor.can(CARE) or not group_scope(actor, group).covers(row.path):
        raise not_found()
    return Seen(row, group)


def group_get_for(actor: Actor, code: str) -> Group:
    group = groups_for(actor, groups_known()).get(code)
    if group is None or not actor.can(CARE):
        raise not_found()
    return group


def member_page(
    actor: Actor, group: Group, area: Area, *, state: str = "open", today: date, cursor: str = "", size: int = 50
) -> Page[Seen]:
    """Who is in a group at and below a place: in the order of places, or those that are due, the latest first."""
    rows = Membership.objects.filter(
        group_scope(actor, group).q("path"), below_q(area, "path"), group_index=group_index(group.code)
    ).select_related("resident__lives__parent", "resident__registered__parent")
    order = LIST
    if state == "due":
        order, rows = DUE_ORDER, rows.filter(until=None, due_on__lte=today + timedelta(days=7))
    else:
        rows = rows.filter(until__isnull=state != "ended")
    page = page_of(rows, order, cursor=cursor, size=size)
    return page.showing([Seen(row, group) for row in page.rows])


@dataclass(frozen=True, slots=True)
class GroupCount:
    """How many of a group there are at a place, and how many visits are late."""

    group: Group
    people: int
    late: int


def group_counts(actor: Actor, area: Area, today: date) -> list[GroupCount]:
    """For each group that this person may see; one statement for all groups."""
    groups = groups_for(actor)
    indexes: Mapping[str, str] = {group_index(code): code for code in groups}
    wanted = Q(pk__in=[])
    for index, code in indexes.items():
        wanted |= Q(group_index=index) & group_scope(actor, groups[code]).q("path")
    rows = Membership.objects.filter(wanted, below_q(area, "path"), until=None)
    counted = rows.values("group_index").annotate(people=Count("id"), late=Count("id", filter=Q(due_on__lt=today)))
    found = {indexes[row["group_index"]]: row for row in counted.order_by("group_index")}
    return [
        GroupCount(group, *((found[code]["people"], found[code]["late"]) if code in found else (0, 0)))
        for code, group in groups.items()
    ]

"""Who is to be visited by whom: open memberships whose group sends one of the actor's posts, one row a person."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from django.db.models import Exists, OuterRef, Q, QuerySet

from shanzhi.access.actor import Actor, Scope, merged
from shanzhi.areas.models import Area
from shanzhi.lib.masks import name_mask
from shanzhi.people.groups import Group, groups_known
from shanzhi.people.models import Membership, Resident
from shanzhi.people.numbers import group_index
from shanzhi.people.selectors.care import Seen, memberships_of
from shanzhi.people.selectors.scope import below_q
from shanzhi.people.whereabouts import RELATED
from shanzhi.tenancy.keyset import Order, Page, page_of
from shanzhi.visits.permissions import MAKE

DUE: Final = Order("visits.due", ("due_on",))
SOON: Final = timedelta(days=7)
STATES: Final = {"due": "该去了", "all": "全部"}


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody to visit, with the groups that it is for, the most urgent first."""

    resident: Resident
    seen: Sequence[Seen]

    @property
    def first(self) -> Seen:
        return self.seen[0]

    @property
    def labels(self) -> str:
        return "、".join(one.group.label for one in self.seen)

    @property
    def shown_name(self) -> str:
        """In lists; of a strict group the name is masked until the person is opened."""
        name = self.resident.name
        return name_mask(name) if any(one.group.body.is_strict for one in self.seen) else name

    @property
    def masked(self) -> str:
        """For a copy that lies in a phone."""
        return name_mask(self.resident.name)


def scope_of(actor: Actor, group: Group) -> Scope:
    """Where the group's plan sends this person."""
    roles = group.body.visited_by
    held = [post for post in actor.posts if post.allows(MAKE) and post.role in roles and not post.unit_id]
    return Scope(ranges=merged(post.area_path for post in held))


def planned(actor: Actor, groups: Mapping[str, Group] | None = None) -> QuerySet[Membership]:
    """Open memberships with a next day whose group sends this person there. `groups` are those that there are."""
    by_reach: dict[Scope, list[str]] = {}
    for code, group in (groups_known() if groups is None else groups).items():
        reach = scope_of(actor, group)
        if reach:
            by_reach.setdefault(reach, []).append(group_index(code))
    wanted = Q(pk__in=[])
    for reach, indexes in by_reach.items():
        wanted |= Q(reach.q("path"), group_index__in=indexes)
    return Membership.objects.filter(wanted, until=None, due_on__isnull=False)


def person_page(
    actor: Actor, *, state: str, today: date, area: Area | None = None, group: str = "", cursor: str = "",
    size: int = 50,
) -> Page[Person]:  # fmt: skip
    """Each person once, at the most urgent of the groups; four statements. `state` is one of STATES."""
    groups = groups_known()
    rows = planned(actor, groups)
    if area is not None:
        rows = rows.filter(below_q(area, "path"))
    if group:
        rows = rows.filter(group_index=group_index(group))
    earlier = rows.filter(resident=OuterRef("resident")).filter(
        Q(due_on__lt=OuterRef("due_on")) | Q(due_on=OuterRef("due_on"), id__lt=OuterRef("id"))
    )
    found = rows.filter(~Exists(earlier))
    if state != "all":
        found = found.filter(due_on__lte=today + SOON)
    page = page_of(found.select_related(*(f"resident__{name}" for name in RELATED)), DUE, cursor=cursor, size=size)
    return page.showing(_persons(actor, [row.resident for row in page.rows], groups))


def _persons(actor: Actor, residents: Sequence[Resident], groups: Mapping[str, Group]) -> list[Person]:
    seen: dict[int, list[Seen]] = {}
    rows = planned(actor, groups).filter(resident__in=[row.id for row in residents]).order_by("due_on", "id")
    for row in rows if residents else []:
        seen.setdefault(row.resident_id, []).append(Seen(row, groups[row.group]))
    return [Person(row, seen[row.id]) for row in residents if row.id in seen]


def plan_of(actor: Actor, resident: Resident) -> list[Seen]:
    """The groups of a person for which the actor is to visit them, the most urgent first."""
    found = [
        one for one in memberships_of(actor, resident)
        if one.row.until is None and one.row.due_on is not None
        and scope_of(actor, one.group).covers(one.row.path)
    ]  # fmt: skip
    return sorted(found, key=lambda one: (one.row.due_on or date.max, one.row.id))


def due_count(actor: Actor, today: date) -> int:
    """How many people are to be visited by today; one statement."""
    return planned(actor).filter(due_on__lte=today).values("resident").distinct().count()


def group_choices(actor: Actor) -> list[tuple[str, str]]:
    """The groups that somebody is sent for."""
    return [(code, one.label) for code, one in groups_known().items() if scope_of(actor, one)]

"""Who works with a case: the colleagues who may be mentioned in a note, because they see it in their post."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.db.models import Q, QuerySet

from shanzhi.access.actor import Actor
from shanzhi.access.permissions import roles_with
from shanzhi.accounts.models import Post
from shanzhi.accounts.selectors import post_labels
from shanzhi.accounts.selectors.actors import live
from shanzhi.areas.paths import ancestors
from shanzhi.cases import permissions
from shanzhi.cases.models import Assignment, Case
from shanzhi.tenancy.ids import LARGEST

SHOWN: Final = 10
LOOKED_AT: Final = 60


@dataclass(frozen=True, slots=True)
class Colleague:
    """A person with the post in which the case is seen; `label` is 王桂兰·小关社区 第四网格 网格员."""

    user_id: int
    name: str
    label: str


def posts_that_see(case: Case, *, at: datetime) -> QuerySet[Post]:
    """Posts in force of people who work, at a place that the case is in or that is in charge of it, or in a unit that
    was ever given it."""
    paths = {case.area_path, case.owner_path, *ancestors(case.area_path), *ancestors(case.owner_path)}
    units = Assignment.objects.filter(case_id=case.id, unit_id__isnull=False).values("unit_id")
    placed = Q(unit_id__isnull=True) & (Q(area_path__in=paths) | Q(area_id=case.handler_area_id))
    roles = [role for role in roles_with(permissions.VIEW) if not case.seen_by or f"|{role}|" in case.seen_by]
    return Post.objects.filter(live(at), placed | Q(unit_id__in=units), role__in=roles, user__is_active=True)


def colleagues(actor: Actor, case: Case, name: str, *, at: datetime) -> list[Colleague]:
    """At most ten whose name holds these characters, the nearest first; nobody for an empty name, never oneself."""
    wanted = name.strip().lstrip("@")[:40]
    if not wanted:
        return []
    rows = posts_that_see(case, at=at).filter(user__name__contains=wanted).exclude(user_id=actor.user_id or 0)
    return _people(list(rows.select_related("user").order_by("-area_path", "id")[:LOOKED_AT]))[:SHOWN]


def colleagues_by_id(case: Case, ids: Sequence[int], *, at: datetime) -> list[Colleague]:
    """Those of these people who see the case; whoever doesn't is left out."""
    known = [number for number in ids if number <= LARGEST]
    if not known:
        return []
    rows = posts_that_see(case, at=at).filter(user_id__in=known)
    return _people(list(rows.select_related("user").order_by("-area_path", "id")))


def colleagues_by_name(actor: Actor, case: Case, names: Sequence[str], *, at: datetime) -> dict[str, list[Colleague]]:
    """For each exact name the people who bear it and see the case."""
    found: dict[str, list[Colleague]] = {name: [] for name in names}
    if names:
        rows = posts_that_see(case, at=at).filter(user__name__in=list(names)).exclude(user_id=actor.user_id or 0)
        for one in _people(list(rows.select_related("user").order_by("-area_path", "id"))):
            found[one.name].append(one)
    return found


def _people(posts: Sequence[Post]) -> list[Colleague]:
    """One entry each, by the first post."""
    first = {post.user_id: post for post in reversed(posts)}
    chosen = [post for post in posts if first[post.user_id] is post]
    labels = post_labels(post.id for post in chosen)
    return [Colleague(post.user_id, post.user.name, labels.get(post.id, post.user.name)) for post in chosen]

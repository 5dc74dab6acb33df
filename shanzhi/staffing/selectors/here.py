"""Who is responsible for a place now: from the grid up to the county, each with those in office there today."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from django.db.models import Case, Count, Q, QuerySet, When

from shanzhi.access.actor import Actor
from shanzhi.accounts.models import Post, StandIn
from shanzhi.accounts.selectors import standing_in
from shanzhi.accounts.selectors.actors import place_words
from shanzhi.areas.models import Area
from shanzhi.areas.paths import ancestors
from shanzhi.staffing.catalogue import BY_POST, CROWD, RANKS, ROLES
from shanzhi.staffing.models import Assignment
from shanzhi.staffing.selectors.asof import as_of
from shanzhi.staffing.selectors.holders import Holder, holder_rows
from shanzhi.staffing.selectors.rules import rule_on
from shanzhi.staffing.selectors.scope import place_scope

FOUND = 12
LONGEST = 60


@dataclass(frozen=True, slots=True)
class Spot:
    """One level of the way up: who is in office, how many volunteers, and which needed roles nobody holds."""

    area: Area
    place: str
    people: Sequence[Holder]
    crowd: int = 0
    vacant: Sequence[str] = ()


def responsible(area: Area, *, at: datetime, up: bool = True) -> list[Spot]:
    """From the place itself upwards (or only itself); seven statements.

    Whoever stands in for an absent colleague is named with them. Volunteers are counted, not named: there may be many.
    """
    asof = as_of(at)
    paths = [area.path, *(reversed(ancestors(area.path)) if up else ())]
    areas = {row.path: row for row in Area.objects.filter(path__in=paths, valid_to=None).select_related("parent")}
    here = Q(area_path__in=paths) & asof.within_term()
    posts = Post.objects.filter(here, asof.posts_kept(), role__in=list(BY_POST), area_id__isnull=False)
    own = Assignment.objects.filter(here, asof.own_kept())
    crowd = ROLES[CROWD].post
    named = holder_rows(posts.exclude(role=crowd).order_by("id"), own.exclude(role=CROWD).order_by("id"), asof)
    instead = _instead([one.post_id for one in named if one.post_id], at)
    counts = _crowds(posts.filter(role=crowd), own.filter(role=CROWD))
    at_path: dict[str, list[Holder]] = {}
    for one in named:
        at_path.setdefault(one.path, []).append(replace(one, instead=instead.get(one.post_id, "")))
    rule = rule_on(asof.day)
    spots = []
    for path in paths:
        if path in areas:
            place = areas[path]
            people = sorted(at_path.get(path, []), key=lambda one: RANKS[one.role])
            needs = rule.needs(place.level, place.id)
            held = {one.role for one in people} | ({CROWD} if counts.get(path) else set())
            vacant = [ROLES[role].label for role in sorted(needs, key=RANKS.__getitem__) if role not in held]
            spots.append(Spot(place, place_words(place), people, counts.get(path, 0), vacant))
    return spots


def _instead(posts: Sequence[int], at: datetime) -> dict[int, str]:
    if not posts:
        return {}
    rows = StandIn.objects.filter(standing_in(at), post_id__in=posts, substitute__is_active=True)
    return dict(rows.values_list("post_id", "substitute__name"))


def _crowds(*parts: QuerySet[Any]) -> dict[str, int]:
    found: dict[str, int] = {}
    for rows in parts:
        for path, number in rows.values_list("area_path").annotate(n=Count("id")).order_by("area_path"):
            found[path] = found.get(path, 0) + number
    return found


def areas_named(actor: Actor, text: str) -> tuple[list[Area], bool]:
    """Open places of the whole county by a part of their name or the beginning of their code, those of the reader's
    own places first: a dozen at most, and whether there are more. Of two words the first names the place above."""
    words = text.replace("\x00", "")[:LONGEST].split()
    if not words or len("".join(words)) < 2:
        return [], False
    found = Q(name__contains=words[-1])
    if len(words) > 1:
        found = (found & Q(parent__name__contains=words[-2])) | Q(name__contains=" ".join(words))
    if text.strip().isdigit():
        found |= Q(code__startswith=text.strip())
    own = Case(When(place_scope(actor).q("path"), then=0), default=1)
    rows = Area.objects.filter(found, valid_to=None).select_related("parent").order_by(own, "path")[: FOUND + 1]
    return list(rows[:FOUND]), len(rows) > FOUND

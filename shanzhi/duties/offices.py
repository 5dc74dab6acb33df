"""To whom a line or an instruction belongs: an office, never a person. Read by acts, lists and notices alike.

An instruction belongs to a role at a place, its line to a unit, or to a role at a place, or to the whole office of a
place (its desk; at a grid the worker and the leader). Whoever holds such a post today has it, stand-ins included.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any, Final

from django.db.models import Q

from shanzhi.access.actor import Actor, ActorPost, unit_place
from shanzhi.access.permissions import ROLES, Level
from shanzhi.accounts.models import Post
from shanzhi.accounts.selectors import users_with
from shanzhi.accounts.selectors.actors import live, place_words
from shanzhi.areas.models import Area, Unit
from shanzhi.duties.models import Duty, Line
from shanzhi.duties.permissions import ISSUE, RECEIVE

UNIT_ROLE: Final = "department_handler"
OFFICES: Final[dict[str, tuple[str, ...]]] = {
    Level.COUNTY: ("command_centre",),
    Level.TOWNSHIP: ("township_officer", "command_centre"),
    Level.VILLAGE: ("village_clerk", "branch_secretary"),
    Level.GRID: ("grid_worker", "grid_leader"),
}
ROLE_LEVEL: Final = {
    role: level for level in (Level.TOWNSHIP, Level.VILLAGE, Level.GRID) for role in OFFICES[level]
}  # fmt: skip


def receiver_name(area: Area | None, unit: Unit | None, role: str = "") -> str:
    """小关社区, 小关社区 第四网格 网格员, 杨村镇城建中心; units come with their area, grids with their village."""
    if unit is not None:
        return unit_place(unit.area.level, unit.area.name, unit.name)
    assert area is not None
    name = place_words(area)
    return f"{name} {ROLES[role].label}" if role else name


def roles_of(line: Line, level: str) -> tuple[str, ...]:
    """The roles that work a line at a place of this level."""
    return (line.role,) if line.role else OFFICES[level]


def is_receiver(post: ActorPost, line: Line) -> bool:
    if not post.allows(RECEIVE):
        return False
    if line.unit_id is not None:
        return bool(post.unit_id == line.unit_id)
    here = post.unit_id is None and post.area_id == line.area_id
    return here and post.role in roles_of(line, post.area_level)


def is_issuer(post: ActorPost, duty: Duty) -> bool:
    here = post.unit_id is None and post.area_id == duty.area_id
    return here and post.role == duty.role and post.allows(ISSUE)


def receiving_post(actor: Actor, line: Line) -> ActorPost | None:
    """The post under which this person works the line, an own one before a stand-in."""
    return next((post for post in _own_first(actor) if is_receiver(post, line)), None)


def issuing_post(actor: Actor, duty: Duty) -> ActorPost | None:
    return next((post for post in _own_first(actor) if is_issuer(post, duty)), None)


def _own_first(actor: Actor) -> list[ActorPost]:
    return sorted(actor.posts, key=lambda post: post.stand_in)


def given_to(actor: Actor) -> Q:
    """Lines of the offices that this person works in."""
    found = Q(pk__in=[])
    for post in actor.posts:
        if not post.allows(RECEIVE):
            continue
        if post.unit_id is not None:
            found |= Q(unit_id=post.unit_id)
        elif post.role in OFFICES.get(post.area_level, ()):
            found |= Q(area_id=post.area_id, role__in=("", post.role))
        else:
            found |= Q(area_id=post.area_id, role=post.role)
    return found


def issued_by(actor: Actor, prefix: str = "") -> Q:
    """Instructions of the offices in which this person issues."""
    found = Q(pk__in=[])
    for post in actor.posts:
        if post.allows(ISSUE) and post.unit_id is None:
            found |= Q((f"{prefix}area_id", post.area_id), (f"{prefix}role", post.role))
    return found


def receivers_of(line: Line, *, at: datetime) -> frozenset[int]:
    """Ids of the people who work a line now. The line is read with its area."""
    if line.unit_id is not None:
        return frozenset(users_with(UNIT_ROLE, unit_id=line.unit_id, at=at))
    assert line.area is not None
    path, people = line.area.path, set()
    for role in roles_of(line, line.area.level):
        people.update(users_with(role, area_path=path, exact=True, at=at))
    return frozenset(people)


def issuers_of(duty: Duty, *, at: datetime) -> frozenset[int]:
    """Ids of the people of the issuing office now. The instruction is read with its area."""
    return frozenset(users_with(duty.role, area_path=duty.area.path, exact=True, at=at))


def holders(lines: Sequence[Any], *, at: datetime) -> dict[tuple[int | None, int | None, str], list[str]]:
    """Who holds these offices now, by (area id, unit id, role): names in the order of their posts; one statement.

    Whatever has `area_id`, `unit_id`, `role` and `level` is a line here; a vacant office has no entry.
    """
    areas = {line.area_id for line in lines if line.area_id is not None}
    units = {line.unit_id for line in lines if line.unit_id is not None}
    posts = Post.objects.filter(live(at), Q(area_id__in=areas) | Q(unit_id__in=units), user__is_active=True)
    held: dict[tuple[int | None, int | None, str], list[str]] = {}
    rows: Iterable[Any] = posts.order_by("id").values_list("area_id", "unit_id", "role", "user__name", "area__level")
    for area_id, unit_id, role, name, level in rows:
        if unit_id is not None:
            keys = [(None, unit_id, "")] if role == UNIT_ROLE else []
        else:
            keys = [(area_id, None, role)] + ([(area_id, None, "")] if role in OFFICES.get(level, ()) else [])
        for key in keys:
            held.setdefault(key, []).append(name)
    return held

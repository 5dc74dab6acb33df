"""Posts: who holds which, how they are called, and where a role may be held."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from shanzhi.access.actor import Actor, PathRange, unit_place
from shanzhi.access.pages import not_found
from shanzhi.access.permissions import ROLES, Level, roles_with
from shanzhi.accounts.models import Post, StandIn
from shanzhi.accounts.permissions import VIEW
from shanzhi.accounts.selectors.actors import live, place_name, standing_in
from shanzhi.areas.models import Area, Unit
from shanzhi.areas.paths import ancestors
from shanzhi.lib.times import local
from shanzhi.tenancy.keyset import Order, Page, page_of

STATE_LABELS = {"live": "在任", "coming": "未到任期", "ended": "任期已满", "revoked": "已撤销"}
LIMIT = 100
OLDEST = Order("posts")


@dataclass(frozen=True)
class PostRow:
    """A post with the words that a list shows."""

    id: int
    user_id: int
    user_name: str
    role: str
    role_label: str
    place: str
    area_code: str
    area_path: str
    unit_id: int | None
    valid_from: date
    valid_to: date | None
    state: str
    revoked_at: datetime | None
    revoke_reason: str
    version: int

    @property
    def title(self) -> str:
        """小关社区 第四网格 网格员."""
        return f"{self.place} {self.role_label}"

    @property
    def state_label(self) -> str:
        return STATE_LABELS[self.state]

    @property
    def may_end(self) -> bool:
        return self.state in ("live", "coming")


@dataclass(frozen=True)
class Place:
    """Where a role may be held: an area, or a unit."""

    value: str
    label: str
    group: str = ""


def post_rows(posts: QuerySet[Post], *, at: datetime) -> list[PostRow]:
    """Posts with the names around them, in one statement, in the order in which they were granted."""
    day = local(at).date()
    found = posts.select_related("user", "area__parent", "unit__area").order_by("id")
    return [_row(post, day) for post in found]


def _row(post: Post, day: date) -> PostRow:
    area = post.unit.area if post.unit_id is not None else post.area
    parent = area.parent.name if area.level == Level.GRID and area.parent_id is not None else None
    return PostRow(
        id=post.id,
        user_id=post.user_id,
        user_name=post.user.name,
        role=post.role,
        role_label=ROLES[post.role].label if post.role in ROLES else post.role,
        place=(
            unit_place(area.level, area.name, post.unit.name)
            if post.unit_id is not None
            else place_name(area.level, area.name, parent)
        ),
        area_code=area.code,
        area_path=post.area_path,
        unit_id=post.unit_id,
        valid_from=post.valid_from,
        valid_to=post.valid_to,
        state=post.state_on(day),
        revoked_at=post.revoked_at,
        revoke_reason=post.revoke_reason,
        version=post.version,
    )


def posts_of(actor: Actor, user_id: int, *, at: datetime) -> list[PostRow]:
    """All posts of a person in this county: those in force first, then the newest. One's own need no permission."""
    if actor.user_id != user_id:
        actor.require(VIEW)
    rows = post_rows(Post.objects.filter(user_id=user_id), at=at)
    return sorted(rows, key=lambda row: (not row.may_end, -row.id))


def post_list_for(
    actor: Actor, *, at: datetime, role: str = "", path: str = "", only_live: bool = True, cursor: str = ""
) -> Page[PostRow]:
    """Posts of the county, 100 a page, oldest first."""
    actor.require(VIEW)
    posts = Post.objects.filter(live(at)) if only_live else Post.objects.all()
    if role:
        posts = posts.filter(role=role)
    if path:
        below = PathRange.below(path)
        posts = posts.filter(area_path__gte=below.lo, area_path__lt=below.hi)
    page = page_of(posts, OLDEST, cursor=cursor, size=LIMIT)
    return page.showing(post_rows(Post.objects.filter(id__in=[post.id for post in page.rows]), at=at))


def post_get_for(actor: Actor, post_id: int, *, permission: str = VIEW) -> Post:
    """A post of this county (404 for any other), for an actor with the permission (403)."""
    post = Post.objects.select_related("user", "area", "unit").filter(id=post_id).first()
    if post is None or not actor.is_member:
        raise not_found()
    actor.require(permission)
    return post


def post_row(post: Post, *, at: datetime) -> PostRow:
    return post_rows(Post.objects.filter(id=post.id), at=at)[0]


def users_with(
    target: str,
    *,
    area: Area | None = None,
    unit: Unit | None = None,
    area_path: str | None = None,
    unit_id: int | None = None,
    exact: bool = False,
    at: datetime | None = None,
) -> list[int]:
    """Ids of active persons whose post carries a permission (or is of a role, if `target` is one) for a place.

    With an area (or its path): posts at that area or above it, whose scope covers it; with `exact` only at the area
    itself. With a unit (or its id): posts in that unit. With neither: anywhere in the county.
    Whoever stands in for such a post is among them, beside its holder. One statement.
    """
    roles: Iterable[str] = (target,) if target in ROLES else roles_with(target)
    at = at or timezone.now()
    posts = Post.objects.filter(live(at), role__in=list(roles))
    unit_id = unit.id if unit is not None else unit_id
    path = area.path if area is not None else area_path
    if unit_id is not None:
        posts = posts.filter(unit_id=unit_id)
    elif path is not None:
        covering = [path] if exact else [*ancestors(path), path]
        posts = posts.filter(unit_id__isnull=True, area_path__in=covering)
    held = posts.filter(user__is_active=True).values_list("user_id", flat=True)
    return sorted(held.union(_substitutes(posts, at).values_list("substitute_id", flat=True)))


def holders_among(
    roles: Iterable[str], people: Iterable[int], *, paths: Iterable[str], at: datetime | None = None
) -> frozenset[int]:
    """Those of these persons who hold a post of one of the roles at one of these places or in a unit, or stand in for
    one."""
    at = at or timezone.now()
    wanted = sorted(set(people))
    placed = Q(unit_id__isnull=False) | Q(area_path__in=sorted(set(paths)))
    posts = Post.objects.filter(placed, live(at), role__in=list(roles), user__is_active=True)
    held = posts.filter(user_id__in=wanted).values_list("user_id", flat=True)
    standing = _substitutes(posts, at).filter(substitute_id__in=wanted).values_list("substitute_id", flat=True)
    return frozenset(held.union(standing))


def _substitutes(posts: QuerySet[Post], at: datetime) -> QuerySet[StandIn]:
    """Stand-ins in force for these posts, by people who may still act themselves."""
    own = Post.objects.filter(live(at), user_id=OuterRef("substitute_id"))
    return StandIn.objects.filter(
        standing_in(at), Exists(own), post_id__in=posts.values("id"), substitute__is_active=True
    )


def post_labels(ids: Iterable[int]) -> dict[int, str]:
    """王桂兰·小关社区 第四网格 网格员 by the id of the post, revoked ones included; unknown ids are left out."""
    wanted = sorted({one for one in ids if one})
    out: dict[int, str] = {}
    columns = (
        "id", "role", "user__name", "area__level", "area__name", "area__parent__name",
        "unit__name", "unit__area__level", "unit__area__name",
    )  # fmt: skip
    for start in range(0, len(wanted), 500):
        rows = Post.objects.filter(id__in=wanted[start : start + 500]).values_list(*columns, named=True)
        out |= {row.id: f"{row.user__name}·{_title(row)}" for row in rows}
    return out


def _title(row: Any) -> str:
    if row.unit__name:
        place = unit_place(row.unit__area__level, row.unit__area__name, row.unit__name)
    else:
        place = place_name(row.area__level, row.area__name, row.area__parent__name)
    return f"{place} {ROLES[row.role].label if row.role in ROLES else row.role}"


def township_choices() -> list[tuple[str, str]]:
    """Townships of the county by code, to narrow down a place."""
    rows = Area.objects.filter(level=Level.TOWNSHIP, valid_to__isnull=True).order_by("code")
    return list(rows.values_list("code", "name"))


def area_of(code: str) -> Area | None:
    """The area in force under this code in the current county."""
    return Area.objects.filter(code=code, valid_to__isnull=True).first()


def unit_of(unit_id: int) -> Unit | None:
    return Unit.objects.select_related("area").filter(id=unit_id, valid_to__isnull=True).first()


def needs_township(role: str) -> bool:
    """Whether the places of a role are too many for one list, so that the township is asked first."""
    return bool({Level.VILLAGE, Level.GRID} & set(ROLES[role].levels))


def place_choices(role: str, township: str = "") -> list[Place]:
    """Where a role may be held; villages and grids of one township only, grids under their village."""
    levels = ROLES[role].levels
    out: list[Place] = []
    if Level.UNIT in levels:
        units = Unit.objects.select_related("area").filter(valid_to__isnull=True).order_by("code")
        out += [Place(f"unit:{unit.id}", unit.name, unit.area.name) for unit in units]
    areas = Area.objects.select_related("parent").filter(
        valid_to__isnull=True, level__in=[level for level in levels if level != Level.UNIT]
    )
    if needs_township(role):
        top = area_of(township)
        if top is None:
            return out
        below = PathRange.below(top.path)
        areas = areas.filter(path__gte=below.lo, path__lt=below.hi)
    return out + [_place(area) for area in areas.order_by("path")]


def _place(area: Area) -> Place:
    group = area.parent.name if area.parent is not None else ""
    return Place(f"area:{area.code}", place_name(area.level, area.name, group), group)


def place_of(value: str) -> tuple[Area | None, Unit | None]:
    """The area or unit behind a choice; (None, None) for anything else."""
    kind, _, key = value.partition(":")
    if kind == "area":
        return area_of(key), None
    if kind == "unit" and key.isdecimal() and len(key) < 20:
        return None, unit_of(int(key))
    return None, None

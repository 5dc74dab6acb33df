"""Who acts: a person with the posts held today in one county, and how far a permission reaches through them."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Final

from django.db.models import Q

from shanzhi.access.permissions import ROLES, SELF, Level, roles_with
from shanzhi.lib.errors import Forbidden

BEYOND: Final = "~"  # sorts after every character of a path


@dataclass(frozen=True, slots=True)
class PathRange:
    """A subtree of areas as the half-open range lo <= path < hi."""

    lo: str
    hi: str

    @classmethod
    def below(cls, path: str) -> "PathRange":
        return cls(path, path + BEYOND)

    def __contains__(self, path: str) -> bool:
        return self.lo <= path < self.hi


@dataclass(frozen=True)
class Scope:
    """Where a permission reaches: merged subtrees, and units."""

    ranges: tuple[PathRange, ...] = ()
    unit_ids: frozenset[int] = frozenset()
    area_ids: frozenset[int] = frozenset()

    def __bool__(self) -> bool:
        return bool(self.ranges or self.unit_ids)

    def covers(self, path: str) -> bool:
        """Whether an area with this path lies in one of the subtrees."""
        return any(path in part for part in self.ranges)

    def q(self, field_name: str = "area_path") -> Q:
        """The subtrees as a condition on a path column; false for an empty scope."""
        condition = Q(pk__in=[])
        for number, part in enumerate(self.ranges):
            one = Q(**{f"{field_name}__gte": part.lo, f"{field_name}__lt": part.hi})
            condition = one if number == 0 else condition | one
        return condition


def merged(paths: Iterable[str]) -> tuple[PathRange, ...]:
    """The fewest ranges that cover the subtrees of these paths: a subtree inside another one is dropped."""
    out: list[PathRange] = []
    for path in sorted(set(paths)):
        if not out or path not in out[-1]:
            out.append(PathRange.below(path))
    return tuple(out)


def unit_place(area_level: str, area: str, unit: str) -> str:
    """A unit below the county is called with its area, 杨村镇城建中心: every township has a 城建中心.

    What the two names share is said once: 东镇 and 镇城建中心 give 东镇城建中心.
    """
    if area_level == Level.COUNTY or unit.startswith(area):
        return unit
    shared = next(n for n in range(len(area), -1, -1) if n == 0 or unit.startswith(area[-n:]))
    return area + unit[shared:]


@dataclass(frozen=True)
class ActorPost:
    """A post held today, with the names that a timeline shows.

    With `stand_in` it is an absent colleague's, whose list this person works for some days; its label then says （代）.
    """

    id: int
    role: str
    label: str
    area_id: int
    area_path: str
    area_level: str
    area_name: str
    unit_id: int | None = None
    unit_name: str = ""
    stand_in: bool = False

    def allows(self, permission: str) -> bool:
        return self.role in roles_with(permission)

    @property
    def title(self) -> str:
        """Place and post, e.g. 小关社区 网格员; for a unit: 杨村镇城建中心 部门经办人."""
        unit = self.unit_name and unit_place(self.area_level, self.area_name, self.unit_name)
        return f"{unit or self.area_name} {self.label}"


@dataclass(frozen=True)
class Actor:
    """A person in one county; `user_id` is None for the anonymous and 0 for the system's own work.

    Somebody without an account holds no post: `granted` says what a public page lets them do, `receipt_of` is the case
    whose receipt they hold, `device` the digest of their browser's mark, by which their unsent photos are theirs.
    """

    user_id: int | None
    name: str
    county_id: int
    posts: tuple[ActorPost, ...] = ()
    is_system: bool = False
    granted: frozenset[str] = frozenset()
    receipt_of: int | None = None
    device: str = ""
    _scopes: dict[str, Scope] = field(default_factory=dict, compare=False, repr=False)

    @classmethod
    def system(cls, county_id: int) -> "Actor":
        """The platform itself, for scheduled work: it may do everything and is named 系统 in the trail."""
        return cls(user_id=0, name="系统", county_id=county_id, is_system=True)

    @classmethod
    def anonymous(cls, county_id: int) -> "Actor":
        return cls(user_id=None, name="", county_id=county_id)

    @classmethod
    def public(
        cls, county_id: int, *, granted: Iterable[str], device: str = "", receipt_of: int | None = None,
        name: str = "群众",
    ) -> "Actor":  # fmt: skip
        """Somebody without an account, on a page that lets them do these things and nothing else."""
        return cls(
            user_id=None, name=name, county_id=county_id, granted=frozenset(granted), device=device,
            receipt_of=receipt_of,
        )  # fmt: skip

    @property
    def is_member(self) -> bool:
        """Whether this person holds any post here; without one, the county does not exist for them."""
        return self.is_system or bool(self.posts)

    @cached_property
    def main_post(self) -> ActorPost | None:
        """The post under which the person is greeted: the first own one held at the highest place."""
        return min(self.posts, key=lambda post: (post.stand_in, len(post.area_path), post.id), default=None)

    @cached_property
    def own(self) -> "Actor":
        """The same person without the posts that are only stood in for: those can't be handed on."""
        return replace(self, posts=tuple(post for post in self.posts if not post.stand_in), _scopes={})

    def can(self, permission: str) -> bool:
        if self.is_system:
            return True
        if permission == SELF:
            return bool(self.posts)
        return permission in self.granted or any(post.allows(permission) for post in self.posts)

    def require(self, permission: str) -> None:
        """Forbidden (403) unless some post carries the permission."""
        if not self.can(permission):
            raise Forbidden("你的岗位不能做这件事，要做请找本级的安全管理员。", code="forbidden")

    def scope(self, permission: str) -> Scope:
        """How far the permission reaches: the union of the subtrees of the posts that carry it, and their units."""
        if permission not in self._scopes:
            held = [post for post in self.posts if post.allows(permission)]
            if self.is_system:
                scope = Scope(ranges=(PathRange("", BEYOND),))
            else:
                placed = [post for post in held if post.unit_id is None]
                scope = Scope(
                    ranges=merged(post.area_path for post in placed),
                    unit_ids=frozenset(post.unit_id for post in held if post.unit_id is not None),
                    area_ids=frozenset(post.area_id for post in placed),
                )
            self._scopes[permission] = scope
        return self._scopes[permission]

    def post_for(self, permission: str, *, path: str | None = None, unit_id: int | None = None) -> ActorPost | None:
        """The post under which the person acts: carries the permission, at this unit or nearest above this path."""
        held = [post for post in self.posts if post.allows(permission)]
        if unit_id is not None:
            held = [post for post in held if post.unit_id == unit_id]
        elif path is not None:
            held = [post for post in held if post.unit_id is None and path in PathRange.below(post.area_path)]
        return max(held, key=lambda post: len(post.area_path), default=None)

    @cached_property
    def works_on_phone(self) -> bool:
        """Whether every post is one that is worked from a phone (residents, volunteers, grid workers and leaders)."""
        return bool(self.posts) and all(ROLES[post.role].phone for post in self.posts)

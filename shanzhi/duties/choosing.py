"""To whom somebody may issue: only downward, inside the subtree of the issuing post.

Groups are expanded into one receiver each; names and codes may be pasted one a line.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Final

from shanzhi.access.actor import Actor, ActorPost, PathRange
from shanzhi.access.permissions import ROLES, Level
from shanzhi.areas.models import Area, Unit
from shanzhi.duties.offices import OFFICES, ROLE_LEVEL, receiver_name
from shanzhi.duties.permissions import ISSUE
from shanzhi.lib.errors import Forbidden, Invalid

MOST: Final = 1000
TOLD: Final = 20  # mistakes that are named one by one
GROUPS: Final = {
    "townships": (Level.TOWNSHIP, "全部乡镇（街道）"), "villages": (Level.VILLAGE, "全部村（社区）"),
    "grids": (Level.GRID, "全部网格"), "units": (Level.UNIT, "全部部门和中心"),
}  # fmt: skip
NO_POST: Final = "你现在没有能交办的岗位，如有需要请联系安全管理员。"


@dataclass(frozen=True, slots=True)
class Receiver:
    """A unit, or a place with one of its roles (empty: its whole office)."""

    area: Area | None = None
    unit: Unit | None = None
    role: str = ""

    @property
    def key(self) -> tuple[int | None, int | None, str]:
        return (self.area_id, self.unit_id, self.role)

    @property
    def area_id(self) -> int | None:
        return self.area.id if self.area is not None else None

    @property
    def unit_id(self) -> int | None:
        return self.unit.id if self.unit is not None else None

    @property
    def name(self) -> str:
        return receiver_name(self.area, self.unit, self.role)

    @property
    def path(self) -> str:
        place = self.area if self.area is not None else self.unit.area if self.unit is not None else None
        return place.path if place is not None else ""


def issuing_posts(actor: Actor) -> list[ActorPost]:
    """Posts that may issue, the widest first, own ones before those of a colleague who is away."""
    posts = [post for post in actor.posts if post.allows(ISSUE) and post.unit_id is None]
    return sorted(posts, key=lambda post: (len(post.area_path), post.stand_in, post.id))


@dataclass(frozen=True)
class Reach:
    """Everybody below one issuing post: open places and units, read once, in the order of the tree."""

    post: ActorPost
    areas: tuple[Area, ...] = ()
    units: tuple[Unit, ...] = ()
    named: dict[str, list[Receiver]] = field(default_factory=dict)

    def of_group(self, code: str) -> list[Receiver]:
        """villages:341181104000 is every village of that township; units:… the units of that place itself."""
        kind, _, place = code.partition(":")
        top = next((area for area in (*self.areas,) if area.code == place), None)
        path = top.path if top is not None else self.post.area_path if place == "" else None
        if kind not in GROUPS or path is None:
            return []
        if kind == "units":
            return [Receiver(unit=unit) for unit in self.units if unit.area.path == path]
        below = PathRange.below(path)
        return [Receiver(area=area) for area in self.areas if area.level == GROUPS[kind][0] and area.path in below]


def reach_of(post: ActorPost) -> Reach:
    """Two statements."""
    below = PathRange.below(post.area_path)
    areas = Area.objects.filter(path__gt=below.lo, path__lt=below.hi, valid_to=None).select_related("parent")
    units = Unit.objects.filter(area__path__gte=below.lo, area__path__lt=below.hi, valid_to=None).select_related("area")
    found = Reach(post, tuple(areas.order_by("path")), tuple(units.order_by("area__path", "code")))
    for one in (*map(_of_area, found.areas), *map(_of_unit, found.units)):
        code = one.area.code if one.area is not None else one.unit.code if one.unit is not None else ""
        bare = one.area.name if one.area is not None else one.unit.name if one.unit is not None else ""
        for word in {code, bare, one.name, one.name.replace(" ", "")}:
            found.named.setdefault(word, []).append(one)
    return found


def _of_area(area: Area) -> Receiver:
    return Receiver(area=area)


def _of_unit(unit: Unit) -> Receiver:
    return Receiver(unit=unit)


def reach_for(actor: Actor) -> Reach:
    """The reach of the widest issuing post; Forbidden without one."""
    posts = issuing_posts(actor)
    if not posts:
        raise Forbidden(NO_POST, code="no_issuing_post")
    return reach_of(posts[0])


def group_choices(reach: Reach) -> list[tuple[str, str]]:
    """Whole groups with how many they are; for a county also the villages of each township."""
    found = []
    for kind, (level, label) in GROUPS.items():
        if reach.post.area_level == Level.COUNTY and kind in ("villages", "grids"):
            continue
        count = len(reach.of_group(kind))
        if count and level != reach.post.area_level:
            found.append((kind, f"{label} {count} 个"))
    if reach.post.area_level == Level.COUNTY:
        towns = [area for area in reach.areas if area.level == Level.TOWNSHIP]
        sizes = [(area, len(reach.of_group(f"villages:{area.code}"))) for area in towns]
        found += [(f"villages:{area.code}", f"{area.name}全部村（社区）{size} 个") for area, size in sizes if size]
    return found


def place_choices(reach: Reach) -> list[tuple[str, str]]:
    """Those directly below, one by one: villages and units of a township, townships and departments of a county."""
    level = Level.TOWNSHIP if reach.post.area_level == Level.COUNTY else Level.VILLAGE
    found = [(area.code, area.name) for area in reach.areas if area.level == level]
    own = [unit for unit in reach.units if unit.area_id == reach.post.area_id]
    return found + [(unit.code, receiver_name(None, unit)) for unit in own]


def role_choices(reach: Reach) -> list[tuple[str, str]]:
    """Roles to which a line may be narrowed."""
    levels = {area.level for area in reach.areas}
    return [(role, ROLES[role].label) for role, level in ROLE_LEVEL.items() if level in levels]


def receivers_named(
    reach: Reach, *, groups: Iterable[str] = (), places: Iterable[str] = (), names: str = "", role: str = ""
) -> list[Receiver]:
    """One receiver each, none twice, in the order of the tree. Invalid with a sentence for each field."""
    faults: dict[str, list[str]] = {}
    chosen: list[Receiver] = []
    for code in groups:
        found = reach.of_group(code)
        if not found:
            faults["groups"] = ["请在列出的里面选整片交办的范围。"]
        chosen += found
    for field_name, words in (("places", list(places)), ("names", names.splitlines())):
        for word in words:
            one = _named(reach, word, field_name, faults)
            if one is not None:
                chosen.append(one)
    for field_name, rows in faults.items():
        if len(rows) > TOLD:  # a whole table was pasted: nobody reads thousands of sentences
            faults[field_name] = [*rows[:TOLD], f"另有 {len(rows) - TOLD:,} 行也对不上，改好上面的再核对。"]
    if role:
        chosen = [_narrowed(one, role, faults) for one in chosen]
    unique = {one.key: one for one in chosen}
    found = sorted(unique.values(), key=lambda one: (one.unit is not None, one.path, one.name))
    if not found and not faults:
        faults["groups"] = ["请选要交给谁办，整片、一个一个选或者写名称都行。"]
    if len(found) > MOST:
        faults["groups"] = [f"一次最多交给 {MOST:,} 家，现在是 {len(found):,} 家，请分几次交办。"]
    if faults:
        raise Invalid(next(iter(faults.values()))[0], code="invalid", fields=faults)
    return found


def _named(reach: Reach, word: str, field_name: str, faults: dict[str, list[str]]) -> Receiver | None:
    wanted = " ".join(word.split())
    if not wanted:
        return None
    found = reach.named.get(wanted) or reach.named.get(wanted.replace(" ", "")) or []
    if len(found) == 1:
        return found[0]
    said = f"“{wanted[:30]}”"
    if found:
        names = "、".join(one.name for one in found[:3])
        words = f"叫{said}的有 {len(found)} 个（{names}…），请写代码或带上村名。"
    else:
        words = f"{said}不在你能交办的范围内，请核对名称或代码。"
    faults.setdefault(field_name, []).append(words)
    return None


def _narrowed(one: Receiver, role: str, faults: dict[str, list[str]]) -> Receiver:
    if one.area is None or role not in OFFICES.get(one.area.level, ()):
        label = ROLES[role].label if role in ROLES else role[:20]
        faults["role"] = [f"{one.name}没有“{label}”这个岗位，请去掉它，或者把岗位改成不限。"]
        return one
    return Receiver(area=one.area, role=role)


def levels_of(receivers: Sequence[Receiver]) -> str:
    """9 个村（社区）、2 个部门和中心: what the list is made of."""
    words = {Level.TOWNSHIP: "个乡镇（街道）", Level.VILLAGE: "个村（社区）", Level.GRID: "个网格"}
    parts = []
    for level, label in words.items():
        if count := sum(one.area is not None and one.area.level == level for one in receivers):
            parts.append(f"{count:,} {label}")
    if count := sum(one.unit is not None for one in receivers):
        parts.append(f"{count:,} 个部门和中心")
    return "、".join(parts)

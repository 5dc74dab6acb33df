"""What forms let one choose from: places of the county, dwellings and households of one village."""

from collections.abc import Sequence

from shanzhi.access.actor import Actor
from shanzhi.areas.models import Area
from shanzhi.areas.paths import ancestors
from shanzhi.people.models import Dwelling, Resident
from shanzhi.people.permissions import EDIT
from shanzhi.people.selectors.homes import CHOICES, dwellings_offered, households_offered, names_in, some
from shanzhi.people.selectors.scope import HOMES, below_q, reach

Pairs = Sequence[tuple[str, object]]


def places_mine(actor: Actor) -> list[tuple[str, str]]:
    """Villages and grids that the actor writes for, a grid below its village."""
    rows = Area.objects.filter(reach(actor, EDIT).q("path"), valid_to=None, level__in=HOMES).order_by("path")
    return [(row.code, _indented(row)) for row in rows]


def places_offered(actor: Actor) -> Pairs:
    """The actor's own, then every other village of the county by its township: people move across these borders."""
    mine = places_mine(actor)
    known = {code for code, _ in mine}
    groups: dict[str, list[tuple[str, str]]] = {}
    rows = Area.objects.filter(level=Area.Level.VILLAGE, valid_to=None).select_related("parent").order_by("path")
    for row in rows:
        if row.code not in known and row.parent is not None:
            groups.setdefault(row.parent.name, []).append((row.code, row.name))
    return [("我的辖区", mine), *groups.items()] if mine else list(groups.items())


def _indented(row: Area) -> str:
    return ("　" if row.level == Area.Level.GRID else "") + row.name


def village_of(path: str) -> Area | None:
    """The village in which a path lies; the place itself above villages."""
    rows = Area.objects.filter(path__in=[*ancestors(path), path], level=Area.Level.VILLAGE)
    return rows.select_related("parent").first() if path else None


def dwelling_choices(actor: Actor, area: Area | None) -> list[tuple[str, str]]:
    """By who lives there: door numbers are masked, so an inhabited one is known by its people; an empty one by its
    number, which is nobody's. Two statements."""
    rows = dwellings_offered(actor, area) if area is not None else []
    names = names_in([row.id for row in rows])
    return [(str(row.id), f"{row.road}　{_who(row, names.get(row.id, []))}".strip()) for row in rows]


def _who(row: Dwelling, names: list[str]) -> str:
    return some(names) or f"{row.door}（没有人住）"


def household_choices(actor: Actor, area: Area | None) -> list[tuple[str, str]]:
    rows = households_offered(actor, area) if area is not None else []
    return [(str(row.id), f"{row.number}　{head or '没有户主'}") for row, head in rows]


def people_choices(actor: Actor, area: Area | None, *, free: bool = True) -> list[tuple[str, str]]:
    """Residents of a village who are in no household, at most 300: who may be put into one."""
    if area is None:
        return []
    rows = Resident.objects.filter(reach(actor).q("lives_path"), below_q(area, "lives_path"))
    if free:
        rows = rows.filter(household=None)
    named = rows.order_by("lives_path", "name", "id").values_list("id", "name")[:CHOICES]
    return [(str(number), name) for number, name in named]

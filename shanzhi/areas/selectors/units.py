"""Departments and centres."""

from dataclasses import dataclass

from shanzhi.access.actor import Actor
from shanzhi.areas.models import Area, Unit, UnitVersion
from shanzhi.areas.paths import subtree
from shanzhi.areas.selectors.scope import view_scope
from shanzhi.lib.errors import NotFound
from shanzhi.tenancy.keyset import SIZE, Order, Page, page_of
from shanzhi.tenancy.models import CountyQuerySet

ORDER = Order("units", ("area__path", "code"))


@dataclass(frozen=True, slots=True)
class UnitFilter:
    """What a list of units is narrowed to; empty fields narrow nothing."""

    text: str = ""
    kind: str = ""
    area: str = ""
    state: str = "open"


def unit_list_for(actor: Actor, wanted: UnitFilter | None = None) -> CountyQuerySet[Unit]:
    """Units of the places that the actor may see, with their place; open ones unless asked otherwise."""
    wanted = wanted or UnitFilter()
    units = Unit.objects.filter(view_scope(actor).q("area__path")).select_related("area")
    if wanted.state == "open":
        units = units.filter(valid_to__isnull=True)
    elif wanted.state == "closed":
        units = units.filter(valid_to__isnull=False)
    if wanted.kind:
        units = units.filter(kind=wanted.kind)
    if wanted.area:
        units = units.filter(area__code=wanted.area)
    if wanted.text:
        units = units.filter(name__icontains=wanted.text)
    return units.order_by(*ORDER.terms)  # type: ignore[return-value]


def unit_page_for(actor: Actor, wanted: UnitFilter, *, cursor: str = "", size: int = SIZE) -> Page[Unit]:
    """One page of the list."""
    return page_of(unit_list_for(actor, wanted), ORDER, cursor=cursor, size=size)


def unit_get_for(actor: Actor, code: str) -> Unit:
    """One unit, open or closed, that the actor may see; NotFound otherwise."""
    unit = unit_list_for(actor, UnitFilter(state="")).filter(code=code).first()
    if unit is None:
        raise NotFound
    return unit


def unit_get(code: str) -> Unit:
    """One open unit by its code, for services of other apps; NotFound with a sentence otherwise."""
    unit = Unit.objects.select_related("area").filter(code=code).first()
    if unit is None:
        raise NotFound(f"没有代码为 {code[:20]} 的部门或中心，请核对代码。", code="unit_unknown")
    if unit.valid_to is not None:
        raise NotFound(f"{unit.name}（{code}）已经撤销，请改选别的部门。", code="unit_closed")
    return unit


def units_of(area: Area, *, below: bool = False) -> CountyQuerySet[Unit]:
    """The open units of a place; with `below`, those of everything under it too."""
    units = Unit.objects.filter(valid_to__isnull=True).select_related("area")
    if below:
        low, high = subtree(area.path)
        units = units.filter(area__path__gte=low, area__path__lt=high)
    else:
        units = units.filter(area=area)
    return units.order_by("area__path", "code")  # type: ignore[return-value]


def unit_names(ids: set[int]) -> dict[int, str]:
    """Names of units, open and closed, in one query."""
    return dict(Unit.objects.filter(id__in=ids).values_list("id", "name")) if ids else {}


def unit_history(unit: Unit) -> list[UnitVersion]:
    """Every act on a unit, newest first."""
    return list(UnitVersion.objects.filter(unit=unit).order_by("-number"))


def unit_code_next(area: Area, kind: str) -> str:
    """The place's code, D or C, and the next three digits, counting closed units too; under the tree lock."""
    prefix = area.code + ("D" if kind == Unit.Kind.DEPARTMENT else "C")
    used = Unit.objects.filter(code__gte=f"{prefix}000", code__lte=f"{prefix}999")
    highest = max((int(code[-3:]) for code in used.values_list("code", flat=True)), default=0)
    return f"{prefix}{highest + 1:03d}"

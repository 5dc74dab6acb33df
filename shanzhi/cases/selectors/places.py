"""Places that a case may be reported at, given to, or a list narrowed to."""

from dataclasses import dataclass

from shanzhi.access.actor import Actor
from shanzhi.access.pages import not_found
from shanzhi.areas.models import Area, Unit
from shanzhi.areas.selectors import area_get
from shanzhi.cases import permissions
from shanzhi.cases.models import Case


def report_area_get(actor: Actor, code: str) -> Area:
    """An open area by its code, for a report. NotFound outside of the actor's scope; for a code that never was or is
    no more, NotFound `area_unknown` with a sentence that names the successor."""
    scope = actor.scope(permissions.REPORT)
    found = Area.objects.filter(scope.q("path"), code=code, valid_to=None).select_related("parent")
    area = next(iter(found[:1]), None)
    if area is None:
        area_get(code)
        raise not_found()
    return area


def filter_areas(actor: Actor) -> list[Area]:
    """What a list may be narrowed to by place: from townships down to villages in the actor's scope."""
    scope = actor.scope(permissions.VIEW)
    levels = [Area.Level.TOWNSHIP, Area.Level.VILLAGE]
    return list(Area.objects.filter(scope.q("path"), level__in=levels, valid_to=None).order_by("path"))


@dataclass(frozen=True)
class Targets:
    """Whom the level in charge of a case may give it to."""

    areas: list[Area]
    units: list[Unit]


def dispatch_targets(case: Case) -> Targets:
    """The open areas directly below the level in charge, the case's own first, and the level's own units."""
    areas = list(Area.objects.filter(parent_id=case.owner_id, valid_to=None).order_by("path"))
    areas.sort(key=lambda area: not case.area_path.startswith(area.path))
    units = list(Unit.objects.filter(area_id=case.owner_id, valid_to=None).order_by("code"))
    return Targets(areas, units)

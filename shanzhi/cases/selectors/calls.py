"""Who was called to a case, who came, and who can be called."""

from django.db.models import Q, QuerySet

from shanzhi.access.actor import Actor
from shanzhi.areas.models import Unit
from shanzhi.areas.paths import WIDTH
from shanzhi.cases import permissions
from shanzhi.cases.models import Assignment, Case
from shanzhi.cases.seeing import seen
from shanzhi.tenancy.keyset import Order

CALLS: list[str] = ["case", "case__area", "case__area__parent", "unit"]
ORDER = Order("calls", ("called_at",), descending=True)


def open_calls(case: Case) -> list[Assignment]:
    """Whistles and helpers that have not ended, the oldest first."""
    calls = Assignment.objects.filter(case_id=case.id, ended_at=None, role=Assignment.Role.HELPER)
    return sorted(calls.select_related("unit", "area"), key=lambda call: call.id)


def calls_of(case: Case) -> list[Assignment]:
    """Everybody who was ever called to a case or given it, the oldest first; one statement."""
    return sorted(Assignment.objects.filter(case_id=case.id).select_related("unit", "area"), key=lambda call: call.id)


def whistle_units(case: Case) -> list[Unit]:
    """Open units of the township and the county of a case, the nearer first."""
    paths = [case.area_path[:end] for end in range(WIDTH, len(case.area_path) + 1, WIDTH)]
    units = Unit.objects.filter(area__path__in=paths, valid_to=None).select_related("area")
    return sorted(units, key=lambda unit: (-len(unit.area.path), unit.code))


def call_list_for(actor: Actor) -> QuerySet[Assignment]:
    """Whistles in the actor's scope: at cases in its subtrees, or calling one of its units."""
    scope = actor.scope(permissions.VIEW)
    mine = scope.q("case__area_path")
    if scope.unit_ids:
        mine = mine | Q(unit_id__in=scope.unit_ids) if scope.ranges else Q(unit_id__in=scope.unit_ids)
    return Assignment.objects.filter(mine, seen(actor, "case__"), whistled=True).select_related(*CALLS)

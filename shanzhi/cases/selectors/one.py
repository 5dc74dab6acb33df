"""One case, if this person may see it, and what hangs on it."""

from typing import Final

from shanzhi.access.actor import Actor
from shanzhi.access.pages import not_found
from shanzhi.cases import permissions
from shanzhi.cases.models import Assignment, Case, Step
from shanzhi.cases.seeing import may_see_kind

NUMBER_LENGTH: Final = 20


def case_get_for(actor: Actor, number: str) -> Case:
    """The case with this number (YYMM-NNNN), if the actor may see it; NotFound otherwise, whatever the reason."""
    related = ("area", "owner", "owner__parent", "handler_area", "handler_unit", "turn_area", "turn_unit")
    # Not first(): it would order the one row, and an ordered query pays for each of a hundred columns.
    case = next(iter(Case.objects.filter(number=number[:NUMBER_LENGTH]).select_related(*related)[:1]), None)
    if case is None or not _may_see(actor, case):
        raise not_found()
    return case


def _may_see(actor: Actor, case: Case) -> bool:
    return may_see_kind(actor, case) and _in_reach(actor, case)


def _in_reach(actor: Actor, case: Case) -> bool:
    scope = actor.scope(permissions.VIEW)
    if scope.covers(case.area_path) or scope.covers(case.owner_path):
        return True
    if case.is_reported_by(actor.user_id) and actor.can(permissions.OWN):
        return True
    if case.handler_unit_id in scope.unit_ids or case.handler_area_id in scope.area_ids:
        return True
    given = Assignment.objects.filter(unit_id__in=scope.unit_ids, case_id=case.id)
    return bool(scope.unit_ids) and given.exists()


def step_seen(actor: Actor, step_id: int) -> Step | None:
    """A step with its case, if the actor may see the case."""
    step = Step.objects.filter(id=step_id).select_related("case").first()
    return step if step is not None and _may_see(actor, step.case) else None


def step_guard(actor: Actor, step_id: int) -> bool:
    """Whether the actor may see what hangs on a step: whoever sees the case."""
    return step_seen(actor, step_id) is not None


def steps_of(case: Case) -> list[Step]:
    """Every step of a case, the newest first; put in order here, because an ordered query pays for each column."""
    return sorted(Step.objects.filter(case_id=case.id), key=lambda step: step.version, reverse=True)

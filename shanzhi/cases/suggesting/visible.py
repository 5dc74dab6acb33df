"""Which of several cases a person may see, without asking the database for each."""

from collections.abc import Sequence

from shanzhi.access.actor import Actor
from shanzhi.cases import permissions
from shanzhi.cases.models import Assignment, Case
from shanzhi.cases.seeing import may_see_kind


def visible(actor: Actor, cases: Sequence[Case]) -> list[Case]:
    """Those in the actor's scope, reported by the actor, or given to the actor's unit; of a kind that only some roles
    may see, those that the actor's roles may. A statement only where assignments have to be looked at."""
    if not cases:
        return []
    scope = actor.scope(permissions.VIEW)
    known = {case.id for case in cases if _plainly(actor, case)}
    unknown = [case.id for case in cases if case.id not in known]
    if unknown and scope.unit_ids:
        given = Assignment.objects.filter(unit_id__in=scope.unit_ids, case_id__in=unknown)
        known.update(given.values_list("case_id", flat=True))
    return [case for case in cases if case.id in known and may_see_kind(actor, case)]


def _plainly(actor: Actor, case: Case) -> bool:
    scope = actor.scope(permissions.VIEW)
    return (
        scope.covers(case.area_path)
        or scope.covers(case.owner_path)
        or (case.is_reported_by(actor.user_id) and actor.can(permissions.OWN))
        or case.handler_unit_id in scope.unit_ids
        or case.handler_area_id in scope.area_ids
    )

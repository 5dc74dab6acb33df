"""Assignments as the acts write them: called with a case, and ended with it."""

from collections.abc import Callable
from typing import Any

from django.db.models import QuerySet

from shanzhi.areas.models import Area, Unit
from shanzhi.cases.models import Assignment, Case
from shanzhi.cases.services.engine import Moment


def called(
    moment: Moment, *, area: Area | None = None, unit: Unit | None = None, area_id: int | None = None,
    unit_id: int | None = None, clock: dict[str, Any], role: Assignment.Role = Assignment.Role.LEAD,
    whistled: bool = False, task: str = "",
) -> Assignment:  # fmt: skip
    """A new assignment by the step of this moment, its clock started; not saved."""
    return Assignment(
        case_id=moment.case.id,
        area_id=area.id if area else area_id,
        unit_id=unit.id if unit else unit_id,
        role=role,
        whistled=whistled,
        call_id=moment.step_id,
        called_by=moment.signature,
        task=task,
        called_at=moment.at,
        **clock,
    )


def open_lead(case: Case) -> QuerySet[Assignment]:
    """The assignment that has the turn, if it is with a handler."""
    return Assignment.objects.filter(case_id=case.id, ended_at=None, role=Assignment.Role.LEAD, whistled=False)


def ended(moment: Moment, state: Assignment.State) -> Callable[[], object]:
    """Ends the one that has the turn in `state`; the helpers that came with it leave."""

    def end() -> None:
        stop = {"ended_at": moment.at, "running_since": None, "watch_at": None}
        done = {"done_at": moment.at} if state == Assignment.State.DONE else {}
        open_lead(moment.case).update(state=state, **done, **stop)
        Assignment.objects.filter(case_id=moment.case.id, ended_at=None, whistled=False).update(
            state=Assignment.State.LEFT, **stop
        )

    return end

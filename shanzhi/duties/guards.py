"""Photos of an instruction and of a step are seen by whoever sees the instruction or the line."""

from shanzhi.access.actor import Actor
from shanzhi.duties.models import LineStep
from shanzhi.duties.selectors import duty_get_for, line_is_seen
from shanzhi.files.registry import register
from shanzhi.lib.errors import NotFound


def duty_guard(actor: Actor, duty_id: int) -> bool:
    try:
        duty_get_for(actor, duty_id)
    except NotFound:
        return False
    return True


def step_guard(actor: Actor, step_id: int) -> bool:
    step = LineStep.objects.filter(id=step_id).select_related("line__duty").first()
    return step is not None and actor.is_member and line_is_seen(actor, step.line)


register("duties.duty", duty_guard)
register("duties.linestep", step_guard)

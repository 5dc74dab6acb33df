"""Photos of a step are seen by whoever sees its case and the step, unless a photo was covered."""

from shanzhi.access.actor import Actor
from shanzhi.cases.covering import is_open_to
from shanzhi.cases.gate.holding import OWNER, held_guard
from shanzhi.cases.selectors import step_guard, step_seen
from shanzhi.files.registry import register


def photo_guard(actor: Actor, step_id: int, file_id: int) -> bool:
    """Two statements: the step with its case, and whether the photo is covered; one more for people of a unit."""
    step = step_seen(actor, step_id)
    return step is not None and is_open_to(actor, step.case, step, file_id)


register("cases.step", step_guard, each=photo_guard)
register(OWNER, held_guard)

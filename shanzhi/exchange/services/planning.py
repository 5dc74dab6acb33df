"""What is to be told of a change: one row for each hook, in the transaction in which the event is taken up."""

from typing import Final

from shanzhi.cases.catalogue import ENDED, State
from shanzhi.cases.models import Step
from shanzhi.exchange.models import Hook, HookDelivery
from shanzhi.exchange.open311.catalogue import private_kinds
from shanzhi.exchange.open311.requests import is_visible, notes_of
from shanzhi.exchange.services.waking import wake
from shanzhi.tenancy.models import OutboxEvent

NOTES: Final = 300


def deliveries_plan(event: OutboxEvent) -> int:
    """Rows for a step that changed the state of a case that anybody may know of; told again, it adds nothing.

    The words are those of the state that the step led to, whatever has become of the case since. Returns how many
    hooks are to be told.
    """
    step = Step.objects.select_related("case__owner", "case__merged_into").get(id=int(event.data["step"]))
    case = step.case
    if step.from_state == step.to_state:
        return 0
    hooks = list(Hook.objects.filter(removed_at=None).defer("secret"))
    private = private_kinds() if hooks else []
    if not hooks or not is_visible(case, private):
        return 0
    state = State(step.to_state)
    HookDelivery.objects.bulk_create(
        [
            HookDelivery(
                hook=hook, event_id=event.id, case=case, step=step.version, number=case.number, service_code=case.kind,
                status="closed" if state in ENDED else "open", notes=notes_of(state, case, private)[:NOTES],
                changed_at=step.at, created_at=event.at, next_at=event.at,
            )
            for hook in hooks
        ],
        ignore_conflicts=True,
    )  # fmt: skip
    wake()
    return len(hooks)

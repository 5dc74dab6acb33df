"""What cases tell whoever is above: one event for each act, with the step's id."""

from typing import Final

from shanzhi.cases.acts import Act
from shanzhi.tenancy.outbox import EventType

EVENTS: Final[dict[Act, EventType]] = {
    act: EventType(f"cases.case.{act.past}", f"A case was {act.past}; data: step") for act in Act
}

"""What a line tells whoever listens: one event for each act, with the step's id."""

from typing import Final

from shanzhi.duties.catalogue import Act
from shanzhi.tenancy.outbox import EventType

EVENTS: Final[dict[Act, EventType]] = {
    act: EventType(f"duties.line.{act.value}", f"{act.name} was done on a line of an instruction; data: step")
    for act in Act
}

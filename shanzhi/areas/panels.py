"""How many households a place has, on its page."""

from dataclasses import dataclass
from datetime import datetime

from shanzhi.access.actor import Actor
from shanzhi.areas.beside import AreaPanel, area_panel
from shanzhi.areas.households.selectors import Households, households_of, statements_of
from shanzhi.areas.models import Area, HouseholdCount


@dataclass(frozen=True, slots=True)
class Beside:
    """What counts now, and what was stated of the place itself."""

    now: Households | None
    statements: list[HouseholdCount]

    @property
    def is_outdated(self) -> bool:
        """Whether there is a statement that counts no more."""
        return bool(self.statements) and (self.now is None or self.now.parts > 0)


def beside(actor: Actor, area: Area, at: datetime) -> Beside:
    return Beside(households_of([area]).get(area.path), statements_of(area))


area_panel(AreaPanel("households", "areas/household_panel.html", beside))

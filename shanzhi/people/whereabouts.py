"""Where somebody lives and is registered, as one value: what a stay and the resident's own columns both say."""

from dataclasses import dataclass, fields, replace
from datetime import date
from typing import Any

from shanzhi.areas.models import Area
from shanzhi.areas.selectors import successor_of
from shanzhi.people.catalogue import Population, population_of
from shanzhi.people.models import Dwelling, Household, Resident
from shanzhi.people.models.residents import Whereabouts


def path_now(area: Area) -> str:
    """Where a place is found today: one that was merged keeps its row, its people are found in its successor."""
    return str((successor_of(area) or area).path)


@dataclass(frozen=True, slots=True)
class Where:
    """A place inside, or the name of one outside; with a dwelling the place is the dwelling's."""

    lives: Area | None = None
    lives_elsewhere: str = ""
    registered: Area | None = None
    registered_elsewhere: str = ""
    dwelling: Dwelling | None = None
    household: Household | None = None
    relation: str = ""

    @classmethod
    def of(cls, row: Whereabouts) -> "Where":
        """Of a resident or a stay that was read with `RELATED`."""
        return cls(**{one.name: getattr(row, one.name) for one in fields(cls)})

    def columns(self) -> dict[str, Any]:
        """As the columns of a row."""
        return {
            **{one.name: getattr(self, one.name) for one in fields(self)},
            "lives_path": path_now(self.lives) if self.lives is not None else "",
            "registered_path": path_now(self.registered) if self.registered is not None else "",
        }

    def population(self, papers: str, *, dead: bool = False) -> Population:
        return population_of(
            papers=papers, lives_here=self.lives is not None, registered_here=self.registered is not None, dead=dead
        )

    def living(self, place: "Area | Dwelling | str") -> "Where":
        """The same person in another home: a dwelling, a place, or a name outside of the county."""
        if isinstance(place, Dwelling):
            return replace(self, dwelling=place, lives=place.area, lives_elsewhere="")
        if isinstance(place, Area):
            return replace(self, dwelling=None, lives=place, lives_elsewhere="")
        return replace(self, dwelling=None, lives=None, lives_elsewhere=place)

    def registering(self, place: Area | str) -> "Where":
        if isinstance(place, Area):
            return replace(self, registered=place, registered_elsewhere="")
        return replace(self, registered=None, registered_elsewhere=place)

    def within(self, household: Household | None, relation: str = "") -> "Where":
        return replace(self, household=household, relation=relation)


RELATED = ("lives__parent", "registered__parent", "dwelling__area__parent", "household__area__parent")


def anchor(row: Whereabouts | Resident) -> str:
    """The path by which a person is looked after: where they live, else where they are registered, else were last."""
    last: str = getattr(row, "last_path", "")
    return str(row.lives_path or row.registered_path or last)


def apply(resident: Resident, where: Where, population: str, *, since: date) -> None:
    """Make a resident's own columns say what the open stay says; the row is saved by the caller."""
    before = anchor(resident)
    for name, value in where.columns().items():
        setattr(resident, name, value)
    resident.population = population
    ended = population in (Population.GONE, Population.DEAD)
    resident.gone_on = since if ended else None
    resident.died_on = since if population == Population.DEAD else None
    resident.last_path = before if ended else ""

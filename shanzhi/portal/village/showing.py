"""A public case in words: the same for the pages and the API, and all that leaves the house of it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from shanzhi.areas.models import Area
from shanzhi.cases.catalogue import State
from shanzhi.cases.kinds.registry import kind_of
from shanzhi.cases.models import Case
from shanzhi.cases.presenters import state_shape
from shanzhi.cases.taking.following import NOW
from shanzhi.lib.times import local

# Receipts speak to the reporter, here everybody reads.
WORDS: Final[dict[State, str]] = {**NOW, State.VERIFIED: "核查过了，等反映人评价"}


@dataclass(frozen=True, slots=True)
class Shown:
    """`grid` is empty for what is of the whole village; days, never times: nobody finds out who was there then."""

    number: str
    kind: str
    kind_code: str
    icon: str
    grid: str
    grid_code: str
    received: date
    ended: date | None
    open: bool
    shape: str
    words: str
    summary: str

    @property
    def place(self) -> str:
        return self.grid or "全村"


def shown(case: Case) -> Shown:
    kind, state = kind_of(case), State(case.state)
    grid = case.area if case.area.level == Area.Level.GRID else None
    return Shown(
        number=case.number,
        kind=kind.label,
        kind_code=case.kind,
        icon=kind.icon,
        grid=grid.name if grid is not None else "",
        grid_code=grid.code if grid is not None else "",
        received=day_of(case.received_at),
        ended=day_of(case.ended_at) if case.ended_at is not None else None,
        open=case.ended_at is None,
        shape=state_shape(case.state),
        words=WORDS[state],
        summary=case.summary if state != State.REJECTED else "",
    )


def all_shown(cases: Iterable[Case]) -> list[Shown]:
    return [shown(case) for case in cases]


def day_of(at: datetime) -> date:
    return local(at).date()


def village_of(case: Case) -> Area | None:
    """The village that it lies in, None for what is of a township or of the county."""
    area: Area = case.area
    if area.level == Area.Level.GRID:
        parent: Area | None = area.parent
        return parent
    return area if area.level == Area.Level.VILLAGE else None

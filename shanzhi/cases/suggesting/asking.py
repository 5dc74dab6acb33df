"""One answer for the page and the API: what it probably is, and what was probably reported before."""

from dataclasses import dataclass
from datetime import datetime

from shanzhi.access.actor import Actor
from shanzhi.areas.models import Area
from shanzhi.cases import permissions
from shanzhi.cases.selectors import report_area_get
from shanzhi.cases.suggesting.duplicates import Likely, Matter, duplicates
from shanzhi.cases.suggesting.forms import Typed
from shanzhi.cases.suggesting.suggest import Suggestion, suggest
from shanzhi.lib.errors import NotFound


@dataclass(frozen=True, slots=True)
class Answer:
    suggestion: Suggestion
    duplicates: tuple[Likely, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.suggestion or self.duplicates)


def answer(actor: Actor, typed: Typed, *, at: datetime) -> Answer:
    """Units only for those who dispatch, duplicates only where the actor may report from the place.

    A place outside of the actor's scope and one that does not exist are answered alike: as if none was given.
    """
    area = _area(actor, typed.area)
    place = area if area is not None and actor.can(permissions.DISPATCH) else None
    suggestion = suggest(typed.text, chosen=typed.kind, area=place)
    if area is None:
        return Answer(suggestion)
    found = duplicates(actor, Matter(typed.text, area, typed.kind, typed.lon, typed.lat), at=at)
    return Answer(suggestion, tuple(found))


def _area(actor: Actor, code: str) -> Area | None:
    if not code:
        return None
    try:
        return report_area_get(actor, code)
    except NotFound:
        return None

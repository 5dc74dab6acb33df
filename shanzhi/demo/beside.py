"""What an act beside the way of a demo case needs, worked out from the words of the pack."""

from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any, Final

from shanzhi.access.actor import Actor
from shanzhi.areas.models import Unit as Office
from shanzhi.cases.models import Case
from shanzhi.cases.services import Part
from shanzhi.demo.stories import Deed
from shanzhi.lib.clocks import Span, Unit
from shanzhi.lib.times import local

Units = Mapping[tuple[str, str], Office]
ActorOf = Callable[[str], Actor]
SECONDS: Final = {Unit.HOURS: 86_400, Unit.WORKING_HOURS: 7 * 3600}  # of a day


def arguments(deed: Deed, case: Case, *, units: Units, actor_of: ActorOf, other: Case | None) -> dict[str, Any]:
    """The arguments of the case service for this act; `other` is the case of the story before this one."""
    found: dict[str, Any] = {"text": deed.text}
    for name, value in deed.more.items():
        if name == "more_days":
            found["amount"] = _longer(case, value)
        elif name != "part":
            found |= READ[name](deed, value, units, actor_of)
    if deed.act == "merge":
        found["into"] = other
    return found


def _longer(case: Case, days: int) -> Span:
    """So many days in the unit of the case's clock, whichever rule gave it."""
    unit = Unit(case.clock_unit)
    return Span(unit, days * SECONDS.get(unit, 1))


def _mentions(deed: Deed, logins: Any, units: Units, actor_of: ActorOf) -> dict[str, Any]:
    return {"mentions": [actor_of(login).user_id for login in logins]}


READ: Final[dict[str, Callable[[Deed, Any, Units, ActorOf], dict[str, Any]]]] = {
    "units": lambda deed, names, units, _: {"units": [units[deed.target, name] for name in names]},
    "mention": _mentions,
    "days": lambda deed, days, *_: {"until": local(deed.at).date() + timedelta(days=days)},
    "limit": lambda deed, text, *_: {"limit": Span.parse(text)},
    "stage": lambda deed, code, *_: {"stage": code},
    "what": lambda deed, what, *_: {"what": what},
    "instead": lambda deed, words, *_: {"instead": words},
    "how": lambda deed, how, *_: {"how": how, "reached": True},
    "parts": lambda deed, bodies, *_: {"parts": [Part(body=body) for body in bodies]},
}

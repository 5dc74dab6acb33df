"""What the routes of a kind mean for a case at the level that is in charge of it now."""

from datetime import datetime

from shanzhi.areas.models import Area
from shanzhi.cases.kinds.registry import kind_of
from shanzhi.cases.kinds.routing import Target, routed
from shanzhi.cases.models import Case
from shanzhi.cases.seeing import is_hidden_from
from shanzhi.lib.clocks import Calendar


def route_of(case: Case, at: datetime, calendar: Calendar) -> Target | None:
    """Who should get the case by its kind, if the level in charge can give it there; None otherwise.

    The level gives to its own units and to the places directly below it. A route to a village, seen from the township,
    is one; seen from the village itself it is none: the village handles it. Who may not see the kind gets
    nothing. No statement for a kind without routes.
    """
    kind = kind_of(case)
    if not kind.routes:
        return None
    target = routed(kind, case.area_path, at, calendar, answers=case.answers)
    if target is None:
        return None
    lead = target.lead
    fits = lead.parent_id == case.owner_id if isinstance(lead, Area) else lead.area_id == case.owner_id
    return target if fits and not is_hidden_from(case, lead) else None

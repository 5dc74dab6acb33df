"""Who is in office, on the page of a place."""

from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlencode

from django.urls import reverse

from shanzhi.access.actor import Actor
from shanzhi.areas.beside import AreaPanel, area_panel
from shanzhi.areas.models import Area
from shanzhi.staffing.permissions import VIEW
from shanzhi.staffing.selectors import Spot, place_scope, responsible


@dataclass(frozen=True, slots=True)
class Beside:
    """The place's own level, and where more is to be seen."""

    spot: Spot
    overview_url: str
    here_url: str


def beside(actor: Actor, area: Area, at: datetime) -> Beside | None:
    """None for an abolished place and for whoever does not see its staff."""
    if not area.is_open or not actor.can(VIEW) or not place_scope(actor).covers(area.path):
        return None
    query = urlencode({"area": area.code})
    return Beside(
        responsible(area, at=at, up=False)[0], f"{reverse('staffing:overview', args=[area.county_id])}?{query}",
        f"{reverse('staffing:here', args=[area.county_id])}?{query}",
    )  # fmt: skip


area_panel(AreaPanel("staffing", "staffing/parts/beside.html", beside))

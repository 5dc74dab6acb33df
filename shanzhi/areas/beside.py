"""What upper apps show beside a place on its page: named there in a `panels.py`, drawn here."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from shanzhi.access.actor import Actor
from shanzhi.areas.models import Area


@dataclass(frozen=True, slots=True)
class AreaPanel:
    """`content` gives what the template reads as `panel`, or None where this person is shown nothing."""

    name: str
    template: str
    content: Callable[[Actor, Area, datetime], Any]


_panels: dict[str, AreaPanel] = {}


def area_panel(panel: AreaPanel) -> None:
    """Register once, at import; the same name again replaces it."""
    _panels[panel.name] = panel


def panels_for(actor: Actor, area: Area, at: datetime) -> list[tuple[str, Any]]:
    """(template, content) of each panel that has something to show, in the order of their names."""
    found = [(panel.template, panel.content(actor, area, at)) for _, panel in sorted(_panels.items())]
    return [(template, content) for template, content in found if content is not None]

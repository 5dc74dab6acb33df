"""What instructions hear of: their own acts, of which people are told, and places that are merged."""

from shanzhi.access.actor import Actor
from shanzhi.areas.events import MERGED
from shanzhi.areas.models import Area
from shanzhi.duties.events import EVENTS
from shanzhi.duties.services import lines_pass_on
from shanzhi.duties.telling import tell
from shanzhi.tenancy.models import OutboxEvent
from shanzhi.tenancy.outbox import subscribe


def announce(event: OutboxEvent) -> None:
    tell(event)


@subscribe(MERGED)
def pass_on(event: OutboxEvent) -> None:
    """Open lines of a merged place go on at its successor."""
    old, new = Area.objects.get(id=event.subject_id), Area.objects.get(id=int(event.data["into"]))
    lines_pass_on(actor=Actor.system(event.county_id), old=old, new=new, at=event.at)


for _event in EVENTS.values():
    subscribe(_event)(announce)

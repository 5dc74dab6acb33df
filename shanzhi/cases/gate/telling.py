"""Who is told of a flood: the duty desks of the place and above it, once for each flood."""

from django.urls import reverse

from shanzhi.accounts.selectors import users_with
from shanzhi.cases.gate.events import FLOODED
from shanzhi.cases.models import Flood
from shanzhi.cases.permissions import GATE
from shanzhi.cases.topics import FLOOD
from shanzhi.notices.services import notice_send
from shanzhi.tenancy.models import OutboxEvent
from shanzhi.tenancy.outbox import subscribe


@subscribe(FLOODED)
def flooded(event: OutboxEvent) -> None:
    """Whoever judges what is held there."""
    flood = Flood.objects.select_related("area").get(id=event.subject_id)
    notice_send(
        recipients=users_with(GATE, area_path=flood.area.path, at=event.at),
        title=f"{flood.area.name}的群众反映来得太快，先收下了，请甄别",
        body="后面来的没有进清单，反映人已经拿到回执。看过以后可以成组受理登记，或者不登记。",
        path=reverse("cases:held", args=[event.county_id]), event_id=event.id, at=event.at,
        object_type="cases.flood", object_id=flood.id, topic=FLOOD, urgent=True,
    )  # fmt: skip

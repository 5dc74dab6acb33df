"""What the layers below tell, and nobody else passes on."""

from typing import Any, Final

from django.urls import reverse

from shanzhi.accounts.events import STANDIN_ENDED, STANDIN_SET
from shanzhi.accounts.models import StandIn
from shanzhi.accounts.selectors.stand_ins import standin_words
from shanzhi.notices.services import notice_send
from shanzhi.tenancy.models import OutboxEvent
from shanzhi.tenancy.outbox import subscribe

OBJECT: Final = "accounts.standin"


@subscribe(STANDIN_SET)
def tell_stand_in(event: OutboxEvent) -> None:
    """The colleague and the substitute, each in their own words; not whoever arranged it."""
    _tell(event, by=StandIn.objects.get(id=event.subject_id).created_by, ended=False)


@subscribe(STANDIN_ENDED)
def tell_stand_in_ended(event: OutboxEvent) -> None:
    _tell(event, by=StandIn.objects.get(id=event.subject_id).ended_by, ended=True)


def _tell(event: OutboxEvent, *, by: int | None, ended: bool) -> None:
    for_holder, for_substitute, text = standin_words(event.subject_id, ended=ended)
    common: dict[str, Any] = {
        "body": text,
        "path": reverse("accounts:stand-ins", args=[event.county_id]),
        "event_id": event.id,
        "at": event.at,
        "object_type": OBJECT,
        "object_id": event.subject_id,
    }
    for title, user_id in ((for_holder, int(event.data["holder"])), (for_substitute, int(event.data["substitute"]))):
        if user_id != by:
            notice_send(recipients=[user_id], title=title, **common)

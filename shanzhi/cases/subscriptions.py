"""What cases hear of: their own acts, of which people are told, and places that are merged."""

import shanzhi.cases.gate.telling  # noqa: F401  (subscribes itself)
from shanzhi.access.actor import Actor
from shanzhi.areas.events import MERGED
from shanzhi.areas.models import Area
from shanzhi.cases import telling_calls, telling_clocks, telling_more, telling_way
from shanzhi.cases.acts import Act
from shanzhi.cases.events import EVENTS
from shanzhi.cases.models import Case, Step
from shanzhi.cases.residents import texting
from shanzhi.cases.services import cases_pass_on
from shanzhi.cases.telling import TELLERS, News
from shanzhi.tenancy.models import OutboxEvent
from shanzhi.tenancy.outbox import subscribe

SAID = (telling_way, telling_calls, telling_clocks, telling_more)  # each registers who is told of its acts


def tell(event: OutboxEvent) -> None:
    """One notice to each person concerned, except whoever did the step."""
    case = Case.objects.select_related("turn_area", "owner", "handler_area").get(id=event.subject_id)
    step = Step.objects.get(id=int(event.data["step"]))
    teller = TELLERS.get(Act(step.act))
    if teller is not None:
        teller(News(event, case, step))


@subscribe(MERGED)
def pass_on(event: OutboxEvent) -> None:
    """Open cases of a merged place go on at its successor."""
    old, new = Area.objects.get(id=event.subject_id), Area.objects.get(id=int(event.data["into"]))
    cases_pass_on(actor=Actor.system(event.county_id), old=old, new=new, at=event.at)


for _act in texting.WORDS:
    subscribe(EVENTS[_act])(texting.text_people)

for _event in EVENTS.values():
    subscribe(_event)(tell)

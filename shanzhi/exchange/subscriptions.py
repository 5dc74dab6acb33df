"""What the exchange hears of: every act on a case that the public is told of."""

from shanzhi.cases.events import EVENTS
from shanzhi.cases.taking.following import TOLD
from shanzhi.exchange.services import deliveries_plan
from shanzhi.tenancy.models import OutboxEvent
from shanzhi.tenancy.outbox import subscribe


def announce(event: OutboxEvent) -> None:
    """To each address that is told of changes; the rows are written here, the worker sends."""
    deliveries_plan(event)


for _act in TOLD:
    subscribe(EVENTS[_act])(announce)

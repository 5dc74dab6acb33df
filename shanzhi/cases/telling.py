"""Who is told of an act: each act says it in one function, registered with `@tells`.

A notice goes once to each person; whoever did the step is not told of it. `subscriptions.py` delivers.
"""

from collections.abc import Callable, Iterable
from typing import Final

from django.urls import reverse

from shanzhi.cases.acts import Act
from shanzhi.cases.models import Case, Step
from shanzhi.cases.seeing import told_among
from shanzhi.notices.services import notice_send
from shanzhi.tenancy.models import OutboxEvent

Teller = Callable[["News"], None]
TELLERS: Final[dict[Act, Teller]] = {}


class News:
    """One event of a case, with its step, and a way to tell people of it."""

    def __init__(self, event: OutboxEvent, case: Case, step: Step) -> None:
        self.event, self.case, self.step = event, case, step
        self.told: set[int] = {step.actor_id} if step.actor_id else set()

    @property
    def path(self) -> str:
        return reverse("cases:case", args=[self.case.county_id, self.case.number])

    @property
    def is_newest(self) -> bool:
        """Whether nothing happened to the case since."""
        return self.case.version == self.step.version

    def tell(
        self, recipients: Iterable[int | None], title: str, body: str, *, topic: str, urgent: bool = False
    ) -> None:
        """Tell those who were not told of this event yet and may see the case; if nobody is left nothing is written.

        None is somebody without an account, who is told otherwise."""
        named = {user_id for user_id in recipients if user_id is not None}
        fresh = told_among(self.case, named - self.told, at=self.event.at)
        if not fresh:
            return
        self.told |= fresh
        notice_send(
            recipients=fresh, title=title, body=body, path=self.path, event_id=self.event.id, at=self.event.at,
            object_type="cases.case", object_id=self.case.id, topic=topic, urgent=urgent or self.case.urgent,
        )  # fmt: skip


def tells(*acts: Act) -> Callable[[Teller], Teller]:
    """Register who is told of these acts; a second teller for one is a programming error."""

    def register(teller: Teller) -> Teller:
        for act in acts:
            if act in TELLERS:
                raise ValueError(f"{act} is told of twice")
            TELLERS[act] = teller
        return teller

    return register

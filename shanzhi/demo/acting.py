"""Deeds of a plan as calls of the case services, at their own time and by their own person."""

from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta
from typing import Any, Final

from shanzhi.access.actor import Actor
from shanzhi.areas.models import Area
from shanzhi.areas.models import Unit as Office
from shanzhi.cases import services
from shanzhi.cases.acts import BESIDE, Act
from shanzhi.cases.catalogue import State
from shanzhi.cases.kinds.registry import kind_of, kinds_now
from shanzhi.cases.models import Case
from shanzhi.cases.taking.contacts import ContactIn
from shanzhi.demo.answers import answered
from shanzhi.demo.beside import arguments
from shanzhi.demo.chance import chance
from shanzhi.demo.people import Seat
from shanzhi.demo.stories import Deed, Story
from shanzhi.lib.clocks import Span, Unit
from shanzhi.lib.times import local

HANDLERS: Final = ("grid_leader", "village_clerk", "department_handler")
ELSEWHERE: Final = "按规则派错了，这件事要请别人办，请改派。"


def _limit(hours: int) -> Span:
    """A limit as a desk gives it: up to a day in hours, beyond that in days."""
    return Span(Unit.HOURS, hours * 3600) if hours <= 24 else Span(Unit.DAYS, hours // 24)


class Players:
    """The people of a county, each looked up once."""

    def __init__(
        self, *, actor_of: Callable[[str], Actor], areas: Mapping[str, Area], units: Mapping[tuple[str, str], Office],
        seats: Sequence[Seat],
    ) -> None:  # fmt: skip
        self._actor_of, self.areas, self.units = actor_of, areas, units
        self._handlers: dict[tuple[str, str], str] = {}
        for seat in seats:
            if seat.role in HANDLERS:
                self._handlers.setdefault((seat.area, seat.unit), seat.login)
        self._actors: dict[str, Actor] = {}

    def actor(self, login: str) -> Actor:
        if login not in self._actors:
            self._actors[login] = self._actor_of(login)
        return self._actors[login]

    def report(self, story: Story, photo_ids: Sequence[int] = ()) -> Case:
        """The first deed: the case is there."""
        first = story.deeds[0]
        kind = kinds_now()[story.kind].body
        words = f"{story.title}，{story.body}"
        random = chance("answers", story.title, first.at.isoformat())
        answers = answered(kind, words, random, local(first.at).date(), story.answers)
        report = services.Report(
            title=story.title, body=story.body, kind=story.kind, place=story.place, lon=story.lon, lat=story.lat,
            accuracy=story.accuracy, urgent=story.urgent, source=story.source, solved=story.solved,
            occurred_at=first.at, photo_ids=photo_ids, answers=answers,
        )  # fmt: skip
        contact = ContactIn(story.caller, story.phone) if story.caller else None
        return services.case_report(
            actor=self.actor(first.who), report=report, area=self.areas[story.area], contact=contact, at=first.at
        )

    def act(self, case: Case, deed: Deed, other: Case | None = None) -> Case:
        """One further deed on the case as it is now; `other` is the case of the story before."""
        if deed.beside:
            return self._beside(case, deed, other)
        if deed.act == "dispatch" and case.state == State.DISPATCHED and self._is_there(case, deed):
            return case
        common: dict[str, Any] = {
            "actor": self.actor(deed.who), "case": case, "version": case.version, "text": deed.text, "at": deed.at,
        }  # fmt: skip
        if deed.act == "dispatch":
            unit = self.units[deed.target, deed.unit] if deed.unit else None
            area = None if deed.unit else self.areas[deed.target]
            return services.case_dispatch(area=area, unit=unit, limit=_limit(deed.hours), **common)
        if deed.act == "close":
            return services.case_close(satisfied=deed.satisfied, **common)
        if deed.act == "handle":
            self._through_stages(case, deed)
            common["version"] = case.version
        plain: dict[str, Callable[..., Case]] = {
            "accept": services.case_accept,
            "start": services.case_start,
            "handle": services.case_handle,
            "return": services.case_return,
            "escalate": services.case_escalate,
            "verify": services.case_verify,
        }
        return plain[deed.act](**common)

    def _beside(self, case: Case, deed: Deed, other: Case | None) -> Case:
        """An act that no plan of the way knows of, on the case or on one of its parts; both are read anew for it."""
        case.refresh_from_db()
        if other is not None:
            other.refresh_from_db()
        on, act = case, Act(deed.act)
        if "part" in deed.more:
            on = Case.objects.filter(parent_id=case.id).order_by("number")[deed.more["part"]]
        services.case_act(
            actor=self.actor(deed.who), case=on, act=act, version=None if act in BESIDE else on.version, at=deed.at,
            **arguments(deed, on, units=self.units, actor_of=self.actor, other=other),
        )  # fmt: skip
        case.refresh_from_db()
        return case

    def _is_there(self, case: Case, deed: Deed) -> bool:
        """Whether a rule has given the case to whom it was meant for. Somebody else gives it back first."""
        area, unit = case.handler_area, case.handler_unit
        held = (area.code, "") if area is not None else (unit.area.code, unit.name) if unit is not None else ("", "")
        if held == (deed.target, deed.unit):
            return True
        services.case_return(
            actor=self.actor(self._handlers[held]), case=case, version=case.version, text=ELSEWHERE,
            at=deed.at - timedelta(minutes=2),
        )  # fmt: skip
        return False

    def _through_stages(self, case: Case, deed: Deed) -> None:
        """Handling that has stages goes through them one after the other before it ends."""
        while case.stage and (following := kind_of(case).next_stages(case.stage)):
            services.case_act(
                actor=self.actor(deed.who), case=case, act=Act.STAGE, version=case.version, at=deed.at,
                stage=following[0].code,
            )  # fmt: skip

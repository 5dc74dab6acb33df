"""Deeds of a plan as calls of the case services, at their own time and by their own person."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from shanzhi.access.actor import Actor
from shanzhi.areas.models import Area
from shanzhi.areas.models import Unit as Office
from shanzhi.cases import services
from shanzhi.cases.acts import Act
from shanzhi.cases.kinds.registry import kind_of, kinds_now
from shanzhi.cases.models import Case
from shanzhi.demo.answers import answered
from shanzhi.demo.chance import chance
from shanzhi.demo.stories import Deed, Story
from shanzhi.lib.clocks import Span, Unit
from shanzhi.lib.times import local


class Players:
    """The people of a county, each looked up once."""

    def __init__(
        self, *, actor_of: Callable[[str], Actor], areas: Mapping[str, Area], units: Mapping[tuple[str, str], Office]
    ) -> None:
        self._actor_of, self.areas, self.units = actor_of, areas, units
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
        answers = answered(kind, words, chance("answers", story.title, first.at.isoformat()), local(first.at).date())
        report = services.Report(
            title=story.title, body=story.body, kind=story.kind, place=story.place, lon=story.lon, lat=story.lat,
            accuracy=story.accuracy, urgent=story.urgent, source=story.source, solved=story.solved,
            occurred_at=first.at, photo_ids=photo_ids, answers=answers,
        )  # fmt: skip
        return services.case_report(
            actor=self.actor(first.who), report=report, area=self.areas[story.area], at=first.at
        )

    def act(self, case: Case, deed: Deed) -> Case:
        """One further deed on the case as it is now."""
        common: dict[str, Any] = {
            "actor": self.actor(deed.who), "case": case, "version": case.version, "text": deed.text, "at": deed.at,
        }  # fmt: skip
        if deed.act == "dispatch":
            unit = self.units[deed.target, deed.unit] if deed.unit else None
            area = None if deed.unit else self.areas[deed.target]
            return services.case_dispatch(area=area, unit=unit, limit=Span(Unit.HOURS, deed.hours * 3600), **common)
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

    def _through_stages(self, case: Case, deed: Deed) -> None:
        """Handling that has stages goes through them one after the other before it ends."""
        while case.stage and (following := kind_of(case).next_stages(case.stage)):
            services.case_act(
                actor=self.actor(deed.who), case=case, act=Act.STAGE, version=case.version, at=deed.at,
                stage=following[0].code,
            )  # fmt: skip

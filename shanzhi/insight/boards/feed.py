"""What was done a moment ago, for the wall: place, act and title; neither who did it nor who told of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from shanzhi.access.actor import Actor
from shanzhi.areas.models import Area
from shanzhi.cases.acts import Act
from shanzhi.cases.models import Step
from shanzhi.cases.places import place_name
from shanzhi.cases.rates.counting import below
from shanzhi.cases.seeing import seen

MOST: Final = 6
BACK: Final = timedelta(hours=24)
SHOWN: Final = {
    Act.REPORT: "收到", Act.DISPATCH: "派出", Act.HANDLE: "处理完毕", Act.CLOSE: "办结", Act.REOPEN: "重新办理",
    Act.ESCALATE: "请上级办", Act.RETURN: "退回",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class News:
    at: datetime
    place: str
    words: str
    title: str


def newest(actor: Actor, area: Area, at: datetime, most: int = MOST) -> Sequence[News]:
    """The last acts of the last day in this place, on cases that this person may see."""
    rows: Any = Step.objects.filter(below(area, "case__"), seen(actor, "case__"), case__parent=None)
    rows = rows.filter(act__in=list(SHOWN), at__gt=at - BACK, at__lte=at).select_related("case__area__parent")
    return [
        News(step.at, place_name(step.case.area), SHOWN[Act(step.act)], step.case.title)
        for step in rows.order_by("-at", "-id")[:most]
    ]

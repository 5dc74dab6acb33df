"""What is counted of a case, each fact once: by which of its moments, and under which condition.

Counting, the roll-ups and the lists that open behind a figure all read this table, so they can't differ. Parts of a
split case count nowhere (the whole does); what was rejected or merged counts as reported, as ended and nowhere else.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django.db.models import F, Q

from shanzhi.cases.catalogue import State
from shanzhi.cases.models import CallBack

DAY: Final = timedelta(hours=24)


def counts_as(prefix: str = "") -> Q:
    """Neither a part, nor rejected, nor merged."""
    ended = Q((f"{prefix}state__in", (State.REJECTED, State.MERGED)))
    return Q((f"{prefix}parent", None)) & ~ended


WHOLE: Final = Q(parent=None)
COUNTING: Final = counts_as()
MOMENTS: Final[dict[str, Q]] = {  # by what is counted, and of which cases at all
    "received_at": WHOLE,
    "close_by": COUNTING & ~Q(state=State.SUSPENDED),
    "dispatched_at": COUNTING,
    "closed_at": COUNTING,
    "rated_at": COUNTING,
    "ended_at": WHOLE,
}
CALLED: Final = counts_as("case__") & Q(state=CallBack.State.DONE)


@dataclass(frozen=True, slots=True)
class Fact:
    """`moment` is a column of the case; `condition` holds beside that of the moment."""

    moment: str
    condition: Q


_CLOSED: Final = Q(state=State.CLOSED)
_REACHABLE: Final = Q(reachable=True)
FACTS: Final[dict[str, Fact]] = {
    "reported": Fact("received_at", Q()),
    "accepted": Fact("received_at", COUNTING & Q(accepted_at__isnull=False)),
    "due": Fact("close_by", Q()),
    "finished": Fact("close_by", _CLOSED),
    "in_time": Fact("close_by", _CLOSED & ~Q(handled_at__gt=F("close_by"))),
    "to_contact": Fact("close_by", _REACHABLE),
    "contacted": Fact("close_by", _REACHABLE & Q(contacted_at__lte=F("received_at") + DAY)),
    "dispatched": Fact("dispatched_at", Q()),
    "accurate": Fact("dispatched_at", Q(redispatched=False)),
    "returned": Fact("dispatched_at", Q(handed_back=True)),
    "closed": Fact("closed_at", Q()),
    "reopened": Fact("closed_at", Q(reopened__gt=0)),
    "rated": Fact("rated_at", Q()),
    "satisfied": Fact("rated_at", Q(satisfied=True)),
    "ended": Fact("ended_at", Q()),
}
# Of call-backs that reached somebody, by when they ended.
CALLS: Final[dict[str, Q]] = {"called": Q(), "solved": Q(solved=True), "called_satisfied": Q(satisfied=True)}


def facts_of(moment: str) -> dict[str, Q]:
    """Name and condition of what is counted by this moment."""
    return {name: fact.condition for name, fact in FACTS.items() if fact.moment == moment}


def between(column: str, start: datetime, end: datetime) -> Q:
    """From `start` up to before `end`."""
    return Q((f"{column}__gte", start), (f"{column}__lt", end))


def records(name: str, start: datetime, end: datetime, *, at: datetime) -> Q:
    """The cases behind a figure of a period: exactly those, among all that somebody may see. KeyError for an unknown
    name. What stands open is meant at the end of the period, what is overdue at the moment."""
    if name == "open":
        return WHOLE & Q(received_at__lt=end) & (Q(ended_at=None) | Q(ended_at__gte=end))
    if name == "overdue":
        return WHOLE & overdue(at)
    if name in ("called", "solved"):
        return _called(CALLS[name], start, end)
    fact = FACTS[name]
    found = between(fact.moment, start, end) & MOMENTS[fact.moment] & fact.condition
    if name == "rated":
        return found | _called(Q(), start, end)
    if name == "satisfied":
        return (found & ~_called(Q(), start, end)) | _called(CALLS["called_satisfied"], start, end)
    return found


def overdue(at: datetime) -> Q:
    """Still open, its limit has passed, and it is not put aside: as the list of cases says it."""
    return Q(ended_at=None, due_at__lt=at) & ~Q(state=State.SUSPENDED)


def _called(condition: Q, start: datetime, end: datetime) -> Q:
    calls = CallBack.objects.filter(CALLED, condition, between("at", start, end))
    return Q(id__in=calls.values("case_id"))


# What a list of records is called; whatever is here can be opened.
LABELS: Final[dict[str, str]] = {
    "reported": "上报", "accepted": "受理", "dispatched": "派遣", "accurate": "一次派准", "returned": "退回",
    "due": "应办结", "finished": "应办结里已办结", "in_time": "按期办结", "closed": "办结", "reopened": "返工",
    "open": "在办", "overdue": "超期", "to_contact": "应联系", "contacted": "联系", "called": "回访到",
    "solved": "回访说解决了", "rated": "评价", "satisfied": "满意",
}  # fmt: skip

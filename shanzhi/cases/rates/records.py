"""Which cases a count is made of: the same conditions as `counting.py`, one for each count, so that a figure opens
exactly the cases behind it. And which cases an act was done on in these days.
"""

from collections.abc import Callable
from datetime import datetime
from typing import Any, Final

from django.db.models import F, Q

from shanzhi.cases.acts import Act
from shanzhi.cases.catalogue import State
from shanzhi.cases.models import CallBack, Case, Step
from shanzhi.cases.rates.counting import COUNTING, DAY

REPORTED: Final = "reported"
LABELS: Final[dict[str, str]] = {
    REPORTED: "收到的", "accepted": "受理了的", "due": "应办结的", "finished": "应办结、已经办结的",
    "in_time": "按期办结的", "untimely": "没有按期办结的", "to_contact": "应联系反映人的",
    "contacted": "24 小时内联系上的", "dispatched": "首次派出的", "accurate": "一次派准的", "returned": "被承办方退回过的",
    "closed": "首次办结的", "reopened": "办结后又重新办理的", "rated": "有评价的", "satisfied": "评价满意的",
    "unsatisfied": "评价不满意的", "called": "回访到的", "solved": "回访说解决了的",
    "did_report": "这几天新来的", "did_close": "这几天办结的", "did_reopen": "这几天重新办理的",
    "did_return": "这几天退回的", "did_escalate": "这几天请上级办的",
}  # fmt: skip
ACTS: Final = {
    "did_report": Act.REPORT, "did_close": Act.CLOSE, "did_reopen": Act.REOPEN, "did_return": Act.RETURN,
    "did_escalate": Act.ESCALATE,
}  # fmt: skip


def records(code: str, start: datetime, end: datetime) -> Q:
    """The cases of a count in the period from `start` up to before `end`; an unknown code narrows nothing."""
    if code in ACTS:
        done = Step.objects.filter(act=ACTS[code], at__gte=start, at__lt=end)
        return Q(parent=None, id__in=done.values("case_id"))
    condition = CONDITIONS.get(code)
    return condition(start, end) if condition is not None else Q()


def _in(column: str, start: datetime, end: datetime, **more: Any) -> Q:
    return Q(parent=None) & Q(**{f"{column}__gte": start, f"{column}__lt": end}, **more)


def _received(start: datetime, end: datetime) -> Q:
    return _in("received_at", start, end)


def _due(start: datetime, end: datetime) -> Q:
    return COUNTING & _in("close_by", start, end) & ~Q(state=State.SUSPENDED)


def _finished(start: datetime, end: datetime) -> Q:
    return _due(start, end) & Q(state=State.CLOSED)


def _in_time(start: datetime, end: datetime) -> Q:
    done = Q(handled_at=None) | Q(handled_at__lte=F("close_by"))
    return _finished(start, end) & done


def _untimely(start: datetime, end: datetime) -> Q:
    late = Q(state=State.CLOSED, handled_at__gt=F("close_by"))
    return _due(start, end) & (~Q(state=State.CLOSED) | late)


def _to_contact(start: datetime, end: datetime) -> Q:
    return _due(start, end) & Q(reachable=True)


def _contacted(start: datetime, end: datetime) -> Q:
    return _to_contact(start, end) & Q(contacted_at__lte=F("received_at") + DAY)


def _dispatched(start: datetime, end: datetime) -> Q:
    return COUNTING & _in("dispatched_at", start, end)


def _closed(start: datetime, end: datetime) -> Q:
    return COUNTING & _in("closed_at", start, end)


def _calls(start: datetime, end: datetime, **more: Any) -> Q:
    """Cases whose call-back was made in these days."""
    rows = CallBack.objects.filter(state=CallBack.State.DONE, at__gte=start, at__lt=end, **more)
    return Q(id__in=rows.values("case_id"))


def _rated(start: datetime, end: datetime) -> Q:
    """Rated by the reporter or at a call-back. Two lookups by index: a list with OR between them would have none."""
    rated = Case.objects.filter(rated_at__gte=start, rated_at__lt=end).order_by()
    return COUNTING & (Q(id__in=rated.values("id")) | _calls(start, end))


def _verdict(good: bool) -> Callable[[datetime, datetime], Q]:
    """What was said at the call-back counts, before what the reporter said."""

    def condition(start: datetime, end: datetime) -> Q:
        rated = Case.objects.filter(rated_at__gte=start, rated_at__lt=end, satisfied=good).order_by()
        alone = Q(id__in=rated.values("id")) & ~_calls(start, end)
        return COUNTING & (alone | _calls(start, end, satisfied=good))

    return condition


CONDITIONS: Final[dict[str, Callable[[datetime, datetime], Q]]] = {
    REPORTED: _received,
    "accepted": lambda start, end: COUNTING & _received(start, end) & Q(accepted_at__isnull=False),
    "due": _due,
    "finished": _finished,
    "in_time": _in_time,
    "untimely": _untimely,
    "to_contact": _to_contact,
    "contacted": _contacted,
    "dispatched": _dispatched,
    "accurate": lambda start, end: _dispatched(start, end) & Q(redispatched=False),
    "returned": lambda start, end: _dispatched(start, end) & Q(handed_back=True),
    "closed": _closed,
    "reopened": lambda start, end: _closed(start, end) & Q(reopened__gt=0),
    "rated": _rated,
    "satisfied": _verdict(True),
    "unsatisfied": _verdict(False),
    "called": lambda start, end: COUNTING & _calls(start, end),
    "solved": lambda start, end: COUNTING & _calls(start, end, solved=True),
}

"""Which cases a figure of a list is made of: those of a fact (`facts.py`), and those on which an act was done."""

from datetime import datetime
from typing import Final

from django.db.models import Q

from shanzhi.cases.acts import Act
from shanzhi.cases.models import Step
from shanzhi.cases.rates import facts

ACTS: Final = {
    "did_report": Act.REPORT, "did_close": Act.CLOSE, "did_reopen": Act.REOPEN, "did_return": Act.RETURN,
    "did_escalate": Act.ESCALATE,
}  # fmt: skip
LABELS: Final[dict[str, str]] = {
    "reported": "收到的", "accepted": "受理了的", "due": "应办结的", "finished": "应办结、已经办结的", "in_time": "按期办结的",
    "to_contact": "应联系反映人的", "contacted": "24 小时内联系上的", "dispatched": "首次派出的", "accurate": "一次派准的",
    "returned": "被承办方退回过的", "closed": "首次办结的", "reopened": "办结后又重新办理的", "rated": "有评价的",
    "satisfied": "评价满意的", "called": "回访到的", "solved": "回访说解决了的", "open": "当时没有办结的",
    "overdue": "现在超期的", "did_report": "这几天新来的", "did_close": "这几天办结的", "did_reopen": "这几天重新办理的",
    "did_return": "这几天退回的", "did_escalate": "这几天请上级办的",
}  # fmt: skip


def records(name: str, start: datetime, end: datetime, *, at: datetime) -> Q:
    """The cases of a figure in the period from `start` up to before `end`; an unknown name narrows nothing."""
    if name in ACTS:
        done = Step.objects.filter(act=ACTS[name], at__gte=start, at__lt=end)
        return Q(parent=None, id__in=done.values("case_id"))
    return facts.records(name, start, end, at=at) if name in LABELS else Q()

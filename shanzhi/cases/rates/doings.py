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
    **facts.LABELS, "did_report": "这几天新来的", "did_close": "这几天办结的", "did_reopen": "这几天重新办理的",
    "did_return": "这几天退回的", "did_escalate": "这几天请上级办的",
}  # fmt: skip


def records(name: str, start: datetime, end: datetime, *, at: datetime) -> Q:
    """The cases of a figure in the period from `start` up to before `end`. KeyError for an unknown name."""
    if name in ACTS:
        done = Step.objects.filter(act=ACTS[name], at__gte=start, at__lt=end)
        return Q(parent=None, id__in=done.values("case_id"))
    return facts.records(name, start, end, at=at)

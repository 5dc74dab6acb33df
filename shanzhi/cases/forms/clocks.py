"""Forms of the acts on clocks: putting aside until a day, more time, supervision."""

from datetime import timedelta
from typing import Any, Final

from django import forms
from django.utils import timezone

from shanzhi.cases.badge import moment_words
from shanzhi.cases.forms.base import ActForm
from shanzhi.cases.kinds.registry import kind_of
from shanzhi.cases.models import Case
from shanzhi.cases.selectors.clocks import asked_for, next_supervision
from shanzhi.cases.services.pausing import LONGEST_PAUSE, UNIT_WORDS
from shanzhi.cases.services.supervising import offered
from shanzhi.lib.clocks import Span, Unit
from shanzhi.lib.times import local

OFFERED: Final[dict[Unit, tuple[str, ...]]] = {
    Unit.HOURS: ("2 hours", "12 hours", "24 hours", "72 hours", "168 hours"),
    Unit.WORKING_HOURS: ("2 working hours", "4 working hours", "7 working hours", "21 working hours"),
    Unit.WORKING_DAYS: ("1 working days", "3 working days", "5 working days", "10 working days", "30 working days"),
    Unit.DAYS: ("1 days", "3 days", "7 days", "15 days", "30 days"),
}


class SuspendForm(ActForm):
    """Until when, and why."""

    until = forms.DateField(
        label="哪天恢复办理",
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages={"required": "请选哪天恢复办理。", "invalid": "日期写成 2026-12-01 这样，请重新选。"},
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        today = local(timezone.now()).date()
        edges = {"min": today + timedelta(days=1), "max": today + timedelta(days=LONGEST_PAUSE)}
        self.fields["until"].widget.attrs |= {name: day.isoformat() for name, day in edges.items()}
        self.fields["until"].help_text = f"那天上班时自动恢复，时限从那时接着算，最长 {LONGEST_PAUSE} 天。"
        self.order_fields(["until", "text"])

    def arguments(self) -> dict[str, Any]:
        return {**super().arguments(), "until": self.cleaned_data["until"]}


class AskForm(ActForm):
    """How much more, in the unit in which the limit is counted."""

    inline = frozenset({"amount"})

    amount = forms.TypedChoiceField(
        label="要延长多少", coerce=Span.parse, widget=forms.RadioSelect,
        error_messages={"required": "请选要延长多少。", "invalid_choice": "请在列出的时间里选一个。"},
    )  # fmt: skip

    def __init__(self, *args: Any, case: Case, **kwargs: Any) -> None:
        super().__init__(*args, case=case, **kwargs)
        unit = Unit(case.clock_unit)
        spans = [Span.parse(text) for text in OFFERED[unit]]
        self.fields["amount"].choices = [(span.text(), span.words()) for span in spans]  # type: ignore[attr-defined]
        self.fields["amount"].help_text = f"这件事的时限按{UNIT_WORDS[unit]}算。"
        if case.due_at is not None:
            self.fields["amount"].help_text += f"现在要在 {moment_words(case.due_at, timezone.now())} 前办完。"
        self.order_fields(["amount", "text"])

    def arguments(self) -> dict[str, Any]:
        return {**super().arguments(), "amount": self.cleaned_data["amount"]}


class DecideForm(ActForm):
    """Above the words: who asked for how much, and why."""

    def __init__(self, *args: Any, case: Case, **kwargs: Any) -> None:
        super().__init__(*args, case=case, **kwargs)
        asked = asked_for(case)
        if asked is not None:
            span = Span(Unit(asked.clock_unit), asked.amount)
            self.hint = f"{asked.asked_by}申请延长 {span.words()}：{asked.reason}"


class SuperviseForm(ActForm):
    """What is wanted, and by when an answer."""

    inline = frozenset({"limit"})

    limit = forms.TypedChoiceField(
        label="几天内回复", coerce=Span.parse, widget=forms.RadioSelect,
        error_messages={"required": "请选几天内回复。", "invalid_choice": "请在列出的时间里选一个。"},
    )  # fmt: skip

    def __init__(self, *args: Any, case: Case, **kwargs: Any) -> None:
        super().__init__(*args, case=case, **kwargs)
        usual = kind_of(case).span("supervise", urgent=case.urgent)
        choices = [(span.text(), span.words()) for span in offered(usual)]
        self.fields["limit"].choices = choices  # type: ignore[attr-defined]
        self.fields["limit"].initial = usual.text()
        self.order_fields(["limit", "text"])

    def arguments(self) -> dict[str, Any]:
        return {**super().arguments(), "limit": self.cleaned_data["limit"]}


class AnswerForm(ActForm):
    """Above the words: what is being answered, the oldest first."""

    def __init__(self, *args: Any, case: Case, **kwargs: Any) -> None:
        super().__init__(*args, case=case, **kwargs)
        asked = next_supervision(case)
        if asked is not None:
            more = f"（另有 {case.supervised - 1} 条等回复）" if case.supervised > 1 else ""
            self.hint = f"{asked.by}：{asked.text}{more}"

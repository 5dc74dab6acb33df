"""The form of a visit: how it went, the questions of each group, words, and whether something becomes a case."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, Final

from django import forms
from django.forms import BoundField

from shanzhi.access.forms import TakingForm
from shanzhi.people.groups import Group, Question
from shanzhi.people.selectors.care import Seen
from shanzhi.visits.models import Visit
from shanzhi.visits.selectors import YES
from shanzhi.visits.services import NOTE, TEXT, Found, name_of

MISSING: Final = "请选这次走访的结果。"
BAD_DAY: Final = "走访日期写成 2026-03-01 这样。"


class VisitForm(TakingForm):
    """`known` are the answers of last time, with which the questions begin; what was written freely begins empty.

    Every rule is the service's. In a copy that lies in a phone there is no day: it is the day on which it is filled in.
    """

    use_required_attribute = False

    outcome = forms.ChoiceField(
        label="这次走访", choices=Visit.Outcome.choices, widget=forms.RadioSelect,
        error_messages={"required": MISSING, "invalid_choice": MISSING},
    )  # fmt: skip
    note = forms.CharField(
        label="说明", required=False, max_length=4 * NOTE, widget=forms.Textarea(attrs={"rows": 3}),
        help_text="有事要办的一定要写；其他的可以不写。加密保存。",
    )  # fmt: skip
    report = forms.BooleanField(
        label="把要办的事报成事件", required=False,
        help_text="由村里、镇里接着办。现在就有人会受伤的，先打 110、120，不要等。",
    )  # fmt: skip
    on = forms.DateField(
        label="哪天去的", required=False, widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
        error_messages={"invalid": BAD_DAY},
    )  # fmt: skip

    def __init__(
        self, *args: Any, plan: Sequence[Seen], known: Mapping[tuple[str, str], str] | None = None,
        today: date | None = None, **kwargs: Any,
    ) -> None:  # fmt: skip
        super().__init__(*args, **kwargs)
        self.plan = plan
        self.asked: dict[str, tuple[Group, Question]] = {}
        for one in plan:
            for question in one.group.body.questions:
                name = name_of(one.group.code, question.code)
                self.asked[name] = one.group, question
                self.fields[name] = _field(question, (known or {}).get((one.group.code, question.code), ""))
                # Of whoever was not met nothing can be asked.
                self.fields[name].required = question.required and (not self.is_bound or self._met)
        if today is None:
            del self.fields["on"]
        else:
            self.fields["on"].initial = today

    @property
    def _met(self) -> bool:
        return str(self.data.get("outcome", "")) in Visit.MET

    @property
    def sections(self) -> list[tuple[str, list[BoundField]]]:
        """The questions below the name of their group."""
        found: dict[str, list[BoundField]] = {}
        for name, (group, _) in self.asked.items():
            found.setdefault(group.label, []).append(self[name])
        return list(found.items())

    def found(self) -> Found:
        data = self.cleaned_data
        answers = {
            (group.code, question.code): data.get(name, "") for name, (group, question) in self.asked.items()
        }  # fmt: skip
        return Found(data["outcome"], data["note"], answers, on=data.get("on"), report=data["report"])


def _field(question: Question, known: str) -> forms.Field:
    missing = f"请回答“{question.label}”。"
    if question.type == "text":
        return forms.CharField(
            label=question.label, required=False, max_length=4 * TEXT, widget=forms.TextInput({"autocomplete": "off"}),
            error_messages={"required": missing},
        )  # fmt: skip
    choices = list(YES.items()) if question.type == "yes_no" else [(one, one) for one in question.choices]
    wrong = f"“{question.label}”的回答不在可选范围里，请重新选。"
    return forms.ChoiceField(
        label=question.label, choices=choices, required=False, initial=known, widget=forms.RadioSelect,
        error_messages={"invalid_choice": wrong, "required": missing},
    )  # fmt: skip

"""Forms of drawing and of writing down a call."""

from datetime import date
from typing import Any

from django import forms

from shanzhi.access.forms import TakingForm
from shanzhi.areas.models import Area
from shanzhi.cases.callbacks.services import MOST, OUTCOMES, REACHED, WORDS, Answers
from shanzhi.cases.models import CallBack

DAY = "日期没有写对，请重新选。"


def _days(label: str) -> forms.DateField:
    return forms.DateField(
        label=label, error_messages={"required": "请选日期。", "invalid": DAY},
        widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d"),
    )  # fmt: skip


class DrawForm(TakingForm):
    """Where, of which days, and how many: a number or a share."""

    area = forms.ChoiceField(label="哪里的", error_messages={"invalid_choice": "请选你回访范围内的地方。"})
    first = _days("办结日期从")
    last = _days("到")
    count = forms.IntegerField(
        label="抽多少件", required=False, help_text=f"最多 {MOST} 件；和百分之几写一样就行。", error_messages={"invalid": "请填数字。"},
        widget=forms.NumberInput({"min": 1, "max": MOST, "inputmode": "numeric"}),
    )  # fmt: skip
    percent = forms.IntegerField(
        label="或者抽百分之几", required=False, help_text="不足一件的算一件。", error_messages={"invalid": "请填数字。"},
        widget=forms.NumberInput({"min": 1, "max": 100, "inputmode": "numeric"}),
    )  # fmt: skip

    def __init__(self, *args: Any, areas: list[Area], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.areas = {area.code: area for area in areas}
        self.fields["area"].choices = [(area.code, area.name) for area in areas]  # type: ignore[attr-defined]

    def arguments(self) -> dict[str, Any]:
        data = self.cleaned_data
        first: date = data["first"]
        return {
            "area": self.areas[data["area"]], "first": first, "last": data["last"], "count": data["count"],
            "percent": data["percent"],
        }  # fmt: skip


def _asked(label: str, choices: list[tuple[str, str]]) -> forms.ChoiceField:
    return forms.ChoiceField(
        label=label, choices=choices, required=False, widget=forms.RadioSelect,
        error_messages={"invalid_choice": "请在列出的里面选。"},
    )  # fmt: skip


class CallForm(TakingForm):
    """How the call went and, if somebody answered, three questions in the words in which they are asked."""

    version = forms.IntegerField(
        widget=forms.HiddenInput, min_value=0, error_messages={"required": "页面放得太久，请刷新后再记。"}
    )
    outcome = forms.ChoiceField(
        label="这次电话打得怎样", choices=list(OUTCOMES.items()), widget=forms.RadioSelect,
        error_messages={"required": "请选这次电话打得怎样。", "invalid_choice": "请选这次电话打得怎样。"},
    )  # fmt: skip
    contacted_in_time = _asked(
        "“您反映以后，24 小时以内有没有人和您联系过？”",
        [(CallBack.InTime.YES, "有人联系过"), (CallBack.InTime.NO, "没有"), (CallBack.InTime.UNKNOWN, "记不清")],
    )
    solved = _asked("“您反映的问题，解决了没有？”", [("yes", "解决了"), ("no", "没解决")])
    satisfied = _asked("“对这次办理，您满意不满意？”", [("yes", "满意"), ("no", "不满意")])
    words = forms.CharField(
        label="反映人还说了什么", required=False, help_text="只有内部的人看得到。",
        widget=forms.Textarea({"rows": 3, "maxlength": str(WORDS)}),
    )  # fmt: skip
    again = forms.BooleanField(label="没解决，马上要求重新办理", required=False)
    reopen = forms.CharField(
        label="为什么要重新办理", required=False, help_text="办事的人和反映人会看到。一件事只能重新办理一次。",
        widget=forms.Textarea({"rows": 2}),
    )  # fmt: skip

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if data.get("again") and not data.get("reopen", "").strip():
            self.add_error("reopen", "请写明为什么要重新办理，办事的人会看到。")
        return data

    def answers(self) -> Answers:
        data = self.cleaned_data
        told = {"yes": True, "no": False}
        reached = data["outcome"] == REACHED
        return Answers(
            outcome=data["outcome"], contacted_in_time=data["contacted_in_time"] if reached else "",
            solved=told.get(data["solved"]) if reached else None,
            satisfied=told.get(data["satisfied"]) if reached else None, words=data["words"],
            reopen=data["reopen"] if data["again"] else "",
        )  # fmt: skip

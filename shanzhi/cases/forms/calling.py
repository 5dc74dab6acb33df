"""Forms of whistles."""

from typing import Any

from django import forms

from shanzhi.access.actor import Actor
from shanzhi.cases.catalogue import Clock
from shanzhi.cases.forms.base import ActForm
from shanzhi.cases.kinds.registry import kind_of
from shanzhi.cases.models import Case
from shanzhi.cases.selectors import open_calls, whistle_units
from shanzhi.files.forms import PhotosMixin
from shanzhi.lib.clocks import Span

WITHIN = ("15 minutes", "30 minutes", "1 hours", "2 hours", "4 working hours")


class WhistleForm(ActForm):
    """Whom to call, what for, and how soon they have to be there."""

    inline = frozenset({"within"})
    units = forms.MultipleChoiceField(
        label="叫哪些单位来", widget=forms.CheckboxSelectMultiple,
        error_messages={"required": "请选要叫来的单位。", "invalid_choice": "请在列出的单位里选。"},
    )  # fmt: skip
    within = forms.TypedChoiceField(
        label="多久内报到", coerce=Span.parse, widget=forms.RadioSelect,
        error_messages={"required": "请选多久内报到。", "invalid_choice": "请在列出的时限里选一个。"},
    )  # fmt: skip

    def __init__(self, *args: Any, actor: Actor, case: Case, **kwargs: Any) -> None:
        super().__init__(*args, actor=actor, case=case, **kwargs)
        there = {call.unit_id for call in open_calls(case)} | {case.handler_unit_id}
        self.choosable = {str(unit.id): unit for unit in whistle_units(case) if unit.id not in there}
        self.fields["units"].choices = [  # type: ignore[attr-defined]
            (key, f"{unit.name}（{unit.area.name}）") for key, unit in self.choosable.items()
        ]
        usual = kind_of(case).span(Clock.WHISTLE, urgent=case.urgent)
        spans = sorted(dict.fromkeys([*map(Span.parse, WITHIN), usual]), key=lambda span: (span.unit, span.amount))
        self.fields["within"].choices = [(span.text(), span.words()) for span in spans]  # type: ignore[attr-defined]
        self.fields["within"].initial = usual.text()
        self.order_fields(["units", "within", "text"])

    def arguments(self) -> dict[str, Any]:
        chosen = [self.choosable[key] for key in self.cleaned_data["units"]]
        return {**super().arguments(), "units": chosen, "within": self.cleaned_data["within"]}


class PresenceForm(ActForm, PhotosMixin):
    """That a unit is there, or what it has done, with photos."""

    takes_photos = True

    def arguments(self) -> dict[str, Any]:
        return {**super().arguments(), "photo_ids": self.cleaned_data["photo_ids"]}


class DismissForm(ActForm):
    """Which of those that were called may go."""

    units = forms.MultipleChoiceField(
        label="让哪些单位离场", widget=forms.CheckboxSelectMultiple,
        error_messages={"required": "请选要让哪个单位离场。", "invalid_choice": "请在列出的单位里选。"},
    )  # fmt: skip

    def __init__(self, *args: Any, actor: Actor, case: Case, **kwargs: Any) -> None:
        super().__init__(*args, actor=actor, case=case, **kwargs)
        calls = open_calls(case)
        self.choosable = {str(call.unit_id): call.unit for call in calls if call.unit is not None}
        self.fields["units"].choices = [  # type: ignore[attr-defined]
            (str(call.unit_id), f"{call.who}（{call.get_state_display()}）") for call in calls if call.unit is not None
        ]
        self.order_fields(["units", "text"])

    def arguments(self) -> dict[str, Any]:
        return {**super().arguments(), "units": [self.choosable[key] for key in self.cleaned_data["units"]]}

"""Forms of the acts on the way of a case."""

from typing import Any

from django import forms
from django.utils import timezone

from shanzhi.access.actor import Actor
from shanzhi.areas.models import Area
from shanzhi.cases.catalogue import Clock
from shanzhi.cases.forms.base import ActForm
from shanzhi.cases.kinds.registry import kind_of
from shanzhi.cases.models import Case
from shanzhi.cases.selectors import dispatch_targets
from shanzhi.cases.services.routes import route_of
from shanzhi.cases.suggesting.suggest import suggest
from shanzhi.cases.turns import rates
from shanzhi.files.forms import PhotosMixin
from shanzhi.lib.clocks import Span
from shanzhi.packs.calendars import calendar_now


class HandleForm(ActForm, PhotosMixin):
    """What was done, with photos of it."""

    takes_photos = True

    def arguments(self) -> dict[str, Any]:
        return {**super().arguments(), "photo_ids": self.cleaned_data["photo_ids"]}


class DispatchForm(ActForm):
    """Whom to give it to and how long they have; the grid where it happened is filled in."""

    inline = frozenset({"limit"})

    target = forms.ChoiceField(
        label="派给", widget=forms.RadioSelect,
        error_messages={
            "required": "请选一个网格、下级或单位来处理。", "invalid_choice": "请在列出的网格、下级或单位里选一个。",
        },
    )  # fmt: skip
    limit = forms.TypedChoiceField(
        label="处理时限", coerce=Span.parse, widget=forms.RadioSelect,
        error_messages={"required": "请选处理时限。", "invalid_choice": "请在列出的时限里选一个。"},
    )  # fmt: skip

    helpers = forms.MultipleChoiceField(
        label="请这些单位配合（可以不选）", required=False, widget=forms.CheckboxSelectMultiple,
        error_messages={"invalid_choice": "请在列出的单位里选。"},
    )  # fmt: skip

    def __init__(self, *args: Any, case: Case, **kwargs: Any) -> None:
        super().__init__(*args, case=case, **kwargs)
        targets = dispatch_targets(case)
        self.areas = {f"area:{area.id}": area for area in targets.areas}
        self.units = {f"unit:{unit.id}": unit for unit in targets.units}
        choices = [(key, self._area_label(area)) for key, area in self.areas.items()]
        units = [(key, unit.name) for key, unit in self.units.items()]
        # What was escalated is not given back to whoever asked for help: departments first, and nobody chosen yet.
        ordered = units + choices if case.raised else choices + units
        self.fields["target"].choices = ordered  # type: ignore[attr-defined]
        if not case.raised:
            own = next((key for key, area in self.areas.items() if case.area_path.startswith(area.path)), "")
            self.fields["target"].initial = own
        self._route(case)
        kind = kind_of(case)
        usual = kind.span(Clock.HANDLE, urgent=case.urgent)
        spans = dict.fromkeys([*kind.handling_spans, usual])
        self.fields["limit"].choices = [(span.text(), span.words()) for span in spans]  # type: ignore[attr-defined]
        self.fields["limit"].initial = usual.text()
        helping = [(str(unit.id), unit.name) for unit in targets.units]
        self.fields["helpers"].choices = helping  # type: ignore[attr-defined]
        if not targets.units:
            del self.fields["helpers"]
        self.order_fields(["target", "limit", "helpers", "text"])

    def _route(self, case: Case) -> None:
        """Choose what the kind's route says, and say so; anybody else can be chosen instead."""
        target = route_of(case, timezone.now(), calendar_now()) if kind_of(case).routes else None
        if target is None:
            self.fields["target"].help_text = self._learned(case)
            return
        lead = f"area:{target.area.id}" if target.area is not None else f"unit:{target.lead.id}"
        self.fields["target"].initial = lead
        self.fields["target"].help_text = f"按“{kind_of(case).label}”的规则应派给{target.words}，可以改。"
        if "helpers" in self.fields:
            self.fields["helpers"].initial = [str(unit.id) for unit in target.helpers]

    def _learned(self, case: Case) -> str:
        """Which of the units in the list usually handled what reads like this; it chooses nothing."""
        found = suggest(f"{case.title}，{case.body}", chosen=case.kind, area=case.area).units
        names = [offer.label for offer in found if f"unit:{offer.code}" in self.units]
        return f"像这样的事，以前多半是{'、'.join(names)}办的。" if names else ""

    def _area_label(self, area: Area) -> str:
        return f"{area.name}（事发地）" if self.case.area_path.startswith(area.path) else area.name

    def arguments(self) -> dict[str, Any]:
        key = self.cleaned_data["target"]
        chosen = {"area": self.areas.get(key), "unit": self.units.get(key), "limit": self.cleaned_data["limit"]}
        helping = self.cleaned_data.get("helpers", [])
        chosen["helpers"] = [unit for unit in self.units.values() if str(unit.id) in helping]
        return {**super().arguments(), **chosen}


class CloseForm(ActForm):
    """The reporter rates; the level in charge just closes."""

    satisfied = forms.ChoiceField(
        label="处理得怎么样", required=False, widget=forms.RadioSelect,
        choices=[("yes", "满意，办结"), ("no", "不满意，退回重办")],
        error_messages={"invalid_choice": "请选满意还是不满意。"},
    )  # fmt: skip

    def __init__(self, *args: Any, actor: Actor, case: Case, **kwargs: Any) -> None:
        super().__init__(*args, actor=actor, case=case, **kwargs)
        self.rates = rates(actor, case)
        if self.rates:
            self.fields["satisfied"].required = True
            self.fields["satisfied"].error_messages["required"] = "请选满意还是不满意。"
            self.hint = "不满意时请写明哪里不满意，办事的人会看到。"
            self.order_fields(["satisfied", "text"])
        else:
            del self.fields["satisfied"]

    def arguments(self) -> dict[str, Any]:
        rating = {"yes": True, "no": False}.get(self.cleaned_data.get("satisfied", ""))
        return {**super().arguments(), "satisfied": rating}

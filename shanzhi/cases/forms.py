"""Forms of cases. They only read what was sent; every rule is the services', and comes back beside its field."""

from decimal import Decimal
from typing import Any, ClassVar, Final

from django import forms

from shanzhi.access.actor import Actor
from shanzhi.areas.models import Area
from shanzhi.cases import permissions
from shanzhi.cases.acts import Act
from shanzhi.cases.catalogue import HANDLING_HOURS, Category, hours_label
from shanzhi.cases.models import Case
from shanzhi.cases.selectors import Targets, report_area_get
from shanzhi.cases.services import Report
from shanzhi.files.forms import PhotosMixin
from shanzhi.lib.errors import DomainError, NotFound

DEGREE: Final = 10_000_000
REPORTED, SOLVED = "report", "solved"
PLACE_FIRST: Final = "请先选是哪个村或网格的事。"


class DegreesField(forms.DecimalField):
    """Decimal degrees on the wire, whole 1e-7 degrees inside."""

    widget = forms.HiddenInput

    def __init__(self) -> None:
        wrong = "位置没有取对，请重新取位置，或只写地点。"
        super().__init__(
            required=False, min_value=-180, max_value=180,
            error_messages={"invalid": wrong, "min_value": wrong, "max_value": wrong},
        )  # fmt: skip

    def clean(self, value: Any) -> Any:
        degrees = super().clean(value)
        return int((degrees * DEGREE).to_integral_value()) if isinstance(degrees, Decimal) else None


class AccuracyField(forms.IntegerField):
    """Metres; a help to the reader, so what is no number counts as unknown."""

    widget = forms.HiddenInput

    def clean(self, value: Any) -> int | None:
        text = str(value or "").strip()
        return int(text) if text.isascii() and text.isdigit() and len(text) < 7 else None


class ReportForm(PhotosMixin, forms.Form):
    """A report. The place is an area's code, checked against what this person may report for."""

    area = forms.CharField(label="哪里的事", error_messages={"required": PLACE_FIRST})
    place = forms.CharField(
        label="具体地点", required=False, max_length=100,
        error_messages={"max_length": "地点最多写 100 字，请删减。"},
        widget=forms.TextInput(attrs={"autocomplete": "off", "placeholder": "例如：张庄组路口"}),
    )  # fmt: skip
    lon = DegreesField()
    lat = DegreesField()
    accuracy = AccuracyField(required=False)
    body = forms.CharField(
        label="什么情况", error_messages={"required": "请写明是什么情况。"}, widget=forms.Textarea(attrs={"rows": 3})
    )
    category = forms.ChoiceField(
        label="类别", choices=Category.choices, widget=forms.RadioSelect,
        error_messages={"required": "请选一个类别，拿不准就选“其他”。", "invalid_choice": "请选一个类别，拿不准就选“其他”。"},
    )  # fmt: skip
    outcome = forms.ChoiceField(
        label="怎么办", required=False, initial=REPORTED, widget=forms.RadioSelect,
        choices=[(REPORTED, "我处理不了"), (SOLVED, "我能当场处理")],
        error_messages={"invalid_choice": "请选怎么办。"},
    )  # fmt: skip
    solved = forms.CharField(label="怎么处理的", required=False, widget=forms.Textarea(attrs={"rows": 2}))
    urgent = forms.BooleanField(label="有人身危险", required=False)

    def __init__(self, *args: Any, actor: Actor, **kwargs: Any) -> None:
        super().__init__(*args, actor=actor, **kwargs)
        self.may_solve = actor.can(permissions.HANDLE)
        self.order_fields(["photos", "area", "place", "body", "category", "outcome", "solved", "urgent"])

    def clean_area(self) -> Area:
        try:
            return report_area_get(self.actor, self.cleaned_data["area"])
        except NotFound as error:
            known = error.code == "area_unknown"
            raise forms.ValidationError(error.message if known else "这个地方不在你的岗位范围内，请重新选。") from None

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        if self._is_solved(cleaned) and not (cleaned.get("solved") or "").strip():
            self.add_error("solved", "请写明当场怎么处理的。")
        return cleaned

    def _is_solved(self, cleaned: dict[str, Any]) -> bool:
        return self.may_solve and cleaned.get("outcome") == SOLVED

    def report(self, *, source: str) -> Report:
        """What was said; a photo that knows its place gives it, if the phone gave none."""
        data = self.cleaned_data
        lon, lat, accuracy = data.get("lon"), data.get("lat"), data.get("accuracy")
        if (lon is None or lat is None) and self.photo_place is not None:
            (lon, lat), accuracy = self.photo_place, None
        return Report(
            body=data["body"],
            category=data["category"],
            place=data["place"],
            lon=lon,
            lat=lat,
            accuracy=accuracy,
            urgent=data["urgent"],
            source=source,
            solved=data["solved"] if self._is_solved(data) else "",
            photo_ids=data["photo_ids"],
        )


class ActForm(forms.Form):
    """What every act is sent with: the version that was seen, the words, and the list to go back to."""

    takes_photos: ClassVar[bool] = False

    version = forms.IntegerField(
        widget=forms.HiddenInput, min_value=0, error_messages={"required": "页面放得太久，请刷新后再办。"}
    )
    text = forms.CharField(label="说明", required=False, widget=forms.Textarea(attrs={"rows": 4}))
    back = forms.CharField(required=False, max_length=2000, widget=forms.HiddenInput)

    def __init__(self, *args: Any, actor: Actor, case: Case, act: Act, **kwargs: Any) -> None:
        if self.takes_photos:
            kwargs["actor"] = actor
        super().__init__(*args, **kwargs)
        self.actor, self.case, self.act = actor, case, act
        label, hint, missing = WORDS[act]
        text = self.fields["text"]
        text.label, text.help_text, text.required = label, hint, bool(missing)
        text.error_messages["required"] = missing

    def arguments(self) -> dict[str, Any]:
        """What goes into the service beside actor, case, version and key."""
        return {"text": self.cleaned_data["text"]}


class HandleForm(ActForm, PhotosMixin):
    """What was done, with photos of it."""

    takes_photos = True

    def arguments(self) -> dict[str, Any]:
        return {**super().arguments(), "photo_ids": self.cleaned_data["photo_ids"]}


class DispatchForm(ActForm):
    """Whom to give it to and how long they have; the grid where it happened is filled in."""

    target = forms.ChoiceField(
        label="派给", widget=forms.RadioSelect,
        error_messages={
            "required": "请选一个网格、下级或单位来处理。", "invalid_choice": "请在列出的网格、下级或单位里选一个。",
        },
    )  # fmt: skip
    hours = forms.TypedChoiceField(
        label="处理时限", coerce=int, widget=forms.RadioSelect,
        choices=[(hours, hours_label(hours)) for hours in HANDLING_HOURS],
        error_messages={"required": "请选处理时限。", "invalid_choice": "请在列出的时限里选一个。"},
    )  # fmt: skip

    def __init__(self, *args: Any, case: Case, targets: Targets, **kwargs: Any) -> None:
        super().__init__(*args, case=case, **kwargs)
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
        self.fields["hours"].initial = 24 if case.urgent else 168
        self.order_fields(["target", "hours", "text"])

    def _area_label(self, area: Area) -> str:
        return f"{area.name}（事发地）" if self.case.area_path.startswith(area.path) else area.name

    def arguments(self) -> dict[str, Any]:
        key = self.cleaned_data["target"]
        chosen = {"area": self.areas.get(key), "unit": self.units.get(key), "hours": self.cleaned_data["hours"]}
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
        self.rates = actor.user_id == case.reporter_id
        if self.rates:
            self.fields["satisfied"].required = True
            self.fields["satisfied"].error_messages["required"] = "请选满意还是不满意。"
            self.fields["text"].help_text = "不满意时请写明哪里不满意，办事的人会看到。"
            self.order_fields(["satisfied", "text"])
        else:
            del self.fields["satisfied"]

    def arguments(self) -> dict[str, Any]:
        rating = {"yes": True, "no": False}.get(self.cleaned_data.get("satisfied", ""))
        return {**super().arguments(), "satisfied": rating}


# Label and hint of the words that go with each act, and what to say when they are missing (empty: they may be).
WORDS: Final[dict[Act, tuple[str, str, str]]] = {
    Act.ACCEPT: ("说明", "", ""),
    Act.REJECT: ("为什么不予受理", "反映人会看到。", "请写明为什么不予受理，反映人会看到。"),
    Act.DISPATCH: ("要交代的话", "接手的人会看到。", ""),
    Act.START: ("说明", "", ""),
    Act.HANDLE: ("怎么处理的、结果怎么样", "反映人会看到。", "请写明怎么处理的、结果怎么样。"),
    Act.RETURN: ("为什么退回", "对方会看到。", "请写明为什么退回，对方会看到。"),
    Act.ESCALATE: ("为什么要上级办", "上级会看到。", "请写明为什么要上级办。"),
    Act.VERIFY: ("核查情况", "", ""),
    Act.CLOSE: ("说明", "", ""),
}


def refused(form: forms.Form, error: DomainError) -> None:
    """Put a service's refusal beside the fields that it names; what names no field of this form stands on top."""
    known = {name: rows for name, rows in error.fields.items() if name in form.fields}
    if not known:
        form.add_error(None, error.message)
    for name, rows in known.items():
        form.add_error(name, [*rows])

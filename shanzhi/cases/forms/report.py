"""The form of a report. It only reads what was sent; every rule is the services', and comes back beside its field.

Once a kind is chosen its questions are part of the form. A page says in `asked` whose questions stood on it: what is
sent without the questions of the chosen kind (no script, or no signal for them) is not refused, but asked once more.
"""

from decimal import Decimal
from typing import Any, Final

from django import forms

from shanzhi.access.actor import Actor
from shanzhi.areas.models import Area
from shanzhi.cases import permissions
from shanzhi.cases.kinds.fields import AnswersMixin
from shanzhi.cases.kinds.registry import kinds_now, labels_of
from shanzhi.cases.selectors import report_area_get
from shanzhi.cases.services import Report
from shanzhi.files.forms import PhotosMixin
from shanzhi.lib.errors import NotFound

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


class ReportForm(AnswersMixin, PhotosMixin, forms.Form):
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
    kind = forms.ChoiceField(
        label="类别", widget=forms.RadioSelect,
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
        self.kinds = kinds_now()
        self.fields["kind"].choices = labels_of(self.kinds.values())  # type: ignore[attr-defined]
        self.order_fields(["photos", "area", "place", "body", "kind", "outcome", "solved", "urgent"])
        chosen = self.kinds.get(str(self.data.get("kind", ""))) if self.is_bound else None
        self.asked = chosen.code if chosen is not None and chosen.body.fields else ""
        self.unasked = bool(self.asked) and self.data.get("asked") != self.asked
        if chosen is not None:
            self.ask(chosen.body)

    @property
    def asking(self) -> str:
        """The sentence above questions that the person has not seen yet."""
        if not self.unasked or self.kind_body is None:
            return ""
        return f"“{self.kind_body.label}”还要问下面几个问题，答完再点一次就报上去了，前面填的都还在。"

    def clean_area(self) -> Area:
        try:
            return report_area_get(self.actor, self.cleaned_data["area"])
        except NotFound as error:
            known = error.code == "area_unknown"
            raise forms.ValidationError(error.message if known else "这个地方不在你的岗位范围内，请重新选。") from None

    def clean(self) -> dict[str, Any]:
        # Whoever has not seen the questions is not told that the answers are missing.
        cleaned = PhotosMixin.clean(self) if self.unasked else super().clean()
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
            kind=data["kind"],
            place=data["place"],
            lon=lon,
            lat=lat,
            accuracy=accuracy,
            urgent=data["urgent"],
            source=source,
            solved=data["solved"] if self._is_solved(data) else "",
            photo_ids=data["photo_ids"],
            answers=data.get("answers", {}),
            from_form=True,
        )

"""Forms of taking down, of showing a number, and of following by a receipt."""

from typing import Any

from django import forms

from shanzhi.access.actor import Actor
from shanzhi.cases.catalogue import TAKEN_DOWN, Source
from shanzhi.cases.forms.report import ReportForm
from shanzhi.cases.models import Reveal
from shanzhi.cases.services import Report
from shanzhi.cases.taking.contacts import NAME, ContactIn
from shanzhi.cases.taking.revealing import TEXT

WRONG_TIME = "时间没有写对，请写成 2026-11-21 15:30 这样，或留空。"


class TakeDownForm(ReportForm):
    """A report that came by telephone, at a counter or on paper, with whom it came from."""

    source = forms.ChoiceField(
        label="怎么来的", choices=[(source.value, source.label) for source in TAKEN_DOWN], initial=Source.PHONE,
        widget=forms.RadioSelect,
        error_messages={"required": "请选是怎么来的。", "invalid_choice": "请选是怎么来的。"},
    )  # fmt: skip
    caller = forms.CharField(
        label="反映人姓名", required=False, help_text="不肯说的可以不填。",
        widget=forms.TextInput({"maxlength": str(NAME), "autocomplete": "off"}),
    )  # fmt: skip
    phone = forms.CharField(
        label="反映人电话", required=False, help_text="加密保存，只有办这件事的人写明用途才能看。",
        widget=forms.TextInput({"type": "tel", "maxlength": "30", "autocomplete": "off"}),
    )  # fmt: skip
    wants_reply = forms.BooleanField(label="要求回复", required=False)
    occurred_at = forms.DateTimeField(
        label="什么时候收到的", required=False, help_text="不填就是现在。最多补登 90 天以内的，时限从现在算起。",
        error_messages={"invalid": WRONG_TIME},
        widget=forms.DateTimeInput({"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
    )  # fmt: skip

    def __init__(self, *args: Any, actor: Actor, **kwargs: Any) -> None:
        super().__init__(*args, actor=actor, **kwargs)
        self.order_fields(
            ["source", "caller", "phone", "wants_reply", "occurred_at", "photos", "area", "place", "body"]
        )

    def report(self, *, source: str = "") -> Report:
        """`source` is the one that was chosen; nothing else is looked at."""
        given = super().report(source=source or self.cleaned_data["source"])
        return Report(**{**_fields(given), "occurred_at": self.cleaned_data["occurred_at"]})

    def contact(self) -> ContactIn | None:
        data = self.cleaned_data
        contact = ContactIn(data["caller"], data["phone"], data["wants_reply"])
        return contact if contact.is_given else None


def _fields(report: Report) -> dict[str, Any]:
    return {name: getattr(report, name) for name in report.__dataclass_fields__}


class RevealForm(forms.Form):
    """What the number is wanted for."""

    purpose = forms.ChoiceField(
        label="看电话做什么用", choices=Reveal.Purpose.choices, widget=forms.RadioSelect,
        error_messages={"required": "请选看电话做什么用。", "invalid_choice": "请选看电话做什么用。"},
    )  # fmt: skip
    text = forms.CharField(
        label="说明", required=False, help_text="选“其他”时要写。",
        widget=forms.TextInput({"maxlength": str(TEXT), "autocomplete": "off"}),
    )  # fmt: skip


class FollowForm(forms.Form):
    """Number and secret of a receipt; the secret alone will do."""

    number = forms.CharField(
        label="编号", required=False, max_length=20, help_text="例如 2611-0203，可以不填。",
        error_messages={"max_length": "编号没有这么长，请对照回执核对。"},
        widget=forms.TextInput({"autocomplete": "off", "inputmode": "numeric"}),
    )  # fmt: skip
    secret = forms.CharField(
        label="查询码", max_length=100, help_text="回执上的 13 位字母和数字，不分大小写，横线可以不打。",
        error_messages={"required": "请填回执上的查询码。", "max_length": "查询码没有这么长，请对照回执核对。"},
        widget=forms.TextInput({"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"}),
    )  # fmt: skip

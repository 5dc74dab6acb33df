"""Fields that the forms share: days, short texts, places by groups, a version that was seen."""

from collections.abc import Sequence
from typing import Any, Final

from django import forms

from shanzhi.access.forms import TakingForm
from shanzhi.areas.models import Area
from shanzhi.tenancy.ids import id_of

BAD_DAY: Final = "日期写成 2026-03-01 这样。"
OFF: Final = {"autocomplete": "off"}
BAD_CHOICE: Final = "这一项不在可选范围里，请重新选择。"
Choices = Sequence[tuple[str, Any]]


def day(label: str, *, required: bool = True, hint: str = "") -> forms.DateField:
    return forms.DateField(
        label=label, required=required, help_text=hint,
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
        error_messages={"required": f"请填{label}。", "invalid": BAD_DAY},
    )  # fmt: skip


def line(label: str, most: int, *, required: bool = False, hint: str = "", **attrs: str) -> forms.CharField:
    """One line; longer than `most` by far is refused here, by little in the service's words."""
    return forms.CharField(
        label=label, max_length=most * 3, required=required, help_text=hint,
        widget=forms.TextInput(attrs={**OFF, **attrs}), error_messages={"required": f"请填{label}。"},
    )  # fmt: skip


def text(label: str, most: int, *, required: bool = True, hint: str = "") -> forms.CharField:
    return forms.CharField(
        label=label, max_length=most * 3, required=required, help_text=hint, widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": f"请填{label}。"},
    )  # fmt: skip


def choice(label: str, choices: Choices = (), *, required: bool = False, hint: str = "") -> forms.ChoiceField:
    return forms.ChoiceField(
        label=label, choices=choices, required=required, help_text=hint,
        error_messages={"required": f"请选{label}。", "invalid_choice": BAD_CHOICE},
    )  # fmt: skip


def radio(label: str, choices: Choices, *, hint: str = "") -> forms.ChoiceField:
    field = choice(label, choices, required=True, hint=hint)
    field.widget = forms.RadioSelect(choices=list(choices))
    return field


def offer(form: forms.BaseForm, name: str, choices: Choices, blank: str = "请选择") -> None:
    """Put choices into a field; one that has none is left out of the form."""
    field = form.fields[name]
    assert isinstance(field, forms.ChoiceField)
    if choices:
        field.choices = [("", blank), *choices]
    else:
        del form.fields[name]


def place_choices(areas: Sequence[Area]) -> list[tuple[str, str]]:
    """In the order of the tree, a grid below its village."""
    return [(area.code, ("　" if area.level == Area.Level.GRID else "") + area.name) for area in areas]


def number_of(text: str | None) -> int | None:
    return id_of(text) if text else None


class VersionForm(TakingForm):
    """Something that was seen at a version; a missing or mangled one counts as never seen."""

    version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def clean_version(self) -> int:
        seen = self.cleaned_data.get("version")
        return -1 if seen is None else int(seen)

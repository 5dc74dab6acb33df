"""Forms of the pages: what a person fills in; whether it may be done is the services' matter."""

from collections.abc import Sequence
from typing import Any

from django import forms

from shanzhi.access.forms import TakingForm
from shanzhi.areas.codes import NAME_LENGTH
from shanzhi.areas.models import Area, Unit
from shanzhi.areas.services.acting import REASON_LENGTH

Choices = Sequence[tuple[str, Any]]


class ActForm(TakingForm):
    """Base of every act on a place: the version that the person saw, the day and the reason."""

    version = forms.IntegerField(widget=forms.HiddenInput, min_value=1)
    on = forms.DateField(
        label="生效日期",
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages={"required": "请选择生效日期。", "invalid": "日期写成 2026-03-01 这样。"},
    )
    reason = forms.CharField(
        label="变更原因",
        max_length=REASON_LENGTH,
        help_text="写依据，如文件名称和文号，会永久记入沿革",
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": "请写明变更原因，如文件名称和文号。"},
    )


def _name_field(label: str) -> forms.CharField:
    return forms.CharField(
        label=label, max_length=NAME_LENGTH, error_messages={"required": f"请填写{label}。"}, strip=True
    )


def _choice(label: str, choices: Choices) -> forms.ChoiceField:
    wrong = f"请从列表里选择{label}。"
    return forms.ChoiceField(
        label=label,
        choices=[("", "请选择"), *choices],
        error_messages={"required": wrong, "invalid_choice": wrong},
    )


class RenameForm(ActForm):
    """A new name, a new code, or both."""

    name = _name_field("名称")
    code = forms.CharField(label="代码", max_length=15, error_messages={"required": "请填写代码。"})
    field_order = ("name", "code", "on", "reason", "version")


class AddForm(ActForm):
    """A new place; the code of a grid is proposed."""

    version = None  # type: ignore[assignment]
    name = _name_field("名称")
    code = forms.CharField(label="代码", max_length=15, error_messages={"required": "请填写代码。"})
    field_order = ("name", "code", "on", "reason")


class AbolishForm(ActForm):
    """Only the day and the reason."""


class MergeForm(ActForm):
    """The place that takes over."""

    field_order = ("into", "on", "reason", "version")

    def __init__(self, *args: Any, choices: Choices, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["into"] = _choice("并入哪里", choices)
        self.order_fields(self.field_order)


class MoveForm(ActForm):
    """The place above, from now on."""

    field_order = ("parent", "on", "reason", "version")

    def __init__(self, *args: Any, choices: Choices, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["parent"] = _choice("新的上级", choices)
        self.order_fields(self.field_order)


class UnitAddForm(ActForm):
    """A department or a centre; its code is made by itself."""

    version = None  # type: ignore[assignment]
    kind = forms.ChoiceField(label="类别", choices=Unit.Kind.choices, widget=forms.RadioSelect)
    name = _name_field("名称")
    field_order = ("kind", "name", "on", "reason")


class UnitRenameForm(ActForm):
    name = _name_field("名称")
    field_order = ("name", "on", "reason", "version")


class UploadForm(TakingForm):
    """A file of divisions and the day from which its changes count."""

    file = forms.FileField(
        label="区划文件",
        help_text="CSV 格式，列为 code、name、level、parent_code；可以是全省或全国的文件，只取本县的行",
        widget=forms.FileInput(attrs={"accept": ".csv,text/csv"}),
        error_messages={"required": "请选择文件。", "empty": "文件是空的，请选择有内容的文件。"},
    )
    on = forms.DateField(
        label="生效日期",
        help_text="新增、改名从哪天算起，记入沿革",
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages={"required": "请选择生效日期。", "invalid": "日期写成 2026-03-01 这样。"},
    )


class VersionForm(forms.Form):
    """What the person saw, for buttons without further fields."""

    version = forms.IntegerField(min_value=1)


def grouped(areas: Sequence[Area]) -> list[tuple[str, Any]]:
    """Places as options by code, grouped by the place above where there is more than one."""
    groups: dict[str, list[tuple[str, str]]] = {}
    for area in areas:
        groups.setdefault(area.parent.name if area.parent else "", []).append((area.code, area.name))
    if len(groups) == 1:
        return list(next(iter(groups.values())))
    return list(groups.items())

"""Forms of the staffing pages. The rules are the services'; a form only reads what was typed."""

from collections.abc import Sequence
from typing import Any, Final

from django import forms

from shanzhi.access.forms import TakingForm
from shanzhi.areas.models import Area
from shanzhi.lib.errors import DomainError
from shanzhi.staffing.catalogue import LEVELS, OWN, ROLES, rulable
from shanzhi.staffing.models import PhoneShown
from shanzhi.staffing.services import Details, Term

BAD_DAY: Final = "日期写成 2026-03-01 这样。"
OFF: Final = {"autocomplete": "off"}


def _day(label: str, *, required: bool = True, missing: str = "", hint: str = "") -> forms.DateField:
    return forms.DateField(
        label=label, required=required, help_text=hint,
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
        error_messages={"required": missing, "invalid": BAD_DAY},
    )  # fmt: skip


class SearchForm(TakingForm):
    text = forms.CharField(label="姓名", max_length=40, required=False)


class VersionForm(TakingForm):
    """Something that was seen at a version; a missing or mangled one counts as never seen."""

    version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def clean_version(self) -> int:
        seen = self.cleaned_data.get("version")
        return -1 if seen is None else int(seen)


class DetailsForm(VersionForm):
    name = forms.CharField(
        label="姓名", max_length=40, widget=forms.TextInput(attrs=OFF), error_messages={"required": "请填姓名。"}
    )
    organisation = forms.CharField(
        label="单位", max_length=60, required=False, widget=forms.TextInput(attrs=OFF),
        help_text="例如：杨村派出所、某某律师事务所。",
    )  # fmt: skip
    phone = forms.CharField(
        label="电话", max_length=40, required=False, widget=forms.TextInput(attrs={**OFF, "inputmode": "tel"}),
        help_text="加密保存，页面上遮住中间几位，看全号要写明用途。",
    )  # fmt: skip
    source = forms.CharField(
        label="任命依据", max_length=100, required=False, widget=forms.TextInput(attrs=OFF),
        help_text="例如：杨政发〔2026〕3 号、村两委会议。",
    )  # fmt: skip

    def details(self) -> Details:
        data = self.cleaned_data
        return Details(data["name"], data["organisation"], data["phone"], data["source"])


class AppointForm(DetailsForm):
    """Where, as what, who, how long; the places are those that the person may appoint for."""

    role = forms.ChoiceField(label="岗位", error_messages={"required": "请选岗位。", "invalid_choice": "请选岗位。"})
    place = forms.ChoiceField(
        label="地方",
        error_messages={"required": "请选地方。", "invalid_choice": "这个地方不在可选范围里，请重新选择。"},
    )
    valid_from = _day("任期从", missing="请填任期开始的日子。")
    valid_to = _day("任期到", required=False, hint="当天也算。不填就一直有效，直到结束任职。")
    field_order = ("place", "role", "name", "organisation", "phone", "valid_from", "valid_to", "source")

    def __init__(self, *args: Any, areas: Sequence[Area], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        del self.fields["version"]
        role, place = self.fields["role"], self.fields["place"]
        assert isinstance(role, forms.ChoiceField)
        assert isinstance(place, forms.ChoiceField)
        levels = {area.level for area in areas}
        fitting = [code for code in OWN if levels & set(ROLES[code].levels)]
        role.choices = [("", "请选择"), *((code, ROLES[code].label) for code in fitting)]
        role.help_text = "网格长、网格员要登录办事，由安全管理员授予岗位，不用在这里填。"
        place.choices = [("", "请选择"), *choices_of(areas)] if len(areas) > 1 else choices_of(areas)

    def term(self) -> Term:
        return Term(self.cleaned_data["valid_from"], self.cleaned_data["valid_to"])


def choices_of(areas: Sequence[Area]) -> list[tuple[str, str]]:
    """In the order of the tree, each below its place; the depth is told by ideographic spaces."""
    top = min((len(area.path) for area in areas), default=0)
    return [(area.code, "　" * ((len(area.path) - top) // 4) + area.name) for area in areas]


class TermForm(VersionForm):
    valid_from = _day("任期从", missing="请填任期开始的日子。")
    valid_to = _day("任期到", required=False, hint="当天也算。不填就一直有效。")
    reason = forms.CharField(
        label="原因",
        max_length=200,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": "请写明原因。"},
    )

    def term(self) -> Term:
        return Term(self.cleaned_data["valid_from"], self.cleaned_data["valid_to"])


class RenewForm(VersionForm):
    valid_to = _day("续到哪天", required=False, hint="当天也算。不填就一直有效。")
    source = forms.CharField(
        label="任命依据", max_length=100, required=False, widget=forms.TextInput(attrs=OFF),
        help_text="这次续任的文件或会议；不填就沿用原来的。",
    )  # fmt: skip


class EndForm(VersionForm):
    on = _day("从哪天起不再任职", required=False, hint="不填就是今天。以后才结束的，请用“变更任期”。")
    reason = forms.CharField(
        label="原因", max_length=200, widget=forms.Textarea(attrs={"rows": 3}), error_messages={"required": "请写明原因。"},
        help_text="例如：调离、辞任、换届。",
    )  # fmt: skip


class RuleForm(TakingForm):
    """So many at least of a role at a level, or at one place; without a number it goes back to what counts without."""

    what = forms.ChoiceField(label="级别和岗位", error_messages={"required": "请选级别和岗位。"})
    place = forms.CharField(
        label="只对一个地方", max_length=15, required=False, widget=forms.TextInput(attrs={**OFF, "inputmode": "numeric"}),
        help_text="专属网格、微网格可以单独定：填它的代码。不填就是同级所有的地方。",
    )  # fmt: skip
    least = forms.IntegerField(
        label="至少几人", required=False, min_value=0, max_value=99, help_text="不填就取消这条规定，回到上一级的标准。",
        error_messages={"invalid": "人数填 0 到 99。", "min_value": "人数填 0 到 99。", "max_value": "人数填 0 到 99。"},
    )  # fmt: skip
    reason = forms.CharField(
        label="原因",
        max_length=200,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": "请写明原因。"},
    )
    seen = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        what = self.fields["what"]
        assert isinstance(what, forms.ChoiceField)
        rows: dict[str, list[tuple[str, str]]] = {}
        for level, role in rulable():
            rows.setdefault(LEVELS[level], []).append((f"{level}.{role.code}", f"{LEVELS[level]}：{role.label}"))
        what.choices = [("", "请选择"), *rows.items()]

    def split(self) -> tuple[str, str]:
        level, _, role = str(self.cleaned_data["what"]).partition(".")
        return level, role

    def take(self, error: DomainError) -> None:
        """The API calls the two by their own names."""
        rows = {"what" if name in ("level", "role") else name: said for name, said in error.fields.items()}
        super().take(type(error)(error.message, code=error.code, fields=rows))


class PhoneForm(TakingForm):
    purpose = forms.ChoiceField(
        label="做什么用", choices=PhoneShown.Purpose.choices, widget=forms.RadioSelect,
        error_messages={"required": "请选看电话做什么用。", "invalid_choice": "请选看电话做什么用。"},
    )  # fmt: skip
    text = forms.CharField(
        label="说明", max_length=100, required=False, widget=forms.TextInput(attrs=OFF), help_text="选“其他”时要写。"
    )


class HereForm(TakingForm):
    """A position, or a part of a name."""

    lon = forms.FloatField(required=False, min_value=-180, max_value=180)
    lat = forms.FloatField(required=False, min_value=-90, max_value=90)
    text = forms.CharField(label="地名", max_length=60, required=False)

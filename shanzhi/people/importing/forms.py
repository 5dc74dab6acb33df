"""Forms of imports and exports; whether it may be done is the services' matter."""

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms

from shanzhi.access.forms import TakingForm
from shanzhi.people.catalogue import Population
from shanzhi.people.importing.columns import COLUMNS
from shanzhi.people.models import Look

DAY_WRONG = "日期写成 2026-03-01 这样。"


class UploadForm(TakingForm):
    """A population list and the day as of which it holds."""

    file = forms.FileField(
        label="人口名册",
        help_text="xlsx 或 CSV，一行一个人，最多 50 万行、64 兆；表头写姓名、身份证号、村等",
        widget=forms.FileInput(attrs={"accept": ".csv,.xlsx,text/csv"}),
        error_messages={"required": "请选择文件。", "empty": "文件是空的，请选择有内容的文件。"},
    )
    as_of = forms.DateField(
        label="名册日期",
        help_text="名册是哪天的情况；居住地和户籍地从这天起算",
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages={"required": "请选择名册日期。", "invalid": DAY_WRONG},
    )


class VersionForm(forms.Form):
    """What the person saw, for buttons without further fields."""

    version = forms.IntegerField(min_value=1)


class MappingForm(TakingForm):
    """For each thing that a list may say of a person the column that says it."""

    version = forms.IntegerField(widget=forms.HiddenInput, min_value=1)

    def __init__(
        self, *args: Any, header: Sequence[str], samples: Sequence[str], columns: Mapping[str, int], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        told = [*samples, *[""] * len(header)]
        choices = [("", "名册里没有")]
        choices += [(str(at), f"{head or f'第 {at + 1} 列'}{f'（如 {told[at]}）' if told[at] else ''}"[:80])
                    for at, head in enumerate(header)]  # fmt: skip
        for name, column in COLUMNS.items():
            self.fields[name] = forms.ChoiceField(
                label=column.label,
                choices=choices,
                required=name == "name",
                help_text="" if column.said in ("必填", "可不填") else column.said,
                initial=str(columns.get(name, "")),
                error_messages={"invalid_choice": "请从列表里选一列。", "required": "请选姓名在哪一列。"},
            )

    def columns(self) -> dict[str, int]:
        """What was chosen, by field."""
        return {name: int(self.cleaned_data[name]) for name in COLUMNS if self.cleaned_data.get(name)}


class ExportForm(TakingForm):
    """Whose list, how much of it, and what for."""

    area = forms.ChoiceField(label="地方", error_messages={"invalid_choice": "请从列表里选地方。"})
    population = forms.ChoiceField(label="人口类别", choices=[("", "全部"), *Population.choices], required=False)
    ending = forms.ChoiceField(label="格式", choices=[("xlsx", "xlsx 工作簿"), ("csv", "CSV")], initial="xlsx")
    purpose = forms.ChoiceField(
        label="用途", choices=[("", "请选择"), *Look.Purpose.choices],
        error_messages={"required": "请选择用途。", "invalid_choice": "请从列表里选用途。"},
    )  # fmt: skip
    text = forms.CharField(
        label="用途说明", max_length=100, help_text="写给谁、办什么事；会记入每个人的查看记录",
        error_messages={
            "required": "请写明用途。", "max_length": "最多 100 个字，请缩短。",
            "null_characters_not_allowed": "里面有看不见的符号，请重新输入。",
        },
    )  # fmt: skip
    whole = forms.BooleanField(label="显示完整的证件号码、电话和门牌", required=False)

    def __init__(self, *args: Any, areas: Sequence[tuple[str, str]], may_reveal: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["area"].choices = areas  # type: ignore[attr-defined]
        if not may_reveal:
            del self.fields["whole"]

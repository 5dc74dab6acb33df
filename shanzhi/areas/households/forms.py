"""The form in which numbers of households are pasted."""

from typing import Any

from django import forms

from shanzhi.access.forms import TakingForm
from shanzhi.areas.households.pasting import Pasted, pasted, told
from shanzhi.areas.households.services import SOURCE_LENGTH


class HouseholdsForm(TakingForm):
    """Rows as text, the day and the source; `read` is what the rows say."""

    read: Pasted = Pasted([], [])

    rows = forms.CharField(
        label="代码和户数", strip=False, max_length=400_000,
        help_text="从表格里复制粘贴：每行一个区划代码和户数，中间可以有名称；有表头的按“户数”一列；没写户数的行先不登记",
        widget=forms.Textarea(attrs={"rows": 14, "class": "num", "spellcheck": "false"}),
        error_messages={"required": "请每行写一个代码和一个户数。", "max_length": "一次贴得太多，请分几次。"},
    )  # fmt: skip
    on = forms.DateField(
        label="截至哪一天",
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages={"required": "请选择截至日期。", "invalid": "日期写成 2026-03-01 这样。"},
    )
    source = forms.CharField(
        label="来源", max_length=SOURCE_LENGTH, help_text="如：公安人口系统、村统计台账，会和数一起显示",
        error_messages={"required": "请写明这些户数从哪里来。", "max_length": f"不超过 {SOURCE_LENGTH} 个字。"},
    )  # fmt: skip

    def clean_rows(self) -> Any:
        text = self.cleaned_data["rows"]
        self.read = pasted(text)
        if self.read.faults:
            raise forms.ValidationError(told(self.read.faults))
        return text

"""Forms of the system administrator's pages. The rules are the services'; a form only reads what was typed."""

from datetime import date, datetime, time, timedelta
from typing import Any

from django import forms

from shanzhi.access.forms import TakingForm
from shanzhi.exchange.hooks.addresses import LONGEST
from shanzhi.exchange.selectors import LogFilter
from shanzhi.lib.times import SHANGHAI


class VersionForm(TakingForm):
    """A hook as it was seen; a missing or mangled version counts as never seen."""

    version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def clean_version(self) -> int:
        seen = self.cleaned_data.get("version")
        return -1 if seen is None else int(seen)


class HookForm(VersionForm):
    name = forms.CharField(
        label="推送给谁",
        max_length=40,
        help_text="例如 市 12345 热线平台。只给管理员看。",
        error_messages={"required": "请写推送给谁。"},
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    url = forms.CharField(
        label="对方的地址",
        max_length=LONGEST,
        help_text="对方给的接收地址，以 https:// 开头。",
        error_messages={"required": "请填对方的地址。"},
        widget=forms.TextInput(
            attrs={"inputmode": "url", "autocomplete": "off", "autocapitalize": "none", "spellcheck": "false"}
        ),
    )


def _plausible(day: date) -> None:
    if not 2000 <= day.year < 2100:
        raise forms.ValidationError("请填 2000 年以后的日期。")


class LogFilterForm(forms.Form):
    """A condition that can't be read is left out, never an error; both days are included."""

    hook = forms.CharField(required=False, max_length=19)
    state = forms.CharField(required=False, max_length=12)
    q = forms.CharField(required=False, max_length=40)
    at_from = forms.DateField(required=False, validators=[_plausible])
    at_to = forms.DateField(required=False, validators=[_plausible])

    def wanted(self, county_id: int) -> LogFilter:
        self.is_valid()
        given: dict[str, Any] = self.cleaned_data
        first, last = given.get("at_from"), given.get("at_to")
        return LogFilter(
            hook=given.get("hook", ""),
            state=given.get("state", ""),
            number=given.get("q", "").strip().removeprefix(f"{county_id:06d}-"),
            since=datetime.combine(first, time.min, SHANGHAI) if first else None,
            before=datetime.combine(last + timedelta(days=1), time.min, SHANGHAI) if last else None,
        )

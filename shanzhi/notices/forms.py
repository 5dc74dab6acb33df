"""Forms of the pages. The rules are the services'; a form only reads what was typed or chosen."""

from datetime import date, datetime, time, timedelta
from typing import Any

from django import forms

from shanzhi.lib.times import SHANGHAI
from shanzhi.notices.channels.kinds import Kind
from shanzhi.notices.channels.registry import open_channels
from shanzhi.notices.models import Preference
from shanzhi.notices.selectors.deliveries import LogFilter
from shanzhi.notices.topics import listed


class ReadAllForm(forms.Form):
    """`up_to` is the newest notice that stood on the page."""

    up_to = forms.IntegerField(min_value=0, max_value=2**63 - 1)


def _time_field(label: str) -> forms.TimeField:
    words = {"required": f"请填免打扰{label}几点。", "invalid": "时间要像 22:00 这样填。"}
    widget = forms.TimeInput(format="%H:%M", attrs={"type": "time"})
    return forms.TimeField(label=label, widget=widget, error_messages=words)


class PreferenceForm(forms.Form):
    """`on` holds a `topic:channel` for each switch that is on; the switches are those of the open channels."""

    version = forms.IntegerField(widget=forms.HiddenInput, min_value=0, max_value=2**31 - 1)
    on = forms.MultipleChoiceField(
        required=False, error_messages={"invalid_choice": "有一类通知或渠道已经没有了，请刷新页面后再选。"}
    )
    quiet = forms.BooleanField(label="免打扰", required=False)
    quiet_from = _time_field("从")
    quiet_to = _time_field("到")

    def __init__(self, data: Any, *, preference: Preference) -> None:
        super().__init__(
            data,
            initial={
                "version": preference.version,
                "quiet": preference.quiet,
                "quiet_from": preference.quiet_from,
                "quiet_to": preference.quiet_to,
            },
        )
        self.pairs = [(topic, channel) for topic in listed() for channel in open_channels()]
        on = self.fields["on"]
        assert isinstance(on, forms.MultipleChoiceField)
        on.choices = [(f"{topic.code}:{channel}", topic.label) for topic, channel in self.pairs]

    def switches(self) -> dict[tuple[str, str], bool]:
        """Every switch of the page with its new position."""
        on = set(self.cleaned_data["on"])
        return {(topic.code, channel): f"{topic.code}:{channel}" in on for topic, channel in self.pairs}


class AddressForm(forms.Form):
    value = forms.CharField(max_length=120)

    def __init__(self, data: Any = None, *, kind: Kind) -> None:
        super().__init__(data)
        field = self.fields["value"]
        field.label, field.help_text = kind.address, kind.hint
        field.error_messages["required"] = f"请填{kind.address}。"
        field.widget.input_type = kind.input_type
        field.widget.attrs["autocomplete"] = {"sms": "tel", "email": "email"}.get(kind.code, "off")


class CodeForm(forms.Form):
    code = forms.CharField(
        label="验证码",
        max_length=12,
        help_text="6 位数字，10 分钟内有效。",
        error_messages={"required": "请填收到的验证码。"},
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "one-time-code"}),
    )


class SearchForm(forms.Form):
    text = forms.CharField(max_length=100, required=False)


def _plausible(day: date) -> None:
    if not 2000 <= day.year < 2100:
        raise forms.ValidationError("请填 2000 年以后的日期。")


class LogFilterForm(forms.Form):
    """A condition that can't be read is left out, never an error; both days are included."""

    at_from = forms.DateField(required=False, validators=[_plausible])
    at_to = forms.DateField(required=False, validators=[_plausible])
    channel = forms.CharField(required=False, max_length=12)
    state = forms.CharField(required=False, max_length=12)

    def wanted(self, text: str) -> LogFilter:
        self.is_valid()
        given: dict[str, Any] = self.cleaned_data
        first, last = given.get("at_from"), given.get("at_to")
        return LogFilter(
            channel=given.get("channel", ""),
            state=given.get("state", ""),
            since=datetime.combine(first, time.min, SHANGHAI) if first else None,
            before=datetime.combine(last + timedelta(days=1), time.min, SHANGHAI) if last else None,
            text=text,
        )

"""The conditions of the trail's list, as they stand in the address."""

from datetime import date, datetime, time, timedelta
from typing import Any

from django import forms

from shanzhi.lib.times import SHANGHAI
from shanzhi.tenancy.ids import id_of
from shanzhi.trail.selectors import EntryFilter, person_by_login

NOBODY = -1


def _plausible(day: date) -> None:
    """Days far off can't be turned into another time zone, and nothing happened on them."""
    if not 2000 <= day.year < 2100:
        raise forms.ValidationError("请填 2000 年以后的日期。")


class EntryFilterForm(forms.Form):
    """`q` is a login name, or the id of an object. A condition that can't be read is left out, never an error."""

    at_from = forms.DateField(required=False, validators=[_plausible])
    at_to = forms.DateField(required=False, validators=[_plausible])
    code = forms.CharField(required=False, max_length=80)
    type = forms.CharField(required=False, max_length=60)
    q = forms.CharField(required=False, max_length=64)

    def wanted(self) -> EntryFilter:
        """The filter; both days are included, as they are in Chinese time."""
        self.is_valid()
        given: dict[str, Any] = self.cleaned_data
        first, last, text = given.get("at_from"), given.get("at_to"), given.get("q", "").strip()
        number = id_of(text)
        return EntryFilter(
            since=datetime.combine(first, time.min, SHANGHAI) if first else None,
            until=datetime.combine(last + timedelta(days=1), time.min, SHANGHAI) if last else None,
            actor_id=(person_by_login(text.lower()) or NOBODY) if text and number is None else None,
            code=given.get("code", ""),
            object_type=given.get("type", ""),
            object_id=number,
        )

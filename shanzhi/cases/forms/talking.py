"""The forms of internal notes and of contacting whoever told of it."""

from typing import Any

from django import forms
from django.utils import timezone

from shanzhi.cases.colleagues import Colleague, colleagues_by_id
from shanzhi.cases.forms.base import ActForm
from shanzhi.cases.services.talking import HOW, HOW_MISSING
from shanzhi.files.forms import PhotosMixin
from shanzhi.tenancy.ids import id_of


class PeopleField(forms.Field):
    """Ids of people from any number of checkboxes; what is no number counts as somebody who is not there."""

    widget = forms.MultipleHiddenInput

    def clean(self, value: Any) -> list[int]:
        return list(dict.fromkeys(id_of(str(one)) or 0 for one in value or ()))


class NoteForm(ActForm, PhotosMixin):
    """Words, who is to read them, and photos."""

    takes_photos = True
    inner = "cases/parts/act_note.html"
    inner_after = True
    mentions = PeopleField(label="提醒谁看", required=False)

    def chosen(self) -> list[Colleague]:
        """Who was chosen already, when the form comes back."""
        ids = PeopleField().clean(self["mentions"].value() or ()) if self.is_bound else []
        return colleagues_by_id(self.case, [one for one in ids if one], at=timezone.now())

    def arguments(self) -> dict[str, Any]:
        data = self.cleaned_data
        return {**super().arguments(), "mentions": data["mentions"], "photo_ids": data["photo_ids"]}


class ContactForm(ActForm):
    """How the person was contacted, and whether they were reached."""

    inline = frozenset({"how", "reached"})
    how = forms.ChoiceField(
        label="怎么联系的", choices=list(HOW.items()), widget=forms.RadioSelect, initial="phone",
        error_messages={"required": HOW_MISSING, "invalid_choice": HOW_MISSING},
    )  # fmt: skip
    reached = forms.ChoiceField(
        label="联系上了吗", choices=[("yes", "联系上了"), ("no", "没联系上")], widget=forms.RadioSelect,
        error_messages={"required": "请选联系上了没有。", "invalid_choice": "请选联系上了没有。"},
    )  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.order_fields(["how", "reached", "text"])

    def arguments(self) -> dict[str, Any]:
        data = self.cleaned_data
        return {**super().arguments(), "how": data["how"], "reached": data["reached"] == "yes"}

"""The form of merging: likely duplicates to choose from, or a number."""

import unicodedata
from typing import Any, Final

from django import forms
from django.utils import timezone

from shanzhi.access.actor import Actor
from shanzhi.cases.forms.base import ActForm
from shanzhi.cases.models import Case
from shanzhi.cases.selectors import case_get_for
from shanzhi.cases.services.joining import WHICH
from shanzhi.cases.suggesting.duplicates import Matter, duplicates
from shanzhi.lib.errors import Invalid, NotFound

OTHER: Final = ""


def case_of(actor: Actor, number: str, name: str = "into") -> Case:
    """A case that the actor sees, by its number or whole code; Invalid on the field `name` for anything else."""
    short = unicodedata.normalize("NFKC", number).strip().removeprefix(f"{actor.county_id:06d}-")
    if not short:
        raise Invalid(WHICH, code="into_required", fields={name: [WHICH]})
    try:
        return case_get_for(actor, short)
    except NotFound:
        sentence = f"没有编号是 {short[:20]} 的事，或者不在你的辖区，请核对编号。"
        raise Invalid(sentence, code="into_unknown", fields={name: [sentence]}) from None


class MergeForm(ActForm):
    """Which case this one is a duplicate of."""

    likely = forms.ChoiceField(
        label="可能是同一件事", required=False, widget=forms.RadioSelect,
        error_messages={"invalid_choice": "请在列出的里选一件，或填编号。"},
    )  # fmt: skip
    into = forms.CharField(
        label="并入哪一件", required=False, max_length=30, help_text="填编号，例如 2611-0203。",
        widget=forms.TextInput({"autocomplete": "off", "inputmode": "numeric"}),
        error_messages={"max_length": WHICH},
    )  # fmt: skip

    def __init__(self, *args: Any, actor: Actor, case: Case, **kwargs: Any) -> None:
        super().__init__(*args, actor=actor, case=case, **kwargs)
        matter = Matter(f"{case.title} {case.body}", case.area, case.kind, case.lon, case.lat)
        found = duplicates(actor, matter, at=timezone.now(), without=case.id)
        rows = [one for one in found if one.case.is_open and one.case.owner_path == case.owner_path]
        if rows:
            choices = [(one.case.number, f"{one.case.number} {one.case.title}（{one.words}）") for one in rows]
            self.fields["likely"].choices = [*choices, (OTHER, "另一件，填编号")]  # type: ignore[attr-defined]
        else:
            del self.fields["likely"]
        self.order_fields(["likely", "into", "text"])

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        number = cleaned.get("into") or cleaned.get("likely") or ""
        try:
            cleaned["main"] = case_of(self.actor, number) if "into" not in self.errors else None
        except Invalid as refusal:
            self.add_error("into", [*refusal.fields["into"]])
        return cleaned

    def arguments(self) -> dict[str, Any]:
        return {**super().arguments(), "into": self.cleaned_data["main"]}

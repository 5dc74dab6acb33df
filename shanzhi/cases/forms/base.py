"""What every act's form has. Forms only read; every rule is the services', and comes back beside its field."""

from collections.abc import Sequence
from typing import Any, ClassVar

from django import forms

from shanzhi.access.actor import Actor
from shanzhi.cases.acts import Act
from shanzhi.cases.kinds.fields import name_of
from shanzhi.cases.kinds.registry import kind_of
from shanzhi.cases.models import Case
from shanzhi.lib.errors import DomainError


class ActForm(forms.Form):
    """What every act is sent with: the version that was seen, the words, and the list to go back to."""

    takes_photos: ClassVar[bool] = False
    inline: ClassVar[frozenset[str]] = frozenset()  # choices that stand side by side
    inner: ClassVar[str] = ""  # a template for fields that are laid out by themselves
    inner_after: ClassVar[bool] = False  # below the other fields instead of above them
    hint: str = ""

    version = forms.IntegerField(
        widget=forms.HiddenInput, min_value=0, error_messages={"required": "页面放得太久，请刷新后再办。"}
    )
    text = forms.CharField(label="说明", required=False, widget=forms.Textarea(attrs={"rows": 4}))
    back = forms.CharField(required=False, max_length=2000, widget=forms.HiddenInput)

    def __init__(self, *args: Any, actor: Actor, case: Case, act: Act, **kwargs: Any) -> None:
        if self.takes_photos:
            kwargs["actor"] = actor
        self.replies = kind_of(case).replies.get(act.value, ())
        if args and args[0] is not None and self.replies:
            args = (with_reply(args[0], self.replies), *args[1:])
        super().__init__(*args, **kwargs)
        self.actor, self.case, self.act = actor, case, act

    def word(self, label: str, hint: str, missing: str) -> "ActForm":
        """Say what the words of this act are; `missing` is the sentence when there are none, empty if there may be."""
        text = self.fields.get("text")
        if text is not None:
            text.label, text.help_text, text.required = label, self.hint or hint, bool(missing)
            text.error_messages["required"] = missing
        return self

    @property
    def shown(self) -> list[forms.BoundField]:
        """The fields that a person fills in, in order; photos have a part of the page of their own."""
        return [bound for bound in self.visible_fields() if bound.name != "photos"]

    def arguments(self) -> dict[str, Any]:
        """What goes into the service beside actor, case, version and key."""
        return {"text": self.cleaned_data["text"]}


def with_reply(data: Any, replies: Sequence[str]) -> Any:
    """What was sent, with the chosen reply for the words if none were written; a reply of our own kind only."""
    reply = data.get("reply", "")
    if data.get("text", "").strip() or reply not in replies:
        return data
    filled = data.copy()
    filled["text"] = reply
    return filled


def refused(form: forms.Form, error: DomainError) -> None:
    """Put a service's refusal beside the fields that it names; what names no field of this form stands on top."""
    named = {_field_of(name): rows for name, rows in error.fields.items()}
    known = {name: rows for name, rows in named.items() if name in form.fields}
    if not known:
        form.add_error(None, error.message)
    for name, rows in known.items():
        form.add_error(name, [*rows])


def _field_of(name: str) -> str:
    """What a service calls `answers.lamp` is `a_lamp` in a form."""
    code = name.removeprefix("answers.")
    return name if code == name else name_of(code)

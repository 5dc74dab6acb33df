"""The questions of a kind as fields of a form, `a_<code>` each; the rules are those of `answers`, for every reader.

Without scripts all questions stand there, and what was not asked of this reporter is dropped by the server. A small
script shows only what the answers so far call for, from the conditions in the page.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import Any, Final

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.forms import BoundField
from django.utils import timezone
from django.utils.datastructures import MultiValueDict

from shanzhi.access.actor import Actor
from shanzhi.cases.kinds.answers import LONG, NAME, PHOTOS, PLACE, TEXT, checked
from shanzhi.cases.kinds.schema import FieldBody, KindBody
from shanzhi.files.forms import GONE
from shanzhi.files.models import StoredFile
from shanzhi.files.selectors import photos_own
from shanzhi.files.services import digest_of, photo_store
from shanzhi.lib.errors import Conflict, DomainError, Invalid
from shanzhi.lib.times import local
from shanzhi.tenancy.ids import id_of

PREFIX: Final = "a_"
KEPT: Final = "-ids"
FEW: Final = 6
CHIP: Final = 8


def name_of(code: str) -> str:
    """The name of a question's control."""
    return f"{PREFIX}{code}"


class PersonInput(forms.MultiWidget):
    """Name and phone of one person; posted as `a_<code>-name` and `a_<code>-phone`, which no code can be."""

    def __init__(self, label: str = "") -> None:
        name = {"maxlength": str(NAME), "placeholder": "姓名", "aria-label": f"{label} 姓名", "autocomplete": "off"}
        phone = {"type": "tel", "maxlength": "20", "placeholder": "电话，可以不填", "aria-label": f"{label} 电话"}
        super().__init__({"name": forms.TextInput(name), "phone": forms.TextInput({**phone, "autocomplete": "off"})})
        self.widgets_names = ["-name", "-phone"]

    def decompress(self, value: Any) -> list[str]:
        found = value if isinstance(value, Mapping) else {}
        return [str(found.get("name", "")), str(found.get("phone", ""))]

    def value_from_datadict(self, data: Any, files: Any, name: str) -> Any:
        parts = super().value_from_datadict(data, files, name)
        return {"name": parts[0] or "", "phone": parts[1] or ""}


class PhotoInput(forms.FileInput):
    """Files that come with the form, and ids of drafts that came back with it hidden."""

    allow_multiple_selected = True

    def value_from_datadict(self, data: Any, files: MultiValueDict[str, Any], name: str) -> dict[str, list[Any]]:
        kept = data.getlist(name + KEPT) if hasattr(data, "getlist") else data.get(name + KEPT, [])
        sent = files.getlist(name) if hasattr(files, "getlist") else []
        return {"files": sent, "ids": list(kept)}


class AnswerField(forms.Field):
    """Takes what was sent as it is; `required` is only what the page says, since hidden questions need no answer."""

    def __init__(self, question: FieldBody) -> None:
        self.question = question
        super().__init__(
            label=f"{question.label}（{question.unit}）" if question.unit else question.label,
            help_text=question.hint,
            required=question.required or question.type == "stop",
            widget=widget_of(question),
        )

    def clean(self, value: Any) -> Any:
        return value


def widget_of(question: FieldBody) -> forms.Widget:
    """The control by the question's type; short lists of choices are all on view."""
    choices = [(choice, choice) for choice in question.choices]
    match question.type:
        case "long":
            return forms.Textarea({"rows": 3, "maxlength": str(LONG)})
        case "number":
            return forms.TextInput({"inputmode": "decimal" if question.decimals else "numeric", "autocomplete": "off"})
        case "choices":
            return forms.CheckboxSelectMultiple(choices=choices)
        case "choice" | "stop":
            if len(choices) <= FEW or question.type == "stop":
                return forms.RadioSelect(choices=choices)
            return forms.Select(choices=[("", "请选择"), *choices])
        case "date":
            return forms.DateInput({"type": "date"}, format="%Y-%m-%d")
        case "person":
            return PersonInput(question.label)
        case "photo":
            return PhotoInput({"accept": "image/*", "multiple": True, "aria-label": question.label})
    limit = PLACE if question.type == "place" else TEXT
    return forms.TextInput({"maxlength": str(limit), "autocomplete": "off"})


@dataclass(frozen=True, slots=True)
class Question:
    """A field with what its page needs to know: when it is shown, and what is said where it stops."""

    field: FieldBody
    bound: BoundField
    drafts: tuple[StoredFile, ...] = ()

    @property
    def shown_if(self) -> str:
        """{"a_what": ["路灯"]} as JSON; empty for a question that is always shown."""
        return _json({name_of(code): list(values) for code, values in self.field.shown_if.items()})

    @property
    def stop_if(self) -> str:
        return _json({name_of(self.field.code): list(self.field.stop_if)}) if self.field.type == "stop" else ""

    @property
    def has_chips(self) -> bool:
        """Whether the choices are short enough to stand side by side."""
        return self.is_group and all(len(choice) <= CHIP for choice in self.field.choices)

    @property
    def is_group(self) -> bool:
        return isinstance(self.bound.field.widget, forms.RadioSelect | forms.CheckboxSelectMultiple)

    @property
    def room(self) -> int:
        """How many photos may still be added."""
        return PHOTOS - len(self.drafts)


def _json(value: dict[str, list[str]]) -> str:
    return json.dumps(value, ensure_ascii=False) if value else ""


class AnswersMixin(forms.Form):
    """Put it before `PhotosMixin`; after `ask(body)` the form has the questions of a kind.

    `cleaned_data["answers"]` then holds what `answers.checked` keeps. Photos of a question are stored as drafts even
    where the rest of the form has to be mended, and come back with it.
    """

    use_required_attribute = False
    actor: Actor
    kind_body: KindBody | None = None

    def ask(self, body: KindBody, answers: Mapping[str, Any] | None = None) -> None:
        """Add the kind's questions; `answers` fills them in."""
        self.kind_body = body
        self.question_drafts: dict[str, list[StoredFile]] = {}
        for question in body.fields:
            self.fields[name_of(question.code)] = AnswerField(question)
            if answers and question.code in answers:
                self.initial[name_of(question.code)] = answers[question.code]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        body = self.kind_body
        if body is None:
            return cleaned
        raw = {field.code: cleaned.get(name_of(field.code)) for field in body.fields}
        for field in body.fields:
            if field.type == "photo":
                raw[field.code] = self._photos(field, raw[field.code] or {})
        cleaned["answers"] = {}
        try:
            cleaned["answers"] = checked(body, raw, today=local(timezone.now()).date(), strict=False)
        except Invalid as refusal:
            for name, sentences in refusal.fields.items():
                self.add_error(name_of(name.removeprefix("answers.")), list(sentences))
        return cleaned

    def questions(self) -> list[Question]:
        """The questions in order, for `cases/kinds/questions.html`."""
        body = self.kind_body
        if body is None:
            return []
        return [
            Question(field, self[name_of(field.code)], tuple(self.question_drafts.get(field.code, ())))
            for field in body.fields
        ]

    def _photos(self, field: FieldBody, sent: Mapping[str, list[Any]]) -> list[str]:
        name = name_of(field.code)
        wanted = [id_of(str(one)) or 0 for one in sent.get("ids", ())]
        kept = photos_own(actor=self.actor, ids=wanted)[:PHOTOS] if wanted else []
        if len(kept) < len(wanted):
            self.add_error(name, GONE)
        uploads = [one for one in sent.get("files", ()) if isinstance(one, UploadedFile)]
        room = PHOTOS - len(kept)
        if len(uploads) > room:
            self.add_error(name, f"最多 {PHOTOS} 张照片，多出的 {len(uploads) - room} 张没有保存。")
        for upload in uploads[:room]:
            stored = self._stored(name, upload)
            if stored is not None and stored.id not in {file.id for file in kept}:
                kept.append(stored)
        self.question_drafts[field.code] = kept
        return [str(file.id) for file in kept]

    def _stored(self, name: str, upload: UploadedFile[bytes]) -> StoredFile | None:
        form_key = str(self.data.get("idempotency_key", ""))
        key = sha256(f"{form_key} {name} {digest_of(upload)}".encode()).hexdigest() if form_key else None
        try:
            try:
                return photo_store(actor=self.actor, upload=upload, key=key)
            except Conflict:  # this very form was sent before, and its photo was swept since
                return photo_store(actor=self.actor, upload=upload)
        except DomainError as refusal:
            self.add_error(name, refusal.message)
            return None


class QuestionsForm(AnswersMixin, forms.Form):
    """The questions of a kind alone: a preview, or the part of a report's page that follows the chosen kind."""

    def __init__(self, body: KindBody, *args: Any, actor: Actor, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.actor = actor
        self.ask(body)

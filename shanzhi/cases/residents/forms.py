"""Forms of the public pages. They only read what was sent; every rule is a service's."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Final

from django import forms
from django.urls import reverse

from shanzhi.access.actor import Actor
from shanzhi.areas.models import Area
from shanzhi.cases.catalogue import Source
from shanzhi.cases.forms.report import ReportForm
from shanzhi.cases.gate.challenges import LONGEST
from shanzhi.cases.gate.forms import PROOF, GateMixin
from shanzhi.cases.kinds.registry import labels_of
from shanzhi.cases.places import place_label
from shanzhi.cases.residents.choosing import kind_for, offered
from shanzhi.cases.residents.places import Village
from shanzhi.cases.services import Report
from shanzhi.cases.taking.contacts import NAME, ContactIn
from shanzhi.files.forms import PhotosMixin
from shanzhi.files.models import StoredFile

NO_PHONE: Final = "要收短信，请填手机号；不想留号码，就去掉“发短信告诉我”的勾。"
NO_VERSION: Final = "页面放得太久，请回到查进度的页面再点一次。"


@dataclass(frozen=True, slots=True)
class Draft:
    """A photo that was sent already, as the page of somebody without an account shows it."""

    id: int
    thumb_url: str


def drafts_of(files: Iterable[Any]) -> list[Any]:
    """The addresses under which the browser that sent them gets them back; what has one already keeps it."""
    return [
        Draft(file.id, reverse("cases:public-photo", args=[file.county_id, file.id]))
        if isinstance(file, StoredFile)
        else file
        for file in files
    ]


class ContactMixin(forms.Form):
    """How to call somebody and where to reach them: all of it may be left out."""

    phone = forms.CharField(
        label="手机号", required=False, max_length=30, help_text="加密保存，只有办这件事的人写明用途才能看。",
        error_messages={"max_length": "电话不对，请核对：手机号 11 位，座机带区号。"},
        widget=forms.TextInput({"type": "tel", "autocomplete": "tel", "maxlength": "30"}),
    )  # fmt: skip
    wants_reply = forms.BooleanField(label="办到哪一步，发短信告诉我", required=False)
    caller = forms.CharField(
        label="怎么称呼您", required=False, max_length=NAME,
        error_messages={"max_length": f"姓名最多写 {NAME} 字。"},
        widget=forms.TextInput({"autocomplete": "name", "maxlength": str(NAME)}),
    )  # fmt: skip

    def contact(self) -> ContactIn | None:
        data = self.cleaned_data
        contact = ContactIn(data["caller"], data["phone"], data["wants_reply"])
        return contact if contact.is_given else None

    def checked_contact(self) -> None:
        if self.cleaned_data.get("wants_reply") and not self.cleaned_data.get("phone", "").strip():
            self.add_error("phone", NO_PHONE)


class PublicReportForm(GateMixin, ContactMixin, ReportForm):
    """A report of somebody without an account from one village. The kind may be left to the village."""

    def __init__(self, *args: Any, actor: Actor, village: Village, **kwargs: Any) -> None:
        self.village = village
        super().__init__(*args, actor=actor, **kwargs)
        for name in ("outcome", "solved"):
            del self.fields[name]
        self.kinds = offered(self.kinds)
        self.fields["area"].required = False
        kind = self.fields["kind"]
        kind.required, kind.initial = False, ""
        kind.error_messages["invalid_choice"] = "请在列出的类别里选，或选“不会选，请村里定”。"
        kind.choices = [("", "不会选，请村里定"), *labels_of(self.kinds.values())]  # type: ignore[attr-defined]
        if self.unasked and self.asked not in self.kinds:
            self.unasked = False
        self.fields["body"].error_messages["required"] = "请写一下是什么情况，一句话也行。"

    @property
    def asking(self) -> str:
        """The sentence above questions that the person has not seen yet."""
        if not self.unasked or self.kind_body is None:
            return ""
        return f"“{self.kind_body.label}”还要问下面几个问题，答完再点一次就报上去了，前面填的都还在。"

    @property
    def places(self) -> list[tuple[str, str]]:
        """The village and its grids as choices; empty where there is nothing to choose."""
        grids = self.village.grids
        if not grids:
            return []
        first = (self.village.area.code, f"说不准，就报给{self.village.area.name}")
        return [first, *((grid.code, place_label(grid)) for grid in grids)]

    def clean_area(self) -> Area:
        found = self.village.place(self.cleaned_data.get("area") or "")
        if found is None:
            raise forms.ValidationError("请在列出的网格里选，说不准就选村。")
        return found

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        self.checked_contact()
        return cleaned

    def report(self, *, source: str = Source.RESIDENT) -> Report:
        """What was said; a kind that was not chosen is found from the words."""
        data = self.cleaned_data
        data["kind"] = data.get("kind") or kind_for(data["body"], self.kinds)
        return super().report(source=source)

    def show(self) -> None:
        """Before a page is made: photos that were sent already under addresses that this browser may read."""
        self.photo_drafts = drafts_of(self.photo_drafts)
        if self.kind_body is not None:
            self.question_drafts = {code: drafts_of(files) for code, files in self.question_drafts.items()}

    def kept_proof(self) -> list[tuple[str, str]]:
        """The proof that was sent, as hidden fields: it is spent when the report is written, not before."""
        sent: Any = self.data
        return [(name, str(sent[name])[:LONGEST]) for name in PROOF if sent.get(name)]

    def kept(self) -> list[tuple[str, str]]:
        """Everything that was sent, as hidden fields of a page that asks something in between; photos by their ids."""
        sent: Any = self.data
        own = {"csrfmiddlewaretoken", "photos", "photo_ids", "photo_meta", "apart", "join", *PROOF}
        rows = [(name, value) for name, values in sent.lists() if name not in own for value in values]
        rows += [("photo_ids", str(file.id)) for file in self.photo_drafts]
        named = {(name, value) for name, value in rows}
        for code, files in getattr(self, "question_drafts", {}).items():
            rows += [pair for file in files if (pair := (f"a_{code}-ids", str(file.id))) not in named]
        return rows


class ProofForm(GateMixin, forms.Form):
    """Nothing but the proof, for a page that keeps the rest as it was sent."""


class ComplainForm(GateMixin, ContactMixin, forms.Form):
    """What somebody has to say against those who handle things, and which level they belong to."""

    whom = forms.ChoiceField(
        label="要投诉的是", widget=forms.RadioSelect,
        error_messages={"required": "请选要投诉的是谁。", "invalid_choice": "请在列出的里面选要投诉的是谁。"},
    )  # fmt: skip
    body = forms.CharField(
        label="什么问题", max_length=2000, widget=forms.Textarea({"rows": 5}),
        help_text="什么时候、什么事、谁、怎么做的。被投诉的人看不到。",
        error_messages={"required": "请写明是什么问题。", "max_length": "最多写 2000 字，请删减。"},
    )  # fmt: skip

    def __init__(self, *args: Any, choices: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["whom"].choices = choices  # type: ignore[attr-defined]
        self.fields["whom"].initial = choices[0][0] if choices else ""
        self.order_fields(["whom", "body", "phone", "wants_reply", "caller"])

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        self.checked_contact()
        return cleaned


class HolderForm(GateMixin, forms.Form):
    """What is sent with everything that a receipt's holder does. `version` is the one that was seen."""

    version = forms.IntegerField(
        required=False, min_value=0, widget=forms.HiddenInput, error_messages={"invalid": NO_VERSION}
    )

    def __init__(self, *args: Any, actor: Actor | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)

    @property
    def version_seen(self) -> int:
        return int(self.cleaned_data.get("version") or 0)


class AddForm(PhotosMixin, HolderForm):
    """Words and photos that are added."""

    text = forms.CharField(
        label="补充什么", max_length=1000, widget=forms.Textarea({"rows": 5}),
        error_messages={"required": "请写要补充的情况。", "max_length": "最多写 1000 字，请删减。"},
    )  # fmt: skip

    def show(self) -> None:
        self.photo_drafts = drafts_of(self.photo_drafts)


class RateForm(HolderForm):
    """Whether it was solved well; not satisfied needs a reason, which the service asks for."""

    satisfied = forms.ChoiceField(
        label="办得怎么样", choices=[("yes", "满意，办结"), ("no", "不满意，退回重办")], widget=forms.RadioSelect,
        error_messages={"required": "请选满意还是不满意。", "invalid_choice": "请选满意还是不满意。"},
    )  # fmt: skip
    text = forms.CharField(
        label="说几句", required=False, max_length=1000, help_text="不满意时请写明哪里不满意，办事的人会看到。",
        widget=forms.Textarea({"rows": 4}), error_messages={"max_length": "最多写 1000 字，请删减。"},
    )  # fmt: skip


class ReopenForm(HolderForm):
    """Why it is not solved."""

    text = forms.CharField(
        label="哪里没有解决", max_length=1000, help_text="办事的人会看到。一件事只能要求重新办理一次。",
        widget=forms.Textarea({"rows": 5}),
        error_messages={"required": "请写明哪里没有解决。", "max_length": "最多写 1000 字，请删减。"},
    )  # fmt: skip

"""Writing a definition as text: mistakes by line, then what would change, then a reason, then it counts."""

from dataclasses import dataclass, field
from typing import Any

from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from shanzhi.access.forms import sent
from shanzhi.access.pages import CountyRequest, not_found, page
from shanzhi.lib.errors import DomainError, Stale
from shanzhi.packs import selectors
from shanzhi.packs.checking import judged_text
from shanzhi.packs.diffing import compared
from shanzhi.packs.families import FAMILIES, Family
from shanzhi.packs.forms import NewTextForm, NoteForm, TextForm
from shanzhi.packs.models import Definition, Version
from shanzhi.packs.permissions import EDIT
from shanzhi.packs.reading import FileFault
from shanzhi.packs.services import definition_publish
from shanzhi.packs.views.shared import Shown, crumbs, crumbs_to, text_of, url_of
from shanzhi.ui.parts import Crumb

BOTH = require_http_methods(["GET", "POST"])


@dataclass
class Draft:
    """A text on its way: whose it is, what counts now, what is wrong with it."""

    request: CountyRequest
    family: Family
    form: TextForm
    definition: Definition | None = None
    current: Version | None = None
    faults: list[FileFault] = field(default_factory=list)
    overtaken: bool = False

    @property
    def title(self) -> str:
        return f"修改{self.definition.title}" if self.definition else f"新建{self.family.label}"

    @property
    def crumbs(self) -> list[Crumb]:
        if self.definition is not None:
            return crumbs_to(self.request, self.definition, "修改")
        return crumbs(self.request, Crumb(self.title))

    @property
    def text(self) -> str:
        return str(self.form.data.get("text", "")).replace("\r\n", "\n")

    @property
    def code(self) -> str:
        return self.definition.code if self.definition else str(self.form.data.get("code", ""))


@page(EDIT)
@BOTH
def definition_edit(request: CountyRequest, county: int, family: str, code: str) -> HttpResponseBase:
    """The text of what counts now; posted, it is looked at or published."""
    definition = selectors.definition_get_for(request.actor, family, code)
    current = selectors.version_at(definition, definition.current_number)
    known = {"text": text_of(current), "expected": definition.current_number}
    form = TextForm(sent(request), initial=known)
    return _answer(Draft(request, FAMILIES[family], form, definition, current))


@page(EDIT)
@BOTH
def definition_create(request: CountyRequest, county: int, family: str) -> HttpResponseBase:
    """The same for what is not there yet."""
    if family not in FAMILIES:
        raise not_found()
    known = FAMILIES[family]
    form = NewTextForm(sent(request), initial={"text": _beginning(known), "expected": 0})
    return _answer(Draft(request, known, form))


def _beginning(family: Family) -> str:
    """The names of what must not be missing."""
    needed = [info.alias or name for name, info in family.schema.model_fields.items() if info.is_required()]
    return "".join(f"{name}: \n" for name in needed)


def _answer(draft: Draft) -> HttpResponseBase:
    request = draft.request
    step = request.POST.get("step", "")
    if request.method != "POST":
        return _editor(draft, 200)
    if not draft.form.is_valid():
        return _editor(draft, 422)
    if step == "write":  # back from the preview, nothing lost
        return _editor(draft, 200)
    body, document = judged_text(draft.family, draft.code, draft.text)
    if document.faults:
        draft.faults = document.faults
        return _editor(draft, 422)
    if step == "publish":
        note = NoteForm(request.POST)
        if not note.is_valid():
            return _preview(draft, body, note, 422)
        return _publish(draft, body, note)
    if not compared(text_of(draft.current), Shown(draft.family, body).text) and not _is_retired(draft):
        draft.form.add_error("text", "内容没有变，请改好后再看。")
        return _editor(draft, 422)
    return _preview(draft, body, NoteForm(), 200)


def _is_retired(draft: Draft) -> bool:
    return draft.definition is not None and draft.definition.is_retired


def _publish(draft: Draft, body: Any, note: NoteForm) -> HttpResponseBase:
    request = draft.request
    try:
        version = definition_publish(
            actor=request.actor,
            family=draft.family.code,
            code=draft.code,
            body=draft.family.stored(body),
            origin=Version.Origin.EDITED,
            expected=draft.form.cleaned_data["expected"],
            note=note.cleaned_data["note"],
            key=request.POST.get("idempotency_key"),
        )
    except Stale as stale:
        return _overtaken(draft, stale)
    except DomainError as error:
        draft.form.take(error)
        return _editor(draft, error.status)
    messages.success(request, f"已发布“{version.title}”第 {version.number} 版")
    return redirect("packs:definition", request.county.id, version.family, version.code)


def _overtaken(draft: Draft, stale: Stale) -> HttpResponse:
    """Somebody else published meanwhile: the text is kept, beside what they changed, and may be published after it."""
    found = selectors.definition_find(draft.family.code, draft.code)
    draft.overtaken = True
    if found is not None:
        draft.definition, draft.current = found, selectors.version_at(found, found.current_number)
        data = {"text": draft.text, "expected": found.current_number}
        draft.form = TextForm(data)
    draft.form.take(stale)
    return _editor(draft, stale.status)


def _editor(draft: Draft, status: int) -> HttpResponse:
    definition = draft.definition
    lines = compared(text_of(draft.current), draft.text) if draft.overtaken else []
    context = {
        "draft": draft,
        "form": draft.form,
        "faults": draft.faults,
        "lines": lines,
        "action": url_of(draft.request, "edit", definition) if definition else "",
        "back": url_of(draft.request, "definition", definition) if definition else "",
        "crumbs": draft.crumbs,
    }
    return render(draft.request, "packs/edit.html", context, status=status)


def _preview(draft: Draft, body: Any, note: NoteForm, status: int) -> HttpResponse:
    shown = Shown(draft.family, body, draft.current)
    context = {
        "draft": draft,
        "form": note,
        "hidden": draft.form,
        "shown": shown,
        "lines": compared(text_of(draft.current), shown.text),
        "crumbs": draft.crumbs,
    }
    return render(draft.request, "packs/preview.html", context, status=status)

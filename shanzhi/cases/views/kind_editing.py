"""Changing a kind without writing a file: what was typed, then what it means and would do, then it counts."""

import re
from dataclasses import dataclass, field
from typing import Any, Final

from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from shanzhi.access.pages import CountyRequest, page
from shanzhi.cases.families import CASE_KIND
from shanzhi.cases.kinds import cells, telling
from shanzhi.cases.kinds.editing import Draft
from shanzhi.cases.kinds.fields import QuestionsForm
from shanzhi.cases.kinds.registry import FAMILY, KindVersion, kinds_now, with_calendar
from shanzhi.cases.kinds.schema import KindBody
from shanzhi.cases.kinds.sheet import SECTIONS, UNITS
from shanzhi.cases.kinds.trial import tried
from shanzhi.cases.views.kinds import crumbs, kind_get
from shanzhi.lib.errors import DomainError, Stale
from shanzhi.packs.checking import judged
from shanzhi.packs.diffing import compared
from shanzhi.packs.families import Fault
from shanzhi.packs.forms import NoteForm
from shanzhi.packs.permissions import EDIT
from shanzhi.packs.selectors import body_of, current_versions, definition_find
from shanzhi.packs.services import CODE, definition_publish

BOTH = require_http_methods(["GET", "POST"])
CODE_WRONG: Final = "代码用小写英文字母或数字开头，后面只用小写字母、数字、横线和下划线，例如 drone。"
SHOWN: Final = 50


@dataclass
class Editing:
    """One kind on its way: `code` is empty while a new one has none, `expected` is 0 for what is not there yet."""

    request: CountyRequest
    draft: Draft
    code: str
    expected: int
    current: KindVersion | None = None
    source: str = ""
    opened: str = ""
    faults: list[Fault] = field(default_factory=list)
    sentences: list[str] = field(default_factory=list)
    overtaken: bool = False

    @property
    def is_new(self) -> bool:
        return self.current is None

    @property
    def title(self) -> str:
        return "新建一类事项" if self.current is None else f"修改“{self.current.label}”"

    @property
    def back(self) -> str:
        county = self.request.county.id
        if self.current is None:
            return reverse("cases:kinds", args=[county])
        return reverse("cases:kind", args=[county, self.current.code])

    @property
    def hidden(self) -> list[tuple[str, str]]:
        """Everything typed, for the page that only shows it."""
        return [("expected", str(self.expected)), ("code", self.code), ("from", self.source), *self.draft.pairs()]


@page(EDIT)
@BOTH
def kind_edit(request: CountyRequest, county: int, code: str) -> HttpResponseBase:
    """A kind that counts now; posted, a row is moved, or the whole is looked at, or published."""
    kind = kind_get(code)
    if request.method != "POST":
        return _editor(Editing(request, Draft.of(kind.body), code, kind.number, kind), 200)
    return _answer(Editing(request, Draft.sent(request.POST), code, _number(request.POST.get("expected")), kind))


@page(EDIT)
@BOTH
def kind_new(request: CountyRequest, county: int) -> HttpResponseBase:
    """A new kind begins as the copy of another one, or with nothing."""
    kinds = kinds_now()
    if request.method == "POST":
        sent = request.POST
        code, source = sent.get("code", "").strip(), sent.get("from", "")
        return _answer(Editing(request, Draft.sent(sent), code, 0, source=source))
    if "from" not in request.GET:
        context = {"kinds": kinds.values(), "crumbs": crumbs(request, "新建一类事项")}
        return render(request, "cases/kinds/new.html", context)
    source = request.GET["from"]
    like = kinds.get(source)
    body = like.body if like is not None else KindBody(label="新的一类")
    draft = Draft.of(body)
    draft.basics["label"] = ""
    return _editor(Editing(request, draft, "", 0, source=source), 200)


def _number(text: str | None) -> int:
    return int(text) if text and text.isdecimal() and len(text) < 9 else 0


def _answer(editing: Editing) -> HttpResponseBase:
    step = editing.request.POST.get("step", "look")
    if step not in ("look", "publish", "write"):
        editing.opened = editing.draft.act(step)
        return _editor(editing, 200)
    if step == "write":  # back from the preview, nothing lost
        return _editor(editing, 200)
    body = _judged(editing)
    if body is None:
        return _editor(editing, 422)
    if step == "publish":
        note = NoteForm(editing.request.POST)
        return _publish(editing, body, note) if note.is_valid() else _preview(editing, body, note, 422)
    if editing.current is not None and editing.current.body == body:
        editing.sentences = ["内容没有变，请改好后再看。"]
        return _editor(editing, 422)
    return _preview(editing, body, NoteForm(), 200)


def _judged(editing: Editing) -> KindBody | None:
    """The body, if it may be published; else what is wrong stands in `editing`."""
    if editing.is_new:
        if not re.fullmatch(CODE, editing.code):
            editing.sentences.append(CODE_WRONG)
        elif definition_find(FAMILY, editing.code) is not None:
            editing.sentences.append(f"代码“{editing.code}”已经用过，请换一个。")
    body, faults = judged(CASE_KIND, editing.code, editing.draft.body())
    editing.faults = faults
    return body if not editing.faults and not editing.sentences else None


def _publish(editing: Editing, body: KindBody, note: NoteForm) -> HttpResponseBase:
    request = editing.request
    try:
        version = definition_publish(
            actor=request.actor,
            family=FAMILY,
            code=editing.code,
            body=CASE_KIND.stored(body),
            origin="edited",
            at=timezone.now(),
            expected=editing.expected,
            note=note.cleaned_data["note"],
            key=request.POST.get("idempotency_key") or None,
        )
    except Stale:
        return _overtaken(editing)
    except DomainError as error:
        editing.sentences = [error.message]
        return _editor(editing, error.status)
    messages.success(request, f"已发布“{version.title}”第 {version.number} 版，新报的事照它办")
    return redirect("cases:kind", request.county.id, version.code)


def _overtaken(editing: Editing) -> HttpResponse:
    """Somebody else published meanwhile: what was typed stays, and may be published after it was compared again."""
    editing.current = kind_get(editing.code)
    editing.expected = editing.current.number
    editing.overtaken = True
    return _editor(editing, 409)


def _editor(editing: Editing, status: int) -> HttpResponse:
    draft = editing.draft
    errors = cells.Errors.of(editing.faults, draft)
    departments = [body_of(version).name for version in current_versions("department")]
    sections = [(section, cells.section_rows(section, draft, errors, editing.opened)) for section in SECTIONS.values()]
    labels = [editing.current.label, "修改"] if editing.current is not None else ["新建一类事项"]
    context = {
        "editing": editing,
        "basics": cells.basics(draft, errors, [(name, name) for name in departments]),
        "clocks": cells.clocks(draft, errors),
        "units": UNITS,
        "handling": draft.basics["handling"],
        "handling_errors": errors.at("handling"),
        "sections": sections,
        "ticks": cells.ticks(draft),
        "summary": [("", one) for one in editing.sentences] + errors.lines(),
        "crumbs": crumbs(editing.request, *labels, code=editing.code),
    }
    return render(editing.request, "cases/kinds/edit.html", context, status=status)


def _preview(editing: Editing, body: KindBody, note: NoteForm, status: int) -> HttpResponse:
    request = editing.request
    _, calendar = with_calendar()
    trial = tried(request.actor, body, editing.code, calendar) if not editing.is_new else None
    before = telling.text_of(editing.current.body) if editing.current is not None else ""
    context: dict[str, Any] = {
        "editing": editing,
        "body": body,
        "note": note,
        "lines": compared(before, telling.text_of(body)) if before else [],
        "form": QuestionsForm(body, actor=request.actor),
        "trial": trial,
        "differing": trial.differing[:SHOWN] if trial is not None else (),
        "crumbs": crumbs(request, *([editing.current.label] if editing.current else []), "核对", code=editing.code),
    }
    return render(request, "cases/kinds/check.html", context, status=status)

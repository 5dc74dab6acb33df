"""Packs as wholes: what loading one would change, loading it, and saving the county's own."""

import base64
import binascii
from collections.abc import Collection
from dataclasses import dataclass
from typing import Final

from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from shanzhi.access.forms import sent
from shanzhi.access.pages import CountyRequest, page
from shanzhi.lib.errors import DomainError, Invalid, NotFound, Stale
from shanzhi.packs import selectors
from shanzhi.packs.diffing import Line, compared
from shanzhi.packs.exporting import pack_files
from shanzhi.packs.forms import SentForm, UploadForm
from shanzhi.packs.loading import Key, Loaded, Row, State, load_files
from shanzhi.packs.permissions import EDIT, VIEW
from shanzhi.packs.shipped import SHIPPED
from shanzhi.packs.sources import LARGEST_ZIP, Files, files_in, files_in_zip, zipped
from shanzhi.packs.views.shared import Shown, crumbs, saved_as, text_of
from shanzhi.ui.parts import Crumb

TITLE: Final = "装入规则包"
WORDS: Final = {State.NEW: "新增", State.CHANGED: "更新", State.UNCHANGED: "相同", State.CONFLICT: "本地改过"}
UNREADABLE: Final = "规则包没有完整传来，请回到上一步重新选择。"


@dataclass(frozen=True, slots=True)
class Choice:
    """A row of the page that shows what loading would do."""

    row: Row
    lines: list[Line]
    replace: bool = False

    @property
    def word(self) -> str:
        return "本地已停用" if self.row.state == State.CONFLICT and self.row.retired else WORDS[self.row.state]

    @property
    def name(self) -> str:
        return f"{self.row.family.code}/{self.row.code}"


@page(EDIT)
@require_http_methods(["GET", "POST"])
def pack_check(request: CountyRequest, county: int) -> HttpResponseBase:
    """The packs that are shipped, and a form for another one; posted, what it would change is shown."""
    if request.method == "POST" and "pack" in request.POST:
        return _checked(request, SentForm(request.POST))
    form = UploadForm(sent(request), request.FILES or None)
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                return _checked(request, _received(form))
            except DomainError as error:
                form.take(error)
                status = error.status
    context = {"form": form, "shipped": list(SHIPPED.values()), "crumbs": crumbs(request, Crumb(TITLE))}
    return render(request, "packs/load.html", context, status=status)


@page(EDIT)
@require_POST
def pack_apply(request: CountyRequest, county: int) -> HttpResponseBase:
    """Publish what was looked at, as it was chosen; what somebody changed meanwhile is shown again first."""
    form = SentForm(request.POST)
    if not form.is_valid():
        raise Invalid(UNREADABLE, code="pack_unreadable")
    files, whole = _files(form)
    replace, seen = _chosen(request.POST)
    try:
        loaded = load_files(files, actor=request.actor, replace=replace, seen=seen, whole=whole)
    except Stale as stale:
        return _checked(request, form, replace=replace, stale=stale)
    if loaded.faults:
        return _checked(request, form, replace=replace)
    kept = sum(row.key not in replace for row in loaded.conflicts)
    words = f"，保留本地的 {kept} 项" if kept else ""
    messages.success(request, f"已装入 {len(loaded.published)} 项{words}")
    return redirect("packs:list", county)


@page(VIEW)
@require_safe
def pack_export(request: CountyRequest, county: int) -> HttpResponse:
    """Everything that counts now, as a zip that can be loaded again."""
    return saved_as(f"pack-{county}.zip", zipped(pack_files()), "application/zip")


def _received(form: UploadForm) -> SentForm:
    """An upload as it goes on through the next page; Invalid if it can't be read."""
    file = form.cleaned_data["file"]
    if file.size > LARGEST_ZIP:
        raise Invalid("文件超过 1.5 MB，请检查是不是选错了文件。", code="pack_too_large")
    data, whole = file.read(), file.name.endswith(".zip")
    if whole:
        files_in_zip(data)
    else:
        data = zipped({f"{form.cleaned_data['family']}/{file.name}": data})
    return SentForm({"content": base64.b64encode(data).decode(), "whole": "on" if whole else ""})


def _files(form: SentForm) -> tuple[Files, bool]:
    """The files of what was sent, and whether they are a whole pack."""
    data = form.cleaned_data
    if data["pack"]:
        if data["pack"] not in SHIPPED:
            raise NotFound
        return files_in(SHIPPED[data["pack"]].directory), True
    try:
        return files_in_zip(base64.b64decode(data["content"], validate=True)), data["whole"]
    except binascii.Error:
        raise Invalid(UNREADABLE, code="pack_unreadable") from None


def _chosen(query: QueryDict) -> tuple[set[Key], dict[Key, int]]:
    """The conflicts in which the pack's counts, and the numbers that the person saw."""
    replace: set[Key] = set()
    seen: dict[Key, int] = {}
    for name, value in query.items():
        what, _, rest = name.partition(":")
        family, _, code = rest.partition("/")
        if what == "choice" and value == "pack":
            replace.add((family, code))
        elif what == "seen" and str(value).isdecimal() and len(str(value)) < 10:
            seen[family, code] = int(str(value))
    return replace, seen


def _checked(
    request: CountyRequest, form: SentForm, *, replace: Collection[Key] = (), stale: Stale | None = None
) -> HttpResponse:
    """What loading would do, row by row; every mistake with file and line."""
    if not form.is_valid():
        raise Invalid(UNREADABLE, code="pack_unreadable")
    files, whole = _files(form)
    loaded = load_files(files, actor=request.actor, dry_run=True, replace=replace, whole=whole)
    context = {
        "loaded": loaded,
        "faults": loaded.faults,
        "choices": _choices(loaded, replace),
        "sent": form.cleaned_data,
        "stale": stale,
        "crumbs": crumbs(request, Crumb(TITLE, reverse("packs:load", args=[request.county.id])), Crumb("核对")),
    }
    status = stale.status if stale else 422 if loaded.faults else 200
    return render(request, "packs/check.html", context, status=status)


def _choices(loaded: Loaded, replace: Collection[Key]) -> list[Choice]:
    """The rows that would change something first; conflicts before all."""
    families = {row.family.code for row in loaded.rows}
    there = {(one.family, one.code): one for one in selectors.current_versions(*families, retired=True)}
    found = []
    for row in loaded.rows:
        differs = row.state in (State.CHANGED, State.CONFLICT)
        lines = compared(text_of(there[row.key]), Shown(row.family, row.body).text) if differs else []
        found.append(Choice(row, lines, row.key in replace))
    order = [State.CONFLICT, State.CHANGED, State.NEW, State.UNCHANGED]
    return sorted(found, key=lambda choice: order.index(choice.row.state))

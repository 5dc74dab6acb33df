"""What the pages of this app share: breadcrumbs, the form of an act, tables as files."""

import csv
import io
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone

from shanzhi.access.pages import CountyRequest
from shanzhi.areas import selectors
from shanzhi.areas.models import Area
from shanzhi.lib.cells import inert
from shanzhi.lib.errors import DomainError
from shanzhi.lib.times import local
from shanzhi.ui.parts import Crumb

EXPORT_ROWS = 20_000


def today() -> date:
    """The day on Chinese clocks."""
    return local(timezone.now()).date()


def crumbs_to(request: CountyRequest, area: Area, *more: str) -> list[Crumb]:
    """From the county down to the place; ancestors outside the person's scope are words, not links."""
    scope = selectors.view_scope(request.actor)
    places = [*selectors.ancestors(area), area]
    county = request.county.id
    steps = [
        Crumb(place.name, reverse("areas:area", args=[county, place.code]) if scope.covers(place.path) else "")
        for place in places
    ]
    return [*steps, *(Crumb(label) for label in more)]


@dataclass(frozen=True, slots=True)
class FormPage:
    """Words of a page with one form: title, what it means, the verb on the button, what it says while it works."""

    title: str
    act: str
    busy: str
    back: str
    crumbs: Sequence[Crumb]
    consequences: Sequence[str] = ()
    harms: bool = False

    @property
    def button_class(self) -> str:
        return "btn-danger" if self.harms else "btn-primary"


def form_page(
    request: CountyRequest, words: FormPage, form: Any, call: Callable[[dict[str, Any], str], tuple[str, str]]
) -> HttpResponseBase:
    """Show a form; on POST let `call(cleaned, key)` do the act and answer with (message, address to go to).

    What a service refuses comes back in the form with its own status, and nothing that was typed is lost.
    """
    status = 200
    if request.method == "POST":
        if form.is_valid():
            try:
                message, target = call(form.cleaned_data, request.POST.get("idempotency_key", ""))
            except DomainError as error:
                form.take(error)
                status = error.status
            else:
                messages.success(request, message)
                return redirect(target)
        else:
            status = 422
    return render(request, "areas/form.html", {"form": form, "words": words, "crumbs": words.crumbs}, status=status)


def csv_answer(name: str, header: Sequence[str], rows: Iterable[Sequence[str]]) -> HttpResponse:
    """A CSV that the usual office program opens in Chinese; a cell that it would compute gets an apostrophe."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(map(inert, header))  # a file that was sent named its own columns
    for row in rows:
        writer.writerow(map(inert, row))
    answer = HttpResponse("\ufeff" + out.getvalue(), content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="{name}.csv"'
    return answer

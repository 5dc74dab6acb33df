"""What the pages of this app share: breadcrumbs, tables as files."""

import csv
import io
from collections.abc import Iterable, Sequence
from datetime import date

from django.http import HttpResponse
from django.urls import reverse
from django.utils import timezone

from shanzhi.access.pages import CountyRequest
from shanzhi.areas import selectors
from shanzhi.areas.models import Area
from shanzhi.lib.cells import inert
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

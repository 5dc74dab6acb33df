"""The holiday tables: the years, one year month by month, and its editor."""

from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from shanzhi.access.pages import CountyRequest, not_found, page
from shanzhi.lib.errors import DomainError
from shanzhi.lib.times import local
from shanzhi.packs import years
from shanzhi.packs.calendars import calendar_from, warning_of
from shanzhi.packs.holiday_forms import HolidaysForm
from shanzhi.packs.holidays import FAMILY, YEARS, HolidaysBody
from shanzhi.packs.models import Version
from shanzhi.packs.permissions import EDIT, VIEW
from shanzhi.packs.selectors import body_of, current_versions, definition_find
from shanzhi.packs.services import checked, definition_publish
from shanzhi.packs.views.shared import crumbs
from shanzhi.ui.parts import Crumb

OWN = ("csrfmiddlewaretoken", "idempotency_key")  # what each form brings itself
BOTH = require_http_methods(["GET", "POST"])


@dataclass(frozen=True, slots=True)
class Table:
    """A year that has a table."""

    version: Version
    body: HolidaysBody

    @property
    def off_days(self) -> int:
        return len(self.body.all_off)

    @property
    def workdays(self) -> int:
        return years.workdays_in(self.body)


def _tables() -> tuple[list[Table], str]:
    """All years, newest first, and the warning, if the last one ends soon; one statement."""
    versions = current_versions(FAMILY)
    tables = [Table(version, body_of(version)) for version in versions]
    warning = warning_of(calendar_from(versions), local(timezone.now()).date())
    return sorted(tables, key=lambda table: table.body.year, reverse=True), warning


def _crumbs(request: CountyRequest, *more: Crumb) -> list[Crumb]:
    """From the county's rules down to here."""
    return crumbs(
        request, Crumb("节假日表", reverse("packs:holidays", args=[request.county.id]) if more else ""), *more
    )


@page(VIEW)
@require_safe
def holidays_list(request: CountyRequest, county: int) -> HttpResponse:
    tables, warning = _tables()
    this_year = local(timezone.now()).year
    context = {
        "tables": tables,
        "warning": warning,
        "next_year": tables[0].body.year + 1 if tables else this_year,
        "this_year": this_year,
        "may_edit": request.actor.can(EDIT),
        "crumbs": _crumbs(request),
    }
    return render(request, "packs/holidays_list.html", context)


@page(VIEW)
@require_safe
def holidays_show(request: CountyRequest, county: int, year: int) -> HttpResponse:
    tables, warning = _tables()
    table = next((one for one in tables if one.body.year == year), None)
    if table is None:
        raise not_found()
    context = {
        "table": table,
        "months": years.months_of(table.body),
        "warning": warning if table is tables[0] else "",
        "may_edit": request.actor.can(EDIT),
        "crumbs": _crumbs(request, Crumb(f"{year}年")),
    }
    return render(request, "packs/holidays.html", context)


@page(EDIT)
@BOTH
def holidays_edit(request: CountyRequest, county: int, year: int) -> HttpResponseBase:
    """Fill in a year; what it changes is shown before it is published, and nothing that was typed is lost."""
    if not YEARS[0] <= year <= YEARS[1]:
        raise not_found()
    tables, _ = _tables()
    now = next((one for one in tables if one.body.year == year), None)
    definition = definition_find(FAMILY, str(year))
    form = HolidaysForm(
        request.POST if request.method == "POST" else None,
        year=year,
        now=now.body if now else None,
        like=tables[0].body if tables else None,
        expected=definition.current_number if definition else 0,
    )
    context: dict[str, Any] = {
        "form": form,
        "year": year,
        "is_new": now is None,
        "back": reverse("packs:holidays-year" if now else "packs:holidays", args=[county, year] if now else [county]),
        "crumbs": _crumbs(request, Crumb(f"填写 {year} 年")),
    }
    status = 200
    if request.method == "POST":
        status, found = _looked_at(form)
        if found is not None and "publish" in request.POST:
            try:
                version = _published(request, form)
            except DomainError as error:
                form.take(error)
                status = error.status
            else:
                messages.success(request, f"已发布{version.title}，第 {version.number} 版")
                return redirect("packs:holidays-year", county, year)
        elif found is not None:
            context["preview"] = _preview(now.body if now else None, found)
            context["typed"] = [item for item in request.POST.items() if item[0] not in OWN]
    return render(request, "packs/holidays_edit.html", context, status=status)


def _looked_at(form: HolidaysForm) -> tuple[int, HolidaysBody | None]:
    """The table that a form says, once it is right; else what is wrong stands in the form."""
    if not form.is_valid():
        return 422, None
    try:
        body: HolidaysBody = checked(FAMILY, form.body(), code=str(form.year))
    except DomainError as error:
        form.take(error)
        return error.status, None
    return 200, body


def _published(request: CountyRequest, form: HolidaysForm) -> Version:
    return definition_publish(
        actor=request.actor,
        family=FAMILY,
        code=str(form.year),
        body=form.body(),
        origin=Version.Origin.EDITED,
        expected=form.cleaned_data["expected"],
        note=form.cleaned_data["note"],
        key=request.POST.get("idempotency_key") or None,
    )


def _preview(before: HolidaysBody | None, after: HolidaysBody) -> dict[str, Any]:
    """What the page says about a table before it counts."""
    found = years.changes(before, after)
    hours = "、".join(after.sessions)
    return {
        "changes": found,
        "hours": hours if before is None or before.sessions != after.sessions else "",
        "hours_before": "、".join(before.sessions) if before else "",
        "workdays": years.workdays_in(after),
        "workdays_before": years.workdays_in(before) if before else None,
        "differs": bool(found) or before is None or before.sessions != after.sessions,
    }

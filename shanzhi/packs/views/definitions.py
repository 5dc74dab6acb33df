"""What a county has defined: the list, one definition with its versions, what changed between two of them."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from shanzhi.access.pages import CountyRequest, page
from shanzhi.packs import selectors
from shanzhi.packs.calendars import calendar_warning
from shanzhi.packs.diffing import compared
from shanzhi.packs.families import FAMILIES, in_order
from shanzhi.packs.models import Definition, Version
from shanzhi.packs.permissions import EDIT, VIEW
from shanzhi.packs.selectors import DefinitionFilter
from shanzhi.packs.views.shared import crumbs, crumbs_to, saved_as, shown, text_of
from shanzhi.ui.filters import Choice, filter_bar
from shanzhi.ui.pages import cursor_in

YAML = "application/yaml; charset=utf-8"


@page(VIEW)
@require_safe
def definition_list(request: CountyRequest, county: int) -> HttpResponse:
    """By family and code; the filters stand in the address."""
    query = request.GET
    wanted = DefinitionFilter(
        text=query.get("q", "").strip()[:60],
        family=query.get("family", ""),
        state=query.get("state", ""),
    )
    families = in_order()
    bar = filter_bar(
        query,
        [
            Choice("family", "种类", [(family.code, family.label) for family in families]),
            Choice("state", "状态", [*selectors.STATES.items(), ("all", "全部")]),
        ],
        search="q",
        hint="名称、代码",
    )
    found = selectors.definition_page_for(request.actor, wanted, cursor=cursor_in(query))
    counts = selectors.counts_by_family(request.actor)
    context = {
        "page": found,
        "rows": [(definition, FAMILIES[definition.family].label) for definition in found.rows],
        "bar": bar,
        "families": [(family, counts.get(family.code, 0)) for family in families],
        "may_edit": request.actor.can(EDIT),
        "warning": calendar_warning(timezone.now()) if request.actor.can(EDIT) else "",
        "crumbs": crumbs(request),
    }
    return render(request, "packs/list.html", context)


def _number(text: str | None, definition: Definition) -> int:
    """A version number of an address; the current one for none, 0 for nonsense."""
    if not text:
        return definition.current_number
    return int(text) if text.isdecimal() and len(text) < 9 else 0


@page(VIEW)
@require_safe
def definition_show(request: CountyRequest, county: int, family: str, code: str) -> HttpResponse:
    """The current version, or the one that the address names, and all versions beside it."""
    definition = selectors.definition_get_for(request.actor, family, code)
    version = selectors.version_at(definition, _number(request.GET.get("version"), definition))
    known = FAMILIES[family]
    context: dict[str, Any] = {
        "definition": definition,
        "family": known,
        "version": version,
        "shown": shown(version),
        "versions": selectors.versions_of(definition),
        "is_current": version.number == definition.current_number,
        "may_edit": request.actor.can(EDIT),
        "form_url": reverse(known.edit_url, args=[county, code]) if known.edit_url else "",
        "crumbs": crumbs_to(request, definition),
    }
    return render(request, "packs/definition.html", context)


@page(VIEW)
@require_safe
def definition_changes(request: CountyRequest, county: int, family: str, code: str) -> HttpResponse:
    """What changed from one version to another; by default from the one before to the current one."""
    definition = selectors.definition_get_for(request.actor, family, code)
    after = selectors.version_at(definition, _number(request.GET.get("to"), definition))
    before: Version | None = None
    asked = request.GET.get("from")
    if asked or after.number > 1:
        before = selectors.version_at(definition, _number(asked, definition) if asked else after.number - 1)
    context = {
        "definition": definition,
        "before": before,
        "after": after,
        "lines": compared(text_of(before), text_of(after)),
        "versions": selectors.versions_of(definition),
        "crumbs": crumbs_to(request, definition, "改了什么"),
    }
    return render(request, "packs/changes.html", context)


@page(VIEW)
@require_safe
def definition_file(request: CountyRequest, county: int, family: str, code: str) -> HttpResponse:
    """A version as the file that it would be in a pack."""
    definition = selectors.definition_get_for(request.actor, family, code)
    version = selectors.version_at(definition, _number(request.GET.get("version"), definition))
    return saved_as(f"{code}.yaml", text_of(version), YAML)

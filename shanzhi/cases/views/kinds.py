"""Kinds of cases to be read: the list, and one kind with its form as a reporter sees it."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from shanzhi.access.pages import CountyRequest, page
from shanzhi.cases.kinds import telling
from shanzhi.cases.kinds.fields import QuestionsForm
from shanzhi.cases.kinds.registry import FAMILY, KindVersion, kinds_now
from shanzhi.lib.errors import NotFound
from shanzhi.packs.permissions import EDIT, VIEW
from shanzhi.ui.parts import Crumb


def kind_get(code: str) -> KindVersion:
    """A kind that counts now; NotFound otherwise."""
    kind = kinds_now().get(code)
    if kind is None:
        raise NotFound
    return kind


def crumbs(request: CountyRequest, *labels: str, code: str = "") -> list[Crumb]:
    """From the county's rules down to here; a kind's own label has its page, if something follows."""
    county = request.county.id
    out = [Crumb(request.county.name), Crumb("办事规则", reverse("packs:list", args=[county]))]
    out.append(Crumb("事项类别", reverse("cases:kinds", args=[county]) if labels else ""))
    for number, label in enumerate(labels):
        linked = code and number == 0 and len(labels) > 1
        out.append(Crumb(label, reverse("cases:kind", args=[county, code]) if linked else ""))
    return out


@page(VIEW)
@require_safe
def kind_list(request: CountyRequest, county: int) -> HttpResponse:
    """All kinds that count now, in the order in which they are offered to reporters."""
    rows = [
        {
            "kind": kind,
            "fields": telling.field_summary(kind.body),
            "handle": kind.body.span("handle").words(),
            "routes": len(kind.body.routes),
        }
        for kind in kinds_now().values()
    ]
    context = {"rows": rows, "may_edit": request.actor.can(EDIT), "crumbs": crumbs(request)}
    return render(request, "cases/kinds/list.html", context)


@page(VIEW)
@require_safe
def kind_show(request: CountyRequest, county: int, code: str) -> HttpResponse:
    """One kind: its form as a reporter sees it, and what follows from what it says."""
    kind = kind_get(code)
    context: dict[str, Any] = {
        "kind": kind,
        "body": kind.body,
        "form": QuestionsForm(kind.body, actor=request.actor),
        "family": FAMILY,
        "may_edit": request.actor.can(EDIT),
        "crumbs": crumbs(request, kind.label),
    }
    return render(request, "cases/kinds/kind.html", context)

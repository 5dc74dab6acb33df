"""Finding the colleagues whom a note may mention, by name."""

from django.http import HttpResponseBase
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from shanzhi.access.pages import CountyRequest, page
from shanzhi.cases import permissions
from shanzhi.cases.acts import Act, require
from shanzhi.cases.colleagues import colleagues, colleagues_by_id
from shanzhi.cases.selectors import case_get_for
from shanzhi.tenancy.ids import id_of


@page(permissions.NOTE, object=True)
@require_GET
def case_colleagues(request: CountyRequest, county: int, number: str) -> HttpResponseBase:
    """Checkboxes: those chosen already, then those whose name holds what was typed."""
    case = case_get_for(request.actor, number)
    request.actor.require(permissions.NOTE)
    require(request.actor, case, Act.NOTE)
    now = timezone.now()
    who = request.GET.get("who", "").replace("\x00", "").strip()[:40]
    ids = [id_of(one) or 0 for one in request.GET.getlist("mentions")[:20]]
    chosen = colleagues_by_id(case, [one for one in ids if one], at=now)
    known = {one.user_id for one in chosen}
    found = [one for one in colleagues(request.actor, case, who, at=now) if one.user_id not in known]
    context = {"chosen": chosen, "found": found, "who": who}
    return render(request, "cases/parts/colleagues.html", context)

"""A visit that was written down without a signal; answered as every item of the phone's queue (`cases.phone.late`)."""

from datetime import datetime

from django.http import JsonResponse
from django.urls import reverse
from django.utils import timezone

from shanzhi.access.pages import CountyRequest
from shanzhi.cases.phone.late import Answer, done_at_of, invalid_answer, key_of, refused_answer
from shanzhi.lib.errors import DomainError, Invalid
from shanzhi.people.selectors import resident_get_for
from shanzhi.tenancy.idempotency import earlier
from shanzhi.visits.forms import VisitForm
from shanzhi.visits.models import Visit
from shanzhi.visits.permissions import MAKE
from shanzhi.visits.planning import plan_of
from shanzhi.visits.services import visit_make


def visit_late(request: CountyRequest, resident_id: int) -> JsonResponse:
    """Kept once; also for somebody whom nobody has to visit any more."""
    now = timezone.now()
    try:
        key, done_at = key_of(request), done_at_of(request, now=now)
        return _answered(request, resident_id, key, done_at, now).response()
    except DomainError as error:
        return refused_answer(error).response()


def _answered(request: CountyRequest, resident_id: int, key: str, done_at: datetime | None, now: datetime) -> Answer:
    found = earlier(key=key, actor=request.actor)
    if found is not None and found[0] == "visits.make":
        return _done(Visit.objects.select_related("case").get(id=found[1]))
    row = resident_get_for(request.actor, resident_id, permission=MAKE)
    form = VisitForm(request.POST, plan=plan_of(request.actor, row), today=timezone.localdate())
    if not form.is_valid():
        return invalid_answer(form)
    try:
        made = visit_make(
            actor=request.actor, resident=resident_id, found=form.found(), key=key, done_at=done_at, late=True, at=now,
        )  # fmt: skip
    except Invalid as error:
        form.take(error)
        return invalid_answer(form, error.message)
    return _done(made)


def _done(made: Visit) -> Answer:
    county = made.county_id
    return Answer(
        "done", words_of(made), county_id=county, more={"url": reverse("visits:show", args=[county, made.id])}
    )  # fmt: skip


def words_of(made: Visit) -> str:
    """What became of it, in a sentence."""
    case = f"，要办的事已报成事件 {made.case.number}" if made.case is not None else ""
    return f"走访已登记{case}" if made.met else "已登记，没见到本人的，下次走访的日子不变"

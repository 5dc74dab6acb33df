"""A report that was filled in without a signal."""

from dataclasses import replace
from datetime import datetime
from typing import Final

from django.http import JsonResponse
from django.utils import timezone

from shanzhi.access.pages import CountyRequest
from shanzhi.cases.forms import ReportForm, refused
from shanzhi.cases.models import Case
from shanzhi.cases.phone.late import Answer, done_at_of, invalid_answer, key_of, photos_gone, refused_answer
from shanzhi.cases.services import case_report
from shanzhi.lib.errors import Conflict, DomainError, Invalid
from shanzhi.tenancy.idempotency import earlier

MORE: Final = "还要补填“{label}”的几个问题，点“改一改”填完就传上去，前面填的都还在。"


def report_late(request: CountyRequest, *, source: str) -> JsonResponse:
    """Open the case once, with the time at which it was seen; questions that the phone never had are asked now."""
    now = timezone.now()
    try:
        key, done_at = key_of(request), done_at_of(request, now=now)
        answer = _before(request, key)
        if answer is not None:
            return answer.response()
        form = ReportForm(request.POST, request.FILES, actor=request.actor)
        valid = form.is_valid()
        if form.unasked and form.kind_body is not None:
            asked = invalid_answer(form, MORE.format(label=form.kind_body.label))
            return replace(asked, more={**asked.more, "ask": True}).response()
        if not valid:
            return invalid_answer(form).response()
        return _reported(request, form, key, source, done_at, now).response()
    except DomainError as error:
        return refused_answer(error).response()


def _before(request: CountyRequest, key: str) -> Answer | None:
    found = earlier(key=key, actor=request.actor)
    if found is None or found[0] != "cases.report":
        return None
    return _done(Case.objects.select_related("owner").get(id=found[1]))


def _done(case: Case) -> Answer:
    words = f"已上报给{case.owner.name}，编号 {case.number}"
    return Answer("done", words, number=case.number, county_id=case.county_id)


def _reported(
    request: CountyRequest, form: ReportForm, key: str, source: str, done_at: datetime | None, now: datetime
) -> Answer:
    try:
        said = replace(form.report(source=source), occurred_at=done_at)
        return _done(case_report(actor=request.actor, report=said, area=form.cleaned_data["area"], key=key, at=now))
    except Conflict as error:
        return photos_gone() if error.code == "photo_gone" else refused_answer(error)
    except Invalid as error:
        refused(form, error)
        return _before(request, key) or invalid_answer(form, error.message)

"""One's own background work: its list, its progress, and the button that stops it."""

from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from shanzhi.access.pages import CountyRequest, page
from shanzhi.access.permissions import SELF
from shanzhi.jobs.registry import kind_title
from shanzhi.jobs.selectors import job_get_for, job_page_for
from shanzhi.jobs.services import job_cancel, trail_check_start
from shanzhi.trail.permissions import VIEW
from shanzhi.ui.pages import cursor_in


@page(SELF)
@require_GET
def job_list(request: CountyRequest, county: int) -> HttpResponse:
    found = job_page_for(request.actor, cursor=cursor_in(request.GET))
    rows = [(job, kind_title(job.kind)) for job in found.rows]
    return render(request, "jobs/list.html", {"page": found.showing(rows)})


@page(SELF, object=True)
@require_GET
def job_show(request: CountyRequest, county: int, job_id: int) -> HttpResponse:
    """The page asks for itself again every two seconds while the job is open."""
    job = job_get_for(request.actor, job_id)
    context = {
        "job": job,
        "title": kind_title(job.kind),
        "poll": reverse("jobs:job", args=[county, job.id]) if job.is_open else "",
    }
    return render(request, "jobs/job.html", context)


@page(SELF, object=True)
@require_POST
def cancellation_create(request: CountyRequest, county: int, job_id: int) -> HttpResponseBase:
    job = job_cancel(actor=request.actor, job=job_get_for(request.actor, job_id))
    words = "正在停下来，已处理的会保留" if job.is_open else "已取消，没有处理任何内容"
    messages.success(request, words)
    return redirect("jobs:job", county, job.id)


@page(VIEW)
@require_POST
def trail_check_create(request: CountyRequest, county: int) -> HttpResponseBase:
    """The trail lies below jobs, so its one button is taken up here."""
    job = trail_check_start(actor=request.actor, key=request.POST.get("idempotency_key"))
    return redirect("jobs:job", county, job.id)

"""A public form as small as can be, behind the gate: the county's addresses with one more page."""

from typing import Any

from django import forms
from django.http import HttpResponse, HttpResponseBase
from django.template import engines
from django.urls import include, path
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from shanzhi.access.pages import CountyRequest, page
from shanzhi.access.permissions import PUBLIC
from shanzhi.areas.models import Area
from shanzhi.cases.gate.admitting import ProofNeeded, challenge_for
from shanzhi.cases.gate.forms import GateMixin
from shanzhi.cases.gate.receiving import report_or_hold
from shanzhi.cases.gate.visitors import remember, visitor_of
from shanzhi.cases.services import Report
from shanzhi.cases.tests.gate.people import somebody
from shanzhi.lib.errors import Invalid

PAGE = """{% extends "ui/public.html" %}{% load ui %}
{% block title %}我要反映{% endblock %}
{% block top %}<h1>我要反映</h1>{% endblock %}
{% block main %}<section class="sec">
{% if secret %}<p id="done">收到了，查询码 {{ secret }}</p>{% else %}
<form class="form" method="post" novalidate>{% csrf_token %}{% idempotency_key %}{% error_summary form %}
{% field form.body %}{% include "cases/gate/proof.html" %}
<button class="btn btn-primary btn-block" data-busy="正在发送…">反映给村委会</button></form>{% endif %}
</section>{% endblock %}"""


class DoorForm(GateMixin, forms.Form):
    body = forms.CharField(label="什么情况", widget=forms.Textarea({"rows": 3}))


@page(PUBLIC)
@require_http_methods(["GET", "POST"])
def door(request: CountyRequest, county: int) -> HttpResponseBase:
    """What the wiring of a public form looks like."""
    at, visitor = timezone.now(), visitor_of(request)
    form = DoorForm(request.POST or None)
    secret, status = "", 200
    if request.method == "POST" and form.is_valid():
        try:
            secret = report_or_hold(
                actor=somebody(visitor, county), area=Area.objects.get(level="village", name="张庄村"), visitor=visitor,
                report=Report(body=form.cleaned_data["body"], kind="facilities", source="resident"),
                key=request.POST.get("idempotency_key"), proof=form.proof(), at=at,
            ).secret  # fmt: skip
        except ProofNeeded as error:
            form.ask_proof(error)
            status = 422
        except Invalid as error:
            form.add_error(None, error.message)
            status = 422
    else:
        form.ask_proof(challenge_for(visitor, "report", at=at))
    context: dict[str, Any] = {"form": form, "secret": secret}
    response = HttpResponse(engines["django"].from_string(PAGE).render(context, request), status=status)
    remember(response, visitor)
    return response


urlpatterns = [path("", include("shanzhi.config.urls")), path("<county:county>/door/", door)]

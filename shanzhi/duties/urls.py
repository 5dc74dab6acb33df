"""Addresses of instructions inside a county."""

from django.urls import path

from shanzhi.duties.specs import SPECS
from shanzhi.duties.views import duty, issuing, ledger, line

app_name = "duties"
urlpatterns = [
    path("duties/", ledger.ledger, name="ledger"),
    path("duties/export/", ledger.ledger_export, name="export"),
    path("duties/print/", ledger.ledger_print, name="print"),
    path("duties/new/", issuing.duty_create, name="new"),
    path("duties/mine/", ledger.mine, name="mine"),
    path("duties/<int:duty_id>/", duty.duty_detail, name="duty"),
    path("duties/<int:duty_id>/acts/", duty.duty_acts, name="acts"),
    path("duties/<int:duty_id>/print/", duty.duty_print, name="duty-print"),
    path("duties/lines/<int:line_id>/", line.line_detail, name="line"),
    *(
        path(f"duties/lines/<int:line_id>/{spec.slug}/", line.act_view(spec), name=spec.act.value.replace("_", "-"))
        for spec in SPECS
    ),
]

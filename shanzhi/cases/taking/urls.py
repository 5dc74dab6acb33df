"""Addresses of taking down, receipts and sheets inside a county; taken into the case app's own."""

from django.urls import path

import shanzhi.cases.converters  # noqa: F401  (registers itself)
from shanzhi.cases.taking.paper_views import paper_show, print_sheet, receipt
from shanzhi.cases.taking.views import earlier, reveals, take_down

CASE = "cases/<case_number:number>/"
urlpatterns = [
    path("cases/take-down/", take_down, name="take-down"),
    path("cases/earlier/", earlier, name="earlier"),
    path(f"{CASE}reveals/", reveals, name="reveals"),
    path(f"{CASE}receipt/", receipt, name="receipt"),
    path(f"{CASE}print/", print_sheet, name="print"),
    path(f"{CASE}papers/<slug:code>/", paper_show, name="paper"),
]

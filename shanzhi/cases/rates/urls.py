"""Addresses of the rates inside a county; taken into the case app's own."""

from django.urls import path

from shanzhi.cases.rates.views import rates, rates_export, rates_print

urlpatterns = [
    path("cases/rates/", rates, name="rates"),
    path("cases/rates/print/", rates_print, name="rates-print"),
    path("cases/rates/export/", rates_export, name="rates-export"),
]

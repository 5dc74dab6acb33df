"""Addresses of the map of cases, below cases/."""

from django.urls import path

import shanzhi.cases.converters  # noqa: F401  (registers itself)
from shanzhi.cases.mapping import views

urlpatterns = [
    path("cases/map/", views.case_map, name="map"),
    path("cases/<case_number:number>/map/", views.case_spot, name="spot"),
]

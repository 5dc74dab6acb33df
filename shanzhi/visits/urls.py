"""Addresses of visits inside a county."""

from django.urls import path

from shanzhi.visits.views import made, planned

app_name = "visits"
urlpatterns = [
    path("visits/", planned.planned, name="planned"),
    path("visits/<int:visited_id>/", planned.visit, name="visit"),
    path("visits/made/", made.made, name="made"),
    path("visits/made/export/", made.made_export, name="export"),
    path("visits/made/<int:visit_id>/", made.visit_show, name="show"),
    path("visits/counts/", made.counts, name="counts"),
]

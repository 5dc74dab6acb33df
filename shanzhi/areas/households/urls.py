"""Addresses of the households of places; taken into the area app's own."""

from django.urls import path

from shanzhi.areas.households import views

urlpatterns = [
    path("areas/households/", views.household_list, name="households"),
    path("areas/households/export/", views.household_export, name="household-export"),
    path("areas/households/statements/", views.statement_create, name="household-statement-create"),
]

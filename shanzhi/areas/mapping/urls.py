"""Addresses of the map inside a county; taken into the area app's own."""

from django.urls import path

from shanzhi.areas.mapping import views

OUTLINES = "areas/outlines/"
urlpatterns = [
    path("areas/map/", views.map_show, name="map"),
    path(f"{OUTLINES}export/", views.outline_export, name="outline-export"),
    path(f"{OUTLINES}imports/", views.outline_import_new, name="outline-imports"),
    path(f"{OUTLINES}imports/<int:outline_import_id>/", views.outline_import_show, name="outline-import"),
    path(f"{OUTLINES}imports/<int:outline_import_id>/applications/", views.outline_application_create,
         name="outline-application-create"),
]  # fmt: skip

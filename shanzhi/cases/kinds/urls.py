"""Addresses of kinds inside a county; taken into the case app's own."""

from django.urls import path

from shanzhi.cases.views.kind_editing import kind_edit, kind_new
from shanzhi.cases.views.kinds import kind_list, kind_show

urlpatterns = [
    path("kinds/", kind_list, name="kinds"),
    path("kinds/new/", kind_new, name="kind-new"),
    path("kinds/<slug:code>/", kind_show, name="kind"),
    path("kinds/<slug:code>/edit/", kind_edit, name="kind-edit"),
]

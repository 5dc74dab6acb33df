"""Addresses of cases inside a county: home, list, export, report, case, and one address for each act."""

from django.urls import path

import shanzhi.cases.converters  # noqa: F401  (registers itself)
from shanzhi.cases.callbacks.urls import urlpatterns as callbacks
from shanzhi.cases.forms import SPECS
from shanzhi.cases.gate.urls import urlpatterns as gate
from shanzhi.cases.kinds.urls import urlpatterns as kinds
from shanzhi.cases.mapping.urls import urlpatterns as mapping
from shanzhi.cases.phone.urls import urlpatterns as phone
from shanzhi.cases.rates.urls import urlpatterns as rates
from shanzhi.cases.residents.urls import urlpatterns as residents
from shanzhi.cases.suggesting.urls import urlpatterns as suggesting
from shanzhi.cases.taking.urls import urlpatterns as taking
from shanzhi.cases.views.acting import act_view
from shanzhi.cases.views.case import case_show
from shanzhi.cases.views.colleagues import case_colleagues
from shanzhi.cases.views.home import home
from shanzhi.cases.views.listing import case_export, case_list
from shanzhi.cases.views.report import kind_fields, report
from shanzhi.cases.views.whereabouts import place_suggest
from shanzhi.cases.views.whistles import whistles, whistles_export
from shanzhi.cases.worklists.urls import urlpatterns as worklists

app_name = "cases"
urlpatterns = [
    path("home/", home, name="home"),
    path("cases/", case_list, name="list"),
    path("cases/export/", case_export, name="export"),
    path("cases/new/", report, name="report"),
    path("cases/kind-fields/", kind_fields, name="kind-fields"),
    path("cases/place/", place_suggest, name="place-suggest"),
    path("cases/whistles/", whistles, name="whistles"),
    path("cases/whistles/export/", whistles_export, name="whistles-export"),
    path("cases/<case_number:number>/", case_show, name="case"),
    *(
        path(f"cases/<case_number:number>/{spec.resource}/", act_view(spec), name=f"{act.value}-create")
        for act, spec in SPECS.items()
    ),
    path("cases/<case_number:number>/colleagues/", case_colleagues, name="colleagues"),
    *mapping,
    *gate,
    *phone,
    *taking,
    *callbacks,
    *rates,
    *residents,
    *suggesting,
    *worklists,
    *kinds,
]

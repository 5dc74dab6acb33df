"""Addresses of villages for everybody, and of what is printed for them."""

from django.urls import path

import shanzhi.cases.converters  # noqa: F401  (registers itself)
from shanzhi.portal.village import code_views, views
from shanzhi.portal.village.converters import VILLAGE

urlpatterns = [
    path("villages/", views.villages, name="villages"),
    path("villages/codes/", code_views.code_list, name="codes"),
    path(f"villages/<{VILLAGE}:code>/", views.village, name="village"),
    path(f"villages/<{VILLAGE}:code>/cases/", views.case_list, name="village-cases"),
    path(f"villages/<{VILLAGE}:code>/map/", views.case_map, name="village-map"),
    path(f"villages/<{VILLAGE}:code>/qr.svg", code_views.qr, name="village-qr"),
    path(f"villages/<{VILLAGE}:code>/poster/", code_views.poster, name="village-poster"),
    path(f"villages/<{VILLAGE}:code>/stickers/", code_views.stickers, name="village-stickers"),
    path("public/cases/<case_number:number>/", views.case_show, name="public-case"),
]

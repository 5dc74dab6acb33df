from django.urls import path

from shanzhi.insight import views
from shanzhi.insight.boards.urls import urlpatterns as boards

app_name = "insight"
urlpatterns = [
    *boards,
    path("indicators/", views.indicator_list, name="indicators"),
    path("indicators/print/", views.indicator_list_print, name="indicators-print"),
    path("indicators/export/", views.indicator_list_export, name="indicators-export"),
    path("indicators/<slug:indicator>/", views.indicator_detail, name="indicator"),
    path("indicators/<slug:indicator>/print/", views.indicator_print, name="indicator-print"),
    path("indicators/<slug:indicator>/export/", views.indicator_export, name="indicator-export"),
]

from django.urls import path

from shanzhi.trail import views

app_name = "trail"
urlpatterns = [
    path("trail/", views.entry_list, name="list"),
    path("trail/export/", views.entry_export, name="export"),
    path("trail/seals/", views.seal_list, name="seal-list"),
    path("trail/seals/<int:number>/", views.seal_show, name="seal"),
]

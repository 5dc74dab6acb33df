from django.urls import path

from shanzhi.notices import views

app_name = "notices"
urlpatterns = [
    path("notices/", views.notice_list, name="list"),
    path("notices/reads/", views.read_all_create, name="read-all-create"),
    path("notices/<int:notice_id>/", views.notice_open, name="open"),
]

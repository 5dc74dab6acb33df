from django.urls import path

from shanzhi.files import views

app_name = "files"
urlpatterns = [
    path("files/", views.draft_create, name="draft-create"),
    path("files/<int:file_id>/", views.file_show, name="file"),
]

from django.urls import path

from shanzhi.ui import views

app_name = "ui"
urlpatterns = [
    path("", views.parts, name="parts"),
    path("text-size/", views.text_size, name="text-size"),
    path("offline/", views.offline, name="offline"),
]

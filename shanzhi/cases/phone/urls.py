from django.urls import path

from shanzhi.cases.phone import views

urlpatterns = [
    path("waiting/", views.waiting, name="waiting"),
    path("waiting/who/", views.who, name="waiting-who"),
    path("waiting/key/", views.queue_key, name="waiting-key"),
]

from django.urls import path

from shanzhi.operations import views

app_name = "operations"
urlpatterns = [
    path("health/", views.health_show, name="health"),
    path("health/ready/", views.ready_show, name="ready"),
    path("metrics/", views.metrics_show, name="metrics"),
]

"""What stands before any county."""

from django.urls import path

from shanzhi.portal import views

urlpatterns = [path("", views.counties, name="counties")]

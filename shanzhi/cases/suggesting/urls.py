"""Addresses of suggestions inside a county; taken into the case app's own."""

from django.urls import path

from shanzhi.cases.suggesting.views import learning_create, suggest, suggestions, switch_create

urlpatterns = [
    path("cases/suggest/", suggest, name="suggest"),
    path("suggestions/", suggestions, name="suggestions"),
    path("suggestions/learnings/", learning_create, name="suggestions-learn"),
    path("suggestions/switches/", switch_create, name="suggestions-switch"),
]

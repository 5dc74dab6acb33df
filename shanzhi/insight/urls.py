"""Addresses of insight inside a county."""

from shanzhi.insight.boards.urls import urlpatterns as boards

app_name = "insight"
urlpatterns = [*boards]

"""Addresses of the boards inside a county; taken into the app's own."""

from django.urls import path

from shanzhi.insight.boards.views import board_export, board_print, dashboard, morning, wall

urlpatterns = [
    path("dashboard/", dashboard, name="dashboard"),
    path("dashboard/print/", board_print, name="dashboard-print"),
    path("dashboard/export/", board_export, name="dashboard-export"),
    path("wall/", wall, name="wall"),
    path("morning/", morning, name="morning"),
]

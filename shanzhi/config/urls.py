"""Addresses: what belongs to a county begins with its six digits; the rest is the platform's own."""

from importlib.util import find_spec

from django.urls import include, path

from shanzhi.config.api import api

urlpatterns = [path("api/v1/", api.urls)]
for prefix, module in (
    ("accounts/", "accounts.login_urls"),
    ("parts/", "ui.urls"),
    ("", "ui.root_urls"),
    ("", "operations.urls"),
    ("", "portal.root_urls"),
    ("open311/", "exchange.open311.urls"),
    ("<county:county>/", "portal.urls"),
    ("<county:county>/", "cases.urls"),
    ("<county:county>/", "clues.urls"),
    ("<county:county>/", "duties.urls"),
    ("<county:county>/", "notices.urls"),
    ("<county:county>/", "packs.urls"),
    ("<county:county>/", "accounts.urls"),
    ("<county:county>/", "areas.urls"),
    ("<county:county>/", "files.urls"),
    ("<county:county>/", "jobs.urls"),
    ("<county:county>/", "trail.urls"),
    ("<county:county>/", "exchange.urls"),
    ("<county:county>/", "insight.urls"),
    ("<county:county>/", "people.importing.urls"),
    ("<county:county>/", "people.finding.urls"),
    ("<county:county>/", "people.urls"),
    ("<county:county>/", "staffing.urls"),
    ("<county:county>/", "visits.urls"),
):
    if find_spec(f"shanzhi.{module}"):
        urlpatterns.append(path(prefix, include(f"shanzhi.{module}")))
handler400 = "shanzhi.access.fallbacks.bad_request"
handler403 = "shanzhi.access.fallbacks.forbidden"
handler404 = "shanzhi.access.fallbacks.not_found"
handler500 = "shanzhi.access.fallbacks.server_error"

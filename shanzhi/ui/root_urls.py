"""What has to lie at the root of the site: the worker, whose scope is everything below it, and the manifests."""

from django.urls import path

from shanzhi.ui import installing

urlpatterns = [
    path("sw.js", installing.worker, name="service-worker"),
    path("manifest.webmanifest", installing.manifest, name="manifest"),
    path("<county:county>/manifest.webmanifest", installing.manifest, name="county-manifest"),
]

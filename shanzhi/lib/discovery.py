"""The base AppConfig of every app of ours: what an app declares is found, nothing lower imports upward."""

from __future__ import annotations

from importlib import import_module
from importlib.util import find_spec

from django.apps import AppConfig

MODULES = ("permissions", "indicators", "families", "subscriptions", "jobs", "trails", "nav", "panels", "guards")


class DomainConfig(AppConfig):
    """Imports, if the app has them, the modules that register something, in a fixed order, once at start-up."""

    default = False  # an apps.py that imports this class still has one candidate: its own
    default_auto_field = "django.db.models.BigAutoField"

    def __init_subclass__(cls, **options: object) -> None:
        super().__init_subclass__(**options)
        cls.default = True

    def ready(self) -> None:
        for module in MODULES:
            dotted = f"{self.name}.{module}"
            if find_spec(dotted) is not None:
                import_module(dotted)

"""System checks: every table is either a county's or declared global, and nothing global points into a county."""

from typing import Any

from django.apps import apps
from django.conf import settings
from django.core import checks

from shanzhi.tenancy.fields import is_county_model


@checks.register(checks.Tags.models)
def check_every_model_has_a_place(app_configs: Any, **kwargs: Any) -> list[checks.CheckMessage]:
    """`settings.GLOBAL_TABLES` lists models (`app.Model`) or whole apps (`app.*`) that belong to no county."""
    errors: list[checks.CheckMessage] = []
    for model in apps.get_models(include_auto_created=True):
        options = model._meta
        if is_county_model(model):
            continue
        if options.label not in settings.GLOBAL_TABLES and f"{options.app_label}.*" not in settings.GLOBAL_TABLES:
            errors.append(
                checks.Error(f"{options.label} is neither a CountyModel nor in GLOBAL_TABLES", id="tenancy.E6")
            )
        errors.extend(
            checks.Error(f"{field} points from a global table into a county", id="tenancy.E7")
            for field in options.local_fields
            if field.remote_field and is_county_model(field.remote_field.model)
        )
    return errors

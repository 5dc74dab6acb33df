from django.apps import AppConfig
from django.utils.module_loading import import_string


class TenancyConfig(AppConfig):
    name = "shanzhi.tenancy"
    label = "tenancy"
    verbose_name = "县域隔离"

    def ready(self) -> None:
        import_string("shanzhi.tenancy.checks.check_every_model_has_a_place")

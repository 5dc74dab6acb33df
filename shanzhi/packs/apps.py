from importlib import import_module
from importlib.util import find_spec
from typing import ClassVar

from shanzhi.lib.discovery import DomainConfig


class PacksConfig(DomainConfig):
    """`families.py` is the registry here; the families that this app owns stand in modules of their own."""

    name = "shanzhi.packs"
    label = "packs"
    verbose_name = "办事规则"
    own: ClassVar[tuple[str, ...]] = ("departments", "holidays")

    def ready(self) -> None:
        super().ready()
        for module in self.own:
            if find_spec(f"{self.name}.{module}") is not None:
                import_module(f"{self.name}.{module}")

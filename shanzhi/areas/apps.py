from __future__ import annotations

from shanzhi.lib.discovery import DomainConfig


class AreasConfig(DomainConfig):
    name = "shanzhi.areas"
    label = "areas"
    verbose_name = "区划"

from shanzhi.lib.discovery import DomainConfig


class InsightConfig(DomainConfig):
    name = "shanzhi.insight"
    label = "insight"
    verbose_name = "指标"

from shanzhi.lib.discovery import DomainConfig


class VisitsConfig(DomainConfig):
    name = "shanzhi.visits"
    label = "visits"
    verbose_name = "走访"

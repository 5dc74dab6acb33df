from shanzhi.lib.discovery import DomainConfig


class CasesConfig(DomainConfig):
    name = "shanzhi.cases"
    label = "cases"
    verbose_name = "事件"

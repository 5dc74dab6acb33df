from shanzhi.lib.discovery import DomainConfig


class OperationsConfig(DomainConfig):
    name = "shanzhi.operations"
    label = "operations"
    verbose_name = "运维"

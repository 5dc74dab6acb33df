from shanzhi.lib.discovery import DomainConfig


class DutiesConfig(DomainConfig):
    name = "shanzhi.duties"
    label = "duties"
    verbose_name = "交办"

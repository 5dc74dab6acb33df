from shanzhi.lib.discovery import DomainConfig


class NoticesConfig(DomainConfig):
    name = "shanzhi.notices"
    label = "notices"
    verbose_name = "通知"

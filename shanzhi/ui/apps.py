from shanzhi.lib.discovery import DomainConfig


class UiConfig(DomainConfig):
    name = "shanzhi.ui"
    label = "ui"
    verbose_name = "界面"

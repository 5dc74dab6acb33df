from shanzhi.lib.discovery import DomainConfig


class DemoConfig(DomainConfig):
    name = "shanzhi.demo"
    label = "demo"
    verbose_name = "演示数据"

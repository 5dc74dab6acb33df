from shanzhi.lib.discovery import DomainConfig


class ExchangeConfig(DomainConfig):
    name = "shanzhi.exchange"
    label = "exchange"
    verbose_name = "数据交换"

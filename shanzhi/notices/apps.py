from shanzhi.lib.discovery import DomainConfig
from shanzhi.notices.channels.registry import check_settings


class NoticesConfig(DomainConfig):
    name = "shanzhi.notices"
    label = "notices"
    verbose_name = "通知"

    def ready(self) -> None:
        super().ready()
        check_settings()

from shanzhi.lib.discovery import DomainConfig


class PortalConfig(DomainConfig):
    name = "shanzhi.portal"
    label = "portal"
    verbose_name = "公开页面"

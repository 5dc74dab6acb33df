from shanzhi.lib.discovery import DomainConfig


class TrailConfig(DomainConfig):
    name = "shanzhi.trail"
    label = "trail"
    verbose_name = "留痕"

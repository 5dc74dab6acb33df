from shanzhi.lib.discovery import DomainConfig


class CluesConfig(DomainConfig):
    name = "shanzhi.clues"
    label = "clues"
    verbose_name = "线索"

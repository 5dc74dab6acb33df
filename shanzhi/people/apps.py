from shanzhi.lib.discovery import DomainConfig


class PeopleConfig(DomainConfig):
    name = "shanzhi.people"
    label = "people"
    verbose_name = "人口和房屋"

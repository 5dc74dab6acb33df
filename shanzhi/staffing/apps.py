from shanzhi.lib.discovery import DomainConfig


class StaffingConfig(DomainConfig):
    name = "shanzhi.staffing"
    label = "staffing"
    verbose_name = "网格队伍"

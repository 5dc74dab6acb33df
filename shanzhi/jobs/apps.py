from shanzhi.lib.discovery import DomainConfig


class JobsConfig(DomainConfig):
    name = "shanzhi.jobs"
    label = "jobs"
    verbose_name = "后台任务"

from shanzhi.lib.discovery import DomainConfig


class FilesConfig(DomainConfig):
    name = "shanzhi.files"
    label = "files"
    verbose_name = "文件"

from shanzhi.lib.discovery import DomainConfig


class AccountsConfig(DomainConfig):
    name = "shanzhi.accounts"
    label = "accounts"
    verbose_name = "账号和岗位"

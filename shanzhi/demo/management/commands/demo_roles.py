"""manage.py demo_roles [PACK] [--json]: who can sign in to the demo, with password, first page and API token."""

import json
import unicodedata
from argparse import ArgumentParser
from collections.abc import Sequence
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from shanzhi.demo.cast import RoleRow, roles_list
from shanzhi.demo.packs import pack_get
from shanzhi.lib.errors import DomainError

HEADS = ("县", "岗位", "姓名", "登录账号", "密码", "首页")


class Command(BaseCommand):
    help = "列出演示账号：县、岗位、姓名、登录账号、密码、首页和接口令牌。"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("pack", nargs="?", default="counties", help="演示包")
        parser.add_argument("--json", action="store_true", dest="as_json", help="输出 JSON，含接口令牌")

    def handle(self, *, pack: str, as_json: bool, **options: Any) -> None:
        try:
            rows = roles_list(pack_get(pack), at=timezone.now())
        except DomainError as error:
            raise CommandError(error.message) from None
        if as_json:
            self.stdout.write(json.dumps([row.as_dict() for row in rows], ensure_ascii=False, indent=1))
            return
        if not rows:
            self.stdout.write("还没有演示数据，请先执行 manage.py demo。")
            return
        for line in table([HEADS, *(_cells(row) for row in rows)]):
            self.stdout.write(line)
        self.stdout.write("接口令牌见 manage.py demo_roles --json。")


def _cells(row: RoleRow) -> Sequence[str]:
    return row.county, row.label, row.name, row.login, row.password, row.first_page


def table(rows: Sequence[Sequence[str]]) -> list[str]:
    """Columns one below the other; a Chinese character is two wide."""
    widths = [max(width(row[column]) for row in rows) for column in range(len(rows[0]))]
    return [
        "  ".join(cell + " " * (widths[column] - width(cell)) for column, cell in enumerate(row)).rstrip()
        for row in rows
    ]


def width(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(one) in "WF" else 1 for one in text)

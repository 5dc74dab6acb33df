"""manage.py open_county CODE [--since DATE]: a county joins, with its areas from the official register."""

from argparse import ArgumentParser
from datetime import date
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from shanzhi.areas.services.opening import county_open
from shanzhi.lib.errors import DomainError


class Command(BaseCommand):
    help = "按官方区划开通一个县（市、区）：建立县和它的乡镇、村；重复执行不会改变任何内容。"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("code", help="县级区划代码，6 位或 12 位")
        parser.add_argument("--since", type=date.fromisoformat, help="区划的启用日期，如 2024-01-01；默认今天")

    def handle(self, *, code: str, since: date | None, **options: Any) -> None:
        try:
            row, made = county_open(code=code, since=since)
        except DomainError as error:
            raise CommandError(error.message) from None
        if made:
            self.stdout.write(f"已开通{row.name}（{row.id}），建立 {made:,} 个区划。")
        else:
            self.stdout.write(f"{row.name}（{row.id}）早已开通，没有改变任何内容。")

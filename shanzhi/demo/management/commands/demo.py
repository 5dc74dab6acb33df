"""manage.py demo [PACK] [--date DAY] [--seed WORD]: two counties to look at, the same for the same seed and day."""

import time
from argparse import ArgumentParser
from datetime import date
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from shanzhi.demo.loading import is_loaded, load
from shanzhi.demo.packs import names, pack_get
from shanzhi.demo.plan import SEED, plan_county
from shanzhi.lib.errors import DomainError
from shanzhi.lib.times import local


class Command(BaseCommand):
    help = (
        "装入演示数据：官方区划是真的，人员和事件都是编的。同样的种子和日期得到同样的数据；重复执行不会改变任何内容。"
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("pack", nargs="?", default="counties", help=f"演示包：{'、'.join(names())}")
        parser.add_argument("--date", type=date.fromisoformat, help="演示到这一天零点为止，如 2026-11-21；默认今天")
        parser.add_argument("--seed", default=SEED, help="随机种子，任意文字")

    def handle(self, *, pack: str, date: date | None, seed: str, **options: Any) -> None:
        began, now = time.monotonic(), timezone.now()
        today = local(now).date()
        day = date or today
        if day > today:
            raise CommandError("日期不能晚于今天。")
        try:
            chosen = pack_get(pack)
            if is_loaded(chosen):
                self.stdout.write("演示数据早已装好，没有改变任何内容。")
                return
            plans = [plan_county(chosen, one, day=day, seed=seed) for one in chosen.counties]
            load(chosen, plans, now=now, say=self._say)
        except DomainError as error:
            raise CommandError(error.message) from None
        self.stdout.write(f"演示数据已装好，用时 {time.monotonic() - began:.0f} 秒。账号见 manage.py demo_roles。")

    def _say(self, line: str) -> None:
        self.stdout.write(line)
        self.stdout.flush()

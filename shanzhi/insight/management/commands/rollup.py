import sys
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from shanzhi.insight.services import recount, roll_all
from shanzhi.tenancy.context import county
from shanzhi.tenancy.selectors import county_list


class Command(BaseCommand):
    help = (
        "Bring the roll-ups of every county, or of one, up to date. With --recount everything is counted anew from the "
        "cases, what differed is named and mended. Exit code 0: nothing differed; 1: something did."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--county", type=int, help="six-digit code; without it, all counties")
        parser.add_argument("--recount", action="store_true", help="count everything anew and compare")

    def handle(self, *args: Any, **options: Any) -> None:
        wanted = options["county"]
        numbers = [row.id for row in county_list() if wanted in (None, row.id)]
        if not numbers:
            raise CommandError("没有这个县，请核对六位代码。" if wanted else "还没有县，先载入数据再汇总。")
        agree = [self.recount(number) if options["recount"] else self.roll(number) for number in numbers]
        if not all(agree):
            sys.exit(1)

    def roll(self, number: int) -> bool:
        with county(number, atomic=False):
            self.stdout.write(f"{number}：汇总了 {roll_all(at=timezone.now())} 处变动。")
        return True

    def recount(self, number: int) -> bool:
        with county(number, atomic=False):
            found = recount(at=timezone.now())
        for line in found.samples:
            self.stdout.write(line)
        outcome = "全部相符" if found.agrees else f"{found.wrong_cases} 件和 {found.wrong_rows} 行不符，已更正"
        words = "第一次汇总" if found.first else outcome
        self.stdout.write(f"{number}：重算了 {found.cases} 件事件、{found.rows} 行汇总，{words}。")
        return found.agrees

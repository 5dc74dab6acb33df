import sys
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from shanzhi.tenancy.selectors import county_list
from shanzhi.trail.findings import Report
from shanzhi.trail.verifying import verify_county


class Command(BaseCommand):
    help = (
        "Recompute the trail of every county, or of one, and name what was altered or removed, one sentence a line. "
        "Exit code 0: everything agrees; 1: there are findings."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--county", type=int, help="six-digit code; without it, all counties")
        parser.add_argument("--bundle", type=Path, help="copies of the seals to compare with, instead of our own")

    def handle(self, *args: Any, **options: Any) -> None:
        wanted = options["county"]
        numbers = [row.id for row in county_list() if wanted in (None, row.id)]
        if not numbers:
            raise CommandError("没有这个县，请核对六位代码。" if wanted else "还没有县，先载入数据再核对。")
        reports = [self.verify(number, options["bundle"]) for number in numbers]
        if not all(report.clean for report in reports):
            sys.exit(1)

    def verify(self, number: int, bundle: Path | None) -> Report:
        report = verify_county(number, bundle=bundle)
        for sentence in report.findings:
            self.stdout.write(sentence)
        if report.total > len(report.findings):
            self.stdout.write(f"还有 {report.total - len(report.findings)} 个问题没有列出。")
        outcome = "全部相符" if report.clean else f"发现 {report.total} 个问题"
        erased = f"，已依法删除 {report.erased} 项" if report.erased else ""
        self.stdout.write(
            f"{number}：核对 {report.entries} 条留痕、{report.objects} 项内容、{report.seals} 号封存{erased}，{outcome}。"
        )
        return report

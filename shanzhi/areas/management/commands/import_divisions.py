"""manage.py import_divisions FILE [--dry-run] [--errors FILE]: the whole official register from a CSV."""

import csv
import sys
import time
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from shanzhi.areas.checking import Fault
from shanzhi.areas.faults import fault_table
from shanzhi.areas.services.register import Outcome, register_import
from shanzhi.areas.source import Source, source_open
from shanzhi.lib.errors import Invalid

SHOWN = 20


class Command(BaseCommand):
    help = "把官方区划（code,name,level,parent_code）导入全平台的区划库；同一文件导入两次不会改变任何内容。"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, help="CSV 文件")
        parser.add_argument("--dry-run", action="store_true", help="只检查，不写入")
        parser.add_argument("--errors", type=Path, help="错行另存为这个 CSV，改好后可再导入")

    def handle(self, *, file: Path, dry_run: bool, errors: Path | None, **options: Any) -> None:
        if not file.is_file():
            raise CommandError(f"找不到文件 {file}，请核对路径。")
        began = time.monotonic()
        try:
            source = source_open(lambda: file.open("rb"))
            outcome = register_import(source, dry_run=dry_run, progress=self._progress())
        except Invalid as fault:
            raise CommandError(fault.message) from None
        self._notes(source)
        self._report(outcome, dry_run, time.monotonic() - began)
        if outcome.faults and errors is not None:
            _write_errors(errors, source, outcome.faults)
            self.stdout.write(f"错行已存到 {errors}，改好后可直接再导入。")

    def _progress(self) -> Any:
        """One line on a terminal, rewritten at most five times a second; silent elsewhere."""
        if not sys.stderr.isatty():
            return lambda done, total: None
        shown = 0.0

        def show(done: int, total: int) -> None:
            nonlocal shown
            if done == total or time.monotonic() - shown > 0.2:
                shown = time.monotonic()
                end = "\n" if done == total else "\r"
                sys.stderr.write(f"  {done:,} / {total:,} 行{end}")

        return show

    def _notes(self, source: Source) -> None:
        for note in source.notes:
            self.stdout.write(note)

    def _report(self, outcome: Outcome, dry_run: bool, seconds: float) -> None:
        counts = outcome.counts
        for fault in outcome.faults[:SHOWN]:
            self.stdout.write(f"第 {fault.number} 行 {fault.column}：{fault.sentence}")
        if counts.bad > SHOWN:
            self.stdout.write(f"……另有 {counts.bad - SHOWN:,} 行有错。")
        words = "检查完毕，没有写入" if dry_run else "导入完毕"
        self.stdout.write(
            f"{words}：共 {counts.rows:,} 行，新增 {counts.new:,}，更改 {counts.changed:,}，"
            f"相同 {counts.same:,}，有错 {counts.bad:,}，用时 {seconds:.1f} 秒。"
        )


def _write_errors(path: Path, source: Source, faults: list[Fault]) -> None:
    """The bad rows as they came, with line number and sentence behind them; a mended copy can be imported as it is."""
    with path.open("w", encoding="utf-8-sig", newline="") as out:
        writer = csv.writer(out)
        rows = ((fault.number, fault.column, fault.sentence, fault.raw) for fault in faults)
        writer.writerows(fault_table(source.header, rows))

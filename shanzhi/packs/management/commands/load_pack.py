"""manage.py load_pack DIR [--county CODE] [--dry-run] [--replace-edited]: a pack into a county, all or nothing."""

import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from shanzhi.access.actor import Actor
from shanzhi.lib.errors import DomainError
from shanzhi.packs.loading import Loaded, load_pack
from shanzhi.packs.management.commands import county_named
from shanzhi.tenancy.context import county


class Command(BaseCommand):
    help = "把一个规则包（目录）装入一个县；有任何错误都不会改变任何内容，同样的内容装两次也不会。"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("directory", type=Path, help="有 pack.yaml 的目录")
        parser.add_argument("--county", help="六位代码；只有一个县时可以不写")
        parser.add_argument("--dry-run", action="store_true", help="只检查，不写入")
        parser.add_argument("--replace-edited", action="store_true", help="本地改过的也换成包里的")

    def handle(
        self, *, directory: Path, county: str | None, dry_run: bool, replace_edited: bool, **options: Any
    ) -> None:
        number = county_named(county)
        try:
            loaded = _load(number, directory, dry_run=dry_run, replace_edited=replace_edited)
        except DomainError as error:
            raise CommandError(error.message) from None
        if loaded.faults:
            for fault in loaded.faults:
                self.stderr.write(str(fault))
            self.stderr.write(f"共 {len(loaded.faults)} 处错误，没有改变任何内容，请改好后再装。")
            sys.exit(1)
        self._report(loaded, dry_run=dry_run, replaced=replace_edited)

    def _report(self, loaded: Loaded, *, dry_run: bool, replaced: bool) -> None:
        for row in loaded.published:
            self.stdout.write(f"{'会发布' if dry_run else '已发布'} {row.file} {row.title}")
        if not replaced:
            for row in loaded.conflicts:
                why = "本地已停用" if row.retired else "本地改过"
                self.stdout.write(f"{why}，保留本地的：{row.file} {row.title}；要换成包里的请加 --replace-edited。")
        words = "检查完毕，没有写入" if dry_run else "装入完毕"
        self.stdout.write(
            f"{words}：新增 {len(loaded.new)}，更新 {len(loaded.changed)}，相同 {len(loaded.unchanged)}，"
            f"本地改过 {len(loaded.conflicts)}。"
        )


def _load(number: int, directory: Path, *, dry_run: bool, replace_edited: bool) -> Loaded:
    with county(number):
        actor = Actor.system(number)
        return load_pack(directory, actor=actor, dry_run=dry_run, replace_edited=replace_edited)

"""manage.py export_pack DIR [--county CODE] [--pack CODE]: a county's definitions as a pack again."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from shanzhi.packs.exporting import export_pack
from shanzhi.packs.management.commands import county_named
from shanzhi.tenancy.context import county as in_county


class Command(BaseCommand):
    help = "把一个县现行的办事规则导出成规则包（目录）；再装入时内容相同。"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("directory", type=Path, help="写到这个目录，没有就新建")
        parser.add_argument("--county", help="六位代码；只有一个县时可以不写")
        parser.add_argument("--pack", help="只导出从这个规则包装入的")

    def handle(self, *, directory: Path, county: str | None, pack: str | None, **options: Any) -> None:
        number = county_named(county)
        try:
            with in_county(number):
                names = export_pack(directory, pack=pack)
        except OSError as error:
            raise CommandError(f"写不进目录 {directory}：{error.strerror or error}，请换一个目录。") from None
        self.stdout.write(f"已导出 {len(names)} 个文件到 {directory}。")

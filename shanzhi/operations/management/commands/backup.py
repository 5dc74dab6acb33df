import signal
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from shanzhi.operations.backups import manifest
from shanzhi.operations.backups.folders import Refused
from shanzhi.operations.backups.making import make_backup
from shanzhi.operations.interrupting import ended_by


class Command(BaseCommand):
    help = (
        "Back up the database, the files and the copies of the seals into a new folder below DIR, while everything "
        "runs. The keys are not in it: copy them elsewhere. Exit code 0: the backup is whole and was verified."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("dir", type=Path, help="the folder of the backups, best on another disk")
        parser.add_argument("--keep", type=int, metavar="N", help="then remove all but the newest N backups")
        files = parser.add_mutually_exclusive_group()
        files.add_argument("--with-files", action="store_true", default=True, dest="files", help="the default")
        files.add_argument("--without-files", action="store_false", dest="files", help="database and seals only")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["keep"] is not None and options["keep"] < 1:
            raise CommandError("--keep 至少是 1。")
        try:
            with ended_by(signal.SIGTERM, signal.SIGHUP):
                made = make_backup(
                    options["dir"], at=timezone.now(), keep=options["keep"], with_files=options["files"], say=self.say
                )
        except Refused as error:
            raise CommandError(str(error)) from error
        except OSError as error:
            raise CommandError(f"备份没有做成（{error.strerror}），以前的备份都在，请清理磁盘后再做。") from error
        self.tell(made)

    def say(self, sentence: str) -> None:
        self.stdout.write(sentence)
        self.stdout.flush()

    def tell(self, made: Path) -> None:
        content = manifest.read(made)
        files = content.get("files")
        if files:
            lack = f"，{files['missing']} 个只有记录没有内容" if files["missing"] else ""
            self.say(f"文件 {files['count']:,} 个（新 {files['copied']:,}，未变 {files['linked']:,}）{lack}。")
        self.say(f"备份做好并核对过：{made}")
        self.say(f"密钥不在备份里：请把 {settings.SHANZHI_KEY_FILE} 另外存到别处，没有它加密的内容打不开。")
        if Path(settings.SHANZHI_CLUE_KEY_FILE).is_file():
            self.say(f"线索另有一把密钥 {settings.SHANZHI_CLUE_KEY_FILE}，请由线索专办的牵头人另外保存。")

import signal
import sys
from datetime import datetime
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from shanzhi.operations.backups.folders import Refused
from shanzhi.operations.backups.restoring import Wanted, restore
from shanzhi.operations.interrupting import ended_by


class Command(BaseCommand):
    help = (
        "Restore a backup into what the settings name, after it was verified, then verify the trail. Exit code 0: "
        "restored, everything agrees; 1: nothing was changed, or the trail has findings."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("source", type=Path, metavar="FROM", help="a backup, or the folder of the backups")
        parser.add_argument(
            "--until", metavar="TIME", help="2026-11-30 10:15+08:00; on SQLite the last backup before it"
        )  # fmt: skip
        parser.add_argument("--into", type=Path, metavar="FOLDER", help="PostgreSQL: the new data folder")
        parser.add_argument("--replace", action="store_true", help="move what is there aside; nothing is deleted")
        parser.add_argument("--dry-run", action="store_true", help="verify the whole backup, say what would be done")

    def handle(self, *args: Any, **options: Any) -> None:
        wanted = Wanted(
            options["source"], timezone.now(), until=self.moment(options["until"]), into=options["into"],
            replace=options["replace"], dry_run=options["dry_run"],
        )  # fmt: skip
        try:
            with ended_by(signal.SIGTERM, signal.SIGHUP):
                clean = restore(wanted, say=self.say)
        except Refused as error:
            raise CommandError(str(error)) from error
        except OSError as error:
            raise CommandError(f"没有恢复（{error.strerror}：{error.filename}），请处理后再做。") from error
        if not clean:
            sys.exit(1)

    def say(self, sentence: str) -> None:
        self.stdout.write(sentence)
        self.stdout.flush()

    @staticmethod
    def moment(text: str | None) -> datetime | None:
        """Without an offset the time is that of the clocks here."""
        if text is None:
            return None
        try:
            found = datetime.fromisoformat(text)
        except ValueError as error:
            raise CommandError("--until 请写成 2026-11-30 10:15+08:00 这样。") from error
        return found if found.tzinfo else timezone.make_aware(found)

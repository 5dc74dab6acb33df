"""`manage.py rotate_keys`: seal every encrypted text with the newest key."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from shanzhi.lib.sealing import SealError
from shanzhi.tenancy.rotation import reseal_all


class Command(BaseCommand):
    help = (
        "Seal anew, in batches and beside the running system, what was sealed with an older key or another cipher. "
        "May be broken off and started again. The older keys stay in the file: backups need them."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            for name, count in reseal_all():
                self.stdout.write(f"{name}: {count} sealed anew")
        except SealError as error:
            raise CommandError(f"{error}; what was sealed anew before stays so") from None

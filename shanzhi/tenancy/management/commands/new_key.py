"""`manage.py new_key`: a fresh key for sealed fields."""

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from shanzhi.lib.sealing import SealError, add_key
from shanzhi.tenancy.keyring import forget_keys, key_ring


class Command(BaseCommand):
    help = (
        "Add a key to the key file; what is sealed from now on is sealed with it once the programs were started again. "
        "Copy the file to where its copies are kept before you do that. Then `manage.py rotate_keys`."
    )
    requires_system_checks = ()

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            key_ring()
            number = add_key(Path(settings.SHANZHI_KEY_FILE))
        except SealError as error:
            raise CommandError(str(error)) from None
        forget_keys()
        self.stdout.write(f"key {number} added to {settings.SHANZHI_KEY_FILE}; the older ones stay in it")

"""`manage.py new_key [SETTING]`: a fresh key for sealed fields."""

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from shanzhi.lib.sealing import SealError, add_key
from shanzhi.tenancy.keyring import FIELDS, forget_keys, key_ring
from shanzhi.tenancy.rotation import rings


class Command(BaseCommand):
    help = (
        "Add a key to the key file; what is sealed from now on is sealed with it once the programs were started again. "
        "Copy the file to where its copies are kept before you do that. Then `manage.py rotate_keys`."
    )
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("ring", nargs="?", default=FIELDS, choices=rings(), help="the setting that names the file")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            path = Path(getattr(settings, options["ring"]))
            key_ring(options["ring"])
            number = add_key(path)
        except SealError as error:
            raise CommandError(str(error)) from None
        forget_keys()
        self.stdout.write(f"key {number} added to {path}; the older ones stay in it")

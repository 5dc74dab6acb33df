"""`manage.py bench_rollup`: acts on cases of the seeded county, and how fast the roller takes them in; JSON."""

import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from bench.management.commands.bench_seed import COUNTY
from bench.rolling import ACTS, measured
from shanzhi.tenancy.context import county


class Command(BaseCommand):
    help = "How many acts a second the roll-ups follow, after bench_seed; prints it as JSON."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--acts", type=int, default=ACTS)

    def handle(self, *, acts: int, **options: Any) -> None:
        with county(COUNTY, atomic=False):
            self.stdout.write(json.dumps(measured(at=timezone.now(), acts=acts)))

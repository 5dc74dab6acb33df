from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from shanzhi.jobs.schedules import ensure_schedules


class Command(BaseCommand):
    help = "Write the recurring work that the code declares into the queue; run it after each deployment."

    def handle(self, *args: Any, **options: Any) -> None:
        names = ensure_schedules(at=timezone.now())
        if options["verbosity"]:
            self.stdout.write("\n".join(names))

from typing import Any

from django.core.management import call_command
from django.core.management.base import BaseCommand
from django.utils import timezone

from shanzhi.jobs.schedules import ensure_schedules


class Command(BaseCommand):
    help = "Ensure the schedules, then work on the queue until stopped (SIGTERM, or Ctrl-C)."

    def handle(self, *args: Any, **options: Any) -> None:
        ensure_schedules(at=timezone.now())
        call_command("qcluster")

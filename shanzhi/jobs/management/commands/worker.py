import signal
import threading
import time
from typing import Any, Final

from django.core.management.base import BaseCommand
from django.utils import timezone
from django_q.cluster import Cluster

from shanzhi.jobs.schedules import ensure_schedules

GRACE_SECONDS: Final = 20.0


class Command(BaseCommand):
    """The queue's own command waits for ever when its guard was ended by the same signal, as process managers do."""

    help = "Ensure the schedules, then work on the queue until stopped (SIGTERM, or Ctrl-C)."
    stopping = False

    def handle(self, *args: Any, **options: Any) -> None:
        ensure_schedules(at=timezone.now())
        cluster = Cluster()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self.stop)
        cluster.start()
        while not self.stopping and cluster.sentinel.is_alive():
            time.sleep(0.2)
        if self.stopping and cluster.sentinel.is_alive():  # let the task at hand end, within reason
            threading.Thread(target=cluster.stop, daemon=True).start()
            cluster.sentinel.join(GRACE_SECONDS)
        if cluster.sentinel.is_alive():
            cluster.sentinel.terminate()
        if not self.stopping:
            raise SystemExit(1)

    def stop(self, number: int, frame: object) -> None:
        self.stopping = True

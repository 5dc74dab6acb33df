"""For the tests of every app: run what was queued, here and now."""

from importlib import import_module
from typing import Final

from django_q.models import OrmQ

from shanzhi.jobs.runner import run_job

RUN_JOB: Final = "shanzhi.jobs.runner.run_job"
ROUNDS: Final = 100


def drain() -> int:
    """Run all queued tasks (jobs, event deliveries, any other) until none is left; returns how many.

    They run inline in the test's own transaction. A task that raises fails the test.
    """
    ran = 0
    for _ in range(ROUNDS):
        waiting = list(OrmQ.objects.order_by("id"))
        if not waiting:
            return ran
        for row in waiting:
            task = row.task
            row.delete()
            _call(task["func"], task["args"], task["kwargs"])
            ran += 1
    raise AssertionError("tasks keep queueing tasks without end")


def _call(name: str, args: tuple[object, ...], kwargs: dict[str, object]) -> None:
    module, _, function = name.rpartition(".")
    if name == RUN_JOB:
        kwargs = {**kwargs, "heartbeat": False}
        assert run_job is getattr(import_module(module), function)
    getattr(import_module(module), function)(*args, **kwargs)

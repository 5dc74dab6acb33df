"""Kinds of jobs for the tests; `steps` is also run by a real worker (`worker_main`)."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db.transaction import atomic
from django.utils import timezone

from shanzhi.access.actor import Actor, ActorPost
from shanzhi.jobs.registry import KINDS, Handler, JobRun, job
from shanzhi.tenancy.context import current
from shanzhi.tenancy.models import OutboxEvent

STEPS = "test.steps"
MADE = "test.step.made"


def steps(task: JobRun) -> dict[str, Any]:
    """Makes rows 1 … total, each in a transaction of its own, none of them twice however often it is run."""
    total = int(task.args["total"])
    for number in range(1, total + 1):
        with atomic():
            if not OutboxEvent.objects.filter(code=MADE, subject_id=number).exists():
                OutboxEvent.objects.create(code=MADE, subject_id=number, at=task.at, delivered_at=timezone.now())
        task.progress(number, total)
        time.sleep(float(task.args.get("pause", 0)))
    return {"message": f"做了 {total} 步。", "notes": ["第一步做得很顺利。"]}


@contextmanager
def declared(code: str, handler: Handler, *, title: str = "测试任务") -> Iterator[None]:
    """A kind for the time of a test."""
    job(code, title=title)(handler)
    try:
        yield
    finally:
        del KINDS[code]


def person(user_id: int = 7) -> Actor:
    """Somebody with a post."""
    post = ActorPost(
        id=70, role="system_admin", label="系统管理员", area_id=1, area_path="0001", area_level="county", area_name="县"
    )
    return Actor(user_id=user_id, name="张小平", county_id=current(), posts=(post,))

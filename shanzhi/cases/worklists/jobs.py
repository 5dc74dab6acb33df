"""A large batch in the background."""

from typing import Any

from django.db.transaction import atomic
from django.urls import reverse

from shanzhi.cases.models import ActBatch
from shanzhi.cases.worklists.batches import JOB, batch_go_on
from shanzhi.jobs.registry import JobRun, job


@job(JOB, title="批量办理")
def run_batch(task: JobRun) -> dict[str, Any]:
    """In chunks, each of which is done wholly or not at all; what a killed worker left is done by the next."""
    with atomic():
        batch = ActBatch.objects.get(id=int(task.args["batch_id"]))
    batch = batch_go_on(actor=task.actor, batch_id=batch.id, at=task.at, progress=task.progress)
    return {
        "message": f"办成 {batch.done} 件，没办成 {batch.refused} 件。",
        "path": reverse("cases:batch", args=[task.county_id, batch.id]),
        "path_label": "看每一件的结果",
    }

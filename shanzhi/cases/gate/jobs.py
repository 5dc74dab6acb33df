"""What the gate does by itself: forget what counts no more, and judge many held reports in the background."""

from datetime import datetime
from typing import Any, Final

from django.db.transaction import atomic
from django.urls import reverse

from shanzhi.areas.registry import path_holder
from shanzhi.cases.gate.admitting import HOUR
from shanzhi.cases.gate.releasing import (
    DISCARD_JOB,
    RELEASE_JOB,
    Outcome,
    floods_end,
    held_discard,
    held_forget,
    held_many,
    held_release,
)
from shanzhi.cases.gate.senders import senders_forget
from shanzhi.cases.models import Spent, Visit
from shanzhi.jobs.registry import JobRun, every, job

DAILY: Final = 24 * 60

path_holder("cases.Held", "area_path")
path_holder("cases.Held", "village_path")
path_holder("cases.Sender", "village_path")
path_holder("cases.Block", "area_path")


@every(10, title="清理公开页面的使用次数")
def forget_visits(at: datetime) -> int:
    """Visits of more than an hour and proofs that are over: they count for nothing any more."""
    with atomic():
        return Visit.objects.filter(at__lte=at - HOUR).delete()[0] + Spent.objects.filter(expires_at__lt=at).delete()[0]


@every(5, title="集中反映是不是过去了")
def end_floods(at: datetime) -> int:
    with atomic():
        return floods_end(at=at)


@every(DAILY, title="清理公开反映的来处和没有登记的反映")
def forget_senders(at: datetime) -> int:
    """After 90 days nobody knows from where something came, nor what was put aside."""
    with atomic():
        gone = senders_forget(at=at)
    return gone + held_forget(at=at)


@job(RELEASE_JOB, title="受理登记待甄别的反映")
def release(task: JobRun) -> dict[str, Any]:
    """One after the other, each wholly or not at all; a second run goes on where the first was stopped."""
    found = held_many(
        [int(one) for one in task.args["ids"]],
        lambda held: held_release(actor=task.actor, held=held, at=task.at),
        actor=task.actor,
        progress=task.progress,
    )
    return _told(task, found, "受理登记")


@job(DISCARD_JOB, title="不登记待甄别的反映")
def discard(task: JobRun) -> dict[str, Any]:
    """The same with the reason that was chosen."""
    reason, text = task.args["reason"], task.args["text"]
    found = held_many(
        [int(one) for one in task.args["ids"]],
        lambda held: held_discard(actor=task.actor, held=held, reason=reason, text=text, at=task.at),
        actor=task.actor,
        progress=task.progress,
    )
    return _told(task, found, "不登记")


def _told(task: JobRun, found: Outcome, verb: str) -> dict[str, Any]:
    words = f"{verb} {found.done:,} 件" + (f"，没办成 {found.refused:,} 件" if found.refused else "")
    return {
        "message": f"{words}。", "notes": found.notes, "path": reverse("cases:held", args=[task.county_id]),
        "path_label": "回到待甄别",
    }  # fmt: skip

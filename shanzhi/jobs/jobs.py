"""Background work of this app and of the layers below it, which cannot import this one: the outbox and the trail."""

from datetime import datetime, timedelta
from typing import Any, Final

from django.db.transaction import atomic
from django.utils import timezone

from shanzhi.jobs.registry import JobRun, every, job
from shanzhi.jobs.services import jobs_sweep
from shanzhi.tenancy import idempotency, outbox
from shanzhi.tenancy.context import current
from shanzhi.trail.sealing import seal_county
from shanzhi.trail.verifying import store_check, verify_county

FULL_ROUND_HOUR: Final = 3  # of UTC: 11:00 here, after the night's loads


@every(1, title="封存留痕")
def seal(at: datetime) -> int:
    """Seal what is new; once an hour's first minutes a day, look at everything."""
    return seal_county(current(), at=at, everything=at.hour == FULL_ROUND_HOUR and at.minute < 2)


@every(1, title="补发事件")
def deliver_late_events(at: datetime) -> int:
    with atomic():
        return outbox.sweep(at=at)


@every(1, title="接续中断的任务")
def take_up_silent_jobs(at: datetime) -> int:
    return jobs_sweep(at=at)


@every(24 * 60, title="清理旧的重复提交标识")
def purge_idempotency_keys(at: datetime) -> int:
    with atomic():
        return idempotency.purge(before=at - timedelta(days=90))


@job("trail.verify", title="核对留痕")
def verify(task: JobRun) -> dict[str, Any]:
    """Verify the county's whole trail and keep the outcome for the audit administrator."""
    report = verify_county(task.county_id, progress=task.progress)
    with atomic():
        store_check(report, started_at=task.at, ended_at=timezone.now())
    if report.clean:
        message = f"核对完成：{report.entries} 条留痕、{report.objects} 项内容、{report.seals} 号封存都相符。"
    else:
        message = f"核对完成，发现 {report.total} 个问题，请逐条核实。"
    return {"message": message, "path": f"/{task.county_id}/trail/", "path_label": "查看留痕", "notes": report.findings}

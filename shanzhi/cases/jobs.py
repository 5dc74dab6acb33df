"""What cases do by themselves, and what of theirs moves when areas are merged."""

from datetime import datetime
from typing import Any

from django.db.transaction import atomic

import shanzhi.cases.gate.jobs
import shanzhi.cases.suggesting.jobs
import shanzhi.cases.worklists.jobs  # noqa: F401  (all declare their own)
from shanzhi.access.actor import Actor
from shanzhi.areas.registry import path_holder
from shanzhi.cases.catalogue import SILENCE_DAYS, State
from shanzhi.cases.models import Case
from shanzhi.cases.services import case_close
from shanzhi.cases.services.reckoning import JOB as CLOCKS
from shanzhi.cases.services.reckoning import clocks_reckon
from shanzhi.cases.telling_calls import missing_told
from shanzhi.cases.watching import watch
from shanzhi.jobs.registry import JobRun, every, job
from shanzhi.lib.errors import Conflict
from shanzhi.tenancy.context import current

path_holder("cases.Case", "area_path")
path_holder("cases.Case", "owner_path")


@every(30, title="七天没有评价的事件自动办结")
def close_in_silence(at: datetime) -> int:
    """Close what was verified seven days ago and nobody objected to, each in its own transaction."""
    with atomic():
        silent = list(
            Case.objects.filter(state=State.VERIFIED, ended_at=None, due_at__lte=at).select_related("owner")[:1000]
        )
    closed = 0
    for case in silent:
        try:
            case_close(
                actor=Actor.system(current()), case=case, version=case.version,
                text=f"核查通过后 {SILENCE_DAYS} 天没有收到评价，自动办结。", at=at,
            )  # fmt: skip
            closed += 1
        except Conflict:  # somebody rated or returned it in this moment
            continue
    return closed


@every(5, title="时限提醒和挂账到期恢复")
def watch_clocks(at: datetime) -> int:
    """Warn of limits that come or have passed, and let suspended cases go on whose day has come."""
    return watch(at)


@job(CLOCKS, title="按新的节假日表重算时限")
def reckon_clocks(task: JobRun) -> dict[str, Any]:
    """Give every open clock its end by the holiday table as it is now."""
    found = clocks_reckon(at=task.at, progress=task.progress)
    return {"message": f"看了 {found['seen']} 个时限，{found['moved']} 个有变化，已按新的节假日表重算。"}


@every(1, title="吹哨后没有按时报到的提醒")
def tell_missing(at: datetime) -> int:
    """Units that were called and are not there in time."""
    return missing_told(at=at)

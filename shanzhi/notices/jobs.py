"""Recurring work on notices."""

from datetime import datetime

from shanzhi.jobs.registry import every
from shanzhi.notices.services import notices_sweep


@every(24 * 60, title="清理旧通知")
def sweep_notices(at: datetime) -> int:
    return notices_sweep(at=at)

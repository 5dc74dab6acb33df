"""Recurring work."""

from datetime import datetime

from shanzhi.clues.services.steps import sweep
from shanzhi.jobs.registry import every


@every(30, title="清理过期的提交标识")
def clean(at: datetime) -> int:
    """Its count is shown to administrators, so it is none."""
    sweep(at=at)
    return 0

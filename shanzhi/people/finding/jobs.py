"""Searches are forgotten."""

from datetime import datetime

from shanzhi.jobs.registry import every
from shanzhi.people.finding.services import searches_forget


@every(10, title="清除查找记录")
def forget(at: datetime) -> int:
    return searches_forget(at=at)

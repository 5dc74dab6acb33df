"""Recurring work: the roll-ups follow the cases; a county that has none yet, or old ones, is counted in full."""

from datetime import datetime

from shanzhi.insight.models import Rolling
from shanzhi.insight.services import recount, roll_all
from shanzhi.insight.shares import RULES
from shanzhi.jobs.registry import every
from shanzhi.tenancy.context import county, current


@every(1, title="汇总指标")
def roll_up(at: datetime) -> int:
    """Until nothing waits; how many changes were counted."""
    with county(current()):
        counted = Rolling.objects.filter(rules=RULES).exists()
    return roll_all(at=at) if counted else recount(at=at).cases

"""What the registers do by themselves."""

from datetime import datetime

from shanzhi.jobs.registry import every
from shanzhi.people.finding import jobs as finding
from shanzhi.people.importing import jobs as importing
from shanzhi.people.services.retaining import memberships_sweep


@every(24 * 60, title="删除到期的关爱登记")
def sweep_memberships(at: datetime) -> int:
    return memberships_sweep(at=at)


__all__ = ["finding", "importing", "sweep_memberships"]

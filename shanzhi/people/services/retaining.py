"""What need not be kept any longer goes by itself: memberships, so many days after they ended as their group says."""

from datetime import datetime, timedelta
from typing import Final

from django.db.transaction import atomic

from shanzhi.access.actor import Actor
from shanzhi.lib.times import local
from shanzhi.people.groups import groups_known
from shanzhi.people.models import Membership
from shanzhi.people.numbers import group_index
from shanzhi.people.services.erasing import gone
from shanzhi.tenancy.context import current

BATCH: Final = 200


def memberships_sweep(*, at: datetime) -> int:
    """How many were deleted; call it outside of transactions, each batch is one of its own."""
    actor, today, removed = Actor.system(current()), local(at).date(), 0
    with atomic():
        groups = groups_known()
    for code, group in groups.items():
        before = today - timedelta(days=group.body.retention_days)
        while True:
            with atomic():
                over = Membership.objects.filter(until__lte=before, group_index=group_index(code))
                batch = list(over.select_for_update(skip_locked=True).order_by("id")[:BATCH])
                for row in batch:
                    gone(actor, row, at)
            removed += len(batch)
            if len(batch) < BATCH:
                break
    return removed

"""Numbers about the running system, over all counties together, each from one cheap statement."""

from datetime import date, datetime
from pathlib import Path
from typing import Any, Final

from django.db import connection
from django.db.models import Count, Max, Min, OuterRef, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce
from django_q.models import OrmQ, Task

from shanzhi.jobs.models import Job
from shanzhi.jobs.schedules import FUNCTION
from shanzhi.jobs.services import lease
from shanzhi.lib.times import local
from shanzhi.notices.models import Delivery
from shanzhi.packs.holidays import FAMILY
from shanzhi.packs.models import Definition
from shanzhi.tenancy.context import cross_county
from shanzhi.tenancy.models import County, OutboxEvent
from shanzhi.trail.models import Entry, Seal, SealItem

WHY: Final = "health: the state of the whole installation"
WAITING: Final = (Delivery.State.QUEUED, Delivery.State.SENDING)


def worker_seen(at: datetime) -> datetime | None:
    """When the worker last ended recurring work, or renewed the lease of a job that takes long."""
    ended = Task.objects.filter(func=FUNCTION, success=True).aggregate(last=Max("stopped"))["last"]
    with cross_county(WHY):
        until = Job.objects.filter(state=Job.State.RUNNING).aggregate(last=Max("lease_until"))["last"]
    seen = [moment for moment in (ended, until - lease() if until else None) if moment is not None]
    return max(seen, default=None)


def oldest_unsealed() -> datetime | None:
    """When the oldest entry was made that came after what is sealed, over all active counties; None if there is none.

    One step in an index for each county. An entry that was overtaken by a seal is found by the next one.
    """
    newest = Seal.objects.filter(county_id=OuterRef("county_id")).order_by("-number").values("id")[:1]
    sealed = SealItem.objects.filter(county_id=OuterRef("id"), seal_id=Subquery(newest)).order_by("-position")
    after = Entry.objects.filter(county_id=OuterRef("id"), id__gt=OuterRef("sealed")).order_by("id")
    with cross_county(WHY):
        counties: QuerySet[Any] = County.objects.filter(is_active=True)
        rows = counties.annotate(sealed=Coalesce(Subquery(sealed.values("entry_id")[:1]), Value(0)))
        waiting = rows.annotate(waiting=Subquery(after.values("at")[:1])).values_list("waiting", flat=True)
        return min((moment for moment in waiting if moment is not None), default=None)


def holiday_days(at: datetime) -> int | None:
    """Days that the holiday tables still reach in the county where they end first; None without a county."""
    tables = Definition.objects.filter(family=FAMILY, retired_at=None, county_id=OuterRef("id"), current_number__gt=0)
    with cross_county(WHY):
        counties = County.objects.filter(is_active=True)
        last = Subquery(tables.order_by("-code").values("code")[:1])  # a year of four digits
        years = list(counties.annotate(year=last).values_list("year", flat=True))
    if not years:
        return None
    if None in years:
        return 0
    return max((date(int(min(years)), 12, 31) - local(at).date()).days, 0)


def queue_length() -> int:
    return int(OrmQ.objects.count())


def outbox_waiting() -> tuple[int, datetime | None]:
    """Events that not every subscriber has taken up, and since when the oldest waits."""
    with cross_county(WHY):
        late = OutboxEvent.objects.filter(delivered_at__isnull=True)
        return late.count(), late.aggregate(oldest=Min("at"))["oldest"]


def deliveries_waiting() -> dict[str, int]:
    """Messages on their way out, by channel."""
    with cross_county(WHY):
        waiting = Delivery.objects.filter(next_at__isnull=False, state__in=WAITING).order_by()
        return dict(waiting.values_list("channel").annotate(count=Count("id")))


def database_bytes() -> int:
    """On the disk; on SQLite with its log."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_database_size(current_database())")
            return int(cursor.fetchone()[0])
    path = Path(str(connection.settings_dict["NAME"]))
    parts = (path.with_name(path.name + tail) for tail in ("", "-wal"))
    return sum(part.stat().st_size for part in parts if part.exists())

"""What was read half a year ago goes; what nobody read stays."""

from datetime import timedelta

from shanzhi.jobs.registry import PERIODICS
from shanzhi.notices.models import Notice
from shanzhi.notices.services import notices as services
from shanzhi.notices.services import notices_sweep
from shanzhi.notices.tests.factories import NOW, tell
from shanzhi.tenancy.context import county


def read_days_ago(row, days):
    Notice.objects.filter(id=row.id).update(read_at=NOW - timedelta(days=days))


def test_only_what_was_read_long_ago(county_a, monkeypatch):
    monkeypatch.setattr(services, "_BATCH", 2)
    rows = [tell(11, at=NOW - timedelta(days=400))[0] for _ in range(8)]
    for row, days in zip(rows, (181, 190, 300, 181, 181, 179, 1), strict=False):
        read_days_ago(row, days)
    assert notices_sweep(at=NOW) == 5
    assert list(Notice.objects.order_by("id").values_list("id", flat=True)) == [row.id for row in rows[5:]]
    assert notices_sweep(at=NOW) == 0


def test_the_other_county_is_left_alone(county_a, county_b):
    with county(county_b.id):
        read_days_ago(tell(11, path="/410927/")[0], 300)
    assert notices_sweep(at=NOW) == 0


def test_it_recurs_every_day(county_a):
    periodic = PERIODICS["shanzhi.notices.jobs.sweep_notices"]
    assert periodic.minutes == 24 * 60
    read_days_ago(tell(11)[0], 300)
    assert periodic.handler(NOW) == 1

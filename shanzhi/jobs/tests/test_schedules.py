from datetime import datetime, timedelta
from io import StringIO

import pytest
from django.core.management import call_command
from django.utils import timezone
from django_q.models import Schedule

from shanzhi.jobs import jobs as own_jobs
from shanzhi.jobs.registry import PERIODICS, Periodic, every
from shanzhi.jobs.runner import run_periodic
from shanzhi.jobs.schedules import ensure_schedules
from shanzhi.tenancy.context import current
from shanzhi.tenancy.models import County

pytestmark = pytest.mark.django_db
NAME = "shanzhi.jobs.tests.test_schedules.tick"


@pytest.fixture
def ticks(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Recurring work that notes its county."""
    seen: list[int] = []

    def tick(at: datetime) -> None:
        seen.append(current())

    monkeypatch.setitem(PERIODICS, NAME, Periodic(NAME, "测试", 5, tick))
    return seen


def rows() -> dict[str, int]:
    return dict(Schedule.objects.filter(name__startswith="every:").values_list("name", "minutes"))


def test_each_declaration_has_one_schedule_and_twice_changes_nothing(ticks: list[int]) -> None:
    ensure_schedules(at=timezone.now())
    before = list(Schedule.objects.order_by("id").values())
    ensure_schedules(at=timezone.now() + timedelta(hours=1))
    assert list(Schedule.objects.order_by("id").values()) == before
    assert rows()[f"every:{NAME}"] == 5
    assert rows()["every:shanzhi.jobs.jobs.seal"] == 1


def test_what_changed_is_changed_and_what_is_gone_is_removed(ticks: list[int]) -> None:
    ensure_schedules(at=timezone.now())
    Schedule.objects.filter(name=f"every:{NAME}").update(minutes=9)
    Schedule.objects.create(name="every:shanzhi.gone.work", func="x", minutes=1, schedule_type=Schedule.MINUTES)
    Schedule.objects.create(name=f"every:{NAME}", func="x", minutes=1, schedule_type=Schedule.MINUTES)
    foreign = Schedule.objects.create(name="somebody else's", func="x")
    ensure_schedules(at=timezone.now())
    assert rows()[f"every:{NAME}"] == 5
    assert Schedule.objects.filter(name=f"every:{NAME}").count() == 1
    assert "every:shanzhi.gone.work" not in rows()
    assert Schedule.objects.filter(id=foreign.id).exists()


def test_the_command_lists_what_recurs(ticks: list[int]) -> None:
    out = StringIO()
    call_command("ensure_schedules", stdout=out)
    assert NAME in out.getvalue().splitlines()


@pytest.mark.django_db(transaction=True)
def test_a_round_goes_over_all_active_counties(ticks: list[int], counties: dict[int, County]) -> None:
    assert run_periodic(NAME) == 2
    assert sorted(ticks) == [341181, 410927]
    County.objects.filter(id=410927).update(is_active=False)
    assert run_periodic(NAME) == 1


@pytest.mark.django_db(transaction=True)
def test_a_county_in_which_it_fails_does_not_stop_the_others(
    counties: dict[int, County], monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[int] = []

    def fails_in_one(at: datetime) -> None:
        if current() == 341181:
            raise RuntimeError
        seen.append(current())

    monkeypatch.setitem(PERIODICS, NAME, Periodic(NAME, "测试", 5, fails_in_one))
    assert run_periodic(NAME) == 1
    assert seen == [410927]


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("work", ["seal", "deliver_late_events", "take_up_silent_jobs", "purge_idempotency_keys"])
def test_our_own_rounds_run_in_every_county(work: str, counties: dict[int, County]) -> None:
    assert run_periodic(f"{own_jobs.__name__}.{work}") == 2


def test_an_interval_has_a_least_and_a_name_is_had_once() -> None:
    with pytest.raises(ValueError, match="minute"):
        every(0)
    with pytest.raises(ValueError, match="twice"):
        every(1)(own_jobs.seal)

"""Who is told, once, and what cases do by themselves."""

from datetime import timedelta

from django.utils import timezone

from shanzhi.cases import services
from shanzhi.cases.catalogue import State
from shanzhi.cases.jobs import close_in_silence
from shanzhi.cases.models import Case, Step
from shanzhi.jobs.testing import drain
from shanzhi.notices.models import Notice
from shanzhi.tenancy.models import OutboxEvent
from shanzhi.tenancy.outbox import deliver
from tests.cast import Cast, report


def told(cast: Cast) -> dict[str, list[str]]:
    names = {person.user.pk: role for role, person in cast.people.items()}
    out: dict[str, list[str]] = {}
    for notice in Notice.objects.order_by("id"):
        out.setdefault(names[notice.recipient_id], []).append(notice.title)
    return out


def test_a_report_calls_the_village(cast: Cast) -> None:
    case = report(cast)
    drain()
    assert told(cast) == {
        "village_clerk": [f"等你受理：{case.title}"],
        "branch_secretary": [f"等你受理：{case.title}"],
    }
    assert Notice.objects.filter(path=f"/341181/cases/{case.number}/").count() == 2


def test_a_dispatch_calls_the_grid_and_news_reach_the_reporter(cast: Cast) -> None:
    clerk = cast.actor("village_clerk")
    case = report(cast)
    drain()
    Notice.objects.all().delete()
    case = services.case_accept(actor=clerk, case=case, version=1)
    drain()
    assert told(cast) == {"grid_worker": [f"你上报的事已受理：{case.title}"]}
    Notice.objects.all().delete()
    services.case_dispatch(actor=clerk, case=case, version=2, area=cast.areas["g1"])
    drain()
    assert set(told(cast)) == {"grid_worker", "grid_leader"}


def test_a_redelivered_event_tells_nobody_twice(cast: Cast) -> None:
    report(cast)
    drain()
    event = OutboxEvent.objects.get()
    deliver(event.id, event.county_id)
    assert Notice.objects.count() == 2


def test_a_step_that_is_overtaken_calls_nobody(cast: Cast) -> None:
    case = report(cast)
    services.case_accept(actor=cast.actor("village_clerk"), case=case, version=1)
    drain()
    assert set(told(cast)) == {"grid_worker"}


def test_seven_days_of_silence_close(cast: Cast) -> None:
    case = report(cast, solved="盖住了")
    services.case_verify(actor=cast.actor("village_clerk"), case=case, version=2)
    now = timezone.now()
    assert close_in_silence(now + timedelta(days=6)) == 0
    assert close_in_silence(now + timedelta(days=7, seconds=1)) == 1
    assert Case.objects.get(id=case.id).state == State.CLOSED
    assert Step.objects.get(case=case, act="close").actor_name == "系统"
    assert close_in_silence(now + timedelta(days=8)) == 0

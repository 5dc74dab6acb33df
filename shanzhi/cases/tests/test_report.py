"""Reporting: who reports where, what is refused, and that nothing is done twice."""

from datetime import timedelta

import pytest
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from shanzhi.cases.catalogue import Source, State
from shanzhi.cases.models import Case, CaseText, Step
from shanzhi.cases.services import Report, case_report
from shanzhi.cases.services.reporting import title_of
from shanzhi.lib.errors import Forbidden, Invalid
from shanzhi.tenancy.models import IdempotencyKey
from tests.cast import Cast, report

GOOD = {"body": "路口井盖断裂", "kind": "facilities"}


def test_a_report_gets_a_number_a_clock_and_an_owner(cast: Cast) -> None:
    first, second = report(cast), report(cast)
    month = first.number[:4]
    assert first.number == f"{month}-0001"
    assert second.number == f"{month}-0002"
    assert first.code == f"341181-{month}-0001"
    assert first.owner_id == cast.areas["v1"].id
    assert first.due_at == first.received_at + timedelta(hours=24)
    assert first.reporter_title == "张庄村 第一网格 网格员"
    assert CaseText.objects.filter(case=first).exists()


def test_a_month_begins_at_one_by_the_clock_of_china(cast: Cast) -> None:
    last = timezone.datetime.fromisoformat("2026-10-31T23:59:00+08:00")
    first = timezone.datetime.fromisoformat("2026-11-01T00:01:00+08:00")
    assert report(cast, at=last).number == "2610-0001"
    assert report(cast, at=first).number == "2611-0001"


def test_a_desk_keeps_what_it_takes_down(cast: Cast) -> None:
    case = report(cast, by="township_officer", place="g1", source=Source.COUNTER)
    assert (case.owner_id, case.area_id) == (cast.areas["t1"].id, cast.areas["g1"].id)
    assert report(cast, by="village_clerk", place="g1").owner_id == cast.areas["v1"].id
    assert report(cast, by="county_centre", place="v3").owner_id == cast.areas["county"].id


def test_a_county_leader_reports_to_the_village(cast: Cast) -> None:
    assert report(cast, by="county_leader", place="g1").owner_id == cast.areas["v1"].id


def test_a_resident_reports_in_the_own_place(cast: Cast) -> None:
    place = "v1" if cast["resident"].post.area_id == cast.areas["v1"].id else "g1"
    assert report(cast, by="resident", place=place, source=Source.RESIDENT).reporter_id == cast["resident"].user.pk


@pytest.mark.parametrize("place", ["g2", "g4", "v3", "t2"])
def test_outside_of_the_own_place_nobody_reports(cast: Cast, place: str) -> None:
    with pytest.raises(Forbidden):
        report(cast, place=place)


def test_administrators_do_not_report(cast: Cast) -> None:
    for who in ("system_admin", "security_admin", "audit_admin"):
        with pytest.raises(Forbidden):
            report(cast, by=who, place="v1")


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"body": " \n "}, "body"),
        ({"body": "长" * 2001}, "body"),
        ({"kind": "nonsense"}, "kind"),
        ({"spot": "长" * 101}, "place"),
        ({"solved": "长" * 1001}, "solved"),
        ({"photo_ids": tuple(range(10))}, "photos"),
        ({"lon": 0, "lat": 0}, "lon"),
        ({"lon": 118_0000000}, "lon"),
        ({"occurred_at": timezone.now() + timedelta(hours=1)}, "occurred_at"),
        ({"occurred_at": timezone.now() - timedelta(days=91)}, "occurred_at"),
    ],
)
def test_bad_input_is_one_sentence_at_its_field_and_nothing_is_written(
    cast: Cast, changes: dict[str, object], field: str
) -> None:
    with pytest.raises(Invalid) as refused:
        report(cast, **changes)
    assert list(refused.value.fields) == [field]
    assert refused.value.message.endswith("。")
    assert not Case.objects.exists()


def test_a_closed_place_takes_no_reports(cast: Cast) -> None:
    area = cast.areas["g1"]
    area.valid_to = timezone.localdate()
    area.save()
    with pytest.raises(Invalid) as refused:
        report(cast)
    assert refused.value.code == "area_closed"


def test_the_same_key_is_the_same_case(cast: Cast) -> None:
    actor, area = cast.actor("grid_worker"), cast.areas["g1"]
    cases = [case_report(actor=actor, report=Report(**GOOD), area=area, key="abc") for _ in range(2)]
    assert cases[0].id == cases[1].id
    assert (Case.objects.count(), Step.objects.count()) == (1, 1)


def test_another_body_under_the_same_key_is_refused(cast: Cast) -> None:
    actor, area = cast.actor("grid_worker"), cast.areas["g1"]
    case_report(actor=actor, report=Report(**GOOD), area=area, key="abc")
    with pytest.raises(Invalid) as refused:
        case_report(actor=actor, report=Report(**{**GOOD, "body": "另一件事"}), area=area, key="abc")
    assert refused.value.code == "idempotency_key_reused"


def test_a_failed_report_uses_up_no_key(cast: Cast) -> None:
    actor, area = cast.actor("grid_worker"), cast.areas["g1"]
    with pytest.raises(Invalid):
        case_report(actor=actor, report=Report(**{**GOOD, "photo_ids": (1,) * 10}), area=area, key="abc")
    assert not IdempotencyKey.objects.exists()
    case_report(actor=actor, report=Report(**GOOD), area=area, key="abc")


def test_a_report_from_a_phone_without_signal_keeps_when_it_happened(cast: Cast) -> None:
    at = timezone.now()
    case = report(cast, occurred_at=at - timedelta(hours=5), at=at)
    assert (case.occurred_at, case.received_at) == (at - timedelta(hours=5), at)


@given(st.text(min_size=1, max_size=200).filter(str.strip))
def test_a_title_is_never_empty_and_never_long(body: str) -> None:
    assert 1 <= len(title_of(body)) <= 30


def test_a_title_that_is_cut_says_so() -> None:
    assert title_of("长" * 30) == "长" * 30
    assert title_of("长" * 31) == "长" * 29 + "…"


def test_a_title_is_the_first_clause() -> None:
    assert title_of("张庄路口污水井盖断成两半，晚上没有路灯") == "张庄路口污水井盖断成两半"


def test_solved_needs_words(cast: Cast) -> None:
    assert report(cast, solved="  ").state == State.REPORTED

"""What becomes of a notice outside of the product: by choice, address, post and hour; and at no cost to who tells."""

from datetime import time, timedelta
from itertools import product

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django_q.models import OrmQ
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from shanzhi.accounts.models import Post, User
from shanzhi.files.tests.factories import actor_of, member
from shanzhi.jobs.registry import PERIODICS
from shanzhi.jobs.testing import drain
from shanzhi.notices.deciding import Reason, verdict
from shanzhi.notices.models import Address, Delivery, Notice, Preference
from shanzhi.notices.services import notice_read, notice_send, notices_plan
from shanzhi.notices.services import planning as planning_service
from shanzhi.notices.tests.factories import NIGHT, NOW, VALUES, reachable, states, tell, told
from shanzhi.notices.topics import TOPICS, Topic
from shanzhi.tenancy.context import county

MORNING = NIGHT.replace(hour=23)  # 07:00 here on the next day


def choose(user, **choices):
    return Preference.objects.create(
        user_id=user.pk, version=1, choices={name.replace("__", ":"): on for name, on in choices.items()}
    )


def test_the_defaults(me, box):
    reachable(me, *VALUES)
    assert states(told(me)) == {"sms": ("queued", ""), "wechat": ("queued", "")}
    assert states(told(me, topic="system")) == {}


def test_no_address_is_written_down(me, box):
    reachable(me, "wechat")
    assert states(told(me)) == {"sms": ("skipped", "no_address"), "wechat": ("queued", "")}


def test_an_address_that_waits_for_its_code_is_none(me, box):
    Address.objects.create(user_id=me.pk, channel="sms", pending=VALUES["sms"], version=1)
    assert states(told(me))["sms"] == ("skipped", "no_address")


def test_what_was_switched_off_and_on(me, box):
    reachable(me, *VALUES)
    choose(me, **{"test.assigned:sms": False, "test.assigned:email": True})
    assert states(told(me)) == {"sms": ("skipped", "off"), "wechat": ("queued", ""), "email": ("queued", "")}


def test_only_channels_that_are_open(me, open_up):
    open_up("email")
    reachable(me, *VALUES)
    assert states(told(me)) == {}
    open_up("sms", "email")
    assert states(told(me)) == {"sms": ("queued", "")}


def test_what_was_told_while_nothing_was_open_is_never_sent_later(me, open_up):
    open_up()
    reachable(me, "sms")
    notice = tell(me, topic="test.assigned")[0]
    assert notice.planned
    open_up("sms")
    assert notices_plan(at=NOW) == 0
    assert states(notice) == {}


def test_at_night_it_waits_for_the_morning(me, box):
    reachable(me, "sms")
    row = Delivery.objects.get(notice=told(me, at=NIGHT), channel="sms")
    assert (row.state, row.reason, row.next_at) == ("queued", "quiet", MORNING)


@pytest.mark.parametrize("more", [{"urgent": True}, {"topic": "test.whistle"}])
def test_danger_and_whistles_know_no_night(me, box, more):
    reachable(me, "sms")
    row = Delivery.objects.get(notice=told(me, at=NIGHT, **more), channel="sms")
    assert (row.state, row.reason, row.next_at) == ("queued", "", NIGHT)


def test_ones_own_quiet_hours(me, box):
    reachable(me, "sms")
    mine = choose(me)
    Preference.objects.filter(id=mine.id).update(quiet_from=time(15), quiet_to=time(16))
    row = Delivery.objects.get(notice=told(me), channel="sms")
    assert (row.reason, row.next_at) == ("quiet", NOW + timedelta(minutes=30))
    Preference.objects.filter(id=mine.id).update(quiet=False)
    assert states(told(me, at=NIGHT))["sms"] == ("queued", "")


def test_who_left_gets_nothing(me, other, box):
    reachable(me, "sms")
    reachable(other, "sms")
    Post.objects.filter(user=me).update(valid_to=(NOW - timedelta(days=2)).date())
    User.objects.filter(pk=other.pk).update(is_active=False)
    assert states(told(me))["sms"] == ("skipped", "left")
    assert states(told(other))["sms"] == ("skipped", "left")


def test_what_was_read_already_and_what_is_a_day_old(me, box):
    reachable(me, "sms")
    notice = tell(me, topic="test.assigned")[0]
    notice_read(actor=actor_of(me), notice_id=notice.id, at=NOW)
    notices_plan(at=NOW)
    assert states(notice)["sms"] == ("skipped", "read")
    old = tell(me, topic="test.assigned", at=NOW - timedelta(hours=25))[0]
    notices_plan(at=NOW)
    assert states(old)["sms"] == ("skipped", "late")


def test_planned_once_whatever_happens(me, box):
    reachable(me, "sms")
    notice = told(me)
    assert notices_plan(at=NOW) == 0
    Notice.objects.filter(id=notice.id).update(planned=False)  # as if the worker had been killed before it said so
    Delivery.objects.filter(notice=notice, channel="sms").update(state="sent")
    assert notices_plan(at=NOW) == 1
    assert states(notice)["sms"] == ("sent", "")
    assert Delivery.objects.filter(notice=notice, channel="sms").count() == 1


def test_a_notice_that_is_told_again_is_not_planned_again(me, box):
    reachable(me, "sms")
    told(me, event_id=9)
    told(me, event_id=9)
    assert Delivery.objects.filter(channel="sms").count() == 1


def test_telling_costs_who_tells_one_statement(box, county_a):
    def statements(**more):
        with CaptureQueriesContext(connection) as caught:
            tell(*range(1000, 1050), topic="test.assigned", **more)
        return len([row for row in caught if row["sql"].startswith(("INSERT", "UPDATE"))])

    assert statements() == 1
    assert statements(urgent=True) == 2


def test_what_is_urgent_wakes_the_worker(me, box):
    def waiting():
        return [row.task["func"] for row in OrmQ.objects.all()]

    tell(me, topic="test.assigned")
    assert waiting() == []
    tell(me, topic="test.assigned", urgent=True)
    tell(me, topic="test.whistle")
    assert waiting() == ["shanzhi.notices.jobs.deliver_now"] * 2


def test_the_worker_finds_them(me, box):
    reachable(me, "sms")
    tell(me, topic="test.assigned", urgent=True, at=NOW)
    Notice.objects.update(created_at="2026-11-20T07:30Z")
    periodic = PERIODICS["shanzhi.notices.jobs.deliver"]
    assert periodic.minutes == 1
    periodic.handler(NOW)
    assert [line["channel"] for line in box.all()] == ["sms"]
    assert drain() == 1  # the worker that was woken finds nothing more
    assert len(box.all()) == 1


def test_statements_do_not_grow_with_notices(box, county_a, monkeypatch):
    people = [reachable(member(f"人{number}"), "sms") for number in range(12)]
    counts = []
    for group in (people[:2], people[2:]):
        tell(*group, topic="test.assigned")
        with CaptureQueriesContext(connection) as caught:
            notices_plan(at=NOW)
        counts.append(len([row for row in caught if "SAVEPOINT" not in row["sql"]]))
    assert counts[0] == counts[1]
    tell(*people, topic="test.assigned")
    monkeypatch.setattr(planning_service, "BATCH", 5)
    assert notices_plan(at=NOW) == 12
    assert not Notice.objects.filter(planned=False).exists()


def test_counties_do_not_meet(me, box, county_b):
    reachable(me, "sms")
    tell(me, topic="test.assigned")
    with county(county_b.id):
        assert notices_plan(at=NOW) == 0


def test_an_undeclared_topic_is_a_mistake(me):
    with pytest.raises(ValueError, match="not declared"):
        notice_send(recipients=[me.pk], title="x", body="", path="/341181/", event_id=1, at=NOW, topic="no.such")


def test_a_topic_that_is_gone_counts_as_the_systems(me, box, monkeypatch):
    reachable(me, *VALUES)
    monkeypatch.setitem(TOPICS, "test.old", Topic("test.old", "旧的", frozenset({"sms"})))
    notice = tell(me, topic="test.old")[0]
    monkeypatch.delitem(TOPICS, "test.old")
    notices_plan(at=NOW)
    assert states(notice) == {}


@pytest.mark.parametrize(("read", "on_duty", "wants", "there", "urgent"), list(product((False, True), repeat=5)))
def test_the_matrix_of_reasons(read, on_duty, wants, there, urgent):
    """By hand: the first thing that stands in the way is the one that is named; the hour comes last."""
    found = verdict(
        channel="sms",
        topic="test.assigned",
        urgent=urgent,
        at=NIGHT,
        preference=Preference(user_id=1, choices={} if wants else {"test.assigned:sms": False}),
        address=Address(user_id=1, channel="sms") if there else None,
        on_duty=on_duty,
        read=read,
    )
    if read:
        expected = Reason.READ
    elif not on_duty:
        expected = Reason.LEFT
    elif not wants:
        expected = Reason.OFF
    elif not there:
        expected = Reason.NO_ADDRESS
    else:
        expected = Reason.NONE if urgent else Reason.QUIET
    assert found.reason == expected
    assert found.waits == (expected == Reason.QUIET)
    assert found.goes == (expected == Reason.NONE)


@settings(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    choices=st.dictionaries(
        st.sampled_from([f"{topic}:{channel}" for topic in ("test.assigned", "system") for channel in VALUES]),
        st.booleans(),
    ),
    addresses=st.sets(st.sampled_from(list(VALUES))),
    topic=st.sampled_from(["test.assigned", "system"]),
)
def test_it_goes_where_it_is_wanted_and_where_there_is_an_address(me, box, choices, addresses, topic):
    Preference.objects.all().delete()
    Address.objects.all().delete()
    Preference.objects.create(user_id=me.pk, version=1, choices=choices)
    reachable(me, *addresses)
    goes = {channel for channel, (state, _) in states(told(me, topic=topic)).items() if state == "queued"}
    wanted = {channel for channel in VALUES if choices.get(f"{topic}:{channel}", channel in TOPICS[topic].channels)}
    assert goes == wanted & addresses

"""Sending: attempts, pauses between them, killed workers, two at once, and what changed meanwhile."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import connection
from django_q.models import OrmQ

from shanzhi.accounts.models import Post
from shanzhi.files.tests.factories import actor_of, member
from shanzhi.notices import jobs
from shanzhi.notices.channels.base import SendError
from shanzhi.notices.channels.file import FileSender
from shanzhi.notices.models import Address, Delivery, Preference
from shanzhi.notices.services import deliveries_send, notice_read
from shanzhi.notices.services import sending as sending_service
from shanzhi.notices.tests.factories import MOBILE, NIGHT, NOW, only, reachable, send, tell, told
from shanzhi.tenancy.context import county
from shanzhi.tenancy.models import County

MINUTE = timedelta(minutes=1)


@pytest.fixture
def sms(open_up, topics, monkeypatch):
    """Only SMS is open, into a folder."""
    return open_up("sms")


@pytest.fixture
def ready(me, sms):
    """A delivery that is due."""
    told(reachable(me, "sms"))
    return only()


@pytest.fixture
def broken(monkeypatch):
    """A provider that fails with what the test puts into the list, and then works."""
    errors, real = [], FileSender.send

    def failing(self, message):
        if errors:
            raise errors.pop(0)
        return real(self, message)

    monkeypatch.setattr(FileSender, "send", failing)
    return errors


def test_what_arrives(ready, sms):
    assert send() == 1
    line = sms.last()
    assert (line["to"], line["title"], line["id"]) == (MOBILE, "事件派给你了", str(ready.id))
    assert line["url"] == "https://shanzhi.example.gov.cn/341181/cases/1/"
    assert line["params"] == {"title": "事件派给你了", "place": "天长市"}
    row = only()
    assert (row.state, row.attempts, row.next_at, row.ended_at, row.error) == ("sent", 1, None, NOW, "")
    assert row.to_masked == "138****1234"


def test_the_body_stays_in_the_house(ready, sms):
    send()
    assert "张庄路口井盖断裂" not in str(sms.last())
    assert (only().to, only().text) == (None, None)


def test_without_a_public_address_there_is_no_link(me, open_up):
    sms = open_up("sms", site="")
    told(reachable(me, "sms"))
    send()
    assert sms.last()["url"] == ""


def test_sent_is_sent(ready, sms):
    send()
    assert send(NOW + timedelta(days=1)) == 0
    assert len(sms.all()) == 1


def test_pauses_between_attempts_and_the_end(ready, sms, broken):
    broken += [SendError("短信平台忙。", again=True)] * 6
    at, pauses = NOW, []
    for attempt in range(1, 6):
        assert send(at) == 1
        row = only()
        assert (row.state, row.attempts, row.error) == ("queued", attempt, "短信平台忙。")
        assert row.is_retrying
        assert send(row.next_at - timedelta(seconds=1)) == 0
        pauses.append((row.next_at - at) // MINUTE)
        at = row.next_at
        Preference.objects.get_or_create(user_id=row.recipient_id, defaults={"quiet": False, "version": 1})
    assert pauses == [1, 5, 30, 120, 360]
    assert send(at) == 1
    row = only()
    assert (row.state, row.attempts, row.next_at, row.ended_at) == ("failed", 6, None, at)
    assert send(at + timedelta(days=9)) == 0
    assert sms.all() == []


def test_a_later_attempt_goes_through_and_the_error_is_gone(ready, sms, broken):
    broken.append(SendError("短信平台忙。", again=True))
    send()
    assert send(NOW + MINUTE) == 1
    row = only()
    assert (row.state, row.attempts, row.error) == ("sent", 2, "")
    assert len(sms.all()) == 1


def test_what_can_never_go_through_is_given_up_at_once(ready, broken):
    broken.append(SendError("短信平台说这个手机号不对，请本人核对后更换。"))
    assert send() == 1
    row = only()
    assert (row.state, row.attempts, row.why) == ("failed", 1, "短信平台说这个手机号不对，请本人核对后更换。")
    assert row.to_masked == "138****1234"


def test_a_bug_in_a_channel_stops_nobody_and_tells_no_address(me, other, sms, broken, monkeypatch):
    for user in (me, other):
        told(reachable(user, "sms"))
    broken.append(RuntimeError(f"kaputt bei {MOBILE}"))
    logged: list[str] = []
    monkeypatch.setattr(sending_service.logger, "error", lambda words, *parts: logged.append(words % parts))
    assert send() == 2
    assert sorted(Delivery.objects.values_list("state", flat=True)) == ["queued", "sent"]
    assert len(logged) == 1
    assert "RuntimeError" in logged[0]
    assert MOBILE not in logged[0]


def test_a_killed_worker_does_no_harm(ready, sms, monkeypatch):
    def killed(*_):
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(sending_service, "_sent", killed)
        with pytest.raises(KeyboardInterrupt):
            send()
    row = only()
    assert (row.state, row.attempts, row.next_at) == ("sending", 1, NOW + sending_service.LEASE)
    assert send(NOW + MINUTE) == 0  # it may still be alive
    assert send(NOW + sending_service.LEASE) == 1
    assert (only().state, only().attempts) == ("sent", 2)
    assert len(sms.all()) == 1


def test_killed_after_it_was_sent_it_goes_again_under_the_same_id(ready, sms, monkeypatch):
    def killed(*_):
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(sending_service, "_end", killed)
        with pytest.raises(KeyboardInterrupt):
            send()
    assert send(NOW + sending_service.LEASE) == 1
    first, second = sms.all()
    assert first["id"] == second["id"]


def test_what_kills_every_worker_is_given_up(ready, sms):
    for number in range(6):
        Delivery.objects.update(state="sending", attempts=number + 1, next_at=NOW)
    assert send() == 0
    row = only()
    assert (row.state, row.error, row.next_at) == ("failed", "发送时程序多次中断，没有发出。", None)


def test_a_slow_worker_that_was_overtaken_has_no_say(ready, sms, monkeypatch):
    real = sending_service._sent

    def slow(going):
        found = real(going)
        Delivery.objects.update(attempts=2, next_at=NOW + timedelta(minutes=9))  # another took it after the lease
        return found

    monkeypatch.setattr(sending_service, "_sent", slow)
    send()
    assert (only().state, only().attempts) == ("sending", 2)


def test_only_one_of_two_takes_it(ready):
    mine, theirs = Delivery.objects.get(id=ready.id), Delivery.objects.get(id=ready.id)
    assert sending_service._take(mine, NOW)
    assert not sending_service._take(theirs, NOW)
    assert only().attempts == 1


@pytest.mark.django_db(transaction=True)
def test_four_workers_at_once_send_each_once(open_up):
    sms = open_up("sms")
    County.objects.create(id=341181, code="341181", name="天长市", joined_at=NOW)
    with county(341181):
        for number in range(40):
            told(reachable(member(f"人{number}"), "sms"))

    def work(_):
        try:
            with county(341181, atomic=False):
                while deliveries_send(at=NOW).more:
                    pass
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(work, range(4)))
    ids = [line["id"] for line in sms.all()]
    assert len(ids) == len(set(ids)) == 40
    with county(341181):
        assert set(Delivery.objects.values_list("state", "attempts")) == {("sent", 1)}


def test_a_provider_that_is_down_is_left_alone(open_up, county_a, broken, monkeypatch):
    open_up("sms", "wechat")
    monkeypatch.setattr(sending_service, "BATCH", 2)
    people = [reachable(member(f"人{number}"), "sms", "wechat") for number in range(4)]
    tell(*people, topic="test.assigned")
    jobs.notices_plan(at=NOW)
    real = FileSender.send

    def down(self, message):
        if self.channel == "sms":
            raise SendError("连不上短信平台，请检查网络和服务地址。", down=True)
        return real(self, message)

    monkeypatch.setattr(FileSender, "send", down)
    send()
    tried = Delivery.objects.filter(channel="sms", attempts__gt=0).count()
    assert 1 <= tried <= 2
    assert set(Delivery.objects.filter(channel="wechat").values_list("state", flat=True)) == {"sent"}
    assert set(Delivery.objects.filter(channel="sms").values_list("state", flat=True)) == {"queued"}


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (lambda me: notice_read(actor=actor_of(me), notice_id=only().notice_id, at=NOW), "read"),
        (lambda me: Preference.objects.create(user_id=me.pk, version=1, choices={"test.assigned:sms": False}), "off"),
        (lambda me: Address.objects.all().delete(), "no_address"),
        (lambda me: Post.objects.update(revoked_at=NOW), "left"),
    ],
)
def test_what_changed_before_it_went(me, ready, sms, change, reason):
    change(me)
    assert send() == 0
    row = only()
    assert (row.state, row.reason, row.next_at, row.ended_at) == ("skipped", reason, None, NOW)
    assert sms.all() == []


def test_a_channel_that_was_closed(ready, open_up):
    open_up("email")
    assert send() == 0
    assert (only().state, only().reason) == ("skipped", "closed")


def test_a_late_attempt_waits_for_the_morning_and_counts_as_none(ready, sms):
    assert send(NIGHT) == 0
    row = only()
    assert (row.state, row.reason, row.attempts) == ("queued", "quiet", 0)
    assert row.why == "免打扰时间，过后再发"
    assert send(row.next_at) == 1
    assert (only().state, only().reason, only().why) == ("sent", "", "")


def test_the_new_number_is_used(me, ready, sms):
    Address.objects.all().delete()
    reachable(me, "sms", value="13955501111")
    send()
    assert sms.last()["to"] == "13955501111"
    assert only().to_masked == "139****1111"


def test_a_long_round_lets_others_have_their_turn(ready, sms, monkeypatch):
    monkeypatch.setattr(sending_service, "ROUND_SECONDS", 0.0)
    assert deliveries_send(at=NOW).more
    jobs.deliver(NOW)
    assert [row.task["func"] for row in OrmQ.objects.all()] == ["shanzhi.notices.jobs.deliver_now"]


def test_nothing_due_costs_one_look(county_a, sms, django_assert_max_num_queries):
    with django_assert_max_num_queries(6):
        assert send() == 0

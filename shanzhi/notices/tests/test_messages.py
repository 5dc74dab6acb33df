"""Messages to people without an account."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django_q.models import OrmQ

from shanzhi.jobs.testing import drain
from shanzhi.notices.models import Delivery
from shanzhi.notices.services import deliveries_purge, message_send
from shanzhi.notices.tests.factories import MOBILE, NIGHT, NOW, only, reachable, send, told

WORDS = "你反映的 2611-0141 已受理。"


def write(to=MOBILE, *, channel="sms", event_id=5, at=NOW, text=WORDS, **more):
    return message_send(channel=channel, to=to, template="progress", text=text, event_id=event_id, at=at, **more)


def test_it_goes_out(county_a, box):
    row = write("138 5550 1234")
    assert (row.state, row.recipient_id, row.notice_id, row.to_masked) == ("queued", None, None, "138****1234")
    assert [task.task["func"] for task in OrmQ.objects.all()] == ["shanzhi.notices.jobs.deliver_now"]
    assert send() == 1
    line = box.last()
    assert (line["to"], line["template"], line["text"], line["params"]) == (MOBILE, "progress", WORDS, {"text": WORDS})


def test_what_was_sent_is_not_kept(county_a, box):
    write()
    assert (only().to, only().text) == (MOBILE, WORDS)
    send()
    assert (only().state, only().to, only().text, only().to_masked) == ("sent", None, None, "138****1234")


def test_nothing_of_it_lies_open_in_the_database(county_a, box):
    write()
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM notices_delivery")
        dump = str(cursor.fetchall())
    assert MOBILE not in dump
    assert "2611-0141" not in dump


def test_told_again_it_adds_nothing(county_a, box):
    assert write() is not None
    assert write("+86 13855501234") is None
    assert write(event_id=6) is not None
    assert write("13955501234") is not None
    assert send() == 3


def test_at_night_it_waits_unless_it_is_urgent(county_a, box):
    row = write(at=NIGHT)
    assert (row.state, row.reason, row.next_at) == ("queued", "quiet", NIGHT.replace(hour=23))
    assert OrmQ.objects.count() == 0
    assert write(at=NIGHT, event_id=6, urgent=True).next_at == NIGHT


@pytest.mark.parametrize(("to", "channel", "reason"), [("12345", "sms", "bad_address"), ("w@", "email", "bad_address")])
def test_no_address(county_a, box, to, channel, reason):
    row = write(to, channel=channel)
    assert (row.state, row.reason, row.to, row.text, row.next_at) == ("skipped", reason, None, None, None)
    assert OrmQ.objects.count() == 0


def test_a_channel_that_is_not_open_is_written_down(county_a, open_up):
    open_up("email")
    row = write()
    assert (row.state, row.reason, row.to, row.text) == ("skipped", "closed", None, None)
    assert row.why == "这个渠道没有开通"


def test_an_unknown_channel_is_a_mistake(county_a, box):
    with pytest.raises(LookupError):
        write(channel="pigeon")


def test_after_two_days_nobody_wants_it_any_more(county_a, box):
    write()
    assert send(NOW + timedelta(days=2, minutes=1)) == 0
    assert (only().state, only().reason, only().text) == ("skipped", "late", None)


def test_few_statements(county_a, box):
    with CaptureQueriesContext(connection) as caught:
        write()
    assert len([row for row in caught if "SAVEPOINT" not in row["sql"] and "BEGIN" not in row["sql"]]) <= 3


def test_the_worker_sends_it(county_a, box):
    message_send(channel="email", to="w@example.cn", template="progress", text=WORDS, event_id=1, at=NOW, urgent=True)
    Delivery.objects.update(valid_until=None)
    assert drain() == 1
    assert box.last()["to"] == "w@example.cn"


def test_the_log_is_kept_half_a_year_and_what_was_left_out_a_month(me, county_a, box):
    told(reachable(me, "wechat"))  # one goes, for the other there is no address
    send()
    assert Delivery.objects.count() == 2
    assert deliveries_purge(at=NOW + timedelta(days=30)) == 0
    assert deliveries_purge(at=NOW + timedelta(days=31)) == 1
    assert only().state == "sent"
    assert deliveries_purge(at=NOW + timedelta(days=181)) == 1
    write()
    assert deliveries_purge(at=NOW + timedelta(days=900)) == 0  # it still waits

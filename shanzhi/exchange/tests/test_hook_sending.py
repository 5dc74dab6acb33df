"""Webhooks against a real server on this machine: signed, in order, at least once, paused when nobody takes them."""

import socket
import threading
import time
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from django_q.models import OrmQ

from shanzhi.access.actor import Actor
from shanzhi.cases.acts import Act
from shanzhi.cases.models import Case
from shanzhi.exchange import jobs
from shanzhi.exchange.hooks import calling
from shanzhi.exchange.models import Hook, HookDelivery
from shanzhi.exchange.services import deliveries_purge, hook_pause, hook_remove, hook_resume, sending
from shanzhi.exchange.services.sending import BACKOFF, FAILURES, LEASE
from shanzhi.exchange.tests.hooks import act, hand_on, is_signed, made, only, rows, send, told
from shanzhi.jobs.testing import drain
from shanzhi.notices.models import Notice
from shanzhi.notices.tests.providers import HttpProvider
from shanzhi.tenancy.context import county
from shanzhi.trail.models import Entry
from tests.cast import Cast, report
from tests.kinds import kind_add

SYSTEM = Actor.system(341181)
FIELDS = ["jurisdiction_id", "service_request_id", "service_code", "status", "status_notes", "updated_datetime"]


def test_body_and_signature(cast: Cast, receiver: HttpProvider) -> None:
    _, secret = made(receiver)
    case = told(cast)
    assert send() == 1
    (request,) = receiver.requests
    assert request.method == "POST"
    assert list(request.body) == FIELDS
    assert request.body == {
        "jurisdiction_id": "341181",
        "service_request_id": case.number,
        "service_code": "facilities",
        "status": "open",
        "status_notes": "等待受理。接下来：由张庄村决定是否受理。",
        "updated_datetime": f"{case.received_at:%Y-%m-%dT%H:%M:%SZ}",
    }
    assert request.headers["content-type"] == "application/json; charset=utf-8"
    assert request.headers["x-shanzhi-event"] == "status"
    assert request.headers["x-shanzhi-delivery"] == str(only().id)
    assert abs(int(request.headers["x-shanzhi-timestamp"]) - time.time()) < 60
    assert is_signed(request, secret)
    assert not is_signed(request, secret + "x")
    request.data += b" "
    assert not is_signed(request, secret)
    row = only()
    assert (row.state, row.attempts, row.answer, row.error, row.next_at) == ("sent", 1, 200, "", None)
    assert send() == 0


def test_nothing_private_goes_out(cast: Cast, receiver: HttpProvider) -> None:
    made(receiver)
    case = told(cast, body="泄漏标记正文", title="泄漏标记标题", spot="泄漏标记地点")
    act(cast, case, Act.NOTE, text="泄漏标记备注")
    act(cast, case, Act.ACCEPT)
    act(cast, case, Act.HANDLE, text="泄漏标记处理")
    hand_on()
    for _ in range(4):
        send()
    assert len(receiver.requests) == 3
    for request in receiver.requests:
        text = request.data.decode() + str(request.headers) + request.path
        assert "泄漏" not in text
        assert "赵" not in text


def test_only_what_changes_the_state_of_a_public_case(cast: Cast, receiver: HttpProvider) -> None:
    made(receiver)
    kind_add("hidden", {"label": "不公开的", "public": False})
    kind_add("seen", {"label": "只给村里看的", "seen_by": ["village_clerk", "grid_worker"]})
    for kind in ("hidden", "seen"):
        told(cast, kind=kind)
    assert rows() == []
    case = told(cast)
    act(cast, case, Act.NOTE, text="内部")
    hand_on()
    assert len(rows()) == 1


def test_told_again_it_adds_nothing(cast: Cast, receiver: HttpProvider) -> None:
    made(receiver)
    told(cast)
    hand_on()
    hand_on()
    assert len(rows()) == 1


def test_by_the_queue_from_end_to_end(cast: Cast, receiver: HttpProvider) -> None:
    made(receiver)
    OrmQ.objects.all().delete()
    case = report(cast)
    act(cast, case, Act.ACCEPT)
    drain()
    assert [request.body["status_notes"][:3] for request in receiver.requests] == ["等待受", "已受理"]


def test_in_the_order_of_the_case(cast: Cast, receiver: HttpProvider) -> None:
    """What comes later waits for what is tried again; other cases do not."""
    receiver.answers["/"] = [(503, {}), (200, {})]
    made(receiver)
    case = told(cast, Act.ACCEPT, Act.HANDLE, Act.VERIFY, Act.CLOSE)
    assert [row.step for row in rows()] == [1, 2, 3, 4, 5]
    at = timezone.now() + timedelta(seconds=1)
    assert send(at) == 1
    other = told(cast)
    assert send(at + timedelta(seconds=1)) == 1
    assert receiver.requests[-1].body["service_request_id"] == other.number
    assert send(at + BACKOFF[0]) == 5
    bodies = [r.body for r in receiver.requests if r.body["service_request_id"] == case.number]
    assert [body["status"] for body in bodies] == ["open"] * 5 + ["closed"]
    assert [body["status_notes"].split("。")[0] for body in bodies[1:]] == [
        "等待受理", "已受理，正在安排人处理", "处理完了，正在核查", "核查过了，等您评价", "已办结",
    ]  # fmt: skip


def test_in_order_also_where_rows_came_late(cast: Cast, receiver: HttpProvider) -> None:
    """Two workers may take up the events of one case the other way round."""
    made(receiver)
    told(cast, Act.ACCEPT)
    first, second = rows()
    HookDelivery.objects.filter(id=first.id).update(next_at=second.next_at + timedelta(seconds=0.5))
    send()
    assert [request.body["status_notes"][:2] for request in receiver.requests] == ["等待", "已受"]


def test_tried_again_with_the_same_id_and_another_time(cast: Cast, receiver: HttpProvider) -> None:
    receiver.answers["/"] = [(500, {}), (200, {})]
    _, secret = made(receiver)
    told(cast)
    at = timezone.now() + timedelta(seconds=1)
    send(at)
    row = only()
    assert (row.state, row.attempts, row.answer) == ("queued", 1, 500)
    assert row.error == "对方没有收下（500）。"
    assert row.next_at == at + BACKOFF[0]
    assert send(at + timedelta(seconds=59)) == 0
    assert send(at + BACKOFF[0]) == 1
    first, second = receiver.requests
    assert first.headers["x-shanzhi-delivery"] == second.headers["x-shanzhi-delivery"]
    assert first.data == second.data
    assert is_signed(first, secret)
    assert is_signed(second, secret)


def test_given_up_after_six_attempts(cast: Cast, receiver: HttpProvider) -> None:
    receiver.answers["/"] = [(500, {})]
    made(receiver)
    told(cast, Act.ACCEPT)
    at = timezone.now() + timedelta(seconds=1)
    for wait in (timedelta(0), *BACKOFF):
        at += wait
        assert send(at) == 1
    first, second = rows()
    assert (first.state, first.attempts, first.next_at, first.ended_at) == ("failed", 6, None, at)
    assert (second.state, second.attempts) == ("queued", 0)
    receiver.answers["/"] = [(200, {})]
    assert send(at) == 1  # the next one has its turn
    assert rows()[1].state == "sent"


class TestAnswers:
    @pytest.mark.parametrize("status", [200, 201, 202, 204])
    def test_taken(self, cast: Cast, receiver: HttpProvider, status: int) -> None:
        receiver.answers["/"] = [(status, b"")]
        made(receiver)
        told(cast)
        send()
        assert (only().state, only().answer) == ("sent", status)

    @pytest.mark.parametrize("status", [301, 302, 307, 308])
    def test_no_redirect_is_followed(self, cast: Cast, receiver: HttpProvider, status: int) -> None:
        receiver.answers["/"] = [(status, b"")]
        made(receiver)
        told(cast)
        send()
        assert len(receiver.requests) == 1
        assert only().error == f"对方要转到别的地址，不跟过去（{status}）。"

    def test_nobody_there(self, cast: Cast, receiver: HttpProvider) -> None:
        hook, _ = made(receiver)
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            Hook.objects.filter(id=hook.id).update(url=f"http://127.0.0.1:{free.getsockname()[1]}/")
        told(cast)
        send()
        assert only().error == "连不上对方，或者中途断了。"

    @pytest.mark.parametrize("drips", [False, True])
    def test_five_seconds_in_all(self, cast: Cast, receiver: HttpProvider, drips: bool, monkeypatch: Any) -> None:
        """Also for who keeps the line busy with a byte now and then."""
        assert calling.TIMEOUT == 5.0
        server = socket.create_server(("127.0.0.1", 0))
        stop = threading.Event()

        def serve() -> None:
            line, _ = server.accept()
            with line:
                while not stop.wait(0.1):
                    if drips:
                        try:
                            line.sendall(b"H")
                        except OSError:
                            return

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        began = time.monotonic()
        url = f"http://127.0.0.1:{server.getsockname()[1]}/"
        with pytest.raises(calling.CallFailed) as caught:
            calling.post(url, b"{}", {}, timeout=0.5)
        assert time.monotonic() - began < 3
        assert caught.value.sentence == "超过 0.5 秒没有应答。"
        stop.set()
        thread.join()
        server.close()

    def test_no_certificate(self, cast: Cast, receiver: HttpProvider) -> None:
        hook, _ = made(receiver)
        Hook.objects.filter(id=hook.id).update(url=receiver.url.replace("http:", "https:"))
        told(cast)
        send()
        assert only().state == "queued"
        assert only().error

    def test_a_mistake_of_ours_stops_nobody(self, cast: Cast, receiver: HttpProvider, monkeypatch: Any) -> None:
        made(receiver)
        told(cast)

        def broken(*_: Any) -> int:
            raise RuntimeError("whsec_")

        monkeypatch.setattr(sending, "post", broken)
        send()
        assert only().error == sending.BROKEN


class TestPausing:
    def fail(self, cast: Cast, receiver: HttpProvider, times: int) -> Hook:
        receiver.answers["/"] = [(500, {})]
        hook, _ = made(receiver)
        for _ in range(times):
            told(cast)
        send()
        return Hook.objects.get(id=hook.id)

    def test_after_twenty_failures_in_a_row(self, cast: Cast, receiver: HttpProvider) -> None:
        hook = self.fail(cast, receiver, FAILURES)
        assert not hook.is_active
        assert hook.paused_why == "接连 20 次没有送到，自动暂停"
        assert hook.version == 2
        assert Entry.objects.filter(object_id=hook.id, code="exchange.hook.paused").count() == 1
        notice = Notice.objects.get(recipient_id=cast["system_admin"].user.pk)
        assert notice.title == "状态推送已自动暂停：12345 平台"
        assert "（500）" in notice.body
        assert notice.path == f"/341181/hooks/{hook.id}/"
        assert Notice.objects.count() == 1
        asked = len(receiver.requests)
        assert send(timezone.now() + timedelta(days=1)) == 0
        assert len(receiver.requests) == asked

    def test_not_after_nineteen(self, cast: Cast, receiver: HttpProvider) -> None:
        hook = self.fail(cast, receiver, FAILURES - 1)
        assert hook.is_active
        assert hook.failures == 19
        assert Notice.objects.count() == 0

    def test_one_that_is_taken_begins_anew(self, cast: Cast, receiver: HttpProvider) -> None:
        hook = self.fail(cast, receiver, FAILURES - 1)
        receiver.answers["/"] = [(200, {})]
        told(cast)
        send()
        assert Hook.objects.get(id=hook.id).failures == 0

    def test_what_changes_meanwhile_is_sent_afterwards(self, cast: Cast, receiver: HttpProvider) -> None:
        hook, _ = made(receiver)
        hook_pause(actor=SYSTEM, hook_id=hook.id, version=1)
        case = told(cast, Act.ACCEPT)
        assert send() == 0
        hook_resume(actor=SYSTEM, hook_id=hook.id, version=2)
        assert send() == 2
        assert [r.body["service_request_id"] for r in receiver.requests] == [case.number] * 2

    def test_a_silent_one_holds_up_nobody_else(self, cast: Cast, receiver: HttpProvider) -> None:
        receiver.answers |= {"/bad": [(500, {})], "/good": [(200, {})]}
        made(receiver, route="/bad")
        made(receiver, route="/good", name="另一个平台")
        for _ in range(3):
            told(cast, Act.ACCEPT)
        send()
        assert len(receiver.asked("/good")) == 6
        assert len(receiver.asked("/bad")) == 3  # the first of each case, and no more in this round

    def test_removed(self, cast: Cast, receiver: HttpProvider) -> None:
        hook, _ = made(receiver)
        told(cast)
        hook_remove(actor=SYSTEM, hook_id=hook.id, version=1)
        told(cast)
        assert send() == 0
        assert (only().state, only().error) == ("failed", "推送地址已删除。")


class TestWorkers:
    def test_a_killed_one_leaves_it_to_the_next(self, cast: Cast, receiver: HttpProvider) -> None:
        made(receiver)
        told(cast)
        at = timezone.now() + timedelta(seconds=1)
        HookDelivery.objects.update(state="sending", attempts=1, next_at=at + LEASE)
        assert send(at) == 0
        assert send(at + LEASE) == 1
        assert (only().state, only().attempts) == ("sent", 2)

    def test_one_that_kills_every_worker_is_given_up(self, cast: Cast, receiver: HttpProvider) -> None:
        made(receiver)
        told(cast)
        at = timezone.now() + timedelta(seconds=1)
        HookDelivery.objects.update(state="sending", attempts=6, next_at=at)
        assert send(at) == 0
        assert (only().state, only().error) == ("failed", sending.INTERRUPTED)
        assert receiver.requests == []

    def test_who_lost_it_has_no_say(self, cast: Cast, receiver: HttpProvider) -> None:
        made(receiver)
        told(cast)
        mine = only()
        mine.attempts, mine.state = 1, "sending"
        HookDelivery.objects.update(state="sending", attempts=2)
        sending._end(mine, sending.Outcome(error="x"), timezone.now())
        assert (only().state, only().attempts, only().error) == ("sending", 2, "")

    def test_more_than_a_round(self, cast: Cast, receiver: HttpProvider, monkeypatch: Any) -> None:
        made(receiver)
        told(cast)
        told(cast)
        monkeypatch.setattr(sending, "BATCH", 1)
        monkeypatch.setattr(sending, "ROUND_SECONDS", 0.0)
        OrmQ.objects.all().delete()
        assert jobs.send(timezone.now() + timedelta(seconds=1)) == 0
        assert [row.task["func"] for row in OrmQ.objects.all()] == ["shanzhi.exchange.jobs.send_now"]

    def test_swept(self, cast: Cast, receiver: HttpProvider) -> None:
        hook, _ = made(receiver)
        told(cast)
        send()
        hook_pause(actor=SYSTEM, hook_id=hook.id, version=1)
        told(cast)
        now = timezone.now()
        assert deliveries_purge(at=now + timedelta(days=29)) == 0
        assert deliveries_purge(at=now + timedelta(days=31)) == 1
        assert jobs.sweep_exchange(now + timedelta(days=181)) == 1
        assert rows() == []


def test_counties_are_apart(cast: Cast, cast_b: Cast, receiver: HttpProvider) -> None:
    receiver.answers |= {"/a": [(200, {})], "/b": [(200, {})]}
    made(receiver, route="/a")
    with county(410927):
        made(receiver, route="/b", county=410927)
        there = told(cast_b)
        assert isinstance(there, Case)
        assert jobs.send_now(410927) == 1
    told(cast)
    send()
    assert [r.body["jurisdiction_id"] for r in receiver.asked("/a")] == ["341181"]
    assert [r.body["jurisdiction_id"] for r in receiver.asked("/b")] == ["410927"]

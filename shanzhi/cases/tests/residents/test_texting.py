"""Short messages: once for each event, to who wants them, without a word of the matter."""

import logging
from typing import Any

import pytest
from django_q.models import OrmQ

from shanzhi.cases.models import Case
from shanzhi.cases.residents import texting
from shanzhi.cases.taking.contacts import ContactIn
from shanzhi.cases.tests.pages import act
from shanzhi.cases.tests.residents.people import FOLLOW, PHONE, holding, report_page, sent, told, verified, villager
from shanzhi.jobs.testing import drain
from shanzhi.notices.models import Delivery
from shanzhi.tenancy.models import OutboxEvent
from shanzhi.tenancy.outbox import deliver
from tests.cast import Cast

OTHER = "13955509999"
WANTED = ContactIn("钱小凤", PHONE, True)


@pytest.fixture(autouse=True)
def _open(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("shanzhi.notices.services.messages.open_channels", lambda: {"sms": object()})


@pytest.fixture
def messages(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, str]]:
    """Phone and words of each message as it was ordered."""
    ordered: list[tuple[str, str]] = []
    send = texting.message_send

    def spy(**more: Any) -> Any:
        row = send(**more)
        if row is not None:
            ordered.append((more["to"], more["text"]))
        return row

    monkeypatch.setattr(texting, "message_send", spy)
    return ordered


def joined(cast: Cast, case: Case) -> None:
    form = sent(join=case.number, phone=OTHER, wants_reply="on")
    assert villager().post(report_page(cast), form).status_code == 303


class TestOnTheWay:
    def test_each_step_that_matters_once(self, cast: Cast, messages: list[tuple[str, str]]) -> None:
        case = told(cast, contact=WANTED)
        verified(cast, case)
        act(cast, "village_clerk", "close", case)
        act(cast, "village_clerk", "reopen", case, text="还是不亮")
        drain()
        number = case.number
        assert messages == [
            (PHONE, f"您反映的事（{number}）{words}")
            for words in (
                "已受理，凭回执可查进度", "处理完了，请凭回执查看并评价", "已办结，没解决可凭回执要求重办",
                "重新办理，凭回执可查进度",
            )
        ]  # fmt: skip

    def test_fit_a_variable_of_a_template(self) -> None:
        for words in (*texting.WORDS.values(), *texting.JOINED_WORDS.values()):
            assert len(f"您反映的事（2611-12345）{words}") <= 35

    def test_told_again_it_adds_nothing(self, cast: Cast, messages: list[tuple[str, str]]) -> None:
        case = told(cast, contact=WANTED)
        act(cast, "village_clerk", "reject", case, text="请找供电所")
        drain()
        for event in OutboxEvent.objects.all():
            deliver(event.id, cast.county.id)
            texting.text_people(event)
        assert [words for _, words in messages] == [f"您反映的事（{case.number}）没有受理，原因请凭回执查看"]
        assert Delivery.objects.filter(channel="sms", notice=None).count() == 1

    def test_only_who_wants_them(self, cast: Cast, messages: list[tuple[str, str]]) -> None:
        for contact in (None, ContactIn("钱小凤", PHONE, False), ContactIn("钱小凤", "", True)):
            verified(cast, told(cast, contact=contact))
        drain()
        assert messages == []

    def test_who_joined_too_and_is_not_asked_to_rate(self, cast: Cast, messages: list[tuple[str, str]]) -> None:
        case = told(cast, place="v1", contact=WANTED)
        joined(cast, case)
        verified(cast, case)
        drain()
        assert [words for phone, words in messages if phone == OTHER] == [
            f"您反映的事（{case.number}）已受理，凭回执可查进度",
            f"您反映的事（{case.number}）处理完了，凭回执可查看",
        ]

    def test_who_rated_is_not_told_of_it_but_who_joined_is(self, cast: Cast, messages: list[tuple[str, str]]) -> None:
        case = told(cast, place="v1", contact=WANTED)
        joined(cast, case)
        verified(cast, case)
        drain()
        messages.clear()
        case.refresh_from_db()
        client = holding(case)
        assert client.post(f"{FOLLOW}rate/", {"version": case.version, "satisfied": "yes"}).status_code == 303
        drain()
        assert [phone for phone, _ in messages] == [OTHER]

    def test_of_the_end_of_what_it_was_merged_into(self, cast: Cast, messages: list[tuple[str, str]]) -> None:
        case, into = told(cast, contact=WANTED), told(cast, body="路灯不亮")
        act(cast, "village_clerk", "merge", case, text="同一件", into=into)
        verified(cast, into)
        act(cast, "village_clerk", "close", into)
        drain()
        assert messages == [(PHONE, f"您反映的事（{case.number}）已办结，凭回执可查看")]


def test_a_number_is_in_no_event_job_or_log(cast: Cast, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    case = told(cast, contact=WANTED)
    act(cast, "village_clerk", "accept", case)
    queued = " ".join(str(task.task) for task in OrmQ.objects.all())
    drain()
    events = " ".join(str(event.data) for event in OutboxEvent.objects.all())
    logged = " ".join(record.getMessage() for record in caplog.records if record.name.startswith("shanzhi"))
    for text in (queued, events, logged):
        assert PHONE not in text
        assert case.body not in text

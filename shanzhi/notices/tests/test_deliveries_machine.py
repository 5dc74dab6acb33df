"""Whatever happens to workers and providers in whatever order: nothing is lost, nothing goes twice without a kill."""

from collections import Counter
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from shanzhi.files.tests.factories import member
from shanzhi.notices.channels.base import SendError
from shanzhi.notices.channels.file import FileSender
from shanzhi.notices.models import Address, Delivery, Notice
from shanzhi.notices.services import notices_plan
from shanzhi.notices.services import sending as sending_service
from shanzhi.notices.tests.factories import NOW, reachable, send, tell

OPEN = ("queued", "sending")


class Killed(BaseException):
    """kill -9 in the middle of a round."""


class Deliveries(RuleBasedStateMachine):
    """A provider that fails as it is told, workers that die, time that passes; always urgent, so there is no night."""

    @initialize()
    def begin(self):
        for model in (Delivery, Notice, Address):
            model.objects.all().delete()
        self.now, self.arrived, self.kills, self.plan = NOW, Counter(), 0, []
        self.user = reachable(member("某人"), "sms")

    @rule()
    def told(self):
        tell(self.user, topic="test.assigned", urgent=True, at=self.now)
        notices_plan(at=self.now)

    @rule(minutes=st.sampled_from([0, 1, 3, 10, 61, 400]))
    def time_passes(self, minutes):
        self.now += timedelta(minutes=minutes)

    @rule(outcomes=st.lists(st.sampled_from(["ok", "again", "never", "down"]), max_size=4))
    def a_round(self, outcomes):
        self.plan = list(outcomes)
        send(self.now)

    @rule(before=st.booleans())
    def a_round_that_is_killed(self, before):
        """Before anything went out, or after everything did and before that was written down."""
        self.plan = []
        name = "_sent" if before else "_end"
        real = getattr(sending_service, name)

        def killed(*_):
            raise Killed

        setattr(sending_service, name, killed)
        try:
            send(self.now)
        except Killed:
            self.kills += 1
        finally:
            setattr(sending_service, name, real)

    def attempt(self, sender, message):
        outcome = self.plan.pop(0) if self.plan else "ok"
        if outcome == "ok":
            self.arrived[message.id] += 1
            return ""
        raise SendError("没发出去。", again=outcome == "again", down=outcome == "down")

    @invariant()
    def what_is_written_is_what_happened(self):
        for row in Delivery.objects.filter(channel="sms"):
            arrived = self.arrived[row.id]
            assert (row.next_at is not None) == (row.state in OPEN)
            assert (row.ended_at is None) == (row.state in OPEN)
            assert row.attempts <= 6
            assert arrived <= 1 + self.kills
            if row.state == "sent":
                assert arrived >= 1
                assert row.error == ""
            if row.state == "failed":
                assert row.error

    def teardown(self):
        """With a provider that works, everything ends within the longest pause and a lease."""
        if not hasattr(self, "now"):
            return
        self.plan = []
        for _ in range(7):
            self.now += timedelta(hours=7)
            send(self.now)
        assert not Delivery.objects.filter(state__in=OPEN).exists()


@pytest.fixture
def machine(county_a, open_up, monkeypatch):
    open_up("sms")
    machines = []

    class Running(Deliveries):
        def __init__(self):
            super().__init__()
            machines[:] = [self]

    monkeypatch.setattr(FileSender, "send", lambda sender, message: machines[0].attempt(sender, message))
    return Running


def test_the_whole_life_of_deliveries(machine):
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=25, stateful_step_count=20, deadline=None, suppress_health_check=list(HealthCheck)
        ),
    )

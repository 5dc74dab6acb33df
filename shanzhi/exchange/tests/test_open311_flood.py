"""What comes by a key while too much comes: held like all else, and answered with a token instead of a number."""

from typing import Any

import pytest
from django.utils import timezone

from shanzhi.cases.gate.releasing import held_release
from shanzhi.cases.gate.senders import sender_of
from shanzhi.cases.models import Case, Held
from shanzhi.cases.taking.following import followed
from shanzhi.cases.taking.secrets import secret_shown
from shanzhi.exchange.models import Submission
from shanzhi.exchange.tests.client import Client311
from tests.cast import Cast


class TestFlood:
    """A key owes no proof and meets no block; what it brings is held like all else, and answered with a token."""

    @pytest.fixture(autouse=True)
    def always(self, settings: Any) -> None:
        settings.GATE = {"normal": 0, "village": 0, "county": 1000}

    def sent(self, client: Client311, api_key: str, **more: Any) -> dict[str, Any]:
        given = {"service_code": "facilities", "address_string": "张庄村村口", "description": "路灯不亮。", **more}
        (row,) = client.post(api_key=api_key, **given)
        assert client.last.status_code == 200, row
        return row

    def test_a_token_instead_of_a_number_until_it_is_released(
        self, cast: Cast, api_key: str, client: Client311
    ) -> None:
        row = self.sent(client, api_key, phone="13955501234")
        assert tuple(row) == ("token", "service_notice", "account_id")
        assert "工作人员看过就受理" in row["service_notice"]
        held = Held.objects.get()
        assert secret_shown(held.secret) in row["service_notice"]
        assert not Case.objects.exists()
        assert client.get(f"tokens/{row['token']}") == [{"service_request_id": None, "token": row["token"]}]
        case = held_release(actor=cast.actor("township_officer"), held=held, at=timezone.now())
        assert (case.reporter_name, case.source) == ("群众（12345 平台）", "api")
        assert client.get(f"tokens/{row['token']}") == [{"service_request_id": case.number, "token": row["token"]}]
        told = followed(number=case.number, secret=held.secret, address="10.0.0.1", at=timezone.now())
        assert told.state == "等待受理"
        assert sender_of(case) is None, "nobody whom a block would reach"

    @pytest.mark.parametrize("more", [{"device_id": "d1"}, {"headers": {"Idempotency-Key": "a-1"}}])
    def test_once_before_and_after(self, cast: Cast, api_key: str, client: Client311, more: dict[str, Any]) -> None:
        first = self.sent(client, api_key, **more)
        assert self.sent(client, api_key, **more) == first
        assert Held.objects.count() == Submission.objects.count() == 1
        case = held_release(actor=cast.actor("township_officer"), held=Held.objects.get(), at=timezone.now())
        assert self.sent(client, api_key, **more)["service_request_id"] == case.number
        assert Case.objects.count() == 1

    def test_what_it_brings_counts_for_the_flood(self, cast: Cast, api_key: str, settings: Any) -> None:
        settings.GATE = {"normal": 1000, "village": 1, "county": 1000}
        client = Client311()
        assert "service_request_id" in self.sent(client, api_key)
        assert "token" in self.sent(client, api_key)
        assert (Case.objects.count(), Held.objects.count()) == (1, 1)

    def test_a_token_that_is_none(self, cast: Cast, client: Client311) -> None:
        for wrong in ("1", "9" * 25, "x"):
            client.get(f"tokens/{wrong}")
            assert client.last.status_code == 404

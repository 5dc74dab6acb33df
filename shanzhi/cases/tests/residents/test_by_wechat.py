"""Told in 微信 without an account: the way there and back, against a provider on this machine, and who is told what."""

import logging
from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from django.core import signing
from django.test import Client
from django.utils import timezone

from shanzhi.cases.models import Case, Receipt
from shanzhi.cases.residents import by_wechat, texting
from shanzhi.cases.residents.wechat_views import REFUSED, TOLD
from shanzhi.cases.tests.pages import act
from shanzhi.cases.tests.residents.people import FOLLOW, holding, told, verified, villager
from shanzhi.jobs.testing import drain
from shanzhi.notices.channels import tokens
from shanzhi.notices.models import Delivery
from shanzhi.notices.services import messages
from shanzhi.notices.services.sending import deliveries_send
from shanzhi.notices.tests.providers import HttpProvider
from shanzhi.tenancy.models import OutboxEvent
from shanzhi.trail.models import Entry
from tests.cast import Cast

OPENID = "oABCDEFGHIJKLMNOPQRSTUVWX_-1"
CODE, SEND, TOKEN = "/sns/oauth2/access_token", "/cgi-bin/message/template/send", "/cgi-bin/stable_token"
ASK, BACK, STOP = f"{FOLLOW}wechat/", f"{FOLLOW}wechat/back/", f"{FOLLOW}wechat/stop/"
WECHAT = {"HTTP_USER_AGENT": "Mozilla/5.0 (Linux; Android 9) MicroMessenger/8.0.30"}


@pytest.fixture
def provider(settings: Any) -> Iterator[HttpProvider]:
    server = HttpProvider()
    server.answers[CODE] = [{"access_token": "U1", "openid": OPENID, "scope": "snsapi_base"}]
    server.answers[TOKEN] = [{"access_token": "T1", "expires_in": 7200}]
    server.answers[SEND] = [{"errcode": 0, "msgid": 5}]
    given = {
        "by": "official", "appid": "wx1", "secret": "geheim", "templates": ["progress=TM3"], "fields": ["text=thing5"],
        "endpoint": server.url, "login": "https://open.weixin.qq.com",
    }  # fmt: skip
    settings.MESSAGES = {**settings.MESSAGES, "site": "https://sz.example.gov.cn", "wechat": given}
    tokens.forget()
    yield server
    server.close()


@pytest.fixture
def case(cast: Cast) -> Case:
    return told(cast)


def receipt_of(case: Case) -> Receipt:
    return Receipt.objects.get(case_id=case.id, role="reporter")


def state_of(answer: Any) -> str:
    return parse_qs(urlsplit(answer["Location"]).query)["state"][0]


def come_back(client: Client, **query: str) -> str:
    """What the page of the receipt says after 微信 has answered."""
    answer = client.get(BACK, query, follow=True)
    assert answer.redirect_chain == [(FOLLOW, 303)]
    return str(answer.content.decode())


def bound(case: Case) -> Client:
    client = holding(case)
    assert TOLD in come_back(client, code="C1", state=state_of(client.get(ASK)))
    return client


class TestTheWay:
    def test_there_and_back(self, case: Case, provider: HttpProvider) -> None:
        client = holding(case)
        page = client.get(FOLLOW, **WECHAT).content.decode()
        assert "用微信通知我" in page
        answer = client.get(ASK)
        there = urlsplit(answer["Location"])
        query = {name: values[0] for name, values in parse_qs(there.query).items()}
        assert (answer.status_code, there.netloc, there.path) == (
            302,
            "open.weixin.qq.com",
            "/connect/oauth2/authorize",
        )
        assert query == {
            "appid": "wx1", "redirect_uri": f"https://sz.example.gov.cn{BACK}", "response_type": "code",
            "scope": "snsapi_base", "state": query["state"],
        }  # fmt: skip
        assert query["state"].isalnum()
        assert there.fragment == "wechat_redirect"
        page = come_back(client, code="C1", state=query["state"])
        assert TOLD in page
        assert "不用微信通知了" in page
        (asked,) = provider.asked(CODE)
        assert asked.query == {"appid": "wx1", "secret": "geheim", "code": "C1", "grant_type": "authorization_code"}
        assert receipt_of(case).wechat == OPENID
        entry = Entry.objects.get(code="cases.receipt.wechat_set")
        assert (entry.actor_id, entry.object_id) == (None, receipt_of(case).id)

    def test_no_longer(self, case: Case, provider: HttpProvider) -> None:
        client = bound(case)
        for _ in range(2):
            assert client.post(STOP).status_code == 303
        assert receipt_of(case).wechat == ""
        assert Entry.objects.filter(code="cases.receipt.wechat_ended").count() == 1
        assert "不再用微信通知您" in client.get(FOLLOW).content.decode()
        assert client.get(STOP).status_code == 405

    def test_outside_of_wechat_it_is_only_said(self, case: Case, provider: HttpProvider) -> None:
        page = holding(case).get(FOLLOW).content.decode()
        assert "在微信里打开这一页" in page
        assert ASK not in page

    def test_without_an_official_account_there_is_none(self, case: Case, settings: Any) -> None:
        client = holding(case)
        assert "微信" not in client.get(FOLLOW, **WECHAT).content.decode()
        for answer in (client.get(ASK), client.get(BACK), client.post(STOP)):
            assert answer.status_code == 404

    def test_what_has_ended_is_not_told_of_any_more(self, cast: Cast, case: Case, provider: HttpProvider) -> None:
        act(cast, "village_clerk", "reject", case, text="不归村里管")
        assert "微信" not in holding(case).get(FOLLOW, **WECHAT).content.decode()

    def test_who_holds_nothing_types_the_secret_first(self, case: Case, provider: HttpProvider) -> None:
        for path in (ASK, BACK):
            answer = villager().get(path, follow=True)
            assert "请先输入回执上的查询码" in answer.content.decode()
        assert "请先输入回执上的查询码" in villager().post(STOP, follow=True).content.decode()
        assert provider.requests == []


class TestNothingIsTakenThatWasNotAskedFor:
    def test_another_word_or_none(self, case: Case, provider: HttpProvider) -> None:
        client = holding(case)
        state = state_of(client.get(ASK))
        for wrong in ("", "0" * 32, f"{state}0", "\0", "井"):
            assert by_wechat.AGAIN in come_back(client, code="C1", state=wrong)
            client.get(ASK)
        assert (receipt_of(case).wechat, provider.requests) == ("", [])

    def test_it_is_good_once(self, case: Case, provider: HttpProvider) -> None:
        client = holding(case)
        state = state_of(client.get(ASK))
        come_back(client, code="C1", state=state)
        assert by_wechat.AGAIN in come_back(client, code="C2", state=state)
        assert len(provider.asked(CODE)) == 1

    def test_another_browser_or_another_receipt(self, cast: Cast, case: Case, provider: HttpProvider) -> None:
        """Neither can somebody tie their 微信 to the matter of another, nor make another tie theirs to a strange one."""
        client, other = holding(case), told(cast, body="别的事")
        state = state_of(client.get(ASK))
        assert by_wechat.AGAIN in come_back(holding(other), code="C1", state=state)
        stranger = holding(other)
        stranger.cookies[by_wechat.COOKIE] = client.cookies[by_wechat.COOKIE].value
        assert by_wechat.AGAIN in come_back(stranger, code="C1", state=state)
        assert [row.wechat for row in Receipt.objects.all()] == ["", ""]

    def test_a_mark_ends_and_cannot_be_made_up(self, case: Case, provider: HttpProvider, monkeypatch: Any) -> None:
        client = holding(case)
        state = state_of(client.get(ASK))
        monkeypatch.setattr(by_wechat, "LASTS", timedelta(seconds=-1))
        assert by_wechat.AGAIN in come_back(client, code="C1", state=state)
        monkeypatch.undo()
        client.cookies[by_wechat.COOKIE] = signing.dumps({"s": "a", "r": receipt_of(case).id}, salt="mine")
        assert by_wechat.AGAIN in come_back(client, code="C1", state="a")
        assert receipt_of(case).wechat == ""

    def test_who_says_no(self, case: Case, provider: HttpProvider) -> None:
        client = holding(case)
        assert REFUSED in come_back(client, state=state_of(client.get(ASK)))
        assert (receipt_of(case).wechat, provider.requests) == ("", [])

    @pytest.mark.parametrize(
        ("answer", "words"),
        [
            ({"errcode": 40163, "errmsg": f"code been used {OPENID}"}, "微信的这次授权已经用过或过期了，请再点一次。"),
            ({"errcode": 40029}, "微信的这次授权已经用过或过期了，请再点一次。"),
            ({"errcode": 40125}, "微信平台没有给编号（40125）。请过一会儿再点一次。"),
            ({"errcode": "<b>"}, "微信平台没有给编号（未知错误）。请过一会儿再点一次。"),
            ({}, "微信平台没有给编号（0）。请过一会儿再点一次。"),
            ({"openid": "x'; --"}, "微信编号（OpenID）是 28 位左右的字母和数字"),
            ((500, {}), "微信平台出了故障（500）。请过一会儿再点一次。"),
            ((200, b"<html>"), "微信平台的应答读不懂（200）"),
        ],
    )
    def test_what_the_provider_refuses_is_one_sentence(
        self, case: Case, provider: HttpProvider, answer: Any, words: str
    ) -> None:
        provider.answers[CODE] = [answer]
        client = holding(case)
        page = come_back(client, code="C1", state=state_of(client.get(ASK)))
        assert words in page
        assert OPENID not in page
        assert receipt_of(case).wechat == ""

    def test_nobody_is_reached(self, case: Case, provider: HttpProvider, settings: Any) -> None:
        client = holding(case)
        state = state_of(client.get(ASK))
        settings.MESSAGES["wechat"]["endpoint"] = "http://127.0.0.1:1"
        assert "连不上微信平台" in come_back(client, code="C1", state=state)


class TestWhatIsTold:
    @pytest.fixture(autouse=True)
    def waiting(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """Deliveries wait until they are looked at, by day as in quiet hours: what was sent is emptied."""
        monkeypatch.setattr(messages, "wake", lambda: None)

    def test_each_step_that_matters_once_with_a_way_to_the_page(
        self, cast: Cast, case: Case, provider: HttpProvider
    ) -> None:
        bound(case)
        verified(cast, case)
        act(cast, "village_clerk", "close", case)
        drain()
        for event in OutboxEvent.objects.filter(subject_id=case.id):
            texting.text_people(event)  # told again
        rows = list(Delivery.objects.filter(channel="wechat").order_by("id"))
        assert [(row.text, row.path) for row in rows] == [
            (f"{case.number} {words}", FOLLOW) for words in ("已受理", "处理完了，请评价", "已办结")
        ]
        Delivery.objects.update(next_at=timezone.now(), valid_until=None)
        deliveries_send(at=timezone.now())
        bodies = [request.body for request in provider.asked(SEND)]
        assert {body["touser"] for body in bodies} == {OPENID}
        assert {body["url"] for body in bodies} == {f"https://sz.example.gov.cn{FOLLOW}"}
        assert sorted(body["data"]["thing5"]["value"] for body in bodies) == sorted(
            f"{case.number} {words}" for words in ("已受理", "处理完了，请评价", "已办结")
        )

    def test_fit_a_thing(self) -> None:
        for words in (*texting.WECHAT_WORDS.values(), *texting.WECHAT_JOINED.values()):
            assert len(f"2611-12345 {words}") <= 20
        assert set(texting.WECHAT_WORDS) == set(texting.WORDS)

    def test_who_did_it_is_not_told_and_who_stopped_neither(
        self, cast: Cast, case: Case, provider: HttpProvider
    ) -> None:
        client = bound(case)
        verified(cast, case)
        case.refresh_from_db()
        assert (
            client.post(f"{FOLLOW}rate/", {"version": case.version, "satisfied": "no", "text": "没好"}).status_code
            == 303
        )
        drain()
        rows = Delivery.objects.filter(channel="wechat").order_by("id")
        assert [row.text for row in rows] == [f"{case.number} {words}" for words in ("已受理", "处理完了，请评价")]
        stopped = told(cast, body="另一件")
        bound(stopped).post(STOP)
        act(cast, "village_clerk", "accept", stopped)
        drain()
        assert Delivery.objects.filter(channel="wechat").count() == 2

    def test_of_the_end_of_what_it_was_merged_into(self, cast: Cast, case: Case, provider: HttpProvider) -> None:
        bound(case)
        into = told(cast, body="路灯不亮")
        act(cast, "village_clerk", "merge", case, text="同一件", into=into)
        verified(cast, into)
        act(cast, "village_clerk", "close", into)
        drain()
        assert [row.text for row in Delivery.objects.filter(channel="wechat")] == [f"{case.number} 已办结"]


def test_the_number_of_a_wechat_lies_open_nowhere(
    cast: Cast, case: Case, provider: HttpProvider, caplog: pytest.LogCaptureFixture
) -> None:  # fmt: skip
    caplog.set_level(logging.DEBUG)
    client = bound(case)
    act(cast, "village_clerk", "accept", case)
    drain()
    from_trail = " ".join(str(entry.__dict__) for entry in Entry.objects.all())
    events = " ".join(str(event.data) for event in OutboxEvent.objects.all())
    for text in (caplog.text, from_trail, events, client.get(FOLLOW).content.decode()):
        assert OPENID not in text
    assert "oA****-1" in {row.to_masked for row in Delivery.objects.filter(channel="wechat")}

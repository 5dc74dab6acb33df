"""From the telling to the provider's answer, over real HTTP: what the log says, and that no log holds an address."""

import logging
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from shanzhi.files.tests.factories import actor_of, member
from shanzhi.notices import jobs
from shanzhi.notices.channels import tokens
from shanzhi.notices.models import Delivery
from shanzhi.notices.services import delivery_retry
from shanzhi.notices.tests.factories import MOBILE, NOW, VALUES, only, reachable, send, tell

SMS = {"by": "aliyun", "key": "id", "secret": "geheim", "sign": "天长市", "templates": ["notice=SMS_1", "code=SMS_2"]}
WECHAT = {"by": "official", "appid": "wx1", "secret": "geheim", "templates": ["notice=TM1"], "fields": ["title=thing1"]}
LIMIT = {"Code": "isv.BUSINESS_LIMIT_CONTROL", "Message": f"{MOBILE} 触发分钟级流控"}


@pytest.fixture
def told(me, open_up, provider):
    """A notice for a phone, with the real sender behind it."""

    def tell_it(channel="sms", **more):
        open_up(channel, endpoint=provider.url, **(SMS if channel == "sms" else WECHAT), **more)
        tell(reachable(me, channel), topic="test.assigned", urgent=True, at=NOW)
        jobs.notices_plan(at=NOW)

    return tell_it


def test_down_then_busy_then_through(told, provider, caplog):
    provider.answers["/"] = [(500, {}), (400, LIMIT), {"Code": "OK", "BizId": "B1"}]
    told()
    with caplog.at_level(logging.DEBUG):
        for at, state, error in (
            (NOW, "queued", "短信平台出了故障（500）。"),
            (NOW + timedelta(minutes=1), "queued", "给这个手机号发得太频繁，短信平台要等一等。"),
            (NOW + timedelta(minutes=6), "sent", ""),
        ):
            assert send(at) == 1
            assert (only().state, only().error) == (state, error)
    assert (only().attempts, only().receipt, only().to_masked) == (3, "B1", "138****1234")
    ids = {request.query["OutId"] for request in provider.requests}
    nonces = {request.headers["x-acs-signature-nonce"] for request in provider.requests}
    assert (ids, len(nonces)) == ({str(only().id)}, 3)
    for word in (MOBILE, "geheim", "井盖"):
        assert word not in caplog.text


def test_who_does_not_follow_is_tried_again_by_the_administrator(told, provider, me, settings):
    settings.SHANZHI_REQUIRE_TOTP = False
    send_path = "/cgi-bin/message/template/send"
    provider.answers["/cgi-bin/stable_token"] = [{"access_token": "T1", "expires_in": 7200}]
    provider.answers[send_path] = [{"errcode": 43004}, {"errcode": 0, "msgid": 9}]
    told("wechat")
    assert send() == 1
    assert (only().state, only().why) == ("failed", "本人没有关注公众号，请关注后再试。")
    row = delivery_retry(actor=actor_of(member("管理员", "system_admin")), delivery_id=only().id, at=NOW)
    assert (row.state, row.attempts) == ("queued", 0)
    assert send() == 1
    assert (only().state, only().receipt) == ("sent", "9")
    first, second = provider.asked(send_path)
    assert first.body["client_msg_id"] == second.body["client_msg_id"] == str(only().id)
    assert first.body["touser"] == VALUES["wechat"]


def test_many_at_once_fetch_one_token(provider):
    asked = []

    def fetch():
        asked.append(1)
        return "T1", 7200

    with ThreadPoolExecutor(8) as pool:
        found = set(pool.map(lambda _: tokens.token(("x",), fetch), range(40)))
    assert (found, len(asked)) == ({"T1"}, 1)
    tokens.drop(("x",), "another")
    assert tokens.token(("x",), fetch) == "T1"
    tokens.drop(("x",), "T1")
    tokens.token(("x",), fetch)
    assert len(asked) == 2


def test_one_that_is_refused_keeps_nobody_waiting(county_a, open_up, provider):
    people = [reachable(member(f"人{number}"), "sms", value=f"1395550000{number}") for number in range(6)]
    ok = {"Code": "OK", "BizId": "B"}
    provider.answers["/"] = [ok, {"Code": "isv.MOBILE_NUMBER_ILLEGAL"}, *[ok] * 4]
    open_up("sms", endpoint=provider.url, **SMS)
    tell(*people, topic="test.assigned", urgent=True, at=NOW)
    jobs.notices_plan(at=NOW)
    assert send() == 6
    assert sorted(Delivery.objects.values_list("state", flat=True)) == ["failed"] + ["sent"] * 5
    assert len({request.query["PhoneNumbers"] for request in provider.requests}) == 6

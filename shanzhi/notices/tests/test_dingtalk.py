"""钉钉工作通知, against a server on this machine."""

import pytest
from django.core.exceptions import ImproperlyConfigured

from shanzhi.notices.channels.base import SendError
from shanzhi.notices.channels.dingtalk import DingTalkSender
from shanzhi.notices.channels.registry import check_settings
from shanzhi.notices.tests.factories import message

TOKEN, SEND = "/gettoken", "/topapi/message/corpconversation/asyncsend_v2"
OK = {"errcode": 0, "errmsg": "ok", "task_id": 256271667526, "request_id": "4jzllmte0wau"}


@pytest.fixture
def dingtalk(provider):
    provider.answers[TOKEN] = [
        {"errcode": 0, "access_token": "T1", "expires_in": 7200},
        {"errcode": 0, "access_token": "T2", "expires_in": 7200},
    ]
    provider.answers[SEND] = [OK]
    return DingTalkSender(key="ding1", secret="geheim", agent="123", endpoint=provider.url)


def to_me(**more):
    return message(to="manager7075", **more)


def refused(found):
    with pytest.raises(SendError) as error:
        found.send(to_me())
    return error.value


def test_what_goes_over_the_wire(provider, dingtalk):
    assert dingtalk.send(to_me()) == "256271667526"
    asked, sent = provider.requests
    assert (asked.method, asked.query) == ("GET", {"appkey": "ding1", "appsecret": "geheim"})
    assert sent.query == {"access_token": "T1"}
    assert sent.body == {
        "agent_id": 123,
        "userid_list": "manager7075",
        "msg": {
            "msgtype": "action_card",
            "action_card": {
                "title": "派给你处理：张庄路口井盖断裂",
                "markdown": "派给你处理：张庄路口井盖断裂\n\n天长市　11月20日 15:30",
                "single_title": "打开看看",
                "single_url": "https://shanzhi.example.gov.cn/341181/cases/1/",
            },
        },
    }
    assert "geheim" not in repr(dingtalk)


def test_without_an_address_of_the_site_it_is_plain_text(provider, dingtalk):
    dingtalk.send(to_me(url="", text="验证码 123456"))
    assert provider.asked(SEND)[0].body["msg"] == {
        "msgtype": "text",
        "text": {"content": "验证码 123456（天长市，11月20日 15:30）"},
    }


def test_an_attempt_says_the_same_words_again(provider, dingtalk):
    for _ in range(2):
        dingtalk.send(to_me())
    first, second = provider.asked(SEND)
    assert first.data == second.data
    assert len(provider.asked(TOKEN)) == 1


def test_repeated_words_did_arrive(provider, dingtalk):
    provider.answers[SEND] = [{"errcode": 88, "sub_code": "143106", "sub_msg": "重复"}]
    assert dingtalk.send(to_me()) == ""


def test_a_token_that_was_ended_is_replaced(provider, dingtalk):
    provider.answers[SEND] = [{"errcode": 88, "sub_code": "40014"}, OK]
    assert dingtalk.send(to_me()) == "256271667526"
    assert [request.query["access_token"] for request in provider.asked(SEND)] == ["T1", "T2"]
    provider.answers[SEND] = [{"errcode": 42001}]
    assert refused(dingtalk).again


@pytest.mark.parametrize(
    ("answer", "again", "words"),
    [
        ({"errcode": 33012}, False, "通讯录"),
        ({"errcode": 88, "sub_code": "1430002"}, False, "不让发"),
        ({"errcode": 40035}, False, "40035"),
        ({"errcode": -1}, True, "忙"),
        ({"errcode": 88, "sub_code": "143104"}, True, "太快"),
        ({}, True, "忙"),
    ],
)
def test_error_codes(provider, dingtalk, answer, again, words):
    provider.answers[SEND] = [{**answer, "errmsg": "manager7075"}]
    error = refused(dingtalk)
    assert error.again == again
    assert words in error.sentence
    assert "manager7075" not in error.sentence


def test_no_token(provider, dingtalk):
    provider.answers[TOKEN] = [{"errcode": 40089, "errmsg": "不合法的corpid或corpsecret"}]
    error = refused(dingtalk)
    assert error.again
    assert "AppKey" in error.sentence
    assert provider.asked(SEND) == []


def test_settings(open_up):
    given = {"key": "ding1", "secret": "s", "agent": "123"}
    open_up("dingtalk", by="work", **given)
    check_settings()
    for wrong in ({"key": ""}, {"secret": ""}, {"agent": ""}, {"agent": "abc"}):
        open_up("dingtalk", by="work", **{**given, **wrong})
        with pytest.raises(ImproperlyConfigured, match="SHANZHI_DINGTALK_KEY"):
            check_settings()

"""微信公众号: template messages with a token that is fetched once, against a server on this machine."""

import pytest
from django.core.exceptions import ImproperlyConfigured

from shanzhi.notices.channels import tokens
from shanzhi.notices.channels.base import SendError
from shanzhi.notices.channels.registry import check_settings
from shanzhi.notices.channels.wechat import WeChatSender
from shanzhi.notices.tests.factories import VALUES, message

TOKEN, SEND = "/cgi-bin/stable_token", "/cgi-bin/message/template/send"
OK = {"errcode": 0, "errmsg": "ok", "msgid": 2401}
GIVEN = {
    "appid": "wx1",
    "secret": "geheim",
    "templates": {"notice": "TM1", "code": "TM2"},
    "fields": {"title": "thing1", "place": "thing2", "time": "time3", "code": "character_string4"},
}


@pytest.fixture
def wechat(provider):
    provider.answers[TOKEN] = [{"access_token": "T1", "expires_in": 7200}, {"access_token": "T2", "expires_in": 7200}]
    provider.answers[SEND] = [OK]
    return WeChatSender(endpoint=provider.url, **GIVEN)


def to_me(**more):
    return message(to=VALUES["wechat"], **more)


def refused(found):
    with pytest.raises(SendError) as error:
        found.send(to_me())
    return error.value


def test_what_goes_over_the_wire(provider, wechat):
    assert wechat.send(to_me()) == "2401"
    asked, sent = provider.requests
    assert asked.body == {"grant_type": "client_credential", "appid": "wx1", "secret": "geheim"}
    assert sent.query == {"access_token": "T1"}
    assert sent.body == {
        "touser": VALUES["wechat"],
        "template_id": "TM1",
        "url": "https://shanzhi.example.gov.cn/341181/cases/1/",
        "client_msg_id": "77",
        "data": {
            "thing1": {"value": "派给你处理：张庄路口井盖断裂"},
            "thing2": {"value": "天长市"},
            "time3": {"value": "2026年11月20日 15:30"},
        },
    }
    assert "geheim" not in repr(wechat)


def test_a_thing_has_twenty_characters(provider, wechat):
    wechat.send(to_me(params={"title": "长" * 30}))
    assert provider.asked(SEND)[0].body["data"]["thing1"] == {"value": "长" * 20}


def test_a_code_fills_its_own_template(provider, wechat):
    wechat.send(to_me(template="code", params={"code": "123456"}))
    body = provider.asked(SEND)[0].body
    assert (body["template_id"], body["data"]["character_string4"]) == ("TM2", {"value": "123456"})


def test_the_token_is_fetched_once(provider, wechat):
    for _ in range(3):
        wechat.send(to_me())
    assert len(provider.asked(TOKEN)) == 1
    another = WeChatSender(endpoint=provider.url, **{**GIVEN, "appid": "wx2"})
    another.send(to_me())
    assert len(provider.asked(TOKEN)) == 2


def test_a_token_near_its_end_is_not_used_any_more(provider, wechat, monkeypatch):
    clock = [1000.0]
    monkeypatch.setattr(tokens, "monotonic", lambda: clock[0])
    wechat.send(to_me())
    clock[0] += 7200 - 301
    wechat.send(to_me())
    assert len(provider.asked(TOKEN)) == 1
    clock[0] += 2
    wechat.send(to_me())
    assert [request.query["access_token"] for request in provider.asked(SEND)] == ["T1", "T1", "T2"]


@pytest.mark.parametrize("code", [40001, 40014, 42001])
def test_a_token_that_was_ended_elsewhere_is_replaced(provider, wechat, code):
    provider.answers[SEND] = [{"errcode": code}, OK]
    assert wechat.send(to_me()) == "2401"
    assert [request.query["access_token"] for request in provider.asked(SEND)] == ["T1", "T2"]


def test_a_token_that_is_never_right_is_tried_twice(provider, wechat):
    provider.answers[SEND] = [{"errcode": 40001}]
    error = refused(wechat)
    assert (error.again, error.down, len(provider.asked(SEND))) == (True, False, 2)


@pytest.mark.parametrize(
    ("code", "again", "words"),
    [
        (40003, False, "核对"),
        (43004, False, "关注公众号"),
        (43101, False, "拒收"),
        (47003, False, "模板"),
        (99999, False, "99999"),
        (-1, True, "忙"),
        (45009, True, "上限"),
    ],
)
def test_error_codes(provider, wechat, code, again, words):
    provider.answers[SEND] = [{"errcode": code, "errmsg": VALUES["wechat"]}]
    error = refused(wechat)
    assert error.again == again
    assert words in error.sentence
    assert VALUES["wechat"] not in error.sentence


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        ({"errcode": 40125, "errmsg": "invalid appsecret"}, "密钥"),
        ({"errcode": 40164}, "白名单"),
        ({"errcode": 89503}, "89503"),
        ({}, "没有给访问凭证"),
        ((500, b""), "故障"),
    ],
)
def test_no_token(provider, wechat, answer, words):
    provider.answers[TOKEN] = [answer]
    error = refused(wechat)
    assert error.again
    assert words in error.sentence
    assert provider.asked(SEND) == []


def test_an_error_code_that_is_no_number(provider, wechat):
    provider.answers[SEND] = [{"errcode": "kaputt"}]
    assert refused(wechat).again


def test_a_template_that_nobody_set(wechat):
    with pytest.raises(SendError, match="模板"):
        wechat.send(to_me(template="progress"))


def test_settings(open_up):
    given = {"appid": "wx1", "secret": "s", "templates": ["notice=TM1"], "fields": ["title=thing1"]}
    open_up("wechat", by="official", **given)
    check_settings()
    for name, value in given.items():
        open_up("wechat", by="official", **{**given, name: type(value)()})
        with pytest.raises(ImproperlyConfigured, match="SHANZHI_WECHAT_APPID"):
            check_settings()

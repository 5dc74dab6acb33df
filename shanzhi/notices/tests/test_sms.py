"""阿里云短信, by its documented signature and its error codes, against a server on this machine."""

import hashlib
import hmac
import json

import pytest
from django.core.exceptions import ImproperlyConfigured

from shanzhi.notices.channels import http
from shanzhi.notices.channels.base import SendError
from shanzhi.notices.channels.registry import check_settings, sender
from shanzhi.notices.channels.signing import canonical_query, signed_headers
from shanzhi.notices.channels.sms import AliyunSender
from shanzhi.notices.tests.factories import MOBILE, message

OK = {"Code": "OK", "Message": "OK", "BizId": "900619746936498440^0", "RequestId": "F655A8D5"}
GIVEN = {"key": "id", "secret": "geheim", "sign": "天长市", "templates": {"notice": "SMS_1", "code": "SMS_2"}}


def aliyun(endpoint, **more):
    return AliyunSender(**{**GIVEN, "endpoint": endpoint, **more})


def refused(found, given=None):
    with pytest.raises(SendError) as error:
        found.send(given or message())
    return error.value


def test_the_signature_of_the_providers_own_example():
    """help.aliyun.com, V3 request structure and signature, the example with fixed parameters."""
    query = {"ImageId": "win2019_1809_x64_dtc_zh-cn_40G_alibase_20230811.vhd", "RegionId": "cn-shanghai"}
    headers = signed_headers(
        host="ecs.cn-shanghai.aliyuncs.com", action="RunInstances", version="2014-05-26", query=query,
        key="YourAccessKeyId", secret="YourAccessKeySecret", date="2023-10-26T10:22:32Z",
        nonce="3156853299f313e23d1673dc12e1703d",
    )  # fmt: skip
    assert headers["Authorization"] == (
        "ACS3-HMAC-SHA256 Credential=YourAccessKeyId,SignedHeaders=host;x-acs-action;x-acs-content-sha256;x-acs-date;"
        "x-acs-signature-nonce;x-acs-version,"
        "Signature=06563a9e1b43f5dfe96b81484da74bceab24a1d853912eee15083a6f0f3283c0"
    )


def test_everything_but_the_unreserved_is_encoded():
    assert canonical_query({"b": "a b*c~d+/", "a": "天"}) == "a=%E5%A4%A9&b=a%20b%2Ac~d%2B%2F"


def test_what_goes_over_the_wire(provider):
    provider.answers["/"] = [OK]
    assert aliyun(provider.url).send(message()) == "900619746936498440^0"
    (request,) = provider.requests
    assert request.method == "POST"
    assert {name: request.query[name] for name in ("PhoneNumbers", "SignName", "TemplateCode", "OutId")} == {
        "PhoneNumbers": MOBILE, "SignName": "天长市", "TemplateCode": "SMS_1", "OutId": "77",
    }  # fmt: skip
    assert json.loads(request.query["TemplateParam"]) == {"title": "派给你处理：张庄路口井盖断裂", "place": "天长市"}
    assert (request.headers["x-acs-action"], request.headers["x-acs-version"]) == ("SendSms", "2017-05-25")
    assert "geheim" not in str(request)
    assert "geheim" not in repr(aliyun(provider.url))


def test_the_server_can_check_the_signature(provider):
    provider.answers["/"] = [OK]
    aliyun(provider.url).send(message())
    (request,) = provider.requests
    names = request.headers["authorization"].split("SignedHeaders=")[1].split(",")[0].split(";")
    lines = "".join(f"{name}:{request.headers[name]}\n" for name in names)
    canonical = "\n".join(
        ("POST", "/", canonical_query(request.query), lines, ";".join(names), hashlib.sha256(b"").hexdigest())
    )
    wanted = f"ACS3-HMAC-SHA256\n{hashlib.sha256(canonical.encode()).hexdigest()}".encode()
    assert request.headers["authorization"].endswith(hmac.new(b"geheim", wanted, hashlib.sha256).hexdigest())


def test_long_words_are_cut_to_what_a_variable_may_hold(provider):
    provider.answers["/"] = [OK]
    aliyun(provider.url).send(message(params={"title": "长" * 60}))
    assert json.loads(provider.requests[0].query["TemplateParam"]) == {"title": "长" * 35}


@pytest.mark.parametrize(
    ("code", "again", "words"),
    [
        ("isv.MOBILE_NUMBER_ILLEGAL", False, "手机号不对"),
        ("isv.SMS_TEMPLATE_ILLEGAL", False, "模板"),
        ("SignatureDoesNotMatch", False, "密钥"),
        ("isv.SOMETHING_NEW", False, "isv.SOMETHING_NEW"),
        ("isv.BUSINESS_LIMIT_CONTROL", True, "太频繁"),
        ("isv.AMOUNT_NOT_ENOUGH", True, "余额"),
        ("isp.SYSTEM_ERROR", True, "故障"),
        ("Throttling.User", True, "忙"),
    ],
)
def test_error_codes(provider, code, again, words):
    provider.answers["/"] = [(400, {"Code": code, "Message": f"对 {MOBILE} 不行"})]
    error = refused(aliyun(provider.url))
    assert (error.again, error.down) == (again, False)
    assert words in error.sentence
    assert MOBILE not in error.sentence


def test_a_code_that_is_none_is_not_repeated(provider):
    provider.answers["/"] = [(400, {"Code": f"号码 {MOBILE}"})]
    assert MOBILE not in refused(aliyun(provider.url)).sentence


@pytest.mark.parametrize(
    ("answer", "words", "down"),
    [
        ((500, {}), "故障（500）", True),
        ((503, b"busy"), "故障（503）", True),
        ((200, b"<html>"), "读不懂", False),
        ((200, b"[]"), "读不懂", False),
        ((200, b'"' + b"x" * 70_000 + b'"'), "读不懂", False),
        ((302, {"Code": "OK"}), "", False),
        (0.0, "", True),
    ],
)
def test_answers_that_are_none(provider, answer, words, down):
    provider.answers["/"] = [answer]
    if isinstance(answer, tuple) and answer[0] == 302:
        aliyun(provider.url).send(message())  # the answer counts as it is; nobody is followed elsewhere
        assert len(provider.requests) == 1
        return
    error = refused(aliyun(provider.url))
    assert error.again
    assert error.down == down
    assert words in error.sentence


def test_nobody_there(provider):
    url = provider.url
    provider.close()
    error = refused(aliyun(url))
    assert (error.sentence, error.down) == ("连不上短信平台，请检查网络和服务地址。", True)


def test_a_silent_server_is_given_up(provider, monkeypatch):
    monkeypatch.setattr(http, "TIMEOUT", 0.2)
    provider.answers["/"] = [1.0]
    error = refused(aliyun(provider.url))
    assert "没有应答" in error.sentence
    assert error.down


def test_a_template_that_nobody_set(provider):
    error = refused(aliyun(provider.url), message(template="progress"))
    assert ("模板" in error.sentence, error.again, provider.requests) == (True, False, [])


def test_settings(open_up, provider):
    open_up("sms", by="aliyun", key="id", secret="s", sign="天长市", templates=["notice=SMS_1"], endpoint=provider.url)
    check_settings()
    provider.answers["/"] = [OK]
    assert sender("sms").send(message())
    for missing in ({"key": ""}, {"secret": ""}, {"sign": ""}, {"templates": []}):
        given = {"key": "id", "secret": "s", "sign": "天长市", "templates": ["notice=SMS_1"], **missing}
        open_up("sms", by="aliyun", **given)
        with pytest.raises(ImproperlyConfigured, match="SHANZHI_SMS_KEY"):
            check_settings()
    open_up("sms", by="aliyun", key="id", secret="s", sign="天长市", templates=["SMS_1"])
    with pytest.raises(ImproperlyConfigured, match="SHANZHI_SMS_TEMPLATES"):
        check_settings()

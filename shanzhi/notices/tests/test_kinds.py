"""Addresses: one form each, a sentence for what is none, and a mask that hides enough."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shanzhi.lib.errors import Invalid
from shanzhi.notices.channels.kinds import KINDS, channel_label
from shanzhi.notices.topics import TOPICS, UNCHOSEN, listed, topic, topic_label


@pytest.mark.parametrize(
    ("channel", "given_", "clean"),
    [
        ("sms", "138 5550 1234", "13855501234"),
        ("sms", "+86 138-5550-1234", "13855501234"),
        ("sms", "008613855501234", "13855501234"),
        ("sms", "8613855501234", "13855501234"),
        ("email", " Wang@Example.CN ", "Wang@example.cn"),
        ("wechat", " oABCdefGHIjklMNOpqrSTUvwxYZ1 ", "oABCdefGHIjklMNOpqrSTUvwxYZ1"),
        ("dingtalk", " manager7075 ", "manager7075"),
    ],
)
def test_one_form(channel, given_, clean):
    kind = KINDS[channel]
    assert kind.clean(given_) == clean
    assert kind.clean(clean) == clean


@pytest.mark.parametrize(
    ("channel", "value"),
    [
        ("sms", ""), ("sms", "12855501234"), ("sms", "1385550123"), ("sms", "138555012345"), ("sms", "１３８５５５０１２３４"),
        ("sms", "13855501234,13855501235"), ("sms", "0550-7023456"),
        ("email", "wang"), ("email", "wang@"), ("email", "a@b.cn, c@d.cn"), ("email", "a@b.cn\nBcc: c@d.cn"),
        ("email", f"{'a' * 100}@b.cn"), ("email", "王@example.cn"),
        ("wechat", "wang"), ("wechat", "oABC defGHIjklMNOpqrSTUvwxYZ1"), ("wechat", "o" * 41),
        ("dingtalk", ""), ("dingtalk", "a,b"), ("dingtalk", "王"), ("dingtalk", "a" * 65),
    ],
)  # fmt: skip
def test_what_is_no_address_gets_a_sentence(channel, value):
    with pytest.raises(Invalid) as error:
        KINDS[channel].clean(value)
    assert error.value.fields["value"][0].endswith("。")


def test_masks():
    assert KINDS["sms"].mask("13855501234") == "138****1234"
    assert KINDS["email"].mask("wang@example.cn") == "w***@example.cn"
    assert KINDS["wechat"].mask("oABCdefGHIjklMNOpqrSTUvwxYZ1") == "oA****Z1"
    assert KINDS["dingtalk"].mask("abc") == "a****"
    assert channel_label("sms") == "短信"
    assert channel_label("pigeon") == "其他"


@given(st.from_regex(r"1[3-9][0-9]{9}", fullmatch=True))
def test_a_masked_phone_keeps_seven_digits_and_is_none_any_more(phone):
    masked = KINDS["sms"].mask(KINDS["sms"].clean(phone))
    assert masked[:3] + masked[-4:] == phone[:3] + phone[-4:]
    with pytest.raises(Invalid):
        KINDS["sms"].clean(masked)


@given(st.text(max_size=60))
def test_whatever_is_typed_is_cleaned_for_good_or_refused(text):
    for kind in KINDS.values():
        try:
            clean = kind.clean(text)
        except Invalid:
            continue
        assert kind.clean(clean) == clean
        assert "\n" not in clean
        assert kind.mask(clean) != clean


def test_topics_are_declared_once():
    topic("test.more", "更多", channels=("sms",))
    assert TOPICS.pop("test.more").channels == {"sms"}
    for code in ("system", *UNCHOSEN):
        with pytest.raises(ValueError, match="declared twice"):
            topic(code, "再来")


def test_the_systems_own_topic_comes_last():
    assert [one.label for one in listed()] == ["派给我的", "吹哨", "系统"]
    assert (topic_label("test.whistle"), topic_label("notices.code"), topic_label("gone")) == ("吹哨", "验证码", "其他")

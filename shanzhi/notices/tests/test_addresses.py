"""One's own addresses: given, proved by a code, used, taken away; nobody else's, and nothing to guess or to flood."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client

from shanzhi.files.tests.factories import actor_of, member, signed_in
from shanzhi.jobs.testing import drain
from shanzhi.lib.errors import Conflict, Invalid, TooMany
from shanzhi.notices.channels.kinds import KINDS
from shanzhi.notices.models import Address, Delivery
from shanzhi.notices.services import address_remove, address_send_code, address_verify
from shanzhi.notices.services import addresses as address_service
from shanzhi.notices.tests.factories import MOBILE, NIGHT, NOW, VALUES, reachable, send
from shanzhi.trail.models import Entry
from shanzhi.trail.verifying import verify_county

PAGE = "/341181/notices/addresses/sms/"
MINUTE = timedelta(minutes=1)


def ask(user, value=MOBILE, *, channel="sms", at=NOW):
    return address_send_code(actor=actor_of(user), channel=channel, value=value, at=at)


def verify(user, code, *, channel="sms", at=NOW):
    return address_verify(actor=actor_of(user), channel=channel, code=code, at=at)


def code_in(box):
    return box.last()["params"]["code"]


def asked(user, box, value=MOBILE, *, at=NOW, channel="sms"):
    """The code that arrived."""
    ask(user, value, at=at, channel=channel)
    send(at)
    return code_in(box)


def codes():
    return list(Entry.objects.order_by("id").values_list("code", flat=True))


def findings():
    """What the verifier says of addresses; the people here were made without a trail."""
    return [line for line in verify_county(341181).findings if "联系地址" in line]


@pytest.mark.parametrize("channel", list(VALUES))
def test_given_proved_and_used(me, box, channel):
    code = asked(me, box, VALUES[channel], channel=channel)
    assert (box.last()["channel"], box.last()["to"], box.last()["template"]) == (channel, VALUES[channel], "code")
    row = Address.objects.get()
    assert (row.value, row.pending, row.verified_at) == (None, VALUES[channel], None)
    verify(me, f" {code} ", channel=channel)
    row = Address.objects.get()
    assert (row.value, row.pending, row.verified_at, row.code_digest) == (VALUES[channel], None, NOW, "")
    assert row.masked == KINDS[channel].mask(VALUES[channel])
    assert codes() == ["notices.address.given", "notices.address.verified"]
    assert findings() == []


def test_nothing_of_it_lies_open_in_the_database(me, box):
    code = asked(me, box)
    verify(me, code)
    ask(me, "13955501111", at=NOW + MINUTE)
    with connection.cursor() as cursor:
        dump = ""
        for table in ("notices_address", "notices_delivery", "trail_entry"):
            cursor.execute(f"SELECT * FROM {table}")
            dump += str(cursor.fetchall())
    assert MOBILE not in dump
    assert "13955501111" not in dump
    assert Address.objects.get().code_digest not in ("", code)


def test_the_code_is_gone_from_the_log_once_it_is_sent(me, box):
    code = asked(me, box)
    row = Delivery.objects.get()
    assert (row.state, row.text, row.to, row.topic_label) == ("sent", None, None, "验证码")
    assert len(code) == 6
    assert not row.may_be_retried


def test_a_code_goes_at_night_too(me, box):
    ask(me, at=NIGHT)
    assert send(NIGHT) == 1


def test_a_code_that_was_not_sent_in_time_is_not_sent_at_all(me, box):
    ask(me)
    assert send(NOW + timedelta(minutes=11)) == 0
    assert Delivery.objects.get().reason == "late"


def test_the_old_number_stays_until_the_new_one_is_proved(me, box):
    verify(me, asked(me, box))
    second = asked(me, box, "13955501111", at=NOW + MINUTE)
    assert Address.objects.get().value == MOBILE
    verify(me, second, at=NOW + MINUTE)
    assert Address.objects.get().value == "13955501111"
    assert codes().count("notices.address.verified") == 2
    assert findings() == []


def test_a_wrong_code(me, box):
    right = asked(me, box)
    wrong = "000000" if right != "000000" else "111111"
    for left in (4, 3, 2, 1):
        with pytest.raises(Invalid, match=f"还可以试 {left} 次"):
            verify(me, wrong)
    with pytest.raises(Invalid, match="重新获取"):
        verify(me, wrong)
    with pytest.raises(Conflict, match="失效"):
        verify(me, right)
    assert Address.objects.get().value is None
    again = asked(me, box, at=NOW + MINUTE)
    assert verify(me, again, at=NOW + MINUTE).value == MOBILE


def test_a_code_lasts_ten_minutes(me, box):
    code = asked(me, box)
    with pytest.raises(Conflict, match="失效"):
        verify(me, code, at=NOW + timedelta(minutes=10, seconds=1))
    assert verify(me, code, at=NOW + timedelta(minutes=10)).value == MOBILE


def test_a_code_works_once_and_only_for_who_asked(me, other, box):
    code = asked(me, box)
    ask(other, "13955501111")
    with pytest.raises(Invalid):
        verify(other, code if code != code_in(box) else "x")
    verify(me, code)
    with pytest.raises(Conflict, match="没有等待核实"):
        verify(me, code)


def test_nothing_to_prove(me, box):
    with pytest.raises(Conflict, match="没有等待核实"):
        verify(me, "123456")


def test_one_a_minute_five_an_hour_ten_a_day(me, box):
    ask(me)
    with pytest.raises(TooMany, match="一分钟"):
        ask(me, "13955501111", at=NOW + timedelta(seconds=59))
    for number in range(1, 5):
        ask(me, f"1395550000{number}", at=NOW + number * MINUTE)
    with pytest.raises(TooMany, match="一小时"):
        ask(me, "13955500009", at=NOW + 5 * MINUTE)
    for number in range(5):
        ask(me, f"1395550001{number}", at=NOW + timedelta(hours=2) + number * MINUTE)
    with pytest.raises(TooMany, match="明天"):
        ask(me, "13955500019", at=NOW + timedelta(hours=4))
    ask(me, "13955500019", at=NOW + timedelta(hours=27))


def test_nobody_floods_a_strangers_phone(county_a, box):
    for number in range(5):
        ask(member(f"人{number}"), at=NOW + number * MINUTE)
    with pytest.raises(TooMany, match="明天"):
        ask(member("第六个"), at=NOW + 6 * MINUTE)


def test_the_same_button_twice_at_once(me, box, monkeypatch):
    ask(me)
    monkeypatch.setattr(address_service, "_within_limits", lambda *_: None)
    monkeypatch.setattr(address_service, "address_of", lambda **_: None)
    with pytest.raises(TooMany):
        ask(me)
    assert Delivery.objects.count() == 1


def test_two_at_once_with_an_address_that_is_there(me, box, monkeypatch):
    ask(me)
    stale = Address.objects.get()
    monkeypatch.setattr(address_service, "address_of", lambda **_: stale)
    Address.objects.update(version=5)
    with pytest.raises(Conflict, match="别处"):
        ask(me, at=NOW + MINUTE)
    assert Delivery.objects.count() == 1


def test_guesses_at_once_are_all_counted(me, box, monkeypatch):
    asked(me, box)
    stale = Address.objects.get()
    Address.objects.update(tries=5)
    monkeypatch.setattr(address_service, "address_of", lambda **_: stale)
    with pytest.raises(Conflict, match="失效"):
        verify(me, code_in(box))


def test_taken_away(me, box):
    verify(me, asked(me, box))
    assert address_remove(actor=actor_of(me), channel="sms", at=NOW)
    assert not Address.objects.exists()
    assert not address_remove(actor=actor_of(me), channel="sms", at=NOW)
    assert codes()[-1] == "notices.address.removed"
    assert findings() == []


def test_the_trail_notices_a_number_that_was_exchanged(me, box):
    verify(me, asked(me, box))
    Address.objects.update(value="13955501111")
    assert len(findings()) == 1


def test_channels_that_are_closed_or_unknown(me, open_up):
    open_up("email")
    with pytest.raises(Conflict, match="没有开通"):
        ask(me)
    with pytest.raises(Invalid, match="没有这个渠道"):
        ask(me, channel="pigeon")


# Pages -------------------------------------------------------------------------------------------------------


def test_the_way_through_the_pages(me, box):
    browser = signed_in(me)
    page = browser.get(PAGE).content.decode()
    assert "手机号" in page
    assert "删除这个" not in page
    answer = browser.post(PAGE, {"value": "138 5550 1234"})
    assert (answer.status_code, answer["Location"]) == (302, PAGE)
    page = browser.get(PAGE).content.decode()
    assert "138****1234" in page
    assert MOBILE not in page
    assert 'autocomplete="one-time-code"' in page
    drain()
    answer = browser.post(f"{PAGE}verifications/", {"code": code_in(box)})
    assert (answer.status_code, answer["Location"]) == (302, "/341181/notices/settings/")
    assert "手机号已核实" in browser.get(answer["Location"]).content.decode()
    page = browser.get(PAGE).content.decode()
    assert "删除这个手机号" in page
    browser.post(f"{PAGE}removals/")
    assert not Address.objects.exists()
    assert "手机号没有填写" in browser.post(f"{PAGE}removals/", follow=True).content.decode()


def test_to_fill_it_in_again(me, box):
    browser = signed_in(me)
    browser.post(PAGE, {"value": MOBILE})
    assert "发验证码" in browser.get(f"{PAGE}?again=1").content.decode()
    assert "核实手机号" in browser.get(PAGE).content.decode()


@pytest.mark.parametrize("value", ["", "12345", "x" * 121])
def test_a_wrong_number_stays_on_the_page(me, box, value):
    answer = signed_in(me).post(PAGE, {"value": value})
    assert answer.status_code == 422
    assert "field-error" in answer.content.decode()
    assert not Address.objects.exists()


def test_a_wrong_code_on_the_page_is_counted(me, box):
    browser = signed_in(me)
    browser.post(PAGE, {"value": MOBILE})
    answer = browser.post(f"{PAGE}verifications/", {"code": "abc"})
    assert answer.status_code == 422
    assert "还可以试 4 次" in answer.content.decode()
    assert Address.objects.get().tries == 1
    assert browser.post(f"{PAGE}verifications/", {"code": ""}).status_code == 422
    assert Address.objects.get().tries == 1


def test_too_many_on_the_page(me, box):
    browser = signed_in(me)
    browser.post(PAGE, {"value": MOBILE})
    answer = browser.post(PAGE, {"value": MOBILE})
    assert answer.status_code == 429
    assert "一分钟内只能发一次" in answer.content.decode()


def test_one_sees_ones_own_alone(me, other, box):
    reachable(other, "sms")
    assert "138****1234" not in signed_in(me).get(PAGE).content.decode()
    signed_in(me).post(f"{PAGE}removals/")
    assert Address.objects.get().user_id == other.pk


def test_who_may_not(me, box, county_b, open_up):
    for path in (PAGE, f"{PAGE}verifications/", f"{PAGE}removals/"):
        assert "/accounts/login/" in Client().post(path)["Location"]
        assert signed_in(member("无岗", posted=False)).post(path).status_code == 404
        assert signed_in(me).post(path.replace("341181", "410927")).status_code == 404
        assert signed_in(me).post(path.replace("sms", "pigeon")).status_code == 404
    assert signed_in(me).get(f"{PAGE}verifications/").status_code == 405
    assert signed_in(me).get(f"{PAGE}removals/").status_code == 405
    open_up("email")
    assert signed_in(me).get(PAGE).status_code == 409
    assert signed_in(me).post(f"{PAGE}removals/").status_code == 302


def test_a_fresh_code_page_is_not_kept_by_a_browser(me, box):
    assert "no-store" in signed_in(me).get(PAGE)["Cache-Control"]

"""通知设置: switches and quiet hours, on the page and through the API, by the same service."""

import re
from datetime import time

import pytest
from django.test import Client

from shanzhi.files.tests.factories import actor_of, member, signed_in
from shanzhi.lib.errors import Invalid, Stale
from shanzhi.notices.models import Preference
from shanzhi.notices.services import preference_save
from shanzhi.notices.services import preferences as preference_service
from shanzhi.notices.tests.factories import reachable
from shanzhi.notices.topics import TOPICS

PAGE, API = "/341181/notices/settings/", "/api/v1/341181/notices/preferences"
NIGHT = {"quiet": "on", "quiet_from": "22:00", "quiet_to": "07:00"}


def save(user, on=None, *, version=0, quiet=True, begins=time(22), ends=time(7)):
    return preference_save(
        actor=actor_of(user), version=version, on=on or {}, quiet=quiet, quiet_from=begins, quiet_to=ends
    )


def switches(page):
    """value → on, of every switch of the page."""
    return {value: bool(on) for value, on in re.findall(r'name="on" value="([^"]+)"( checked)?', page)}


def put(user, **body):
    given = {"version": 0, "on": {}, "quiet": True, "quiet_from": "22:00", "quiet_to": "07:00", **body}
    return signed_in(user).put(API, given, content_type="application/json")


def test_only_what_differs_is_kept(me, box):
    saved = save(me, {("test.assigned", "sms"): False, ("test.assigned", "wechat"): True, ("system", "email"): True})
    assert saved.choices == {"test.assigned:sms": False, "system:email": True}
    assert saved.version == 1
    saved = save(me, {("test.assigned", "sms"): True}, version=1)
    assert saved.choices == {"system:email": True}
    assert saved.version == 2


def test_what_is_not_named_stays(me, box):
    save(me, {("system", "email"): True})
    assert save(me, {("test.whistle", "sms"): False}, version=1).choices == {
        "system:email": True, "test.whistle:sms": False,
    }  # fmt: skip


def test_a_default_that_changes_reaches_who_never_said_otherwise(me, box, monkeypatch):
    saved = save(me, {("system", "email"): True})
    assert saved.wants(TOPICS["test.assigned"], "sms")
    monkeypatch.setitem(TOPICS, "test.assigned", TOPICS["system"])
    assert not saved.wants(TOPICS["test.assigned"], "sms")


@pytest.mark.parametrize("pair", [("no.such", "sms"), ("system", "pigeon")])
def test_unknown_topics_and_channels(me, box, pair):
    with pytest.raises(Invalid, match="刷新"):
        save(me, {pair: True})
    assert not Preference.objects.exists()


def test_stale(me, box):
    save(me)
    for version in (0, 7):
        with pytest.raises(Stale):
            save(me, version=version)
    with pytest.raises(Stale):
        save(member("新人"), version=3)


def test_saved_twice_at_once(me, box, monkeypatch):
    save(me)
    monkeypatch.setattr(preference_service, "preference_of", lambda **_: Preference(user_id=me.pk))
    with pytest.raises(Stale):
        save(me)


def test_the_page_shows_the_defaults(me, box):
    page = signed_in(me).get(PAGE).content.decode()
    found = switches(page)
    assert len(found) == 3 * 4
    assert {value for value, on in found.items() if on} == {
        "test.assigned:sms", "test.assigned:wechat", "test.whistle:sms",
    }  # fmt: skip
    assert 'value="22:00"' in page
    assert 'value="07:00"' in page
    assert "不受免打扰限制" in page
    assert page.count("还没有填") == 4
    assert not re.search(r"\sstyle=|<script>|\son\w+=", page)


@pytest.mark.parametrize("role", ["grid_worker", "township_officer", "resident", "system_admin"])
def test_every_role_has_it_and_finds_it(county_a, box, role, settings):
    settings.SHANZHI_REQUIRE_TOTP = False
    browser = signed_in(member("某人", role))
    assert browser.get(PAGE).status_code == 200
    assert f'href="{PAGE}"' in browser.get("/341181/me/").content.decode()
    assert f'href="{PAGE}"' in browser.get("/341181/notices/").content.decode()


def test_saving_on_the_page(me, box):
    browser = signed_in(me)
    sent = {"version": "0", "on": ["test.assigned:sms", "system:email"], **NIGHT, "quiet_from": "21:30"}
    answer = browser.post(PAGE, sent)
    assert (answer.status_code, answer["Location"]) == (302, PAGE)
    page = browser.get(PAGE).content.decode()
    assert "通知设置已保存" in page
    assert {value for value, on in switches(page).items() if on} == {"test.assigned:sms", "system:email"}
    assert 'value="21:30"' in page
    saved = Preference.objects.get()
    assert saved.choices == {"test.assigned:wechat": False, "test.whistle:sms": False, "system:email": True}


def test_quiet_hours_off_keep_their_times(me, box):
    save(me, begins=time(21))
    signed_in(me).post(PAGE, {"version": "1", "on": [], "quiet_from": "21:00", "quiet_to": "07:00"})
    saved = Preference.objects.get()
    assert (saved.quiet, saved.quiet_from, saved.hours) == (False, time(21), None)


@pytest.mark.parametrize(
    "more",
    [
        {"quiet_from": ""}, {"quiet_to": "25:00"}, {"quiet_from": "abends"}, {"on": ["system:pigeon"]},
        {"version": ""}, {"version": "x"},
    ],
)  # fmt: skip
def test_what_can_not_be_read(me, box, more):
    answer = signed_in(me).post(PAGE, {"version": "0", "on": [], **NIGHT, **more})
    assert answer.status_code == 422
    assert not Preference.objects.exists()


def test_a_refused_page_keeps_what_was_chosen(me, box):
    answer = signed_in(me).post(PAGE, {"version": "0", "on": ["system:email"], **NIGHT, "quiet_to": "25:00"})
    assert {value for value, on in switches(answer.content.decode()).items() if on} == {"system:email"}


def test_a_stale_page(me, box):
    save(me)
    answer = signed_in(me).post(PAGE, {"version": "0", "on": [], **NIGHT})
    assert answer.status_code == 409
    assert "别处改过" in answer.content.decode()


def test_only_channels_that_are_open_can_be_chosen(me, open_up):
    open_up("sms")
    save(me, {("system", "email"): True})
    browser = signed_in(me)
    assert set(switches(browser.get(PAGE).content.decode())) == {f"{topic}:sms" for topic in TOPICS}
    browser.post(PAGE, {"version": "1", "on": [], **NIGHT})
    assert Preference.objects.get().choices["system:email"] is True  # chosen before, and there again when it opens


def test_nothing_to_choose_while_no_channel_is_open(me, open_up):
    open_up()
    page = signed_in(me).get(PAGE).content.decode()
    assert "只在平台里提醒" in page
    assert "保存通知设置" not in page


def test_proved_addresses_are_shown_masked(me, box):
    reachable(me, "sms")
    page = signed_in(me).get(PAGE).content.decode()
    assert "138****1234" in page
    assert page.count("还没有填") == 3


def test_who_may_not(me, box, county_b):
    assert "/accounts/login/" in Client().get(PAGE)["Location"]
    assert signed_in(member("无岗", posted=False)).get(PAGE).status_code == 404
    assert signed_in(me).get(PAGE.replace("341181", "410927")).status_code == 404
    assert Client().get(API).status_code == 401
    assert signed_in(member("又无岗", posted=False)).get(API).status_code == 404


def test_the_api_says_what_the_page_says(me, box):
    reachable(me, "sms")
    data = signed_in(me).get(API).json()
    assert (data["version"], data["quiet"], data["quiet_from"], data["quiet_to"]) == (0, True, "22:00", "07:00")
    assert data["channels"] == ["sms", "wechat", "dingtalk", "email"]
    assert data["addresses"] == {"sms": "138****1234"}
    assert data["topics"] == [
        {"code": "test.assigned", "label": "派给我的", "on": ["sms", "wechat"], "at_night": False},
        {"code": "test.whistle", "label": "吹哨", "on": ["sms"], "at_night": True},
        {"code": "system", "label": "系统", "on": [], "at_night": False},
    ]


def test_saving_through_the_api(me, box):
    answer = put(me, on={"test.assigned": ["email"]}, quiet_from="20:15")
    assert answer.status_code == 200
    data = answer.json()
    assert (data["version"], data["quiet_from"]) == (1, "20:15")
    assert data["topics"][0]["on"] == ["email"]
    assert data["topics"][1]["on"] == ["sms"]
    assert switches(signed_in(me).get(PAGE).content.decode())["test.assigned:email"]
    assert put(me).status_code == 409
    assert put(me, version=1, quiet=False).json()["quiet"] is False


@pytest.mark.parametrize(
    "body",
    [
        {"on": {"no.such": []}}, {"on": {"system": ["pigeon"]}}, {"on": {"no.such": ["sms"]}}, {"quiet_from": "24:00"},
        {"quiet_to": "7:00"}, {"quiet_to": "07:00Z"}, {"version": -1}, {"version": 2**40}, {"on": "alles"},
        {"quiet": None},
    ],
)  # fmt: skip
def test_bodies_that_are_refused(me, box, body):
    answer = put(me, **body)
    assert (answer.status_code, answer["Content-Type"]) == (422, "application/problem+json")
    assert not Preference.objects.exists()


def test_each_has_ones_own(me, other, box):
    put(me, on={"system": ["sms"]})
    assert signed_in(other).get(API).json()["topics"][2]["on"] == []

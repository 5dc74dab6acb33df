"""The system administrator's log: found, filtered, exported, tried again; no words and no whole address."""

import re
from urllib.parse import unquote

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django_q.models import OrmQ

from shanzhi.files.tests.factories import actor_of, member, signed_in
from shanzhi.lib.errors import Conflict
from shanzhi.notices.models import Delivery
from shanzhi.notices.services import delivery_retry, message_send
from shanzhi.notices.tests.factories import MOBILE, NOW, only, reachable, send, told
from shanzhi.tenancy.context import county

LOG, API = "/341181/notices/log/", "/api/v1/341181/notices/deliveries"


@pytest.fixture
def admin(county_a, settings):
    settings.SHANZHI_REQUIRE_TOTP = False
    return member("管理员", "system_admin")


@pytest.fixture
def failed(me, open_up):
    open_up("sms")
    told(reachable(me, "sms"))
    Delivery.objects.update(state="failed", next_at=None, ended_at=NOW, attempts=6, error="短信平台忙。")
    return only()


def rows(response):
    assert response.status_code == 200
    return re.findall(r'data-label="状态">\s*<span[^>]*>([^<]+)<', response.content.decode())


def test_what_a_line_says(me, admin, open_up):
    open_up("sms")
    told(reachable(me, "sms"), title="秘密的标题", urgent=True)
    send()
    page = signed_in(admin).get(LOG).content.decode()
    for words in ("王桂兰", "138****1234", "短信", "派给我的", "紧急", "已发出"):
        assert words in page
    for words in (MOBILE, "秘密的标题", "张庄路口"):
        assert words not in page


def test_states_in_words(admin, box):
    people = [reachable(member(name), "sms") for name in "甲乙丙丁戊"]
    for user in people:
        told(user)
    sms = Delivery.objects.filter(channel="sms").order_by("id")
    for row, values in zip(
        sms,
        (
            {"state": "sent", "next_at": None},
            {"state": "failed", "next_at": None, "error": "短信平台忙。"},
            {"attempts": 2},
            {"state": "sending"},
            {},
        ),
        strict=True,
    ):
        Delivery.objects.filter(id=row.id).update(**values)
    browser = signed_in(admin)
    assert sorted(rows(browser.get(LOG, {"channel": "sms"}))) == sorted(
        ["已发出", "没有发出", "等待重试", "正在发送", "等待发送"]
    )
    for state, words in (("sent", "已发出"), ("retrying", "等待重试"), ("queued", "等待发送"), ("sending", "正在发送")):
        assert rows(browser.get(LOG, {"channel": "sms", "state": state})) == [words]
    assert rows(browser.get(LOG, {"state": "skipped"})) == ["不用发"] * 5
    assert "没有填写或没有核实地址" in browser.get(LOG, {"state": "skipped"}).content.decode()
    assert len(rows(browser.get(LOG, {"channel": "pigeon", "state": "no"}))) == 5


def test_days(admin, failed):
    browser = signed_in(admin)
    assert rows(browser.get(LOG, {"at_from": "2026-11-20", "at_to": "2026-11-20"})) == ["没有发出"]
    assert rows(browser.get(LOG, {"at_from": "2026-11-21"})) == []
    assert rows(browser.get(LOG, {"at_to": "2026-11-19"})) == []
    assert rows(browser.get(LOG, {"at_to": "gestern", "at_from": "0001-01-01"})) == ["没有发出"]


def test_searching_leaves_no_name_in_an_address(admin, me, failed, other, open_up):
    open_up("sms")
    told(reachable(other, "sms", value="13955501111"))
    browser = signed_in(admin)
    for text, found in (("王桂兰", 1), ("王", 1), (me.username.upper(), 1), ("刘一", 1), ("张", 0), ("", 2)):
        answer = browser.post(f"{LOG}searches/", {"text": text})
        assert (answer.status_code, answer["Location"]) == (302, LOG)
        assert len(rows(browser.get(LOG))) == found, text
    browser.post(f"{LOG}searches/", {"text": "x" * 200})
    assert len(rows(browser.get(LOG))) == 2


def test_a_whole_number_is_found_also_without_an_account(admin, box):
    message_send(channel="sms", to=MOBILE, template="progress", text="x", event_id=1, at=NOW)
    browser = signed_in(admin)
    for text, found in (("138 5550 1234", 1), ("13955501111", 0), ("1385550", 0)):
        browser.post(f"{LOG}searches/", {"text": text})
        assert len(rows(browser.get(LOG))) == found
    send()
    browser.post(f"{LOG}searches/", {"text": MOBILE})
    page = browser.get(LOG)
    assert rows(page) == ["已发出"]
    assert "给没有账号的人" in page.content.decode()


def test_nothing_yet(admin, open_up):
    open_up()
    page = signed_in(admin).get(LOG).content.decode()
    assert "还没有发过消息" in page
    assert "还没有开通任何渠道" in page
    assert "没有符合条件的消息" in signed_in(admin).get(f"{LOG}?state=sent").content.decode()


def test_export(admin, failed):
    answer = signed_in(admin).get(f"{LOG}export/")
    text = answer.content.decode("utf-8-sig")
    assert answer["Content-Type"] == "text/csv; charset=utf-8"
    assert "attachment" in answer["Content-Disposition"]
    head, line = text.strip().splitlines()
    assert head.startswith("时间,收件人,渠道,地址")
    assert "王桂兰" in line
    assert "短信平台忙。" in line
    assert MOBILE not in text
    assert len(signed_in(admin).get(f"{LOG}export/?state=sent").content.decode().strip().splitlines()) == 1


def test_a_formula_stays_words(admin, failed, me):
    type(me).objects.filter(pk=me.pk).update(name="=1+1")
    assert "'=1+1" in signed_in(admin).get(f"{LOG}export/").content.decode()


def test_tried_again(admin, failed, box):
    browser = signed_in(admin)
    assert "再发一次" in browser.get(LOG).content.decode()
    answer = browser.post(f"{LOG}{failed.id}/retries/?state=failed")
    assert (answer.status_code, answer["Location"]) == (302, f"{LOG}?state=failed")
    row = only()
    assert (row.state, row.attempts, row.error, row.ended_at) == ("queued", 0, "", None)
    assert OrmQ.objects.count() == 1
    assert send(row.next_at) in (0, 1)  # by day it goes, by night it waits
    assert browser.post(f"{LOG}{failed.id}/retries/").status_code == 409


@pytest.mark.parametrize("state", ["queued", "sending", "sent", "skipped"])
def test_only_what_was_given_up_is_tried_again(admin, failed, state):
    Delivery.objects.update(state=state)
    with pytest.raises(Conflict):
        delivery_retry(actor=actor_of(admin), delivery_id=failed.id, at=NOW)


def test_a_code_is_asked_for_anew_instead(admin, failed):
    Delivery.objects.update(topic="notices.code")
    with pytest.raises(Conflict):
        delivery_retry(actor=actor_of(admin), delivery_id=failed.id, at=NOW)
    assert "再发一次" not in signed_in(admin).get(LOG).content.decode()


@pytest.mark.parametrize("role", ["grid_worker", "township_officer", "security_admin", "audit_admin", "county_leader"])
def test_who_may_not(county_a, failed, role, settings):
    settings.SHANZHI_REQUIRE_TOTP = False
    browser = signed_in(member("某人", role))
    assert browser.get(LOG).status_code == 403
    assert browser.get(f"{LOG}export/").status_code == 403
    assert browser.post(f"{LOG}searches/").status_code == 403
    assert browser.post(f"{LOG}{failed.id}/retries/").status_code == 403
    assert browser.get(API).status_code == 403
    assert browser.post(f"{API}/{failed.id}/retries", {}, content_type="application/json").status_code == 403
    assert only().state == "failed"


def test_strangers(admin, failed, county_b):
    assert "/accounts/login/" in Client().get(LOG)["Location"]
    assert signed_in(member("无岗", posted=False)).get(LOG).status_code == 404
    assert signed_in(admin).get(LOG.replace("341181", "410927")).status_code == 404
    assert signed_in(admin).post(f"{LOG}12345/retries/").status_code == 404
    with county(county_b.id):
        foreign = Delivery.objects.create(channel="sms", topic="system", state="failed", created_at=NOW)
    assert signed_in(admin).post(f"{LOG}{foreign.id}/retries/").status_code == 404


def test_the_menu(admin, me):
    assert f'href="{LOG}"' in signed_in(admin).get("/341181/notices/").content.decode()
    assert f'href="{LOG}"' not in signed_in(me).get("/341181/notices/").content.decode()


def test_the_page_costs_the_same_with_many(admin, box):
    browser, counts = signed_in(admin), []
    browser.get(LOG)
    for number in (2, 20):
        for one in range(number):
            told(reachable(member(f"人{number}-{one}"), "sms"))
        with CaptureQueriesContext(connection) as caught:
            browser.get(LOG)
        counts.append(len(caught))
    assert counts[0] == counts[1]


def test_pages_of_the_log(admin, failed):
    for number in range(60):
        Delivery.objects.create(channel="email", topic="system", state="sent", created_at=NOW, event_id=number)
    browser = signed_in(admin)
    page = browser.get(LOG)
    assert len(rows(page)) == 50
    after = unquote(re.search(r'href="\?after=([^"&]+)"', page.content.decode())[1])
    assert len(rows(browser.get(LOG, {"after": after}))) == 11


def test_the_api(admin, failed, open_up):
    browser = signed_in(admin)
    data = browser.get(API, {"channel": "sms", "state": "failed"}).json()
    assert data["next"] is None
    (row,) = data["items"]
    assert (row["id"], row["recipient"], row["state"], row["why"]) == (
        str(failed.id), "王桂兰", "failed", "短信平台忙。",
    )  # fmt: skip
    assert MOBILE not in str(data)
    answer = browser.post(f"{API}/{failed.id}/retries", {}, content_type="application/json")
    assert (answer.status_code, answer.json()["state"], answer.json()["attempts"]) == (200, "queued", 0)
    again = browser.post(f"{API}/{failed.id}/retries", {}, content_type="application/json")
    assert (again.status_code, again.json()["code"]) == (409, "not_failed")
    assert browser.get(API, {"size": 0}).status_code == 422

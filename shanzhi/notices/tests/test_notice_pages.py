"""The page of one's own notices: reading, filtering, paging, and nobody else's."""

import re

import pytest
from django.db import connection
from django.test import Client, RequestFactory
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from shanzhi.access.actor import Actor
from shanzhi.files.tests.factories import actor_of, member, signed_in
from shanzhi.notices import nav
from shanzhi.notices.models import Notice
from shanzhi.notices.selectors import notice_page_for, unread_count
from shanzhi.notices.services import notice_read
from shanzhi.notices.tests.factories import NOW, tell
from shanzhi.tenancy.context import county
from shanzhi.ui import nav as ui_nav

LIST = "/341181/notices/"


def titles(response):
    assert response.status_code == 200
    return re.findall(r"第\d+条", response.content.decode())


def many(user, number):
    return [tell(user, title=f"第{index}条")[0] for index in range(1, number + 1)]


def test_newest_first_and_only_ones_own(me, other):
    many(me, 3)
    tell(other, title="第99条")
    assert titles(signed_in(me).get(LIST)) == ["第3条", "第2条", "第1条"]


@pytest.mark.parametrize("role", ["grid_worker", "township_officer"])
def test_on_the_phone_and_on_the_desk(county_a, role):
    user = member("某人", role)
    tell(user, title="<b>第1条</b>", body="请在 2 天内处理")
    page = signed_in(user).get(LIST).content.decode()
    assert ('<body class="ui-phone' in page) == (role == "grid_worker")
    assert "&lt;b&gt;第1条" in page
    assert "请在 2 天内处理" in page
    assert "全部标为已读" in page
    assert not re.search(r"\sstyle=|<script>|\son\w+=", page)


def test_nothing_yet(me):
    page = signed_in(me).get(LIST).content.decode()
    assert "还没有通知" in page
    assert "全部标为已读" not in page
    assert "没有未读的通知" in signed_in(me).get(f"{LIST}?show=unread").content.decode()


def test_opening_marks_as_read_and_leads_there(me):
    notice, *_ = tell(me)
    browser = signed_in(me)
    response = browser.get(f"{LIST}{notice.id}/")
    assert (response.status_code, response["Location"]) == (302, "/341181/cases/1/")
    notice.refresh_from_db()
    first = notice.read_at
    assert first is not None
    browser.get(f"{LIST}{notice.id}/")
    notice.refresh_from_db()
    assert notice.read_at == first


def test_a_row_that_was_tampered_with_leads_nowhere(me):
    notice, *_ = tell(me)
    Notice.objects.filter(id=notice.id).update(path="//evil.example/")
    assert signed_in(me).get(f"{LIST}{notice.id}/")["Location"] == LIST


def test_anothers_notice_is_absent_and_stays_unread(me, other):
    notice, *_ = tell(other)
    assert signed_in(me).get(f"{LIST}{notice.id}/").status_code == 404
    notice.refresh_from_db()
    assert notice.read_at is None
    assert signed_in(me).get(f"{LIST}12345/").status_code == 404
    assert signed_in(me).get(f"{LIST}{2**64}/").status_code == 404


def test_another_countys_notice_is_absent(me, county_b):
    with county(county_b.id):
        member("外县")
        notice, *_ = tell(me, path="/410927/")
    assert signed_in(me).get(f"{LIST}{notice.id}/").status_code == 404
    assert signed_in(me).get(f"/410927/notices/{notice.id}/").status_code == 404
    assert signed_in(me).get("/410927/notices/").status_code == 404


def test_anonymous_and_strangers(county_a):
    assert Client().get(LIST).status_code == 302
    assert Client().post(f"{LIST}reads/").status_code == 302
    assert signed_in(member("无岗", posted=False)).get(LIST).status_code == 404


def test_unread_alone(me):
    rows, browser = many(me, 3), signed_in(me)
    browser.get(f"{LIST}{rows[1].id}/")
    assert titles(browser.get(f"{LIST}?show=unread")) == ["第3条", "第1条"]
    assert titles(browser.get(LIST)) == ["第3条", "第2条", "第1条"]


def test_all_read_up_to_what_was_seen(me, other):
    rows, browser = many(me, 3), signed_in(me)
    theirs, *_ = tell(other)
    page = browser.get(LIST).content.decode()
    up_to = re.search(r'name="up_to" value="(\d+)"', page)[1]
    assert up_to == str(rows[-1].id)
    late, *_ = tell(me, title="第4条")
    response = browser.post(f"{LIST}reads/", {"up_to": up_to})
    assert (response.status_code, response["Location"]) == (302, LIST)
    assert "已把 3 条通知标为已读" in browser.get(LIST).content.decode()
    assert list(Notice.objects.filter(read_at=None).order_by("id")) == [theirs, late]
    assert browser.post(f"{LIST}reads/", {"up_to": up_to}, follow=True).status_code == 200


@pytest.mark.parametrize("up_to", ["", "x", "-1", str(2**80)])
def test_all_read_without_a_proper_end(me, up_to):
    many(me, 1)
    assert signed_in(me).post(f"{LIST}reads/", {"up_to": up_to}).status_code == 422
    assert unread_count(actor=actor_of(me)) == 1


def test_marking_is_no_get(me):
    assert signed_in(me).get(f"{LIST}reads/").status_code == 405


def test_pages_forth_and_back(me):
    many(me, 7)
    actor = actor_of(me)
    first = notice_page_for(actor=actor, size=3)
    second = notice_page_for(actor=actor, size=3, cursor=first.next_cursor)
    third = notice_page_for(actor=actor, size=3, cursor=second.next_cursor)
    assert [[row.title for row in page.rows] for page in (first, second, third)] == [
        ["第7条", "第6条", "第5条"], ["第4条", "第3条", "第2条"], ["第1条"],
    ]  # fmt: skip
    assert (first.previous_cursor, third.next_cursor) == (None, None)
    back = notice_page_for(actor=actor, size=3, cursor=third.previous_cursor)
    assert [row.title for row in back.rows] == ["第4条", "第3条", "第2条"]
    top = notice_page_for(actor=actor, size=3, cursor=back.previous_cursor)
    assert [row.title for row in top.rows] == ["第7条", "第6条", "第5条"]
    assert (top.previous_cursor, top.next_cursor) == (None, first.next_cursor)


@pytest.mark.parametrize("cursor", ["x", "-1", "9" * 40, "１", "1;drop"])
def test_a_cursor_that_can_not_be_read_begins_at_the_top(me, cursor):
    many(me, 2)
    assert len(titles(signed_in(me).get(LIST, {"after": cursor}, follow=True))) == 2
    assert len(titles(signed_in(me).get(LIST, {"before": cursor}, follow=True))) == 2


def test_the_page_costs_the_same_with_many(me):
    browser, counts = signed_in(me), []
    for number in (1, 40):
        many(me, number)
        with CaptureQueriesContext(connection) as caught:
            assert titles(browser.get(LIST))
        counts.append(len([row for row in caught if "notices_notice" in row["sql"]]))
    assert counts[0] == counts[1] <= 3


def test_the_bell_counts_to_a_hundred(me):
    Notice.objects.bulk_create(
        Notice(recipient_id=me.pk, title="x", path=LIST, event_id=number, created_at=NOW) for number in range(130)
    )
    actor = actor_of(me)
    assert unread_count(actor=actor) == 100
    request = RequestFactory().get("/")
    request.actor = actor
    assert nav.unread(request) == 100
    assert "99+" in signed_in(me).get(LIST).content.decode()
    assert unread_count(actor=Actor.anonymous(341181)) == 0


def test_a_time_is_shown_as_people_say_it(me):
    tell(me, at=timezone.now())
    assert "今天 " in signed_in(me).get(LIST).content.decode()


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(number=st.integers(0, 11), size=st.integers(1, 5), read=st.sets(st.integers(0, 10)), unread=st.booleans())
def test_walking_down_and_up_shows_every_notice_once(me, number, size, read, unread):
    Notice.objects.all().delete()
    rows, actor = many(me, number), actor_of(me)
    for index in read & set(range(number)):
        notice_read(actor=actor, notice_id=rows[index].id)
    wanted = [row.id for index, row in enumerate(rows) if not (unread and index in read)][::-1]
    down, page = [], notice_page_for(actor=actor, unread=unread, size=size)
    while True:
        down += [row.id for row in page.rows]
        if page.next_cursor is None:
            break
        page = notice_page_for(actor=actor, unread=unread, size=size, cursor=page.next_cursor)
    assert down == wanted
    while page.previous_cursor is not None:
        first = page.rows[0].id
        page = notice_page_for(actor=actor, unread=unread, size=size, cursor=page.previous_cursor)
        assert page.rows
        assert page.rows[0].id > first
    assert [row.id for row in page.rows] == wanted[:size]


def test_the_bell_and_the_tab_lead_here(me):
    page = signed_in(me).get(LIST).content.decode()
    assert 'href="/341181/notices/"' in page
    item = next(item for item in ui_nav.registered() if item.url_name == "notices:list")
    assert (item.label, item.badge) == ("通知", "notices")
    tell(me)
    assert "1 条未读" in signed_in(me).get(LIST).content.decode()

"""Sending: each recipient once, inside the county, whatever is delivered again."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import given
from hypothesis import strategies as st

from shanzhi.files.tests.factories import actor_of
from shanzhi.notices.models import Notice
from shanzhi.notices.paths import is_local
from shanzhi.notices.services import notice_read
from shanzhi.notices.tests.factories import NOW, tell
from shanzhi.tenancy.context import county


def test_everybody_gets_one(county_a):
    rows = tell(11, 12, 12, 11, object_type="cases.case", object_id=7)
    assert [row.recipient_id for row in rows] == [11, 12]
    row = rows[0]
    assert (row.title, row.body, row.path) == ("事件派给你了", "张庄路口井盖断裂", "/341181/cases/1/")
    assert (row.object_type, row.object_id, row.created_at, row.read_at) == ("cases.case", 7, NOW, None)


def test_a_redelivered_event_does_nothing(me):
    other, third = me.pk + 1, me.pk + 2
    first = tell(me, other, event_id=5)
    notice_read(actor=actor_of(me), notice_id=next(row.id for row in first if row.recipient_id == me.pk), at=NOW)
    again = tell(me, other, third, event_id=5, title="别的话")
    titles = {row.recipient_id: row.title for row in again}
    assert titles == {me.pk: "事件派给你了", other: "事件派给你了", third: "别的话"}
    assert [row.read_at for row in again if row.recipient_id == me.pk] == [NOW]


def test_two_events_are_two_notices(county_a):
    tell(11)
    tell(11)
    assert Notice.objects.count() == 2


def test_nobody_to_tell(county_a):
    assert tell() == []


def test_two_counties_do_not_meet(county_a, county_b):
    tell(11, event_id=5)
    with county(county_b.id):
        assert Notice.objects.count() == 0
        tell(11, event_id=5, path="/410927/cases/1/")
        assert Notice.objects.count() == 1


def test_long_words_are_cut_where_people_see_it(county_a):
    row = tell(11, title="长" * 150, body="  两行\n文字 " + "长" * 400)[0]
    assert (len(row.title), row.title[-1]) == (100, "…")
    assert (len(row.body), row.body[:6], row.body[-1]) == (300, "两行 文字 ", "…")


def test_statements_do_not_grow_with_recipients(county_a):
    counts = []
    for number in (1, 500):
        with CaptureQueriesContext(connection) as caught:
            tell(*range(1000, 1000 + number))
        counts.append(len([row for row in caught if row["sql"].startswith("INSERT")]))
    assert counts[0] == 1
    # SQLite takes at most some hundred rows in a statement.
    assert counts[1] <= (1 if connection.vendor == "postgresql" else 10)


@pytest.mark.parametrize(
    "path",
    [
        "", "cases/1", "//evil.example/", "/341181//evil.example", "https://evil.example/341181/", "/\\evil.example",
        "/341181/\\evil", "/410927/cases/1/", "/3411810/", "/341181", "/341181/../410927/", "/341181/./x",
        "/341181/%2e%2e/410927/", "/341181/x\r\nSet-Cookie: a=b", "javascript:alert(1)", "/341181/ x", "/341181/\tx",
    ],
)  # fmt: skip
def test_a_notice_leads_nowhere_else(county_a, path):
    assert not is_local(path, county_id=341181)
    with pytest.raises(ValueError, match="inside its county"):
        tell(11, path=path)
    assert not Notice.objects.exists()


@pytest.mark.parametrize(
    "path", ["/341181/", "/341181/cases/341181-2611-0001/", "/341181/cases/?tab=mine&after=12", "/341181/jobs/9/#x"]
)
def test_addresses_of_this_county(path):
    assert is_local(path, county_id=341181)


@given(st.text(max_size=40))
def test_no_text_escapes_the_county(tail):
    path = f"/341181/{tail}"
    if is_local(path, county_id=341181):
        assert path.startswith("/341181/")
        assert not set(path) & set("\\\r\n\t \0")
        assert ".." not in path.split("?", maxsplit=1)[0].split("#", maxsplit=1)[0].split("/")
    assert not is_local(f"/{tail}", county_id=341181) or tail.startswith("341181/")

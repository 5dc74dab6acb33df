"""The API does what the page does, by the same services."""

import pytest
from django.test import Client

from shanzhi.files.tests.factories import member, signed_in
from shanzhi.notices.models import Notice
from shanzhi.notices.tests.factories import tell

API = "/api/v1/341181/notices"


def test_list_newest_first_with_ids_as_strings(me, other):
    first, second = tell(me, object_type="cases.case", object_id=2**60)[0], tell(me)[0]
    tell(other)
    data = signed_in(me).get(API).json()
    assert [row["id"] for row in data["items"]] == [str(second.id), str(first.id)]
    assert data["items"][1]["object_id"] == str(2**60)
    assert (data["next"], data["unread"]) == (None, 2)


def test_paging(me):
    rows, browser = [tell(me)[0] for _ in range(5)], signed_in(me)
    seen, after = [], ""
    while after is not None:
        data = browser.get(API, {"size": 2, "after": after}).json()
        seen += [row["id"] for row in data["items"]]
        after = data["next"]
    assert seen == [str(row.id) for row in reversed(rows)]


def test_read_one(me, other):
    notice, theirs = tell(me)[0], tell(other)[0]
    browser = signed_in(me)
    answer = browser.post(f"{API}/{notice.id}/reads")
    assert answer.status_code == 200
    assert answer.json()["read_at"] is not None
    assert browser.post(f"{API}/{notice.id}/reads").json()["read_at"] == answer.json()["read_at"]
    assert [row["id"] for row in browser.get(API, {"unread": True}).json()["items"]] == []
    refusal = browser.post(f"{API}/{theirs.id}/reads")
    assert (refusal.status_code, refusal["Content-Type"]) == (404, "application/problem+json")
    assert Notice.objects.get(id=theirs.id).read_at is None


def test_read_all_up_to(me):
    rows, browser = [tell(me)[0] for _ in range(3)], signed_in(me)
    body = {"up_to": str(rows[1].id)}
    assert browser.post(f"{API}/reads", body, content_type="application/json").json() == {"read": 2}
    assert browser.post(f"{API}/reads", body, content_type="application/json").json() == {"read": 0}
    assert browser.get(API).json()["unread"] == 1


@pytest.mark.parametrize("query", [{"size": 0}, {"size": 101}, {"after": "x"}, {"unread": "vielleicht"}])
def test_bad_queries(me, query):
    assert signed_in(me).get(API, query).status_code == 422


@pytest.mark.parametrize("up_to", ["", "x", "1" * 30])
def test_bad_bodies(me, up_to):
    answer = signed_in(me).post(f"{API}/reads", {"up_to": up_to}, content_type="application/json")
    assert answer.status_code == 422


def test_who_may_not(me, county_b):
    notice, *_ = tell(me)
    assert Client().get(API).status_code == 401
    assert Client().post(f"{API}/{notice.id}/reads").status_code == 401
    assert signed_in(member("无岗", posted=False)).get(API).status_code == 404
    assert signed_in(me).get("/api/v1/410927/notices").status_code == 404

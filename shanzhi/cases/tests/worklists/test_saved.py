"""Lists that a person keeps: under a name, in an order, one of them first, gone and back."""

from typing import Any
from uuid import uuid4

import pytest
from django.test import Client

from shanzhi.cases.models import SavedFilter
from shanzhi.cases.tests.pages import report, statements, text_of
from shanzhi.cases.worklists import saved
from shanzhi.cases.worklists.saved import MOST, kept_query
from shanzhi.lib.errors import Conflict, Invalid, NotFound
from tests.cast import Cast

LIST = "/341181/cases/"
NEW = "/341181/cases/lists/new/"
ALL = "/341181/cases/lists/"


def keep(cast: Cast, name: str, query: str = "tab=open&kind=fire", who: str = "village_clerk") -> SavedFilter:
    return saved.saved_create(actor=cast.actor(who), name=name, query=query)


def names(cast: Cast, who: str = "village_clerk") -> list[str]:
    return [row.name for row in saved.saved_list_for(cast.actor(who))]


def change(client: Client, row: SavedFilter, what: str, **more: str) -> Any:
    return client.post(f"{ALL}{row.id}/", {"change": what, "idempotency_key": uuid4().hex, **more}, follow=True)


QUERIES = {
    "?tab=open&kind=fire&case=2611-0001&pane=1&after=abc": "tab=open&kind=fire",
    "kind=fire&tab=open": "tab=open&kind=fire",
    "state=reported&state=accepted&evil=1": "state=reported&state=accepted",
    "q=%E8%B7%AF%E7%81%AF": "q=%E8%B7%AF%E7%81%AF",
    "": "",
    "x" * 9000: "",
}


@pytest.mark.parametrize("address", QUERIES)
def test_only_filters_are_kept_in_one_order(address: str) -> None:
    assert kept_query(address) == QUERIES[address]


def test_a_kept_list_stands_above_the_list_and_is_marked_when_it_is_shown(cast: Cast) -> None:
    report(cast, body="火情", kind="fire")
    report(cast, body="别的")
    client = cast["village_clerk"].client()
    query = "tab=open&kind=fire"
    answer = client.post(NEW, {"name": " 火情  清单 ", "query": query, "idempotency_key": "k"}, follow=True)
    assert "已存为“火情 清单”" in text_of(answer)
    assert [row.title for row in answer.context["rows"]] == ["火情"]
    [link] = answer.context["saved"]
    assert (link.name, link.url, link.chosen) == ("火情 清单", f"?{query}", True)
    [link] = client.get(f"{LIST}?tab=ended").context["saved"]
    assert not link.chosen


def test_it_costs_no_statement_more(cast: Cast) -> None:
    report(cast)
    client = cast["village_clerk"].client()
    client.get(LIST)
    with statements() as before:
        client.get(LIST)
    for number in range(5):
        keep(cast, f"清单{number}")
    with statements() as after:
        client.get(LIST)
    assert len(before) == len(after) <= 8


def test_the_first_one_opens_by_itself(cast: Cast) -> None:
    row = keep(cast, "火情")
    client = cast["village_clerk"].client()
    assert client.get(LIST).status_code == 200
    change(client, row, "first")
    assert client.get(LIST).url == f"{LIST}?tab=open&kind=fire"
    assert client.get(f"{LIST}?tab=open").status_code == 200
    other = keep(cast, "别的", "tab=mine")
    change(client, other, "first")
    assert [one.name for one in SavedFilter.objects.filter(is_default=True)] == ["别的"]
    change(client, other, "plain")
    assert client.get(LIST).status_code == 200


def test_order_is_the_persons(cast: Cast) -> None:
    rows = [keep(cast, name) for name in ("甲", "乙", "丙")]
    client = cast["village_clerk"].client()
    change(client, rows[2], "up")
    assert names(cast) == ["甲", "丙", "乙"]
    change(client, rows[0], "down")
    assert names(cast) == ["丙", "甲", "乙"]
    change(client, rows[2], "up")
    change(client, rows[1], "down")
    assert names(cast) == ["丙", "甲", "乙"]


def test_renaming(cast: Cast) -> None:
    row, _ = keep(cast, "甲"), keep(cast, "乙")
    client = cast["village_clerk"].client()
    assert "已改名为“丁”" in text_of(change(client, row, "name", name="丁"))
    assert "已经有叫“乙”的清单，请换个名字。" in text_of(change(client, row, "name", name="乙"))
    assert "请给这个清单起个名字。" in text_of(change(client, row, "name", name="  "))
    assert "最多 20 个字" in text_of(change(client, row, "name", name="长" * 21))
    assert sorted(names(cast)) == ["丁", "乙"]


def test_deleting_can_be_undone_until_the_next_one(cast: Cast) -> None:
    one, two = keep(cast, "甲"), keep(cast, "乙")
    client = cast["village_clerk"].client()
    answer = change(client, one, "delete")
    assert "撤销删除" in text_of(answer)
    assert names(cast) == ["乙"]
    back = client.post(f"{ALL}{one.id}/restorations/", {"idempotency_key": "r"}, follow=True)
    assert "“甲”找回来了" in text_of(back)
    assert names(cast) == ["甲", "乙"]
    change(client, one, "delete")
    change(client, two, "delete")
    assert client.post(f"{ALL}{one.id}/restorations/").status_code == 404
    assert SavedFilter.objects.count() == 1


def test_a_name_taken_since_is_said(cast: Cast) -> None:
    row = keep(cast, "甲")
    saved.saved_delete(actor=cast.actor("village_clerk"), saved_id=row.id)
    keep(cast, "甲")
    with pytest.raises(Invalid, match="已经有叫“甲”的清单"):
        saved.saved_restore(actor=cast.actor("village_clerk"), saved_id=row.id)


def test_two_who_take_one_name_at_once_are_told(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    keep(cast, "甲")
    monkeypatch.setattr(saved, "_clean_name", lambda actor, name, but=0: name)  # as it was when the other looked
    with pytest.raises(Invalid, match="已经有叫“甲”的清单"):
        keep(cast, "甲", "tab=mine")
    assert names(cast) == ["甲"]


def test_twenty_are_enough(cast: Cast) -> None:
    for number in range(MOST):
        keep(cast, f"清单{number}")
    with pytest.raises(Conflict, match="最多存 20 个清单"):
        keep(cast, "再来一个")
    client = cast["village_clerk"].client()
    answer = client.post(NEW, {"name": "再来一个", "query": "tab=open", "idempotency_key": "z"}, follow=True)
    assert "最多存 20 个清单" in text_of(answer)


@pytest.mark.parametrize("query", ["", "nonsense=1", "q=" + "a" * 3000])
def test_without_filters_or_with_too_many_there_is_nothing_to_keep(cast: Cast, query: str) -> None:
    with pytest.raises(Invalid):
        keep(cast, "甲", query)


def test_lists_are_ones_own(cast: Cast, cast_b: Cast, client: Client) -> None:
    row = keep(cast, "甲")
    assert names(cast, "branch_secretary") == []
    other = cast["branch_secretary"].client()
    assert change(other, row, "delete").status_code == 404
    assert other.post(f"{ALL}{row.id}/restorations/").status_code == 404
    assert client.get(ALL).status_code == 302
    assert cast_b["village_clerk"].client().get(ALL).status_code == 404
    for call in (saved.saved_delete, saved.saved_restore):
        with pytest.raises(NotFound):
            call(actor=cast.actor("branch_secretary"), saved_id=row.id)


def test_the_page_shows_them_all_on_the_phone_too(cast: Cast) -> None:
    client = cast["grid_worker"].client()
    assert "还没有常用清单" in text_of(client.get(ALL))
    keep(cast, "甲", who="grid_worker")
    assert 'value="甲"' in client.get(ALL).content.decode()


def test_names_are_never_markup(cast: Cast) -> None:
    keep(cast, "<b>甲</b>")
    for address in (LIST, ALL):
        assert "<b>甲" not in cast["village_clerk"].client().get(address).content.decode()


API = "/api/v1/341181/cases/lists"


def test_programs_keep_read_and_delete_them(cast: Cast) -> None:
    client = cast["village_clerk"].client()
    body = {"name": "甲", "query": "?tab=open&state=reported"}
    made = client.post(API, body, content_type="application/json")
    assert made.status_code == 201
    assert client.get(API).json() == [made.json()]
    assert client.post(API, body, content_type="application/json").status_code == 422
    other = cast["branch_secretary"].client()
    assert other.delete(f"{API}/{made.json()['id']}").status_code == 404
    assert client.delete(f"{API}/{made.json()['id']}").status_code == 204
    assert client.get(API).json() == []

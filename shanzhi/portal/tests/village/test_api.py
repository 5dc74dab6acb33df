"""The same for programs: the fields of the pages and no others, in keyset order."""

import pytest
from django.test import Client

from shanzhi.cases.tests.pages import statements
from shanzhi.portal.tests.village.world import VILLAGE, act, api, closed, days_ago, get, marked, placed, publish
from tests.cast import Cast, report

pytestmark = pytest.mark.django_db
ROW = {
    "number", "kind", "kind_label", "grid", "grid_name", "received_on", "ended_on", "open", "state_words", "summary",
}  # fmt: skip
LIST = api(f"villages/{VILLAGE}/cases")


def test_a_village(cast: Cast) -> None:
    closed(cast, report(cast))
    report(cast)
    body = get(api(f"villages/{VILLAGE}")).json()
    assert {name: body[name] for name in ("code", "name", "township")} == {
        "code": VILLAGE, "name": "张庄村", "township": "东镇",
    }  # fmt: skip
    assert (body["grids"], body["grid_leaders"], body["grid_workers"]) == (2, 1, 1)
    assert (body["open"], body["closed"], body["counted_to"]) == (1, 1, 1000)


def test_a_list_has_these_fields_and_no_others(cast: Cast) -> None:
    case = publish(cast, marked(cast), "路灯修好了")
    (row,) = get(LIST).json()["items"]
    assert set(row) == ROW
    assert (row["number"], row["summary"], row["open"], row["ended_on"]) == (case.number, "路灯修好了", True, None)
    assert (row["grid"], row["grid_name"]) == (cast.areas["g1"].code, "第一网格")


def test_one_case_has_its_steps_besides(cast: Cast) -> None:
    case = closed(cast, report(cast))
    body = get(api(f"cases/{case.number}")).json()
    assert set(body) == {*ROW, "steps"}
    assert [step["words"] for step in body["steps"]] == ["已办结", "核查过了", "处理完了，等核查", "已受理", "已登记"]
    assert all(set(step) == {"on", "words"} and len(step["on"]) == 10 for step in body["steps"])
    assert (body["open"], body["state_words"]) == (False, "已办结")


def test_what_is_merged_or_published_is_no_step(cast: Cast) -> None:
    main = report(cast)
    act(cast, "village_clerk", "merge", report(cast), into=main, text="同一件")
    publish(cast, main, "路灯修好了")
    assert [step["words"] for step in get(api(f"cases/{main.number}")).json()["steps"]] == ["已登记"]


def test_filters_and_order(cast: Cast) -> None:
    old, new = report(cast, at=days_ago(3), kind="sanitation"), report(cast)
    for query, wanted in (
        ({}, [new, old]), ({"sort": "oldest"}, [old, new]), ({"kind": "sanitation"}, [old]), ({"state": "closed"}, []),
        ({"q": new.number}, [new]), ({"grid": cast.areas["g4"].code}, []), ({"limit": "1"}, [new]),
    ):  # fmt: skip
        items = get(LIST, **query).json()["items"]
        assert [row["number"] for row in items] == [case.number for case in wanted], query


@pytest.mark.parametrize("query", ["state=x", "month=11", "limit=0", "limit=201", "sort=up", "cursor=x"])
def test_what_makes_no_sense_is_refused(cast: Cast, query: str) -> None:
    answer = Client().get(f"{LIST}?{query}")
    assert (answer.status_code, answer["Content-Type"]) == (422, "application/problem+json")


def test_other_places_and_numbers_are_not_found(cast: Cast) -> None:
    for path in ("villages/341181101000", "villages/410927101201/cases", "cases/2611-9999", "villages/999999999999"):
        assert get(api(path)).status_code == 404, path


def test_a_wrong_token_is_no_hindrance(cast: Cast) -> None:
    assert Client().get(LIST, headers={"Authorization": "Bearer sz_wrong"}).status_code == 200


def test_statements_do_not_grow(cast: Cast) -> None:
    placed(cast)
    get(LIST)
    with statements() as one:
        get(LIST)
    for _ in range(9):
        placed(cast)
    with statements() as ten:
        get(LIST)
    assert len(one) == len(ten) <= 5

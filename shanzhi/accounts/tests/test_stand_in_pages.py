"""代班 as pages and as JSON: what is offered, what is refused with words, and who finds nothing."""

from typing import Any

import pytest
from django.utils import timezone

from shanzhi.accounts import selectors, services
from shanzhi.accounts.models import StandIn, User
from shanzhi.accounts.tests.factories import Town, actor_of, browser, hand, person, post_of, statements, today, words


def form_of(to: User, **changes: Any) -> dict[str, str]:
    day = str(today())
    return {"substitute_id": str(to.pk), "valid_from": day, "valid_to": day, "reason": "请假", **changes}


def test_from_my_page_to_a_stand_in_and_back(town: Town, worker: User, clerk: User) -> None:
    client = browser(worker)
    page = words(client.get(town.url("me/")))
    where = town.url(f"posts/{post_of(worker).id}/stand-ins/")
    assert where in page
    assert "李文（小关社区 村文书）" in words(client.get(where))
    answer = client.post(where, form_of(clerk), follow=True)
    assert "已请李文代班" in words(answer)
    assert "请李文代班" in words(answer)
    standin = StandIn.objects.get()
    theirs = words(browser(clerk).get(town.url("me/")))
    assert "替王桂兰代班" in theirs
    answer = client.post(town.url(f"stand-ins/{standin.id}/ends/"), {"version": "0", "back": "me"}, follow=True)
    assert "代班已结束" in words(answer)
    assert "没有代班" in words(answer)


def test_the_substitute_alone_does_not_give_it_back(town: Town, worker: User) -> None:
    leader = person(town, "grid_leader", "grid", "同格")
    standin = hand(town, worker, worker, leader)
    client = browser(leader)
    for path in ("me/", "stand-ins/"):
        page = words(client.get(town.url(path)))
        assert "王桂兰" in page
        assert "提前结束" not in page
    assert client.post(town.url(f"stand-ins/{standin.id}/ends/"), {"version": 0}).status_code == 403


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"substitute_id": ""}, "请选代班人"),
        ({"substitute_id": "17"}, "不在可选的同事里"),
        ({"substitute_id": "x"}, "不在可选的同事里"),
        ({"valid_from": "明天"}, "日期写成"),
        ({"valid_to": ""}, "请选代班结束"),
        ({"valid_from": "2001-01-01"}, "最早从今天"),
        ({"valid_to": "9999-12-31"}, "最长 60 天"),
        ({"reason": ""}, "请写明为什么"),
    ],
)
def test_wrong_input_is_answered_and_kept(
    town: Town, worker: User, clerk: User, changes: dict[str, str], sentence: str
) -> None:
    answer = browser(worker).post(town.url(f"posts/{post_of(worker).id}/stand-ins/"), form_of(clerk, **changes))
    assert answer.status_code == 422
    assert sentence in words(answer)
    assert ('value="请假"' in words(answer)) is ("reason" not in changes), "what was typed stays"
    assert not StandIn.objects.exists()


def test_days_that_are_taken_are_answered(town: Town, worker: User, clerk: User) -> None:
    hand(town, worker, worker, clerk)
    answer = browser(worker).post(town.url(f"posts/{post_of(worker).id}/stand-ins/"), form_of(clerk))
    assert answer.status_code == 409
    assert "已由李文代班" in words(answer)


def test_an_office_finds_the_colleague(town: Town, worker: User, clerk: User, officer: User) -> None:
    person(town, "grid_worker", "far", "远格")
    client = browser(officer)
    page = words(client.get(town.url("stand-ins/posts/")))
    assert "王桂兰" in page
    assert "远格" not in page
    assert "吴镇</td>" not in page, "one's own list is handed over from 我的"
    assert "王桂兰" in words(client.get(town.url(f"stand-ins/posts/?place={town.areas['village'].code}")))
    assert "王桂兰" in words(client.get(town.url("stand-ins/posts/?place=1"))), "no such place narrows nothing"
    client.post(town.url(f"posts/{post_of(worker).id}/stand-ins/"), form_of(clerk))
    for query, found in (("", True), ("?state=running", True), ("?state=coming", False), ("?state=ended", False),
                         (f"?place={town.areas['village'].code}", True), ("?state=nonsense", False)):  # fmt: skip
        page = words(client.get(town.url(f"stand-ins/{query}")))
        assert ("<b>王桂兰</b>" in page) is found, query
    east = person(town, "township_officer", "east", "邻镇")
    assert "<b>王桂兰</b>" not in words(browser(east).get(town.url("stand-ins/")))


def test_states_of_the_list(town: Town, worker: User, clerk: User) -> None:
    over = hand(town, worker, worker, clerk, days=1)
    hand(town, worker, worker, clerk, after=5)
    services.standin_end(actor=actor_of(town, worker), standin_id=over.id, version=0)
    actor, at = actor_of(town, clerk), timezone.now()
    for state in ("running", "coming", "ended"):
        rows = selectors.standin_list_for(actor, at=at, state=state).rows
        assert [row.state for row in rows] == ([] if state == "running" else [state])
    with statements(3):
        assert len(selectors.standin_list_for(actor, at=at).rows) == 2


def test_a_stale_end_is_told_on_the_list(town: Town, worker: User, clerk: User) -> None:
    standin = hand(town, worker, worker, clerk)
    for version in ("5", "", "x"):
        answer = browser(worker).post(town.url(f"stand-ins/{standin.id}/ends/"), {"version": version}, follow=True)
        assert "刚刚有人更新" in words(answer)
    assert browser(clerk).get(town.url(f"stand-ins/{standin.id}/ends/")).status_code == 405


def test_strangers_get_what_does_not_exist(town: Town, worker: User, clerk: User, outsider: User) -> None:
    standin = hand(town, worker, worker, clerk)
    stranger = browser(person(town, "village_clerk", "other", "远村"))
    assert stranger.get(town.url(f"posts/{post_of(worker).id}/stand-ins/")).status_code == 404
    assert stranger.post(town.url(f"stand-ins/{standin.id}/ends/"), {"version": 0}).status_code == 404
    assert browser(outsider).get(town.url("stand-ins/")).status_code == 404
    resident = browser(person(town, "resident", "village", "居民甲"))
    assert resident.get(town.url("stand-ins/posts/")).status_code == 403
    assert "请人代班</a>" not in words(resident.get(town.url("me/")))


# ---- API


def test_json_twin(town: Town, worker: User, clerk: User) -> None:
    client, post = browser(worker), post_of(worker)
    people = client.get(town.api(f"posts/{post.id}/substitutes")).json()
    assert people == [{"user_id": str(clerk.pk), "name": "李文", "title": "小关社区 村文书"}]
    sent = form_of(clerk)
    where = town.api(f"posts/{post.id}/stand-ins")
    made = client.post(where, sent, content_type="application/json", headers={"Idempotency-Key": "a1"})
    assert made.status_code == 201
    again = client.post(where, sent, content_type="application/json", headers={"Idempotency-Key": "a1"})
    assert again.json()["id"] == made.json()["id"]
    assert made.json() | {"state": "running", "title": "小关社区 第四网格 网格员", "holder": "王桂兰"} == made.json()
    taken = client.post(where, sent, content_type="application/json")
    assert (taken.status_code, taken.json()["code"]) == (409, "standin_taken")
    wrong = client.post(where, sent | {"valid_to": "9999-12-31"}, content_type="application/json")
    assert (wrong.status_code, list(wrong.json()["fields"])) == (422, ["valid_to"])
    listed = client.get(town.api("stand-ins?state=running")).json()
    assert [row["id"] for row in listed["items"]] == [made.json()["id"]]
    assert client.get(town.api("stand-ins?area=123")).status_code == 422
    ends = town.api(f"stand-ins/{made.json()['id']}/ends")
    assert client.post(ends, {"version": 9}, content_type="application/json").status_code == 409
    ended = client.post(ends, {"version": 0}, content_type="application/json")
    assert (ended.status_code, ended.json()["state"]) == (200, "ended")
    assert browser(clerk).post(ends, {"version": 1}, content_type="application/json").status_code == 409


def test_only_an_officers_list_is_offered_to_programs(town: Town) -> None:
    resident = person(town, "resident", "village", "居民甲")
    answer = browser(resident).get(town.api(f"posts/{post_of(resident).id}/substitutes"))
    assert (answer.status_code, answer.json()["code"]) == (409, "post_not_handed")

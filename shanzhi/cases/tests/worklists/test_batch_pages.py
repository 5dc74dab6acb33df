"""Batches in pages and for programs: ticked rows or the whole list, one form, a result for each, and again."""

import threading
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from shanzhi.cases.models import ActBatch, Case, Step
from shanzhi.cases.tests.pages import act, report, text_of
from shanzhi.cases.tests.worklists.test_batches import accepted, do, seen
from shanzhi.cases.worklists import batches
from shanzhi.cases.worklists.batches import Wish, batch_create
from shanzhi.jobs.testing import drain
from shanzhi.tenancy.context import county
from shanzhi.tenancy.models import County
from tests.cast import Cast, build_cast
from tests.kinds import kind_add

NEW = "/341181/cases/batches/new/"
LIST = "/341181/cases/"


def send(client: Client, cases: list[Case], **more: Any) -> Any:
    sent = {"act": "dispatch", "case": [f"{c.number}:{c.version}" for c in cases], "idempotency_key": uuid4().hex}
    return client.post(NEW, {**sent, **more})


def test_the_list_has_a_box_for_each_row_and_a_bar_of_acts(cast: Cast) -> None:
    case = accepted(cast, 1)[0]
    html = cast["township_officer"].client().get(LIST).content.decode()
    assert f'type="checkbox" name="case" value="{case.number}" form="batch"' in html
    assert "data-batch hidden" in html
    bar = text_of(cast["township_officer"].client().get(LIST))
    assert "派给… 受理 核查通过 不予受理 答复" in bar
    assert "data-batch" not in cast["county_leader"].client().get(LIST).content.decode()


def test_the_row_that_opens_by_itself_keeps_its_box(cast: Cast) -> None:
    case = accepted(cast, 1)[0]
    pane = cast["township_officer"].client().get(f"{LIST}{case.number}/?pane=first").content.decode()
    assert f'name="case" value="{case.number}" form="batch"' in pane


def test_ticked_rows_come_to_one_form(cast: Cast) -> None:
    cases, early = accepted(cast, 2), report(cast)
    numbers = [*(case.number for case in cases), early.number]
    answer = cast["township_officer"].client().get(NEW, {"act": "dispatch", "case": numbers})
    words = text_of(answer)
    assert "派出去（2 件）" in words
    assert "有 1 件现在不能分派，不在这一批里" in words
    assert "镇城建中心" in words
    assert "各自事发的网格或村" in words
    assert dict(answer.context["versions"]) == dict(seen(cases))


def test_done_rows_are_told_and_the_rest_can_be_tried_again(cast: Cast) -> None:
    cases, client = accepted(cast, 3), cast["township_officer"].client()
    act(cast, "township_officer", "reject", cases[0], text="不归镇里管")
    answer = send(client, cases, target="own", limit="3 days")
    batch = ActBatch.objects.get()
    assert answer.url == f"/341181/cases/batches/{batch.id}/"
    page = client.get(answer.url)
    words = text_of(page)
    assert "办成 2 件" in words
    assert "没办成 1 件" in words
    assert "刚刚有人办了这件事" in words
    again = client.get(page.context["again"])
    assert "没有能办的事件" in text_of(again)  # it was rejected: nobody can give it to anybody
    assert "有 1 件现在不能分派" in text_of(again)


def test_trying_again_keeps_what_was_wished_and_takes_the_newest_version(cast: Cast) -> None:
    cases, client = accepted(cast, 1), cast["township_officer"].client()
    Case.objects.filter(id=cases[0].id).update(version=7)
    send(client, cases, target=f"unit:{cast.units['t1'].code}", limit="7 days", text="请尽快")
    batch = ActBatch.objects.get()
    form = client.get(NEW, {"act": "dispatch", "again": batch.id})
    assert dict(form.context["versions"]) == {cases[0].number: 7}
    assert form.context["form"].initial["target"] == f"unit:{cast.units['t1'].code}"
    assert form.context["form"].initial["text"] == "请尽快"


def test_a_double_click_makes_one_batch(cast: Cast) -> None:
    cases, client = accepted(cast, 2), cast["township_officer"].client()
    first = send(client, cases, target="own", idempotency_key="once")
    second = send(client, cases, target="own", idempotency_key="once")
    assert first.url == second.url
    assert ActBatch.objects.count() == 1
    assert Step.objects.filter(act="dispatch").count() == 2


def test_the_whole_list_as_it_is_filtered(cast: Cast) -> None:
    accepted(cast, 3)
    report(cast, by="township_officer", place="v1", body="火情", kind="fire")
    client = cast["township_officer"].client()
    query = {"act": "accept", "all": "1", "list": "tab=open&kind=fire", "case": "2611-0001"}
    assert [row.title for row in client.get(NEW, query).context["rows"]] == ["火情"]


def test_replies_of_the_kinds_are_offered_and_one_of_them_is_enough(cast: Cast) -> None:
    kind_add("lamp", {
        "label": "路灯", "clocks": {"accept": "24 hours"}, "replies": {"handle": ["已换新灯。", "已派人查看。"]},
    })  # fmt: skip
    cases = [report(cast, kind="lamp") for _ in range(2)]
    cases = [act(cast, "village_clerk", "accept", case) for case in cases]
    client = cast["village_clerk"].client()
    page = client.get(NEW, {"act": "handle", "case": [case.number for case in cases]})
    assert "已换新灯。" in text_of(page)
    send(client, cases, act="handle", reply="已换新灯。", text="共两盏。")
    assert {step.text for step in Step.objects.filter(act="handle")} == {"已换新灯。共两盏。"}


def test_what_is_missing_stands_beside_its_field_and_nothing_is_done(cast: Cast) -> None:
    cases, client = accepted(cast, 2), cast["township_officer"].client()
    for more, told in (
        ({}, "请选一个网格、下级或单位来处理。"),
        ({"target": "unit:nowhere"}, "请在列出的网格、下级或单位里选一个。"),
        ({"act": "reject"}, "请写明为什么不予受理，反映人会看到。"),
    ):
        answer = send(client, cases, **more)
        assert answer.status_code == 422
        assert told in text_of(answer)
        assert answer.content.decode().count('name="case"') == 2
    assert ActBatch.objects.count() == 0


@pytest.mark.parametrize("query", ["", "?act=close", "?act=%00", "?act[]=x", "?again=1"])
def test_an_address_without_an_act_leads_to_the_list(cast: Cast, query: str) -> None:
    answer = cast["township_officer"].client().get(NEW + query)
    assert (answer.status_code, answer.url) == (302, LIST)


@pytest.mark.parametrize("query", ["act=accept", "act=accept&case=x", "act=accept&case=%00&case=", "act=accept&all=1"])
def test_nothing_to_do_says_where_to_go(cast: Cast, query: str) -> None:
    answer = cast["township_officer"].client().get(f"{NEW}?{query}")
    assert answer.status_code == 200
    assert "没有能办的事件" in text_of(answer)


@pytest.mark.parametrize("pair", ["x", "2611-0001", "2611-0001:x", ":1", "2611-0001:99999999999999999999", ""])
def test_junk_rows_are_no_rows(cast: Cast, pair: str) -> None:
    answer = cast["township_officer"].client().post(NEW, {"act": "accept", "case": pair, "idempotency_key": "j"})
    assert answer.status_code in (302, 422)
    assert not Step.objects.exclude(act="report").exists()


def test_who_may_see_and_do_what(cast: Cast, client: Client) -> None:
    batch = do(cast, accepted(cast, 1))
    there = reverse("cases:batch", args=[341181, batch.id])
    assert client.get(there).status_code == 302
    assert cast["village_clerk"].client().get(there).status_code == 404
    assert cast["resident"].client().get(f"{NEW}?act=accept").status_code == 403
    assert cast["grid_worker"].client().get(f"{NEW}?act=accept").status_code == 403
    assert cast["village_clerk"].client().get(f"{NEW}?act=handle&again={batch.id}").status_code == 404


def test_another_countys_batch_does_not_exist(cast: Cast, cast_b: Cast) -> None:
    batch = do(cast, accepted(cast, 1))
    with county(410927):
        client = cast_b["township_officer"].client()
    assert client.get(f"/410927/cases/batches/{batch.id}/").status_code == 404
    assert client.get(f"/341181/cases/batches/{batch.id}/").status_code == 404


def test_a_job_shows_its_progress_and_can_be_stopped(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(batches, "CHUNK", 2)
    client = cast["township_officer"].client()
    answer = send(client, accepted(cast, 3), target="own")
    page = client.get(answer.url)
    html = page.content.decode()
    assert f'hx-get="{answer.url}" hx-trigger="every 2s"' in html
    assert "还有 3 件正在办" in text_of(page)
    part = client.get(answer.url, headers={"HX-Request": "true"})
    assert b"<!doctype" not in part.content.lower()
    stop = reverse("jobs:cancellation-create", args=[341181, page.context["job"].id])
    client.post(stop, {"idempotency_key": uuid4().hex})
    stopped = text_of(client.get(answer.url))
    assert "任务停了，剩下 3 件没有办" in stopped
    assert "重试没办成的 3 件" in stopped


API = "/api/v1/341181/cases/batches"


def call(cast: Cast, who: str, body: dict[str, Any], **headers: str) -> Any:
    return cast[who].client().post(API, body, content_type="application/json", headers=headers)


def body_of(chosen: list[Case], **more: Any) -> dict[str, Any]:
    rows = [{"number": case.number, "version": case.version} for case in chosen]
    return {"act": "dispatch", "own": True, "limit": "3 days", "cases": rows, **more}


def test_programs_get_the_result_of_each_row(cast: Cast) -> None:
    fine, stale = accepted(cast, 2)
    stale.version = 1
    answer = call(cast, "township_officer", body_of([fine, stale]), **{"Idempotency-Key": "a1"})
    assert answer.status_code == 201
    found = answer.json()
    assert (found["total"], found["done"], found["refused"], found["job"]) == (2, 1, 1, None)
    assert [row["state"] for row in found["rows"]] == ["done", "refused"]
    again = call(cast, "township_officer", body_of([fine, stale]), **{"Idempotency-Key": "a1"})
    assert again.json()["id"] == found["id"]
    read = cast["township_officer"].client().get(f"{API}/{found['id']}")
    assert read.json() == found
    assert cast["village_clerk"].client().get(f"{API}/{found['id']}").status_code == 404


def test_programs_ask_again_for_a_large_batch(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(batches, "CHUNK", 2)
    found = call(cast, "township_officer", body_of(accepted(cast, 3))).json()
    assert found["ended_at"] is None
    assert found["job"]
    drain()
    read = cast["township_officer"].client().get(f"{API}/{found['id']}").json()
    assert (read["done"], {row["state"] for row in read["rows"]}) == (3, {"done"})


def test_programs_are_refused_in_the_houses_order(cast: Cast, client: Client) -> None:
    cases = accepted(cast, 1)
    assert client.post(API, body_of(cases), content_type="application/json").status_code == 401
    assert call(cast, "resident", body_of(cases)).status_code == 403
    assert call(cast, "grid_worker", body_of(cases)).status_code == 403
    for wrong in ({"act": "close"}, {"cases": []}, {"own": False}, {"limit": "3"}, {"cases": [{"number": "x"}]}):
        answer = call(cast, "township_officer", body_of(cases, **wrong))
        assert answer.status_code == 422, wrong
    assert Case.objects.get().version == 2


@pytest.mark.django_db(transaction=True)
def test_two_batches_at_once_give_each_case_to_one(db: None) -> None:
    row = County.objects.create(id=341181, code="341181", name="天长市", joined_at=timezone.now())
    cast = build_cast(row)
    with county(341181):
        cases = accepted(cast, 6)
        actor = cast.actor("township_officer")
    start, made = threading.Barrier(2), []

    def run(order: list[Case]) -> None:
        try:
            start.wait(10)
            with county(341181):
                made.append(batch_create(actor=actor, act="dispatch", cases=seen(order), wish=Wish(own=True)))
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(order,)) for order in (cases, cases[::-1])]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert len(made) == 2
    assert sum(batch.done for batch in made) == sum(batch.refused for batch in made) == 6
    with county(341181):
        assert Step.objects.filter(act="dispatch").count() == 6
        assert {case.version for case in Case.objects.all()} == {3}

"""Covered words and photos: gone for everybody but those who answer for it, kept and lifted again."""

import json
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from shanzhi.cases.acts import Act
from shanzhi.cases.covering import HIDDEN, covers_of, is_insider, sees_originals
from shanzhi.cases.exports import lines_of
from shanzhi.cases.history import steps_agree
from shanzhi.cases.models import Case, Moderation, Step
from shanzhi.cases.selectors import CaseFilter, case_get_for, case_list_for, steps_of
from shanzhi.cases.services import case_act
from shanzhi.cases.tests.pages import act, address, dispatched, post, statements, text_of
from shanzhi.files.models import StoredFile
from shanzhi.files.services import photo_store
from shanzhi.files.tests.pictures import picture, upload
from shanzhi.lib.errors import Forbidden, Invalid
from shanzhi.tenancy.models import OutboxEvent
from tests.cast import Cast, report

NAME = "张三丰"
WHY = "涉及他人姓名"
API = "/api/v1/341181/cases/"


def cover(cast: Cast, case: Case, what: str, by: str = "village_clerk", text: str = WHY, **more: Any) -> Case:
    return case_act(actor=cast.actor(by), case=case, act=Act.MODERATE, what=what, text=text, **more)


def found(cast: Cast, query: str) -> list[int]:
    rows = case_list_for(cast.actor("village_clerk"), CaseFilter(query=query), now=timezone.now())
    return [row.id for row in rows]


def everywhere(client: Client, case: Case) -> str:
    """Everything of a case that this person can read as words: page, pane, list, API, search by the API."""
    lists = client.get("/341181/cases/?tab=open").content.decode()
    pane = client.get(address(case) + "?pane=1").content.decode()
    api = json.dumps(client.get(API + case.number).json(), ensure_ascii=False)
    rows = json.dumps(client.get("/api/v1/341181/cases").json(), ensure_ascii=False)
    return client.get(address(case)).content.decode() + lists + pane + api + rows


def test_covered_words_of_a_case_are_gone_from_everywhere(cast: Cast) -> None:
    case = report(cast, body=f"{NAME}家门口堆垃圾，臭。", spot=f"{NAME}家")
    assert found(cast, NAME) == [case.id]
    cover(cast, case, "title", instead="门口堆垃圾")
    cover(cast, case, "body")
    cover(cast, case, "place", instead="")
    case.refresh_from_db()
    assert (case.title, case.body, case.place, case.version) == ("门口堆垃圾", HIDDEN, "", 4)
    assert (found(cast, NAME), found(cast, "门口堆垃圾")) == ([], [case.id])
    assert NAME not in everywhere(cast["grid_worker"].client(), case)
    assert NAME not in everywhere(cast["township_officer"].client(), case)
    assert NAME not in str(list(lines_of([case_get_for(cast.actor("village_clerk"), case.number)])))
    assert NAME in text_of(cast["village_clerk"].client().get(address(case)))
    assert NAME in text_of(cast["auditor"].client().get(address(case)))
    step = Step.objects.get(case=case, version=4)
    assert (step.act, step.target, step.text) == ("moderate", "地点", WHY)
    assert not any(NAME in json.dumps(event.data, ensure_ascii=False) for event in OutboxEvent.objects.all())


def test_covered_words_of_a_step_are_shown_otherwise_and_the_step_is_untouched(cast: Cast) -> None:
    case = act(cast, "village_clerk", "accept", report(cast), text=f"已告诉{NAME}")
    cover(cast, case, "step:2", instead="已告诉当事人")
    assert Step.objects.get(case=case, version=2).text == f"已告诉{NAME}"
    assert list(steps_agree([Case.objects.get(id=case.id)])) == []
    worker = everywhere(cast["grid_worker"].client(), case)
    assert NAME not in worker
    assert "已告诉当事人" in worker
    page = text_of(cast["village_clerk"].client().get(address(case)))
    assert f"已告诉{NAME}" in page
    assert "第 2 步的办理说明" in page


def test_a_copy_of_covered_words_is_covered_too(cast: Cast) -> None:
    case = report(cast)
    case_act(
        actor=cast.actor("village_clerk"), case=case, act=Act.WHISTLE, version=1, units=[cast.units["t1"]],
        text=f"去{NAME}家",
    )  # fmt: skip
    cover(cast, case, "step:2")
    assert NAME not in everywhere(cast["grid_worker"].client(), case)


@pytest.fixture
def photographed(cast: Cast) -> tuple[Case, StoredFile]:
    photo = photo_store(actor=cast.actor("grid_worker"), upload=upload(picture()))
    return report(cast, photo_ids=[photo.id]), StoredFile.objects.get(id=photo.id)


def test_a_covered_photo_is_served_to_nobody_else(cast: Cast, photographed: tuple[Case, StoredFile]) -> None:
    case, photo = photographed
    worker, clerk = cast["grid_worker"].client(), cast["village_clerk"].client()
    assert worker.get(photo.url).status_code == 200
    cover(cast, case, f"photo:{photo.id}")
    for address_of in (photo.url, photo.thumb_url, f"/api/v1/341181/files/{photo.id}"):
        assert worker.get(address_of).status_code == 404, address_of
    etag = clerk.get(photo.url)["ETag"]
    assert worker.get(photo.url, headers={"If-None-Match": etag}).status_code == 404
    assert str(photo.id) not in everywhere(worker, case)
    assert clerk.get(photo.url).status_code == 200
    assert cast["auditor"].client().get(photo.thumb_url).status_code == 200
    assert cast["other_clerk"].client().get(photo.url).status_code == 404
    row = Moderation.objects.get(case=case)
    assert f"/files/{photo.id}/" in clerk.get(address(case)).content.decode()
    cover(cast, case, f"lift:{row.id}", text="查清了，可以公开")
    assert worker.get(photo.url).status_code == 200
    assert str(photo.id) in everywhere(worker, case)


def test_lifted_everything_stands_as_it_was(cast: Cast) -> None:
    case = act(cast, "village_clerk", "accept", report(cast, body=f"{NAME}家门口堆垃圾。"), text=f"已告诉{NAME}")
    before = (case.title, case.body)
    for what in ("title", "body", "step:2"):
        cover(cast, case, what)
    for row in Moderation.objects.filter(case=case):
        cover(cast, case, f"lift:{row.id}", text="恢复")
        with pytest.raises(Invalid, match="恢复"):
            cover(cast, case, f"lift:{row.id}", text="恢复")
    case.refresh_from_db()
    assert (case.title, case.body) == before
    assert found(cast, NAME) == [case.id]
    assert everywhere(cast["grid_worker"].client(), case).count(f"已告诉{NAME}") >= 2
    assert Moderation.objects.filter(case=case, lifted_at=None).count() == 0
    assert Moderation.objects.filter(case=case).count() == 3  # what was done stays on record
    cover(cast, case, "title", instead="又盖上")
    assert Moderation.objects.filter(case=case, lifted_at=None).get().original == before[0]


def test_what_can_not_be_covered(cast: Cast) -> None:
    case = report(cast)
    other = photo_store(actor=cast.actor("village_clerk"), upload=upload(picture()))
    for what in ("", "kind", "number", "title:1", "step:1", "step:9", "step:x", "photo:1", f"photo:{other.id}",
                 "lift:1", "lift:x", "step:99999999999999999999", "photo:99999999999999999999999"):  # fmt: skip
        with pytest.raises(Invalid) as refused:
            cover(cast, case, what)
        assert "what" in refused.value.fields, what
    for more in ({"text": " "}, {"text": "字" * 301}, {"instead": "字" * 61}, {"instead": "字" * 1001}):
        with pytest.raises(Invalid):
            cover(cast, case, "title", **{"text": WHY, **more})
    cover(cast, case, "title")
    with pytest.raises(Invalid, match="已经处理过"):
        cover(cast, case, "title")
    assert Moderation.objects.count() == 1


def test_who_may_cover_and_who_sees_the_original(cast: Cast) -> None:
    case = dispatched(cast)
    for who in ("grid_worker", "auditor", "supervisor", "township_officer", "resident"):
        with pytest.raises(Forbidden):
            cover(cast, case, "title", by=who)
    cover(cast, case, "title", by="branch_secretary")
    case = case_get_for(cast.actor("village_clerk"), case.number)
    see = {who for who in cast.people if sees_originals(cast.actor(who), case)}
    assert see == {"village_clerk", "branch_secretary", "auditor"}
    inside = {who for who in cast.people if is_insider(cast.actor(who), case)}
    assert {"grid_worker", "village_clerk", "auditor"} <= inside
    assert not {"resident", "other_clerk", "other_worker", "system_admin"} & inside


def test_an_ended_case_can_be_covered_and_stays_ended(cast: Cast) -> None:
    case = act(cast, "village_clerk", "reject", report(cast), text=f"{NAME}乱说")
    ended = case.ended_at
    cover(cast, case, "step:2")
    case.refresh_from_db()
    assert (case.state, case.ended_at) == ("rejected", ended)
    assert NAME not in everywhere(cast["grid_worker"].client(), case)


def test_it_costs_nothing_where_nothing_was_covered(cast: Cast) -> None:
    case = report(cast)
    steps = steps_of(case)
    with statements() as ran:
        assert covers_of(case, steps).rows == ()
    assert ran == []
    cover(cast, case, "title")
    steps = steps_of(case)
    with statements() as ran:
        assert len(covers_of(case, steps).rows) == 1
    assert len(ran) == 1


def test_the_form_and_its_twin(cast: Cast, photographed: tuple[Case, StoredFile]) -> None:
    case, photo = photographed
    clerk = cast["village_clerk"].client()
    page = clerk.get(address(case, "moderate-create")).content.decode()
    assert f'value="photo:{photo.id}"' in page
    assert photo.thumb_url in page.replace("&amp;", "&")
    refused = post(clerk, case, "moderate", what="title", text="", instead="门口")
    assert refused.status_code == 422
    assert "门口" in refused.content.decode()
    assert 'value="title" checked' in " ".join(refused.content.decode().split())
    assert post(clerk, case, "moderate", what="photo:7", text=WHY).status_code == 422
    assert post(clerk, case, "moderate", what="title", text=WHY, instead="字" * 61).status_code == 422
    assert post(clerk, case, "moderate", what="title", text=WHY, instead="门口").status_code == 302
    again = clerk.get(address(case, "moderate-create")).content.decode()
    assert "恢复原样：标题" in again
    assert 'value="title"' not in again

    def send(body: dict[str, Any], who: str = "village_clerk") -> Any:
        return cast[who].client().post(
            f"{API}{case.number}/moderations", json.dumps(body), content_type="application/json"
        )  # fmt: skip

    assert send({"what": "body", "text": WHY}).json()["body"] == HIDDEN
    assert send({"what": "body", "text": WHY}).status_code == 422
    assert send({"what": "body"}).status_code == 422
    assert send({"what": "title", "text": WHY}, "grid_worker").status_code == 403
    assert send({"what": "title", "text": WHY}, "other_clerk").status_code == 404

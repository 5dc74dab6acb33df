"""A kind that only some roles may see is absent for everybody else: lists, counts, pages, API, search, calls."""

from typing import Any

import pytest
from django.urls import reverse

from shanzhi.cases.models import Case
from shanzhi.cases.services.splitting import Part
from shanzhi.cases.tests.pages import act, address, report, text_of
from shanzhi.cases.tests.test_whistles import whistle
from shanzhi.lib.errors import Invalid
from shanzhi.packs.services import Faulty, definition_publish
from tests.cast import Cast
from tests.kinds import kind_add

BODY: dict[str, Any] = {"label": "特殊照护", "seen_by": ["village_clerk", "township_officer"]}
WITH_UNITS = {**BODY, "seen_by": [*BODY["seen_by"], "department_handler"]}


@pytest.fixture
def closed(cast: Cast) -> Case:
    kind_add("closed", BODY)
    return report(cast, kind="closed", body="独居老人需要照护")


@pytest.mark.parametrize("role", ["grid_leader", "branch_secretary", "command_centre", "county_leader", "auditor"])
def test_other_roles_of_the_place_do_not_find_it(cast: Cast, closed: Case, role: str) -> None:
    client = cast[role].client()
    assert client.get(address(closed)).status_code == 404
    for query in ("?tab=open", "?tab=open&q=独居", f"?tab=open&q={closed.number}"):
        page = client.get(f"{reverse('cases:list', args=[closed.county_id])}{query}")
        assert "独居老人" not in text_of(page)
    api = client.get(f"/api/v1/{closed.county_id}/cases?tab=open").json()
    assert closed.number not in [item["number"] for item in api["items"]]
    assert client.get(f"/api/v1/{closed.county_id}/cases/{closed.number}").status_code == 404


@pytest.mark.parametrize("role", ["village_clerk", "township_officer", "grid_worker"])
def test_those_roles_and_the_reporter_do(cast: Cast, closed: Case, role: str) -> None:
    assert cast[role].client().get(address(closed)).status_code == 200


def test_in_the_list_of_those_roles(cast: Cast, closed: Case) -> None:
    page = cast["township_officer"].client().get(f"{reverse('cases:list', args=[closed.county_id])}?tab=open")
    assert "独居老人" in text_of(page)


def test_nobody_is_called_who_could_not_see_it(cast: Cast, closed: Case) -> None:
    with pytest.raises(Invalid, match="看不到"):
        whistle(cast, closed)
    case = act(cast, "village_clerk", "accept", closed)
    with pytest.raises(Invalid, match="看不到"):
        act(cast, "village_clerk", "dispatch", case, area=cast.areas["g1"])


def test_a_whistle_at_it_is_not_on_the_board_of_others(cast: Cast) -> None:
    kind_add("closed", WITH_UNITS)
    closed = whistle(cast, report(cast, kind="closed", body="独居老人需要照护"))
    board = reverse("cases:whistles", args=[closed.county_id])
    assert "独居老人" in text_of(cast["township_officer"].client().get(board))
    assert "独居老人" in text_of(cast["department_handler"].client().get(board))
    for role in ("command_centre", "county_leader", "branch_secretary"):
        assert "独居老人" not in text_of(cast[role].client().get(board)), role


ANSWER = {"code": "illness", "label": "病情", "type": "text", "seen_by": ["village_clerk", "township_officer"]}


def asked(cast: Cast, **more: Any) -> Case:
    paper = {"code": "card", "label": "登记卡", "text": "病情：{illness}"}
    kind_add("asked", {"label": "看望", "fields": [ANSWER, {"code": "bed", "label": "床位", "type": "text"}],
                       "papers": [paper]})  # fmt: skip
    return report(cast, kind="asked", answers={"illness": "需要透析", "bed": "三床"}, by="grid_leader", **more)


@pytest.mark.parametrize("role", ["village_clerk", "township_officer", "grid_leader"])
def test_an_answer_is_read_by_the_roles_that_its_question_names_and_by_who_gave_it(cast: Cast, role: str) -> None:
    client, case = cast[role].client(), asked(cast)
    assert "需要透析" in text_of(client.get(address(case)))
    api = client.get(f"/api/v1/{case.county_id}/cases/{case.number}").json()
    assert api["answers"] == {"illness": "需要透析", "bed": "三床"}


@pytest.mark.parametrize("role", ["grid_worker", "branch_secretary", "command_centre", "county_leader", "auditor"])
def test_it_is_absent_for_all_others_who_see_the_case(cast: Cast, role: str) -> None:
    client, case = cast[role].client(), asked(cast)
    for page in (address(case), address(case, "print"), reverse("cases:list", args=[case.county_id])):
        assert "透析" not in text_of(client.get(page)), page
    assert "三床" in text_of(client.get(address(case)))
    api = client.get(f"/api/v1/{case.county_id}/cases/{case.number}").json()
    assert api["answers"] == {"bed": "三床"}


def test_nor_is_the_case_found_by_it_or_printed_with_it(cast: Cast) -> None:
    case = asked(cast)
    found = cast["village_clerk"].client().get(f"/api/v1/{case.county_id}/cases?q=透析").json()
    assert found["items"] == []
    assert "需要透析" in text_of(cast["village_clerk"].client().get(f"{address(case)}papers/card/"))
    assert "需要透析" not in text_of(cast["branch_secretary"].client().get(f"{address(case)}papers/card/"))


@pytest.mark.parametrize(("seen_by", "kept"), [(["township_officer"], True), ([], False), (["auditor"], False)])
def test_another_kind_opens_no_answer_to_more_people(cast: Cast, seen_by: list[str], kept: bool) -> None:
    case = asked(cast)
    kind_add("other_asked", {"label": "慰问", "fields": [{**ANSWER, "seen_by": seen_by}]})
    act(cast, "village_clerk", "classify", case, kind="other_asked")
    case.refresh_from_db()
    assert case.answers == ({"illness": "需要透析"} if kept else {})


def test_whoever_splits_a_case_does_not_read_an_answer_by_it(cast: Cast) -> None:
    case = asked(cast)
    act(cast, "village_clerk", "accept", case)
    act(cast, "village_clerk", "split", case, parts=[Part("送药", kind="asked"), Part("送饭", kind="other")])
    part, other = Case.objects.filter(parent_id=case.id).order_by("number")
    assert part.answers == {"illness": "需要透析", "bed": "三床"}
    assert other.answers == {}
    Case.objects.filter(id=part.id).update(reporter_id=cast["branch_secretary"].user.pk)
    assert "透析" not in text_of(cast["branch_secretary"].client().get(address(part)))


def test_a_question_names_roles_that_there_are(cast: Cast) -> None:
    photo = {"code": "p", "label": "照片", "type": "photo", "seen_by": ["village_clerk"]}
    body = {"label": "看望", "fields": [{**ANSWER, "seen_by": ["village_doctor", "audit_admin"]}, photo]}
    with pytest.raises(Faulty) as refusal:
        definition_publish(actor=cast.actor("system_admin"), family="case_kind", code="x", body=body, origin="edited")
    told = str(refusal.value.fields)
    assert "没有“village_doctor”这种岗位" in told
    assert "审计管理员不看办事内容" in told
    assert "照片" in told

"""Stages, the bin, another kind, once more."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from shanzhi.cases import services
from shanzhi.cases.acts import Act, acts_for
from shanzhi.cases.catalogue import State
from shanzhi.cases.kinds.answers import checked
from shanzhi.cases.kinds.refit import fitting, refitted
from shanzhi.cases.kinds.schema import KindBody
from shanzhi.cases.models import Assignment, Case, Step
from shanzhi.cases.selectors import CaseFilter, Tab, case_get_for, case_list_for
from shanzhi.cases.tests.pages import act, dispatched, post, text_of
from shanzhi.files.models import StoredFile
from shanzhi.files.services import photo_store
from shanzhi.files.tests.pictures import picture, upload
from shanzhi.jobs.testing import drain
from shanzhi.lib.errors import Conflict, Forbidden, Invalid, Stale
from shanzhi.lib.times import local
from shanzhi.notices.models import Notice
from tests.cast import Cast, report
from tests.kinds import kind_add

STAGED: dict[str, Any] = {
    "label": "路灯维修",
    "fields": [
        {"code": "what", "label": "是什么", "type": "choice", "choices": ["路灯", "线路"], "required": True},
        {"code": "lamp", "label": "灯杆编号", "type": "text", "required": True, "shown_if": {"what": ["路灯"]}},
        {
            "code": "wire",
            "label": "电线掉落",
            "type": "stop",
            "choices": ["有", "没有"],
            "stop_if": ["有"],
            "say": "请离开。",
        },
        {"code": "seen", "label": "现场照片", "type": "photo"},
    ],
    "stages": [
        {"code": "look", "label": "现场勘查", "next": ["fix", "buy"]},
        {"code": "buy", "label": "采购", "next": ["fix"]},
        {"code": "fix", "label": "维修", "next": []},
    ],
    "clocks": {"accept": "2 hours", "dispatch": "3 hours"},
}
LAMPS: dict[str, Any] = {
    "label": "路灯",
    "fields": [
        {"code": "lamp", "label": "灯杆编号", "type": "text"},
        {"code": "what", "label": "是什么", "type": "choice", "choices": ["灯泡", "灯杆"]},
    ],
}


def staged(cast: Cast) -> Case:
    kind_add("staged", STAGED)
    answers = {"what": "路灯", "lamp": "L-7", "wire": "没有"}
    case = report(cast, kind="staged", answers=answers)
    act(cast, "village_clerk", "accept", case)
    act(cast, "village_clerk", "dispatch", case, area=cast.areas["g1"])
    return act(cast, "grid_worker", "start", case)


def test_stages_go_their_ways(cast: Cast) -> None:
    case = staged(cast)
    assert case.stage == "look"
    due = case.due_at
    assert Act.HANDLE not in acts_for(cast.actor("grid_worker"), case)
    with pytest.raises(Invalid, match="采购") as chosen:
        act(cast, "grid_worker", "stage", case)
    assert "stage" in chosen.value.fields
    with pytest.raises(Invalid):
        act(cast, "grid_worker", "stage", case, stage="look")
    case = act(cast, "grid_worker", "stage", case, stage="buy", text="缺灯泡")
    assert (case.stage, case.state, case.due_at) == ("buy", State.HANDLING, due)
    case = act(cast, "grid_worker", "stage", case)  # only one way on
    assert case.stage == "fix"
    with pytest.raises(Conflict):
        act(cast, "grid_worker", "stage", case)
    assert Act.HANDLE in acts_for(cast.actor("grid_worker"), case)
    assert Step.objects.get(case=case, version=case.version).target == "维修"
    assert act(cast, "grid_worker", "handle", case, text="换好了").stage == ""


def test_a_case_goes_back_into_the_bin_and_on_where_it_was(cast: Cast) -> None:
    case = staged(cast)
    act(cast, "grid_worker", "stage", case, stage="buy")
    before = Step.objects.filter(case=case).count()
    due = case.due_at
    case = act(cast, "grid_worker", "release", case, text="明天休假")
    assert (case.state, case.holder_id, case.stage, case.due_at) == (State.DISPATCHED, None, "buy", due)
    lead = Assignment.objects.get(case=case)
    assert (lead.state, lead.ended_at, lead.arrived_at) == (Assignment.State.CALLED, None, None)
    assert Step.objects.filter(case=case).count() == before + 1
    with pytest.raises(Conflict):
        act(cast, "grid_worker", "release", case)
    case = act(cast, "grid_worker", "start", case)
    assert (case.stage, case.holder_id) == ("buy", cast["grid_worker"].user.id)
    assert Step.objects.get(case=case, version=case.version).target == "采购"


def test_whoever_does_not_handle_it_may_not_release_it(cast: Cast) -> None:
    case = staged(cast)
    with pytest.raises(Forbidden):
        act(cast, "village_clerk", "release", case)
    with pytest.raises(Stale):
        services.case_release(actor=cast.actor("grid_worker"), case=case, version=case.version - 1)


def closed(cast: Cast) -> Case:
    case = dispatched(cast)
    act(cast, "grid_worker", "start", case)
    act(cast, "grid_worker", "handle", case, text="换好了")
    act(cast, "village_clerk", "verify", case)
    return act(cast, "grid_worker", "close", case, satisfied=True)


def test_once_after_the_end_it_is_done_again(cast: Cast) -> None:
    case = closed(cast)
    ended = case.ended_at
    assert ended is not None
    with pytest.raises(Invalid):
        act(cast, "grid_worker", "reopen", case, text=" ")
    at = timezone.now() + timedelta(hours=1)
    case = act(cast, "grid_worker", "reopen", case, text="又坏了", at=at)
    case.refresh_from_db()
    assert (case.state, case.ended_at, case.reopened, case.turn_area_id) == (
        State.RETURNED, None, 1, cast.areas["v1"].id,
    )  # fmt: skip
    assert (case.running_since, case.due_at, case.handler_area_id) == (at, at + timedelta(hours=24), None)
    assert case.number in {row.number for row in case_list_for(cast.actor("village_clerk"), CaseFilter(), now=at)}
    act(cast, "village_clerk", "handle", case, text="又修了")
    act(cast, "village_clerk", "verify", case)
    case = act(cast, "village_clerk", "close", case)
    assert case.ended_at != ended
    assert Act.REOPEN not in acts_for(cast.actor("village_clerk"), case)
    with pytest.raises(Forbidden):  # only once
        act(cast, "grid_worker", "reopen", case, text="再来")


@pytest.mark.parametrize("who", ["village_clerk", "township_officer", "county_leader"])
def test_the_level_in_charge_and_those_above_may_reopen(cast: Cast, who: str) -> None:
    assert act(cast, who, "reopen", closed(cast), text="回访不实").reopened == 1
    drain()
    told = Notice.objects.filter(recipient_id=cast["grid_worker"].user.id, title__contains="重新办理")
    assert told.count() == 1


@pytest.mark.parametrize("who", ["grid_leader", "supervisor", "accountant"])
def test_nobody_else_may_reopen(cast: Cast, who: str) -> None:
    with pytest.raises(Forbidden):
        act(cast, who, "reopen", closed(cast), text="不服")


def test_another_kind_keeps_what_fits_and_asks_for_the_rest(cast: Cast) -> None:
    kind_add("lamps", LAMPS)
    version = kind_add("staged", STAGED)
    case = report(cast, kind="lamps", answers={"lamp": "L-7", "what": "灯泡"})
    began = case.running_since
    with pytest.raises(Invalid) as missing:
        act(cast, "village_clerk", "classify", case, kind="staged")
    assert set(missing.value.fields) == {"answers.what"}
    with pytest.raises(Invalid) as strange:
        act(cast, "village_clerk", "classify", case, kind="staged", answers={"what": "路灯", "colour": "红"})
    assert set(strange.value.fields) == {"answers.colour"}
    case = act(cast, "village_clerk", "classify", case, kind="staged", answers={"what": "路灯"}, text="看错了")
    case.refresh_from_db()
    assert (case.kind, case.definition_id, case.answers) == ("staged", version.id, {"what": "路灯", "lamp": "L-7"})
    assert began is not None
    assert (case.running_since, case.due_at, case.state) == (began, began + timedelta(hours=2), State.REPORTED)
    assert Step.objects.get(case=case, version=2).target == "“路灯维修”，原来是“路灯”"
    found = case_list_for(cast.actor("village_clerk"), CaseFilter(query="路灯 L-7", tab=Tab.OPEN), now=timezone.now())
    assert [row.id for row in found] == [case.id]


def test_the_clock_of_a_later_step_is_that_step_under_the_new_kind(cast: Cast) -> None:
    kind_add("staged", STAGED)
    case = act(cast, "village_clerk", "accept", report(cast))
    case = act(cast, "village_clerk", "classify", case, kind="staged", answers={"what": "线路"})
    assert case.running_since is not None
    assert case.due_at == case.running_since + timedelta(hours=3)
    back = act(cast, "village_clerk", "classify", case, kind="other")
    assert back.due_at == case.running_since + timedelta(hours=24)


def test_kinds_that_are_no_choice(cast: Cast) -> None:
    case = report(cast)
    for kind in ("facilities", "nothing", ""):
        with pytest.raises(Invalid) as refused:
            act(cast, "village_clerk", "classify", case, kind=kind)
        assert "kind" in refused.value.fields
    act(cast, "village_clerk", "accept", case)
    act(cast, "village_clerk", "dispatch", case, area=cast.areas["g1"])
    with pytest.raises(Conflict):
        act(cast, "village_clerk", "classify", case, kind="other")


def test_the_form_asks_only_for_what_is_missing(cast: Cast) -> None:
    kind_add("lamps", LAMPS)
    kind_add("staged", STAGED)
    case = report(cast, kind="lamps", answers={"lamp": "L-7"})
    clerk = cast["village_clerk"].client()
    first = post(clerk, case, "classify", kind="staged", text="看错了")
    assert first.status_code == 422
    page = first.content.decode()
    assert 'name="a_what"' in page
    assert 'name="a_lamp"' not in page  # is answered already
    assert "看错了" in page
    assert "请选“是什么”。" in text_of(first)
    second = post(clerk, case, "classify", kind="staged", a_what="路灯", text="看错了")
    assert second.status_code == 302, text_of(second)
    case.refresh_from_db()
    assert (case.kind, case.answers["lamp"]) == ("staged", "L-7")
    assert post(clerk, case, "classify", kind="other").status_code == 302  # asks nothing


def test_photos_of_a_new_question_hang_on_the_step(cast: Cast) -> None:
    kind_add("staged", STAGED)
    case = report(cast)
    photo = photo_store(actor=cast.actor("village_clerk"), upload=upload(picture()))
    act(cast, "village_clerk", "classify", case, kind="staged", answers={"what": "线路", "seen": [str(photo.id)]})
    step = Step.objects.get(case=case, act="classify")
    assert StoredFile.objects.get(id=photo.id).owner_id == step.id
    fresh = case_get_for(cast.actor("village_clerk"), case.number)
    act(cast, "village_clerk", "classify", fresh, kind="other")
    act(cast, "village_clerk", "classify", fresh, kind="staged", answers={"what": "线路"})


CHOICES = st.sampled_from(["路灯", "线路", "灯泡", "别的", "", None])


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    old=st.fixed_dictionaries({}, optional={"what": CHOICES, "lamp": st.text(max_size=8), "wire": CHOICES}),
    given_now=st.fixed_dictionaries({}, optional={"what": CHOICES, "lamp": st.text(max_size=8)}),
)
def test_what_is_refitted_passes_as_if_it_had_been_asked(old: dict[str, Any], given_now: dict[str, Any]) -> None:
    body = KindBody.model_validate(STAGED)
    today = local(timezone.now()).date()
    fits = fitting(body, old, today=today)
    assert fitting(body, fits, today=today) == fits
    try:
        kept = refitted(body, old, given_now, today=today)
    except Invalid:
        return
    assert checked(body, {"wire": "没有", **kept}, today=today) == {"wire": "没有", **kept}

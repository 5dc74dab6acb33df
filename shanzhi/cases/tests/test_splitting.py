"""One report, several matters: parts, and what waits for them."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from shanzhi.cases import services
from shanzhi.cases.acts import Act, acts_for
from shanzhi.cases.catalogue import Source, State
from shanzhi.cases.colleagues import posts_that_see
from shanzhi.cases.covering import NONE
from shanzhi.cases.history import steps_agree
from shanzhi.cases.models import Case, Step
from shanzhi.cases.relations import relation_panels
from shanzhi.cases.selectors import CaseFilter, case_get_for, case_list_for, steps_of
from shanzhi.cases.services import Part
from shanzhi.cases.tests.pages import act, address, post, statements, text_of
from shanzhi.files.models import StoredFile
from shanzhi.files.services import photo_store
from shanzhi.files.tests.pictures import picture, upload
from shanzhi.jobs.testing import drain
from shanzhi.lib.errors import Conflict, Forbidden, Invalid
from shanzhi.notices.models import Notice
from shanzhi.trail.models import Entry
from tests.cast import Cast, report
from tests.kinds import kind_add

TWO = (Part("路灯不亮，三盏。"), Part("井盖断了一半。", "断井盖", "security"))


def split(cast: Cast, case: Case | None = None, parts: Sequence[Part] = TWO, **more: Any) -> Case:
    if case is None:
        case = act(cast, "village_clerk", "accept", report(cast))
    return act(cast, "village_clerk", "split", case, parts=parts, **more)


def parts_of(case: Case) -> list[Case]:
    return list(Case.objects.filter(parent_id=case.id).order_by("id"))


def finish(cast: Cast, part: Case) -> Case:
    act(cast, "village_clerk", "handle", part, text="办好了")
    act(cast, "village_clerk", "verify", part)
    return act(cast, "village_clerk", "close", part)


def test_parts_are_cases_of_their_own(cast: Cast) -> None:
    photo = photo_store(actor=cast.actor("grid_worker"), upload=upload(picture()))
    case = act(cast, "village_clerk", "accept", report(cast, photo_ids=[photo.id], urgent=True))
    whole = split(cast, case, text="两件事")
    one, two = parts_of(whole)
    assert (whole.parts, whole.state, whole.version) == (2, State.ACCEPTED, 3)
    assert Step.objects.get(case=whole, version=3).target == "2 件"
    assert (one.title, two.title) == ("路灯不亮", "断井盖")
    assert (one.kind, one.definition_id) == (whole.kind, whole.definition_id)
    assert (two.kind, two.source, two.urgent, two.place) == ("security", Source.PART, True, whole.place)
    assert {one.state, two.state} == {State.ACCEPTED}
    assert one.owner_id == whole.owner_id == one.turn_area_id
    assert one.due_at == one.received_at + timedelta(hours=1)  # urgent
    assert len({one.number, two.number, whole.number}) == 3
    assert [step.act for step in steps_of(one)] == ["report"]
    assert list(steps_agree([one, two, whole])) == []
    assert Entry.objects.filter(object_id=one.id, code="cases.case.reported").count() == 1
    kept = StoredFile.objects.get(id=photo.id)
    assert kept.owner_id == Step.objects.get(case=whole, version=1).id  # photos stay
    found = case_list_for(cast.actor("village_clerk"), CaseFilter(query="断井盖"), now=timezone.now())
    assert [row.id for row in found] == [two.id]


def test_the_whole_waits_for_all_parts(cast: Cast) -> None:
    whole = split(cast)
    one, two = parts_of(whole)
    assert whole.running_since is not None
    assert whole.due_at == whole.running_since + timedelta(hours=168)  # the time for handling
    clerk = cast.actor("village_clerk")
    assert not {Act.HANDLE, Act.DISPATCH, Act.MERGE, Act.REJECT} & set(acts_for(clerk, whole))
    with pytest.raises(Conflict, match="2 个分件"):
        act(cast, "village_clerk", "handle", whole, text="办好了")
    finish(cast, one)
    whole.refresh_from_db()
    assert (whole.parts, whole.version) == (1, 4)
    step = Step.objects.get(case=whole, version=4)
    assert (step.act, step.actor_name, step.target) == ("part", "系统", f"{one.number} 已办结，还有 1 件没办完")
    drain()
    assert not Notice.objects.filter(title__contains="分件全部办完").exists()
    act(cast, "village_clerk", "reject", two, text="不属实")
    drain()
    assert (
        Notice.objects.filter(title__contains="分件全部办完", recipient_id=cast["village_clerk"].user.id).count() == 1
    )
    whole.refresh_from_db()
    assert (whole.parts, whole.state) == (0, State.ACCEPTED)
    assert whole.running_since is not None
    assert whole.due_at == whole.running_since + timedelta(hours=24)  # time to sum up
    assert finish(cast, whole).state == State.CLOSED
    assert list(steps_agree(Case.objects.all())) == []


def test_a_part_that_goes_on_is_waited_for_again(cast: Cast) -> None:
    whole = split(cast)
    one, two = parts_of(whole)
    for part in (one, two):
        finish(cast, part)
    act(cast, "village_clerk", "handle", whole, text="都办好了")
    act(cast, "village_clerk", "reopen", one, text="又坏了")
    whole.refresh_from_db()
    assert (whole.parts, whole.state) == (1, State.HANDLED)
    for name in ("verify", "close"):
        with pytest.raises(Conflict):
            act(cast, "village_clerk", name, whole)
    finish(cast, one)
    act(cast, "village_clerk", "verify", whole)
    act(cast, "village_clerk", "close", whole)
    act(cast, "village_clerk", "reopen", two, text="也坏了")  # the whole has ended: nothing to count there
    whole.refresh_from_db()
    assert (whole.state, whole.parts) == (State.CLOSED, 0)
    act(cast, "village_clerk", "reopen", whole, text="那就一起再来")
    whole.refresh_from_db()
    assert (whole.state, whole.parts) == (State.RETURNED, 1)
    finish(cast, two)
    whole.refresh_from_db()
    assert whole.parts == 0


@pytest.mark.parametrize(
    ("parts", "field"),
    [
        ([TWO[0]], "parts"),
        ([Part("一件")] * 9, "parts"),
        ([TWO[0], Part(" ")], "parts.1.body"),
        ([TWO[0], Part("字" * 2001)], "parts.1.body"),
        ([Part("好", "题" * 61), TWO[0]], "parts.0.title"),
        ([TWO[0], Part("好", "", "nothing")], "parts.1.kind"),
    ],
)
def test_what_is_no_part(cast: Cast, parts: list[Part], field: str) -> None:
    with pytest.raises(Invalid) as refused:
        split(cast, parts=parts)
    assert field in refused.value.fields
    assert Case.objects.count() == 1


def test_who_may_split_and_when(cast: Cast) -> None:
    case = report(cast)
    with pytest.raises(Conflict):
        split(cast, case)
    act(cast, "village_clerk", "accept", case)
    with pytest.raises(Forbidden):
        act(cast, "grid_worker", "split", case, parts=TWO)
    split(cast, case)
    assert len(parts_of(split(cast, case))) == 4  # once more: further parts


def test_the_same_key_splits_once(cast: Cast) -> None:
    case = act(cast, "village_clerk", "accept", report(cast))
    for _ in range(2):
        seen = Case.objects.get(id=case.id)
        services.case_split(actor=cast.actor("village_clerk"), case=seen, version=2, key="k", parts=TWO)
    assert len(parts_of(case)) == 2


def test_the_form_keeps_its_rows(cast: Cast) -> None:
    case = act(cast, "village_clerk", "accept", report(cast))
    clerk = cast["village_clerk"].client()
    rows = {"parts.0.body": "路灯不亮", "parts.2.body": "垃圾成堆", "parts.2.kind": "sanitation", "text": "两件事"}
    gap = post(clerk, case, "split", **rows)
    assert gap.status_code == 422
    assert "请写明第 2 件是什么情况。" in text_of(gap)
    assert "垃圾成堆" in gap.content.decode()
    assert post(clerk, case, "split", **{"parts.0.body": "只有一件"}).status_code == 422
    rows |= {"parts.1.body": "井盖断了"}
    assert post(clerk, case, "split", **rows).status_code == 302
    assert [part.kind for part in parts_of(case)] == ["facilities", "facilities", "sanitation"]
    page = clerk.get(address(case))
    assert "还有 3 件没办完" in text_of(page)
    assert "拆分为 3 件" in text_of(page)
    part = parts_of(case)[0]
    assert case.number in text_of(clerk.get(address(part)))
    assert "拆分出来" in text_of(clerk.get(address(part)))


def test_relations_cost_nothing_where_there_are_none(cast: Cast) -> None:
    actor = cast.actor("village_clerk")
    case = case_get_for(actor, report(cast).number)
    steps = steps_of(case)
    with statements() as ran:
        panels = relation_panels(actor, case, steps, NONE)
    assert not panels
    assert ran == []
    whole = split(cast)
    steps = steps_of(whole)
    with statements() as ran:
        panels = relation_panels(actor, whole, steps, NONE)
    assert (len(ran), panels.open_parts, bool(panels)) == (1, 2, True)
    other = relation_panels(cast.actor("other_worker"), whole, steps, NONE)
    assert {part.url for part in other.parts} == {""}


def test_a_part_that_only_some_may_see_is_named_by_its_number_alone(cast: Cast) -> None:
    kind_add("hidden", {"label": "保密", "seen_by": ["village_clerk", "auditor"]})
    whole = split(cast, parts=[TWO[0], Part("有人举报某某", "举报某某", "hidden")])
    part = parts_of(whole)[1]
    assert part.seen_by == "|auditor|village_clerk|"
    worker = text_of(cast["grid_worker"].client().get(address(whole)))
    assert part.number in worker
    assert "举报某某" not in worker
    assert "举报某某" in text_of(cast["village_clerk"].client().get(address(whole)))
    assert cast["grid_worker"].client().get(address(part)).status_code == 404
    roles = set(posts_that_see(part, at=timezone.now()).values_list("role", flat=True))
    assert roles == {"village_clerk", "auditor"}

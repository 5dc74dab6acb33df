"""Internal notes: for those who work on a case, with colleagues called by name, and for nobody else's eyes."""

import json
from typing import Any

import pytest
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from shanzhi.accounts.models import User
from shanzhi.cases.acts import Act
from shanzhi.cases.colleagues import colleagues, posts_that_see
from shanzhi.cases.models import Case, Step
from shanzhi.cases.selectors import CaseFilter, case_list_for
from shanzhi.cases.services import case_act
from shanzhi.cases.services.talking import CALLED
from shanzhi.cases.tests.pages import act, address, dispatched, post, text_of
from shanzhi.files.models import StoredFile
from shanzhi.files.services import photo_store
from shanzhi.files.tests.pictures import picture, upload
from shanzhi.jobs.testing import drain
from shanzhi.lib.errors import Conflict, Forbidden, Invalid, NotFound
from shanzhi.notices.models import Notice
from shanzhi.notices.topics import TOPICS
from tests.cast import Cast, report

SECRET = "对方情绪激动，上门请两个人去"


def note(cast: Cast, case: Case, by: str = "village_clerk", text: str = SECRET, **more: Any) -> Case:
    return case_act(actor=cast.actor(by), case=case, act=Act.NOTE, text=text, **more)


def name(cast: Cast, who: str, called: str) -> int:
    User.objects.filter(id=cast[who].user.id).update(name=called)
    return int(cast[who].user.id)


def test_a_note_is_a_step_that_moves_nothing(cast: Cast) -> None:
    case = report(cast)
    state, due, turn = case.state, case.due_at, case.turn_area_id
    note(cast, Case.objects.get(id=case.id))
    case.refresh_from_db()
    assert (case.version, case.state, case.due_at, case.turn_area_id) == (2, state, due, turn)
    drain()
    assert not Notice.objects.filter(body__contains="情绪激动").exists()


def test_a_note_waits_and_is_then_written_beside_what_happened(cast: Cast) -> None:
    case = report(cast)
    seen = Case.objects.get(id=case.id)
    act(cast, "village_clerk", "accept", case)
    note(cast, seen)  # no version was asked for
    assert (seen.version, seen.state) == (3, "accepted")


def test_the_ended_case_stays_ended_as_it_was(cast: Cast) -> None:
    case = act(cast, "village_clerk", "reject", report(cast), text="不属实")
    ended = case.ended_at
    note(cast, case)
    case.refresh_from_db()
    assert (case.ended_at, case.state) == (ended, "rejected")


def test_no_reporter_reads_it(cast: Cast) -> None:
    photo = photo_store(actor=cast.actor("village_clerk"), upload=upload(picture()))
    case = report(cast, by="resident")
    note(cast, case, photo_ids=[photo.id])
    url = StoredFile.objects.get(id=photo.id).url
    clerk, resident = cast["village_clerk"].client(), cast["resident"].client()
    assert SECRET in text_of(clerk.get(address(case)))
    assert clerk.get(url).status_code == 200
    page = resident.get(address(case))
    assert page.status_code == 200
    assert SECRET not in text_of(page)
    assert "备注" not in text_of(page)
    assert resident.get(url).status_code == 404
    assert resident.get(f"{url}?size=thumb").status_code == 404
    api = "/api/v1/341181/cases/" + case.number
    assert [step["act"] for step in resident.get(api).json()["steps"]] == ["report"]
    assert [step["act"] for step in clerk.get(api).json()["steps"]] == ["note", "report"]
    found = case_list_for(cast.actor("village_clerk"), CaseFilter(query="情绪激动"), now=timezone.now())
    assert list(found) == []


def test_staff_who_only_reported_it_do_not_read_it(cast: Cast) -> None:
    """A grid leader's own report at another place, once their post is elsewhere."""
    case = report(cast)
    note(cast, case)
    Case.objects.filter(id=case.id).update(reporter_id=cast["other_worker"].user.id)
    client = cast["other_worker"].client()
    assert SECRET not in text_of(client.get(address(case)))
    with pytest.raises(Forbidden):
        note(cast, case, by="other_worker")


def test_who_may_write_notes(cast: Cast) -> None:
    case = dispatched(cast)
    for who in ("grid_worker", "branch_secretary", "township_officer", "county_leader"):
        note(cast, case, by=who)
    for who in ("resident", "auditor", "supervisor", "system_admin"):
        with pytest.raises(Forbidden):
            note(cast, case, by=who)
    assert post(cast["other_clerk"].client(), case, "note", text="看看").status_code == 404
    for text in ("", "  ", "字" * 1001):
        with pytest.raises(Invalid):
            note(cast, case, text=text)


def test_colleagues_are_those_who_see_the_case(cast: Cast) -> None:
    case = report(cast)
    at = timezone.now()
    roles = set(posts_that_see(case, at=at).values_list("role", flat=True))
    assert {"grid_worker", "village_clerk", "township_officer", "county_leader"} <= roles
    assert not {"resident", "volunteer", "department_handler", "system_admin"} & roles
    clerk = cast.actor("village_clerk")
    assert colleagues(clerk, case, " ", at=at) == []
    names = {one.user_id for one in colleagues(clerk, case, "赵", at=at)}
    assert cast["village_clerk"].user.id not in names  # not oneself
    assert cast["other_clerk"].user.id not in names
    act(cast, "village_clerk", "escalate", case, text="请镇里")
    act(cast, "township_officer", "accept", case)
    act(cast, "township_officer", "dispatch", case, unit=cast.units["t1"])
    assert "department_handler" in set(posts_that_see(case, at=at).values_list("role", flat=True))


def test_whoever_is_mentioned_is_told(cast: Cast) -> None:
    case = report(cast)
    officer = name(cast, "township_officer", "王桂兰")
    secretary = cast["branch_secretary"].user.id
    note(cast, case, text="@王桂兰请看一下，还有@李四和a@b.cn", mentions=[secretary, cast["village_clerk"].user.id])
    drain()
    told = Notice.objects.filter(topic="cases.mentioned")
    assert sorted(told.values_list("recipient_id", flat=True)) == sorted([officer, secretary])
    assert TOPICS["cases.mentioned"].label == "@我"
    assert "王桂兰" in Step.objects.get(case=case, act="note").target


def test_a_name_that_several_bear_has_to_be_chosen(cast: Cast) -> None:
    case = report(cast)
    one, two = name(cast, "township_officer", "王敏"), name(cast, "branch_secretary", "王敏")
    with pytest.raises(Invalid, match="有 2 位") as several:
        note(cast, case, text="@王敏 看看")
    assert "mentions" in several.value.fields
    note(cast, case, text="@王敏 看看", mentions=[one])
    drain()
    assert list(Notice.objects.filter(topic="cases.mentioned").values_list("recipient_id", flat=True)) == [one]
    assert two != one


def test_nobody_outside_is_mentioned(cast: Cast) -> None:
    case = report(cast)
    for who in ("resident", "other_clerk", "department_handler", "security_admin"):
        with pytest.raises(Invalid, match="看不到这件事"):
            note(cast, case, mentions=[cast[who].user.id])
    with pytest.raises(Invalid):
        note(cast, case, mentions=[1])
    name(cast, "resident", "钱多多")
    note(cast, case, text="@钱多多 反映的")  # stays a word of the text
    drain()
    assert not Notice.objects.filter(topic="cases.mentioned").exists()


def test_the_picker_and_its_twin(cast: Cast) -> None:
    case = report(cast)
    officer = name(cast, "township_officer", "王桂兰")
    clerk = cast["village_clerk"].client()
    chosen = cast["branch_secretary"].user.id
    page = clerk.get(address(case, "colleagues"), {"who": "桂", "mentions": [str(chosen), "x", "1"]})
    html = page.content.decode()
    assert f'value="{officer}"' in html
    assert f'value="{chosen}" checked' in html
    assert "没有叫“没人”的同事" in text_of(clerk.get(address(case, "colleagues"), {"who": "没人"}))
    api = f"/api/v1/341181/cases/{case.number}/colleagues"
    assert [one["id"] for one in clerk.get(api, {"who": "桂兰"}).json()] == [str(officer)]
    assert clerk.get(api).json() == []
    for who, status in (("other_clerk", 404), ("resident", 404), ("auditor", 403), ("supervisor", 403)):
        assert cast[who].client().get(address(case, "colleagues"), {"who": "王"}).status_code == status, who
        assert cast[who].client().get(api, {"who": "王"}).status_code == status, who


def test_the_form_keeps_what_was_typed_and_who_was_chosen(cast: Cast) -> None:
    case = report(cast)
    clerk = cast["village_clerk"].client()
    chosen = cast["branch_secretary"].user.id
    refused = post(clerk, case, "note", text=" ", mentions=[chosen])
    assert refused.status_code == 422
    assert f'value="{chosen}" checked' in refused.content.decode()
    outside = post(clerk, case, "note", text=SECRET, mentions=[cast["resident"].user.id])
    assert outside.status_code == 422
    assert SECRET in outside.content.decode()
    assert post(clerk, case, "note", text=SECRET, mentions=[chosen]).status_code == 302
    body = {"text": SECRET, "mentions": [str(chosen)]}
    sent = clerk.post(
        f"/api/v1/341181/cases/{case.number}/notes", json.dumps(body), content_type="application/json"
    )  # fmt: skip
    assert sent.status_code == 200, sent.content
    assert sent.json()["steps"][0]["text"] == SECRET


def test_a_merged_case_takes_no_notes(cast: Cast) -> None:
    main, other = report(cast), report(cast)
    act(cast, "village_clerk", "merge", other, into=main, text="同一件")
    with pytest.raises(Conflict):
        note(cast, Case.objects.get(id=other.id))
    with pytest.raises(NotFound):
        act(cast, "other_clerk", "note", main, text="看看")


@given(st.text(max_size=60))
def test_any_text_has_names_or_none(text: str) -> None:
    for run in CALLED.findall(text):
        assert f"@{run}" in text
        assert 2 <= len(run) <= 40

"""Acts on a line: the way from receipt to struck off, who may do what, and what each refusal says."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.utils import timezone

from shanzhi.duties.acts import acts_for
from shanzhi.duties.catalogue import FROM, Act, State
from shanzhi.duties.history import steps_agree
from shanzhi.duties.models import Line, LineStep
from shanzhi.duties.services import Deed, line_act
from shanzhi.duties.tests.world import do, in_days, issue, line_at, reported
from shanzhi.files.models import StoredFile
from shanzhi.lib.errors import Conflict, Forbidden, Invalid, NotFound, Stale
from shanzhi.lib.times import local
from shanzhi.tenancy.models import OutboxEvent
from shanzhi.trail.models import Entry
from tests.cast import Cast


def test_the_whole_way(cast: Cast, county_a: Any) -> None:
    duty = issue(cast)
    clerk, officer = cast.actor("village_clerk"), cast.actor("township_officer")
    line = line_at(cast, duty)
    assert do(clerk, line, Act.RECEIVE).state == State.RECEIVED
    assert do(clerk, line, Act.PROGRESS, text="走完东段。").state == State.RECEIVED
    assert do(clerk, line, Act.DONE, text="走完了。").state == State.DONE
    sent_back = do(officer, line, Act.SEND_BACK, text="照片看不清，请补拍。")
    assert (sent_back.state, sent_back.sent_back, sent_back.result, sent_back.reported_at) == ("returned", 1, "", None)
    again = do(clerk, line, Act.DONE, text="补拍了。")
    assert (again.state, again.result) == (State.DONE, "补拍了。")
    struck = do(officer, line, Act.STRIKE)
    assert struck.state == State.STRUCK
    assert struck.ended_at is not None
    steps = LineStep.objects.filter(line=line).order_by("version")
    assert [step.act for step in steps] == ["issue", "receive", "progress", "done", "send_back", "done", "strike"]
    assert [step.actor_title for step in steps][1:5] == [
        "张庄村 村文书", "张庄村 村文书", "张庄村 村文书", "东镇 镇综治中心受理员",
    ]  # fmt: skip
    assert not list(steps_agree(list(Line.objects.all())))


def test_each_act_leaves_one_step_one_entry_and_one_event(cast: Cast, county_a: Any) -> None:
    line = line_at(cast, issue(cast))
    before = Entry.objects.count()
    do(cast.actor("village_clerk"), line, Act.RECEIVE)
    step = LineStep.objects.get(line=line, version=2)
    assert Entry.objects.count() == before + 1
    entry = Entry.objects.get(code="duties.line.receive")
    assert (entry.object_type, entry.object_id, entry.version, entry.post_id) == (
        "duties.line", line.id, 2, cast["village_clerk"].post.id,
    )  # fmt: skip
    assert OutboxEvent.objects.get(code="duties.line.receive").data == {"step": step.id}


def test_done_without_a_receipt_is_a_receipt_too(cast: Cast, county_a: Any) -> None:
    line = do(cast.actor("branch_secretary"), line_at(cast, issue(cast)), Act.DONE, text="早就办好了。")
    assert line.received_at == line.reported_at


def test_nothing_to_report_is_an_answer(cast: Cast, county_a: Any) -> None:
    line = do(cast.actor("village_clerk"), line_at(cast, issue(cast)), Act.DONE, nothing=True)
    assert (line.state, line.nothing, line.result) == (State.DONE, True, "无此情况。")


def test_an_extension_moves_the_own_limit_only(cast: Cast, county_a: Any) -> None:
    duty = issue(cast)
    clerk, officer, line = cast.actor("village_clerk"), cast.actor("township_officer"), line_at(cast, duty)
    asked = do(clerk, line, Act.ASK, text="桥在修。", until=in_days(6))
    assert asked.due_at == duty.due_at
    with pytest.raises(Conflict, match="已经申请过延期"):
        do(clerk, line, Act.ASK, text="再要几天。", until=in_days(9))
    granted = do(officer, line, Act.GRANT)
    assert local(granted.due_at).date() == in_days(6)
    assert granted.asked_until is None
    assert granted.watch_at is not None
    assert local(granted.watch_at).date() == in_days(5)
    assert line_at(cast, duty, "v2").due_at == duty.due_at


def test_a_refused_extension_leaves_the_limit(cast: Cast, county_a: Any) -> None:
    line = line_at(cast, issue(cast))
    do(cast.actor("village_clerk"), line, Act.ASK, text="桥在修。", until=in_days(6))
    refused = do(cast.actor("township_officer"), line, Act.REFUSE, text="汛期不等人。")
    assert (refused.due_at, refused.asked_until) == (line.due_at, None)


def test_a_request_lapses_when_it_is_reported_done(cast: Cast, county_a: Any) -> None:
    line = line_at(cast, issue(cast))
    do(cast.actor("village_clerk"), line, Act.ASK, text="桥在修。", until=in_days(6))
    assert do(cast.actor("village_clerk"), line, Act.DONE, text="桥通了。").asked_until is None


def test_what_is_anothers_is_withdrawn_or_sent_back(cast: Cast, county_a: Any) -> None:
    duty = issue(cast)
    clerk, officer, line = cast.actor("village_clerk"), cast.actor("township_officer"), line_at(cast, duty)
    declined = do(clerk, line, Act.DECLINE, text="河归水务站管。")
    assert (declined.state, declined.watch_at) == (State.DECLINED, None)
    back = do(officer, line, Act.SEND_BACK, text="岸上归村里。")
    assert back.state == State.RETURNED
    assert back.watch_at is not None
    do(clerk, line, Act.DECLINE, text="岸上也归水务站。")
    assert do(officer, line, Act.WITHDRAW, text="改交水务站。").state == State.WITHDRAWN


@pytest.mark.parametrize("act", [act for act in Act if act in FROM])
def test_an_ended_line_takes_no_act(cast: Cast, county_a: Any, act: Act) -> None:
    line = line_at(cast, issue(cast))
    do(cast.actor("township_officer"), line, Act.WITHDRAW, text="会议取消。")
    for who in ("village_clerk", "township_officer"):
        with pytest.raises((Conflict, Forbidden)):
            do(cast.actor(who), line, act, text="x", until=in_days(9))
    assert acts_for(cast.actor("village_clerk"), line_at(cast, line.duty)) == []
    assert acts_for(cast.actor("township_officer"), line_at(cast, line.duty)) == []


@pytest.mark.parametrize("act", [Act.STRIKE, Act.SEND_BACK, Act.WITHDRAW])
@pytest.mark.parametrize("who", ["village_clerk", "command_centre", "county_leader", "auditor"])
def test_only_the_issuing_office_strikes_off(cast: Cast, county_a: Any, act: Act, who: str) -> None:
    """The command centre of the same township neither, and nobody above it."""
    line = reported(cast, issue(cast))
    with pytest.raises(Forbidden):
        do(cast.actor(who), line, act, text="x")
    assert line_at(cast, line.duty).state == State.DONE


@pytest.mark.parametrize("who", ["township_officer", "command_centre", "county_leader"])
def test_whoever_sees_a_line_of_another_office_does_not_work_it(cast: Cast, county_a: Any, who: str) -> None:
    with pytest.raises(Forbidden):
        do(cast.actor(who), line_at(cast, issue(cast)), Act.RECEIVE)


@pytest.mark.parametrize("who", ["other_clerk", "grid_worker", "other_officer", "resident", "department_handler"])
def test_whoever_does_not_see_it_finds_nothing(cast: Cast, county_a: Any, who: str) -> None:
    with pytest.raises(NotFound):
        do(cast.actor(who), line_at(cast, issue(cast)), Act.RECEIVE)


def test_both_of_an_office_work_it_and_a_line_for_one_role_only_that_one(cast: Cast, county_a: Any) -> None:
    whole, narrow = issue(cast), issue(cast, role="branch_secretary")
    do(cast.actor("branch_secretary"), line_at(cast, whole), Act.RECEIVE)
    do(cast.actor("village_clerk"), line_at(cast, whole), Act.DONE, text="好了。")
    with pytest.raises(Forbidden):
        do(cast.actor("village_clerk"), line_at(cast, narrow), Act.RECEIVE)
    assert do(cast.actor("branch_secretary"), line_at(cast, narrow), Act.RECEIVE).state == State.RECEIVED


def test_grids_and_units_work_their_own(cast: Cast, county_a: Any) -> None:
    duty = issue(cast, "g1", "u:t1")
    for who, place in (("grid_worker", "g1"), ("department_handler", "u:t1")):
        assert do(cast.actor(who), line_at(cast, duty, place), Act.RECEIVE).state == State.RECEIVED
    assert do(cast.actor("grid_leader"), line_at(cast, duty, "g1"), Act.DONE, text="好了。").state == State.DONE


def test_a_county_desk_gives_to_the_offices_of_a_township(cast: Cast, county_a: Any) -> None:
    duty = issue(cast, "t1", by="county_centre")
    line = line_at(cast, duty, "t1")
    do(cast.actor("command_centre"), line, Act.RECEIVE)
    do(cast.actor("township_officer"), line, Act.DONE, text="已传达到村。")
    with pytest.raises(Forbidden):
        do(cast.actor("township_officer"), line, Act.STRIKE)
    assert do(cast.actor("county_centre"), line, Act.STRIKE).state == State.STRUCK


def test_the_quicker_one_wins(cast: Cast, county_a: Any) -> None:
    line = line_at(cast, issue(cast))
    do(cast.actor("village_clerk"), line, Act.RECEIVE)
    with pytest.raises(Conflict, match="不能签收"):
        do(cast.actor("branch_secretary"), line, Act.RECEIVE, version=1)
    with pytest.raises(Stale):
        do(cast.actor("branch_secretary"), line, Act.PROGRESS, version=1, text="走完东段。")
    assert LineStep.objects.filter(line=line).count() == 2


def test_the_same_key_acts_once(cast: Cast, county_a: Any) -> None:
    line, clerk = line_at(cast, issue(cast)), cast.actor("village_clerk")
    for _ in range(2):
        do(clerk, line, Act.RECEIVE, key="one", version=1)
    assert LineStep.objects.filter(line=line).count() == 2
    with pytest.raises(Invalid) as refused:
        do(clerk, line, Act.RECEIVE, key="one", version=2)
    assert refused.value.code == "idempotency_key_reused"


@pytest.mark.parametrize(
    ("act", "said", "field", "words"),
    [
        (Act.PROGRESS, {}, "text", "请写办到哪一步了。"),
        (Act.DONE, {"text": " "}, "text", "请写办得怎样；没有这种情况的，勾“无此情况”。"),
        (Act.DONE, {"text": "长" * 1001}, "text", "最多写 1,000 字，现在是 1,001 字，请删减。"),
        (Act.DECLINE, {}, "text", "请写为什么不归你办、归谁办。"),
        (Act.ASK, {"until": in_days(9)}, "text", "请写为什么要延期。"),
        (Act.ASK, {"text": "x"}, "until", "请选想延到哪一天。"),
        (Act.ASK, {"text": "x", "until": in_days(3)}, "until", "要晚于今天和现在的时限，请重新选。"),
        (Act.ASK, {"text": "x", "until": in_days(900)}, "until", "最长延到两年以内，请重新选。"),
        (Act.PROGRESS, {"text": "x", "photos": ()}, "", ""),
    ],
)
def test_what_a_receiver_leaves_out_is_said(
    cast: Cast, county_a: Any, act: Act, said: dict[str, Any], field: str, words: str
) -> None:
    line = line_at(cast, issue(cast))
    do(cast.actor("village_clerk"), line, Act.RECEIVE)
    if not field:
        do(cast.actor("village_clerk"), line, act, **said)
        return
    with pytest.raises(Invalid) as refused:
        do(cast.actor("village_clerk"), line, act, **said)
    assert refused.value.fields == {field: [words]}


@pytest.mark.parametrize(
    ("act", "words"), [(Act.SEND_BACK, "请写哪里不行、要怎么改。"), (Act.WITHDRAW, "请写为什么撤回。")]
)
def test_what_an_issuer_leaves_out_is_said(cast: Cast, county_a: Any, act: Act, words: str) -> None:
    line = reported(cast, issue(cast))
    with pytest.raises(Invalid) as refused:
        do(cast.actor("township_officer"), line, act)
    assert refused.value.fields == {"text": [words]}


def test_a_refusal_has_a_reason(cast: Cast, county_a: Any) -> None:
    line = line_at(cast, issue(cast))
    do(cast.actor("village_clerk"), line, Act.ASK, text="x", until=in_days(9))
    with pytest.raises(Invalid) as refused:
        do(cast.actor("township_officer"), line, Act.REFUSE)
    assert list(refused.value.fields) == ["text"]


def _photo(cast: Cast, who: str, at: datetime) -> StoredFile:
    return StoredFile.objects.create(
        kind="photo", name="a.jpg", content_type="image/jpeg", size=1, sha256="0" * 64, created_by=cast[who].user.pk,
        created_at=at,
    )  # fmt: skip


def test_photos_prove_the_step_and_nothing_twice(cast: Cast, county_a: Any) -> None:
    photo = _photo(cast, "village_clerk", timezone.now())
    first, second = line_at(cast, issue(cast)), line_at(cast, issue(cast))
    do(cast.actor("village_clerk"), first, Act.DONE, text="好了。", photos=(photo.id,))
    photo.refresh_from_db()
    assert photo.owner_type == "duties.linestep"
    with pytest.raises(Conflict) as refused:
        do(cast.actor("village_clerk"), second, Act.DONE, text="好了。", photos=(photo.id,))
    assert refused.value.code == "photo_gone"
    assert line_at(cast, second.duty).state == State.ISSUED


def test_an_act_that_needs_no_proof_takes_no_photo(cast: Cast, county_a: Any) -> None:
    photo = _photo(cast, "village_clerk", timezone.now())
    with pytest.raises(Invalid) as refused:
        do(cast.actor("village_clerk"), line_at(cast, issue(cast)), Act.RECEIVE, photos=(photo.id,))
    assert list(refused.value.fields) == ["photos"]


def test_late_is_after_the_limit_while_the_receiver_has_it(cast: Cast, county_a: Any) -> None:
    line = line_at(cast, issue(cast))
    assert not line.is_late(line.due_at)
    assert line.is_late(line.due_at + timedelta(microseconds=1))
    after = line.due_at + timedelta(hours=1)
    late = line_act(
        actor=cast.actor("village_clerk"), line_id=line.id, act=Act.DONE, version=1, deed=Deed(text="晚了。"), at=after
    )
    assert late.came_late
    assert not late.is_late(after)


def test_an_altered_step_is_named(cast: Cast, county_a: Any) -> None:
    line = reported(cast, issue(cast))
    fresh = line_at(cast, line.duty)
    fresh.history = "0" * 64
    assert list(steps_agree([fresh])) == [f"交办清单行 {line.id} 的经过和封存的指纹对不上。"]
    fresh.version += 1
    assert list(steps_agree([fresh])) == [f"交办清单行 {line.id} 的第 4 步不见了。"]

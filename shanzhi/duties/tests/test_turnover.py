"""People and places change while lines are open: stand-ins, revoked posts, closed places and units, merges."""

from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from shanzhi.accounts.models import Post, StandIn
from shanzhi.areas.models import Area, Unit
from shanzhi.duties.acts import acts_for
from shanzhi.duties.catalogue import Act, State
from shanzhi.duties.history import steps_agree
from shanzhi.duties.jobs import watch
from shanzhi.duties.models import Duty, Line
from shanzhi.duties.offices import holders, issuers_of, receivers_of
from shanzhi.duties.selectors import given_for, waiting_count
from shanzhi.duties.services import lines_pass_on
from shanzhi.duties.tests.pages import A, text, typed, url
from shanzhi.duties.tests.test_telling import deliver, names
from shanzhi.duties.tests.world import do, in_days, issue, line_at, reported
from shanzhi.lib.errors import Forbidden, NotFound
from shanzhi.notices.models import Notice
from shanzhi.tenancy.context import county
from shanzhi.trail.verifying import verify_county
from tests.cast import Cast


def stand_in(cast: Cast, away: str, instead: str, *, first: date | None = None, last: date | None = None) -> StandIn:
    return StandIn.objects.create(
        post=cast[away].post, substitute=cast[instead].user, valid_from=first or in_days(0),
        valid_to=last or in_days(3), reason="培训", created_at=timezone.now(),
    )  # fmt: skip


def revoke(cast: Cast, who: str) -> None:
    Post.objects.filter(id=cast[who].post.id).update(revoked_at=timezone.now())


def appoint(cast: Cast, who: str, role: str, place: str) -> None:
    area = cast.areas[place]
    Post.objects.create(
        user=cast[who].user,
        role=role,
        area=area,
        area_path=area.path,
        valid_from=in_days(-1),
        granted_at=timezone.now(),
    )


# --- people ---------------------------------------------------------------------------------------------------------


def test_a_substitute_has_the_line_while_standing_in(cast: Cast, county_a: Any) -> None:
    line = line_at(cast, issue(cast, "v1", role="village_clerk"))
    with pytest.raises(NotFound):
        do(cast.actor("other_clerk"), line, Act.RECEIVE)
    standin = stand_in(cast, "village_clerk", "other_clerk")
    assert waiting_count(cast.actor("other_clerk")) == 1
    assert receivers_of(line, at=timezone.now()) == {cast["village_clerk"].user.pk, cast["other_clerk"].user.pk}
    received = do(cast.actor("other_clerk"), line, Act.RECEIVE)
    assert received.steps.get(version=2).actor_title == "张庄村 村文书（代）"
    StandIn.objects.filter(id=standin.id).update(ended_at=timezone.now())
    with pytest.raises(NotFound):
        do(cast.actor("other_clerk"), line, Act.DONE, text="好了。")
    assert waiting_count(cast.actor("other_clerk")) == 0
    assert do(cast.actor("village_clerk"), line, Act.DONE, text="好了。").state == State.DONE


@pytest.mark.parametrize(("first", "last"), [(1, 3), (-3, -1)])
def test_before_and_after_the_days_of_standing_in_nothing(cast: Cast, county_a: Any, first: int, last: int) -> None:
    line = reported(cast, issue(cast))
    stand_in(cast, "township_officer", "command_centre", first=in_days(first), last=in_days(last))
    with pytest.raises(Forbidden):
        do(cast.actor("command_centre"), line, Act.STRIKE)
    assert cast["command_centre"].user.pk not in issuers_of(line.duty, at=timezone.now())


def test_whoever_stands_in_for_the_issuer_strikes_off_and_issues_in_its_name(cast: Cast, county_a: Any) -> None:
    line = reported(cast, issue(cast))
    stand_in(cast, "township_officer", "command_centre")
    deputy = cast.actor("command_centre")
    assert Act.STRIKE in acts_for(deputy, line_at(cast, line.duty))
    struck = do(deputy, line, Act.STRIKE)
    step = struck.steps.get(act=Act.STRIKE)
    assert (step.actor_title, step.post_id) == ("东镇 镇综治中心受理员（代）", cast["township_officer"].post.id)
    own = issue(cast, by="command_centre")
    assert own.role == "command_centre", "an own post comes before that of somebody who is away"
    assert not list(steps_agree(list(Line.objects.all())))


def test_a_substitute_is_told_and_nobody_whose_post_is_gone(cast: Cast, county_a: Any) -> None:
    stand_in(cast, "village_clerk", "other_clerk", last=in_days(9))
    revoke(cast, "branch_secretary")
    duty = issue(cast, "v1")
    assert {who for who, *_ in deliver()} == {"village.clerk", "other.clerk"}
    watch(duty.due_at + timedelta(days=1))
    late = names(Notice.objects.filter(title__startswith="交办已超期"))
    assert sorted(late) == ["other.clerk", "township.officer", "village.clerk"]


def test_a_post_that_was_revoked_has_nothing_any_more(cast: Cast) -> None:
    clerk, officer = cast["village_clerk"].client(), cast["township_officer"].client()
    line = reported(cast, issue(cast))
    revoke(cast, "village_clerk")
    revoke(cast, "township_officer")
    for client in (clerk, officer):
        for path in (url("line", line.id), url("duty", line.duty_id), url("mine"), url("ledger"), url("export")):
            assert client.get(path).status_code in (403, 404), path
    assert officer.post(url("strike", line.id), {"version": line.version}).status_code == 404
    assert line_at(cast, line.duty).state == State.DONE
    appoint(cast, "other_officer", "township_officer", "t1")
    assert do(cast.actor("other_officer"), line, Act.STRIKE).state == State.STRUCK


def test_another_role_at_the_same_place_is_another_office(cast: Cast, county_a: Any) -> None:
    """Whoever is promoted from the desk to the command centre leaves the desk's instructions to the desk."""
    line = reported(cast, issue(cast))
    revoke(cast, "township_officer")
    appoint(cast, "township_officer", "command_centre", "t1")
    with pytest.raises(Forbidden):
        do(cast.actor("township_officer"), line, Act.STRIKE)
    assert issuers_of(line.duty, at=timezone.now()) == frozenset()


def test_a_grid_without_a_worker_is_the_leaders(cast: Cast, county_a: Any) -> None:
    line = line_at(cast, issue(cast, "g1"), "g1")
    narrow = line_at(cast, issue(cast, "g1", role="grid_worker"), "g1")
    revoke(cast, "grid_worker")
    assert [one.id for one in given_for(cast.actor("grid_leader"), at=timezone.now())] == [line.id]
    assert holders([narrow], at=timezone.now()).get((narrow.area_id, None, "grid_worker")) is None
    with pytest.raises(Forbidden):
        do(cast.actor("grid_leader"), narrow, Act.RECEIVE)


# --- places ---------------------------------------------------------------------------------------------------------


def test_a_place_that_closed_between_the_list_and_the_button(cast: Cast, officer: Client) -> None:
    """The list was looked at in the morning: what closed meanwhile gets nothing, and the form says so."""
    with county(A):
        places = [cast.areas["v2"].code, cast.units["t1"].code]
    sent = typed(groups=[], places=places, names="李庄村\n东镇城建中心")
    assert "交给 2 家" in text(officer.post(url("new"), sent))
    with county(A):
        Area.objects.filter(id=cast.areas["v2"].id).update(valid_to=in_days(0))
        Unit.objects.filter(id=cast.units["t1"].id).update(valid_to=in_days(0))
    answer = officer.post(url("new"), {**sent, "step": "issue"})
    assert answer.status_code == 422
    assert "请在列出的里面选。" in text(answer)
    by_name = officer.post(url("new"), {**sent, "places": [], "step": "issue"})
    assert "“李庄村”不在你能交办的范围内" in text(by_name)
    with county(A):
        assert not Duty.objects.exists()


def test_a_line_of_a_closed_unit_is_seen_as_vacant_and_can_be_withdrawn(cast: Cast, officer: Client) -> None:
    with county(A):
        duty = issue(cast, "u:t1")
        line = line_at(cast, duty, "u:t1")
        Unit.objects.filter(id=cast.units["t1"].id).update(valid_to=in_days(0))
        revoke(cast, "department_handler")
    assert "没有人在岗" in text(officer.get(url("duty", duty.id)))
    with county(A):
        assert watch(duty.due_at + timedelta(days=1)) == 1
        assert names(Notice.objects.filter(title__startswith="交办已超期")) == ["township.officer"]
        assert do(cast.actor("township_officer"), line, Act.WITHDRAW, text="单位撤销了。").state == State.WITHDRAWN


def test_a_merge_with_stand_in_and_request_goes_on_whole(cast: Cast, county_a: Any) -> None:
    """An extension that was asked for before the merge is answered after it; the new office has it all."""
    duty = issue(cast, "v1", "g1")
    line = line_at(cast, duty)
    asked = do(cast.actor("village_clerk"), line, Act.ASK, text="桥在修。", until=in_days(6))
    at = timezone.now()
    lines_pass_on(actor=cast.actor("township_officer"), old=cast.areas["v1"], new=cast.areas["v2"], at=at)
    appoint(cast, "other_clerk", "village_clerk", "v2")
    moved = line_at(cast, duty, "v2")
    assert (moved.asked_until, moved.due_at, moved.watch_at) == (asked.asked_until, asked.due_at, asked.watch_at)
    granted = do(cast.actor("township_officer"), moved, Act.GRANT)
    assert granted.due_at == asked.asked_until
    assert do(cast.actor("other_clerk"), moved, Act.DONE, text="通了。").state == State.DONE
    with pytest.raises((Forbidden, NotFound)):
        do(cast.actor("branch_secretary"), moved, Act.PROGRESS, text="x")
    assert line_at(cast, duty, "g1").version == 1, "a grid below has its own line"
    assert [one for one in verify_county(A).findings if "交办" in one] == []


def test_merged_twice_in_a_row_the_last_one_has_it(cast: Cast, county_a: Any) -> None:
    duty = issue(cast, "v1")
    for old, new in (("v1", "v2"), ("v2", "v3")):
        lines_pass_on(
            actor=cast.actor("township_officer"), old=cast.areas[old], new=cast.areas[new], at=timezone.now()
        )  # fmt: skip
    line = line_at(cast, duty, "v3")
    assert (line.version, line.name) == (3, "王庄村")
    assert {who for who, *_ in deliver()} == {"other.clerk"}, "nobody of the two that are gone"
    assert not list(steps_agree([line]))


# --- the clock ------------------------------------------------------------------------------------------------------


def said(title: str) -> list[str]:
    return sorted(names(Notice.objects.filter(title__startswith=title)))


def test_a_job_that_runs_often_tells_each_thing_once(cast: Cast, county_a: Any) -> None:
    duty = issue(cast, "v1")
    line = line_at(cast, duty)
    assert line.watch_at is not None
    moment: datetime = line.watch_at - timedelta(hours=3)
    while moment < line.due_at + timedelta(days=2):
        watch(moment)
        watch(moment)
        moment += timedelta(hours=1)
    assert said("交办快到期") == ["branch.secretary", "village.clerk"]
    assert said("交办已超期") == ["branch.secretary", "township.officer", "village.clerk"]


def test_a_new_limit_is_told_of_anew_and_the_old_one_not(cast: Cast, county_a: Any) -> None:
    duty = issue(cast, "v1")
    line = line_at(cast, duty)
    assert line.watch_at is not None
    watch(line.watch_at)
    do(cast.actor("village_clerk"), line, Act.ASK, text="桥在修。", until=in_days(6))
    do(cast.actor("township_officer"), line, Act.GRANT)
    assert watch(duty.due_at + timedelta(minutes=1)) == 0
    assert said("交办已超期") == []
    moved = line_at(cast, duty)
    assert moved.watch_at is not None
    assert watch(moved.watch_at) == 1
    assert said("交办快到期") == ["branch.secretary"] * 2 + ["village.clerk"] * 2


def test_what_was_sent_back_is_told_of_again_when_its_limit_passes(cast: Cast, county_a: Any) -> None:
    line = reported(cast, issue(cast, "v1"))
    assert watch(line.due_at - timedelta(hours=1)) == 0
    back = do(cast.actor("township_officer"), line, Act.SEND_BACK, text="补照片。", at=line.due_at - timedelta(hours=1))
    assert watch(back.due_at + timedelta(seconds=1)) == 1
    assert watch(back.due_at + timedelta(seconds=2)) == 0


def test_struck_off_between_the_reading_and_the_telling(
    cast: Cast, county_a: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    line = line_at(cast, issue(cast, "v1"))
    from_before = [Line.objects.select_related("duty__area", "area").get(id=line.id)]
    do(cast.actor("village_clerk"), line, Act.DONE, text="好了。")
    monkeypatch.setattr("shanzhi.duties.jobs.to_watch", lambda at, limit: from_before)
    assert watch(line.due_at + timedelta(days=1)) == 0
    assert said("交办已超期") == []

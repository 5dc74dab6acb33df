"""Whistles: called in one step, each unit on its own clock, who came when and who did not."""

import json
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.utils import timezone

from shanzhi.accounts.models import Post, User
from shanzhi.accounts.selectors import actor_for
from shanzhi.areas.models import Unit
from shanzhi.cases.acts import Act, acts_for
from shanzhi.cases.models import Assignment, Case, Step
from shanzhi.cases.selectors import call_list_for, case_get_for, open_calls
from shanzhi.cases.services import case_act
from shanzhi.cases.telling_calls import missing_told
from shanzhi.cases.tests.pages import address, post, report, text_of
from shanzhi.jobs.testing import drain
from shanzhi.lib.clocks import Span
from shanzhi.lib.errors import Conflict, Forbidden, Invalid, Stale
from shanzhi.notices.models import Notice
from shanzhi.trail.models import Entry
from tests.cast import SINCE, Cast


def whistle(cast: Cast, case: Case, *units: str, by: str = "village_clerk", **more: Any) -> Case:
    args = {"units": [cast.units[name] for name in units or ("t1",)], "text": "请来关水阀", **more}
    return case_act(actor=cast.actor(by), case=case, act=Act.WHISTLE, version=case.version, **args)


def do(cast: Cast, case: Case, act: Act, by: str = "department_handler", **more: Any) -> Case:
    return case_act(actor=cast.actor(by), case=case, act=act, **more)


def test_units_are_called_come_and_finish(cast: Cast) -> None:
    at = timezone.now() - timedelta(hours=2)
    case = whistle(cast, report(cast, at=at), "t1", "county", at=at)
    assert (case.version, case.state, case.turn_area_id) == (2, "reported", cast.areas["v1"].id)
    calls = open_calls(case)
    assert [call.who for call in calls] == ["镇城建中心", "县住建局"]
    assert {call.arrive_by for call in calls} == {at + timedelta(minutes=30)}
    step = Step.objects.get(case=case, act=Act.WHISTLE)
    assert step.target == "镇城建中心、县住建局，30 分钟内报到"
    assert {call.call_id for call in calls} == {step.id}
    do(cast, case, Act.ARRIVE, text="两个人到了", at=at + timedelta(minutes=20))
    here = Assignment.objects.get(unit=cast.units["t1"])
    assert (here.state, here.arrived_name, here.is_absent(timezone.now())) == ("arrived", "赵部门", False)
    assert open_calls(case)[1].is_absent(timezone.now())
    do(cast, case, Act.FINISH, text="阀门已关", at=at + timedelta(minutes=50))
    here.refresh_from_db()
    assert (here.state, here.result, here.ended_at) == ("done", "阀门已关", at + timedelta(minutes=50))
    assert (here.watch_at, here.running_since) == (None, None)
    codes = list(Entry.objects.filter(object_id=case.id).order_by("id").values_list("code", flat=True))
    assert codes[1:] == ["cases.case.whistled", "cases.case.arrived", "cases.case.finished"]


def test_who_comes_late_is_written_down(cast: Cast) -> None:
    at = timezone.now() - timedelta(hours=3)
    case = whistle(cast, report(cast, at=at), at=at, within=Span.parse("15 minutes"))
    do(cast, case, Act.ARRIVE, at=at + timedelta(minutes=40))
    assert Step.objects.get(case=case, act=Act.ARRIVE).target == "镇城建中心，晚到 25 分钟"


def test_the_called_unit_sees_the_case_and_its_next_step(cast: Cast) -> None:
    case = report(cast)
    with pytest.raises(Exception, match="没有"):
        case_get_for(cast.actor("department_handler"), case.number)
    whistle(cast, case)
    actor = cast.actor("department_handler")
    seen = case_get_for(actor, case.number)
    assert acts_for(actor, seen, open_calls(seen))[0] == Act.ARRIVE
    assert [call.case_id for call in call_list_for(actor)] == [case.id]
    do(cast, seen, Act.ARRIVE)
    assert acts_for(actor, seen, open_calls(seen))[0] == Act.FINISH
    assert list(call_list_for(cast.actor("other_officer"))) == []


def test_a_grid_whistles_for_its_own_place_only(cast: Cast) -> None:
    case = report(cast)
    whistle(cast, case, by="grid_worker")
    other = report(cast, by="village_clerk", place="v1")
    with pytest.raises(Forbidden):
        whistle(cast, other, by="grid_leader")


REFUSED = {
    "nobody": ({"units": []}, "units"),
    "no task": ({"text": " "}, "text"),
    "another township's": ({"units": ["t2"]}, "units"),
    "too many": ({"units": ["t1"] * 1, "text": "x" * 1001}, "text"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_bad_calls_are_refused(cast: Cast, name: str) -> None:
    more, field = REFUSED[name]
    more = {**more, "units": [cast.units[u] for u in more["units"]]} if "units" in more else more
    case = report(cast)
    with pytest.raises(Invalid) as refusal:
        whistle(cast, case, **more)
    assert field in refusal.value.fields
    assert not Assignment.objects.exists()


def test_who_is_there_is_not_called_again(cast: Cast) -> None:
    case = whistle(cast, report(cast))
    with pytest.raises(Invalid, match="已经在办"):
        whistle(cast, case)


def test_an_abolished_unit_is_not_called(cast: Cast) -> None:
    case = report(cast)
    Unit.objects.filter(id=cast.units["t1"].id).update(valid_to=timezone.localdate())
    with pytest.raises(Invalid, match="已撤销"):
        whistle(cast, case)


def test_nobody_reports_in_twice_or_finishes_before(cast: Cast) -> None:
    case = whistle(cast, report(cast))
    with pytest.raises(Conflict):
        do(cast, case, Act.FINISH, text="办完")
    do(cast, case, Act.ARRIVE)
    with pytest.raises(Conflict):
        do(cast, case, Act.ARRIVE)
    do(cast, case, Act.FINISH, text="办完")
    with pytest.raises(Conflict):
        do(cast, case, Act.FINISH, text="办完")
    whistle(cast, case)  # who has gone can be called again
    assert len(open_calls(case)) == 1


def test_a_stale_version_whistles_nobody(cast: Cast) -> None:
    case = report(cast)
    whistle(cast, Case.objects.get(id=case.id))
    with pytest.raises(Stale):
        whistle(cast, case, "county")


def test_dismissed_and_closed_let_go(cast: Cast) -> None:
    case = whistle(cast, report(cast), "t1", "county")
    do(cast, case, Act.DISMISS, by="village_clerk", units=[cast.units["t1"]], text="不用来了")
    assert [call.who for call in open_calls(case)] == ["县住建局"]
    with pytest.raises(Conflict):
        do(cast, case, Act.ARRIVE)
    case_act(actor=cast.actor("village_clerk"), case=case, act=Act.REJECT, version=case.version, text="重复")
    assert open_calls(case) == []
    assert set(Assignment.objects.values_list("state", flat=True)) == {"left"}


def second_unit(cast: Cast) -> tuple[Unit, User]:
    """Another unit of the first township with somebody in it."""
    unit = Unit.objects.create(area=cast.areas["t1"], kind="centre", code="D9", name="镇水务站", valid_from=SINCE)
    user = User.objects.create(username="water", name="钱水", home_county=cast.county.id, created_at=timezone.now())
    Post.objects.create(
        user=user, role="department_handler", unit=unit, area_path=cast.areas["t1"].path, valid_from=SINCE,
        granted_at=timezone.now(),
    )  # fmt: skip
    return unit, user


def test_each_unit_answers_for_itself(cast: Cast) -> None:
    unit, user = second_unit(cast)
    case = report(cast)
    case = whistle(cast, case, units=[cast.units["t1"], unit])
    other = actor_for(user=user, county_id=cast.county.id, at=timezone.now())
    case_act(actor=other, case=Case.objects.get(id=case.id), act=Act.ARRIVE)
    assert [call.state for call in open_calls(case)] == ["called", "arrived"]
    assert "水务站" in Step.objects.get(case=case, act=Act.ARRIVE).actor_title


def test_by_the_page(cast: Cast) -> None:
    case = report(cast)
    clerk = cast["village_clerk"].client()
    form = clerk.get(address(case, "whistle-create"))
    assert "镇城建中心（东镇）" in text_of(form)
    assert "县住建局（天长市）" in text_of(form)
    assert "西镇水务站" not in text_of(form)
    empty = post(clerk, case, "whistle", text="来关阀", within="30 minutes")
    assert empty.status_code == 422
    assert "请选要叫来的单位。" in text_of(empty)
    assert "来关阀" in empty.content.decode()
    unit = str(cast.units["t1"].id)
    done = post(clerk, case, "whistle", text="来关阀", within="15 minutes", units=[unit])
    assert done.status_code == 302, text_of(done)
    handler = cast["department_handler"].client()
    page = handler.get(address(case))
    assert "报到" in text_of(page)
    assert post(handler, case, "arrive").status_code == 302
    assert post(handler, case, "finish", text="").status_code == 422
    assert post(handler, case, "finish", text="阀已关").status_code == 302
    assert Assignment.objects.get().state == "done"


def test_by_the_api(cast: Cast) -> None:
    case = report(cast)
    root = f"/api/v1/{case.county_id}/cases/{case.number}"

    def send(who: str, path: str, body: dict[str, Any]) -> Any:
        headers = {"Idempotency-Key": uuid4().hex}
        client = cast[who].client()
        return client.post(f"{root}/{path}", json.dumps(body), content_type="application/json", headers=headers)

    body = {"version": 1, "text": "请来关阀", "units": [cast.units["t1"].code], "within": "20 minutes"}
    assert send("resident", "whistles", body).status_code == 404
    assert send("other_clerk", "whistles", body).status_code == 404
    assert send("auditor", "whistles", body).status_code == 403
    assert send("village_clerk", "whistles", {**body, "version": 7}).status_code == 409
    assert send("village_clerk", "whistles", {**body, "within": "20"}).status_code == 422
    assert send("village_clerk", "whistles", {**body, "units": ["none"]}).status_code == 422
    made = send("village_clerk", "whistles", body)
    assert made.status_code == 200, made.content
    assert send("department_handler", "arrivals", {"text": "到了"}).status_code == 200
    gone = send("department_handler", "departures", {"text": "好了"}).json()
    assert gone["steps"][0]["act"] == "finish"
    assert send("village_clerk", "dismissals", {"units": [cast.units["t1"].code]}).status_code == 422


def titles(cast: Cast, who: str) -> list[str]:
    return list(Notice.objects.filter(recipient_id=cast[who].user.pk).order_by("id").values_list("title", flat=True))


def test_the_called_and_the_callers_are_told(cast: Cast) -> None:
    case = whistle(cast, report(cast))
    drain()
    assert titles(cast, "department_handler") == ["吹哨，请到现场：路口井盖断裂"]
    do(cast, case, Act.ARRIVE)
    do(cast, case, Act.FINISH, text="阀已关")
    drain()
    assert titles(cast, "village_clerk")[-2:] == [
        "镇城建中心已报到：路口井盖断裂", "镇城建中心已办完自己的部分：路口井盖断裂",
    ]  # fmt: skip


def test_who_is_missing_is_told_of_once(cast: Cast) -> None:
    at = timezone.now() - timedelta(hours=1)
    case = whistle(cast, report(cast, at=at), at=at)
    drain()
    assert missing_told(at=at + timedelta(minutes=29)) == 0
    assert missing_told(at=timezone.now()) == 1
    assert missing_told(at=timezone.now()) == 0
    for who in ("department_handler", "village_clerk"):
        assert titles(cast, who)[-1] == "镇城建中心没有按时报到：路口井盖断裂"
    do(cast, case, Act.ARRIVE)  # late is better than never
    assert missing_told(at=timezone.now() + timedelta(days=1)) == 0

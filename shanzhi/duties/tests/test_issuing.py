"""Issuing: one line for each receiver, only downward, once, and everything told in one sentence where it is refused."""

from datetime import time, timedelta
from typing import Any

import pytest
from django.utils import timezone

from shanzhi.duties.catalogue import State
from shanzhi.duties.choosing import Receiver
from shanzhi.duties.models import Duty, Line, LineStep
from shanzhi.duties.services import duty_issue
from shanzhi.duties.tests.world import in_days, issue, order, to
from shanzhi.files.models import StoredFile
from shanzhi.lib.errors import Forbidden, Invalid, NotFound
from shanzhi.lib.times import local
from shanzhi.tenancy.models import OutboxEvent
from shanzhi.trail.models import Entry
from tests.cast import Cast, report


def test_one_line_for_each_receiver_with_step_trail_and_event(cast: Cast, county_a: Any) -> None:
    duty = issue(cast, "v1", "v2", "u:t1")
    assert (duty.office, duty.role, duty.area_id) == ("东镇 镇综治中心受理员", "township_officer", cast.areas["t1"].id)
    assert duty.by == "赵镇综，东镇 镇综治中心受理员"
    lines = list(Line.objects.filter(duty=duty).order_by("area_path", "id"))
    assert [(line.name, line.state) for line in lines] == [
        ("东镇城建中心", State.ISSUED), ("张庄村", State.ISSUED), ("李庄村", State.ISSUED),
    ]  # fmt: skip
    assert duty.size == 3
    assert LineStep.objects.filter(line__in=lines, act="issue", version=1).count() == 3
    assert all(line.history for line in lines)
    codes = set(Entry.objects.filter(code__startswith="duties.").values_list("code", "size"))
    assert codes == {("duties.duty.issued", 0), ("duties.line.issue", 3)}
    assert OutboxEvent.objects.filter(code="duties.line.issue").count() == 3


def test_numbers_count_within_the_year(cast: Cast, county_a: Any) -> None:
    year = local(timezone.now()).year
    assert [issue(cast).number for _ in range(2)] == [f"{year}-0001", f"{year}-0002"]


def test_a_day_ends_with_the_day_and_a_time_is_that_time(cast: Cast, county_a: Any) -> None:
    whole, timed = issue(cast), issue(cast, due_time=time(17, 30))
    assert f"{local(whole.due_at):%H:%M:%S}" == "23:59:59"
    assert f"{local(timed.due_at):%H:%M}" == "17:30"
    assert local(whole.due_at).date() == in_days(3)


def test_the_same_key_issues_once(cast: Cast, county_a: Any) -> None:
    first, second = issue(cast, key="k"), issue(cast, key="k")
    assert first.id == second.id
    assert Duty.objects.count() == 1
    with pytest.raises(Invalid) as refused:
        issue(cast, key="k", title="另一件")
    assert refused.value.code == "idempotency_key_reused"


@pytest.mark.parametrize("by", ["village_clerk", "grid_worker", "auditor", "resident", "system_admin"])
def test_others_do_not_issue(cast: Cast, county_a: Any, by: str) -> None:
    with pytest.raises(Forbidden):
        issue(cast, by=by)


@pytest.mark.parametrize(
    ("by", "place"),
    [
        ("township_officer", "t1"), ("township_officer", "v3"), ("township_officer", "county"),
        ("command_centre", "t1"), ("township_officer", "u:t2"), ("township_officer", "u:county"),
        ("county_leader", "county"),
    ],
)  # fmt: skip
def test_only_downward_in_the_own_area(cast: Cast, county_a: Any, by: str, place: str) -> None:
    with pytest.raises(NotFound) as refused:
        issue(cast, "v1", place, by=by)
    assert refused.value.code == "receiver_out_of_scope"
    assert not Duty.objects.exists()


@pytest.mark.parametrize("place", ["t1", "v3", "g4", "u:county", "u:t2"])
def test_a_county_reaches_everything_below_it(cast: Cast, county_a: Any, place: str) -> None:
    assert issue(cast, place, by="county_leader").size == 1


@pytest.mark.parametrize(
    ("changes", "field", "words"),
    [
        ({"title": " "}, "title", "请写交办什么事。"),
        ({"title": "长" * 61}, "title", "最多写 60 字，现在是 61 字，请删减。"),
        ({"body": ""}, "body", "请写清楚要做什么、做到什么程度。"),
        ({"body": "长" * 2001}, "body", "最多写 2,000 字，现在是 2,001 字，请删减。"),
        ({"source": "长" * 201}, "source", "最多写 200 字，现在是 201 字，请删减。"),
        ({"due_on": in_days(-1)}, "due_on", "时限要在现在以后，请重新选日期或时间。"),
        ({"due_on": in_days(0), "due_time": time(0, 0)}, "due_on", "时限要在现在以后，请重新选日期或时间。"),
        ({"due_on": in_days(800)}, "due_on", "时限最长两年，请重新选日期。"),
        ({"case": "2611-9999"}, "case", "没有找到这个编号的事件，请核对编号，如 2611-0008。"),
    ],
)
def test_what_is_wrong_is_said_beside_its_field(
    cast: Cast, county_a: Any, changes: dict[str, Any], field: str, words: str
) -> None:
    with pytest.raises(Invalid) as refused:
        issue(cast, **changes)
    assert refused.value.fields == {field: [words]}
    assert not Duty.objects.exists()


def test_nobody_and_twice_the_same_are_refused(cast: Cast, county_a: Any) -> None:
    actor = cast.actor("township_officer")
    for receivers in ([], to(cast.areas["v1"], cast.areas["v1"])):
        with pytest.raises(Invalid) as refused:
            duty_issue(actor=actor, order=order(), receivers=receivers)
        assert list(refused.value.fields) == ["groups"]


def test_a_place_may_have_two_roles_of_its_own(cast: Cast, county_a: Any) -> None:
    village = cast.areas["v1"]
    both = [Receiver(area=village, role=role) for role in ("village_clerk", "branch_secretary")]
    duty = duty_issue(actor=cast.actor("township_officer"), order=order(), receivers=both)
    assert set(duty.lines.values_list("name", flat=True)) == {"张庄村 村文书", "张庄村 村支部书记"}


def test_a_case_is_named_by_its_number_short_or_whole(cast: Cast, county_a: Any) -> None:
    case = report(cast)
    for number in (case.number, f"341181-{case.number}", f" {case.number} "):
        assert issue(cast, case=number).case_id == case.id


def test_a_case_out_of_reach_is_not_there(cast: Cast, county_a: Any) -> None:
    case = report(cast, place="g3", by="other_worker")
    with pytest.raises(Invalid) as refused:
        issue(cast, case=case.number)
    assert list(refused.value.fields) == ["case"]


def test_photos_are_attached_to_the_instruction(cast: Cast, county_a: Any) -> None:
    officer = cast["township_officer"]
    photo = StoredFile.objects.create(
        kind="photo", name="a.jpg", content_type="image/jpeg", size=1, sha256="0" * 64, created_by=officer.user.pk,
        created_at=timezone.now(),
    )  # fmt: skip
    duty = issue(cast, photos=[photo.id])
    photo.refresh_from_db()
    assert (photo.owner_type, photo.owner_id) == ("duties.duty", duty.id)


def test_the_office_is_that_of_the_post(cast: Cast, county_a: Any) -> None:
    duty = issue(cast, by="command_centre")
    assert duty.office == "东镇 指挥中心值班员"
    assert duty.role == "command_centre"


def test_somebody_with_two_issuing_posts_uses_the_nearest_that_covers_all(cast: Cast, county_a: Any) -> None:
    from_county = cast.actor("county_leader")
    officer = cast.actor("township_officer")
    both = type(officer)(
        user_id=officer.user_id,
        name=officer.name,
        county_id=officer.county_id,
        posts=(*from_county.posts, *officer.posts),
    )
    near = duty_issue(actor=both, order=order(), receivers=to(cast.areas["v1"]))
    far = duty_issue(actor=both, order=order(), receivers=to(cast.areas["v1"], cast.areas["v3"]))
    assert (near.role, far.role) == ("township_officer", "county_leader")


def test_reminders_are_planned_for_the_morning_before(cast: Cast, county_a: Any) -> None:
    at = timezone.now()
    line = issue(cast, at=at).lines.first()
    assert line is not None
    assert line.watch_at is not None
    assert f"{local(line.watch_at):%H:%M}" == "09:00"
    assert local(line.watch_at).date() == in_days(2)
    tight = issue(
        cast, at=at, due_on=(local(at) + timedelta(hours=2)).date(), due_time=(local(at) + timedelta(hours=2)).time()
    )
    late = tight.lines.first()
    assert late is not None
    assert late.watch_at == late.due_at + timedelta(seconds=1)

"""Who is told of what, once each; reminders before and after the limit; and places that are merged."""

from collections.abc import Iterable
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from shanzhi.access.actor import Actor
from shanzhi.accounts.models import User
from shanzhi.areas.models import Area
from shanzhi.duties.catalogue import Act, State
from shanzhi.duties.history import steps_agree
from shanzhi.duties.jobs import watch
from shanzhi.duties.models import Duty, Line, LineStep
from shanzhi.duties.services import lines_pass_on
from shanzhi.duties.tests.world import do, in_days, issue, line_at, reported
from shanzhi.notices.models import Notice
from shanzhi.notices.topics import TOPICS
from shanzhi.tenancy import outbox
from shanzhi.tenancy.models import OutboxEvent
from shanzhi.trail.verifying import verify_county
from tests.cast import Cast


def deliver() -> list[tuple[str, str, str]]:
    """Everything that waits; (who, title, body) of what was written now."""
    before = set(Notice.objects.values_list("id", flat=True))
    for event in OutboxEvent.objects.filter(delivered_at=None).order_by("id"):
        outbox.deliver(event.id, event.county_id)
    rows = list(Notice.objects.exclude(id__in=before).order_by("recipient_id"))
    return [(who, row.title, row.body) for who, row in zip(names(rows), rows, strict=True)]


def names(rows: Iterable[Notice]) -> list[str]:
    """Who of the cast was told."""
    found = [row.recipient_id for row in rows]
    people = User.objects.in_bulk(found)
    return [people[one].username.split("-")[0] for one in found]


def test_the_receiving_office_is_told_of_what_concerns_it(cast: Cast, county_a: Any) -> None:
    duty = issue(cast, "v1", "g1", urgent=True)
    told = deliver()
    assert {who for who, *_ in told} == {"village.clerk", "branch.secretary", "grid.worker", "grid.leader"}
    assert {title for _, title, _ in told} == {"新交办：汛期前排查河道"}
    assert "东镇 镇综治中心受理员交办，请先签收" in told[0][2]
    row = Notice.objects.filter(object_type="duties.line").first()
    assert row is not None
    assert row.urgent
    assert row.path.startswith("/341181/duties/lines/")
    line = reported(cast, duty)
    assert [who for who, *_ in deliver()] == ["township.officer"]
    do(cast.actor("township_officer"), line, Act.SEND_BACK, text="照片看不清。")
    assert ("village.clerk", "退回重办：汛期前排查河道", "东镇 镇综治中心受理员退回：照片看不清。") in deliver()


@pytest.mark.parametrize(
    ("act", "said", "who", "title"),
    [
        (Act.DECLINE, {"text": "水务站的。"}, "township.officer", "说不归自己办"),
        (Act.ASK, {"text": "桥在修。", "until": in_days(9)}, "township.officer", "申请延期"),
    ],
)
def test_the_issuing_office_is_told_of_answers(
    cast: Cast, county_a: Any, act: Act, said: dict[str, Any], who: str, title: str
) -> None:
    line = line_at(cast, issue(cast))
    deliver()
    do(cast.actor("village_clerk"), line, act, **said)
    assert [(name, words) for name, words, _ in deliver()] == [(who, f"{title}：汛期前排查河道")]


def test_answers_of_the_issuer_reach_the_whole_office(cast: Cast, county_a: Any) -> None:
    officer, line = cast.actor("township_officer"), line_at(cast, issue(cast))
    do(cast.actor("village_clerk"), line, Act.ASK, text="x", until=in_days(9))
    deliver()
    do(officer, line, Act.GRANT)
    assert [(who, words.partition("：")[0]) for who, words, _ in deliver()] == [
        ("village.clerk", "同意延期"), ("branch.secretary", "同意延期"),
    ]  # fmt: skip
    do(officer, line, Act.WITHDRAW, text="会议取消。")
    assert {words.partition("：")[0] for _, words, _ in deliver()} == {"交办已撤回"}


def test_receipt_and_progress_tell_nobody(cast: Cast, county_a: Any) -> None:
    line = line_at(cast, issue(cast))
    deliver()
    do(cast.actor("village_clerk"), line, Act.RECEIVE)
    do(cast.actor("village_clerk"), line, Act.PROGRESS, text="走了一半。")
    assert deliver() == []


def test_told_again_adds_nothing(cast: Cast, county_a: Any) -> None:
    issue(cast, "g1")
    assert len(deliver()) == 2
    OutboxEvent.objects.update(delivered_at=None)
    assert deliver() == []


def test_topics_are_declared(county_a: Any) -> None:
    assert {"duties.given", "duties.due", "duties.answered"} <= set(TOPICS)


def test_reminded_the_morning_before_and_after_the_limit_once_each(cast: Cast, county_a: Any) -> None:
    line = line_at(cast, issue(cast, "v1"))
    assert line.watch_at is not None
    assert watch(line.watch_at - timedelta(seconds=1)) == 0
    assert watch(line.watch_at) == 1
    assert watch(line.watch_at) == 0
    near = Notice.objects.filter(title__startswith="交办快到期")
    assert set(names(near)) == {"village.clerk", "branch.secretary"}
    assert watch(line.due_at) == 0
    assert watch(line.due_at + timedelta(seconds=1)) == 1
    assert watch(line.due_at + timedelta(days=9)) == 0
    late = Notice.objects.filter(title__startswith="交办已超期")
    assert set(names(late)) == {
        "village.clerk", "branch.secretary", "township.officer",
    }  # fmt: skip


def test_a_worker_that_was_away_tells_of_the_limit_only(cast: Cast, county_a: Any) -> None:
    line = line_at(cast, issue(cast, "v1"))
    assert watch(line.due_at + timedelta(days=1)) == 1
    assert not Notice.objects.filter(title__startswith="交办快到期").exists()


def test_what_the_receiver_no_longer_has_is_not_reminded_of(cast: Cast, county_a: Any) -> None:
    duty = issue(cast)
    reported(cast, duty)
    do(cast.actor("township_officer"), line_at(cast, duty, "v2"), Act.WITHDRAW, text="取消。")
    assert watch(duty.due_at + timedelta(days=1)) == 0


# --- places that are merged -----------------------------------------------------------------------------------------


def _merged(old: Area, new: Area) -> int:
    return lines_pass_on(actor=Actor.system(341181), old=old, new=new, at=timezone.now())


def test_an_open_line_goes_on_at_the_successor(cast: Cast, county_a: Any) -> None:
    old, new = cast.areas["v1"], cast.areas["v2"]
    duty = issue(cast, "v1")
    assert _merged(old, new) == 1
    line = line_at(cast, duty, "v2")
    assert (line.name, line.area_path, line.state) == ("李庄村", new.path, State.ISSUED)
    step = LineStep.objects.get(line=line, version=2)
    assert (step.act, step.text) == ("pass", "张庄村已并入李庄村，由李庄村接着办。")
    assert _merged(old, new) == 0
    assert not list(steps_agree([line]))


def test_where_the_successor_has_a_line_of_its_own_the_old_one_ends(cast: Cast, county_a: Any) -> None:
    duty = issue(cast)
    assert _merged(cast.areas["v1"], cast.areas["v2"]) == 1
    assert line_at(cast, duty, "v1").state == State.WITHDRAWN
    assert line_at(cast, duty, "v2").state == State.ISSUED


def test_what_ended_stays_where_it_was(cast: Cast, county_a: Any) -> None:
    duty = issue(cast, "v1")
    do(cast.actor("township_officer"), reported(cast, duty), Act.STRIKE)
    assert _merged(cast.areas["v1"], cast.areas["v2"]) == 0
    assert line_at(cast, duty, "v1").state == State.STRUCK


def test_a_merged_township_hands_on_what_it_issued(cast: Cast, county_a: Any) -> None:
    duty = issue(cast, "v1")
    line = reported(cast, duty)
    _merged(cast.areas["t1"], cast.areas["t2"])
    assert Duty.objects.get().area_path == cast.areas["t2"].path
    assert do(cast.actor("other_officer"), line, Act.STRIKE).state == State.STRUCK


def test_the_trail_proves_all_of_it(cast: Cast, county_a: Any) -> None:
    duty = issue(cast)
    do(cast.actor("township_officer"), reported(cast, duty), Act.STRIKE)
    _merged(cast.areas["v2"], cast.areas["v3"])
    assert [one for one in verify_county(341181).findings if "交办" in one] == []
    Line.objects.filter(duty=duty, state=State.STRUCK).update(result="改过的")
    assert any("交办清单行" in one for one in verify_county(341181).findings)

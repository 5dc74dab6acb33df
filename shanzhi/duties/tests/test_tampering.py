"""Whoever changes a step, a line or an instruction in the database is found by the trail's verification."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone

from shanzhi.duties.catalogue import Act
from shanzhi.duties.history import PROVED, link_of, steps_agree
from shanzhi.duties.models import Duty, Line, LineStep
from shanzhi.duties.tests.world import do, in_days, issue, line_at, reported
from shanzhi.tenancy.context import county
from shanzhi.tenancy.ids import new_id
from shanzhi.tenancy.models import County
from shanzhi.trail.tests.tampering import tamper
from shanzhi.trail.verifying import verify_county
from tests.cast import Cast, build_cast

A = 341181


def findings() -> list[str]:
    return [one for one in verify_county(A).findings if "交办" in one]


@pytest.fixture
def line(cast: Cast, county_a: Any) -> Line:
    return five_steps(cast)


def five_steps(cast: Cast) -> Line:
    """Issued, asked, granted, reported, struck off."""
    line = line_at(cast, issue(cast))
    do(cast.actor("village_clerk"), line, Act.ASK, text="桥在修。", until=in_days(6))
    do(cast.actor("township_officer"), line, Act.GRANT)
    do(cast.actor("village_clerk"), line, Act.DONE, text="走完了，没有险情。")
    do(cast.actor("township_officer"), line, Act.STRIKE)
    return line_at(cast, line.duty)


def rewrite(line: Line, version: int, **changes: Any) -> None:
    """As somebody with the owner's password does it, around every guard of the application."""
    for name, value in changes.items():
        field = next(one for one in LineStep._meta.concrete_fields if one.attname == name)
        column = connection.ops.quote_name(field.column)
        statement = f"UPDATE duties_linestep SET {column} = %s WHERE county_id = %s AND id = %s"
        with county(A):
            step = LineStep.objects.get(line=line, version=version)
        stored = field.get_db_prep_save(value, connection)
        assert tamper("duties_linestep", statement, (stored, A, step.id)) == 1


def agree(line: Line) -> list[str]:
    with county(A):
        return list(steps_agree([Line.objects.get(id=line.id)]))


CHANGED: dict[str, Any] = {
    "at": timezone.now() - timedelta(days=1), "actor_name": "别人", "actor_title": "别处 村文书", "text": "改过的。",
    "nothing": True, "due_at": timezone.now() + timedelta(days=90), "asked_until": timezone.now(), "act": "decline",
    "from_state": "returned", "to_state": "struck",
}  # fmt: skip


def test_an_honest_line_has_no_findings(line: Line) -> None:
    assert findings() == []
    assert not list(steps_agree([line]))


def test_nothing_that_a_step_says_is_left_unproved() -> None:
    """A new column of the step must come into the chain, or be named here."""
    apart = {"county_id", "link", "act", "from_state", "to_state"}  # the last three are proved by their plain words
    assert {field.attname for field in LineStep._meta.concrete_fields} - apart == set(PROVED)


@pytest.mark.django_db(transaction=True)
def test_every_field_every_step_and_a_whole_new_chain() -> None:
    """One committed world for all of it: whoever tampers comes over another connection."""
    town = build_cast(County.objects.create(id=A, code=str(A), name="天长市", joined_at=timezone.now()))
    with county(A):
        line = five_steps(town)
        steps = list(line.steps.order_by("version"))
    for name, value in CHANGED.items():
        rewrite(line, 4, **{name: value})
        assert agree(line) == [f"交办清单行 {line.id} 的第 4 步被改过。"], name
        rewrite(line, 4, **{name: getattr(steps[3], name)})
        assert agree(line) == [], name
    # Whoever can compute the link of one step would have to change all that follow, and the line, and the trail.
    step = steps[3]
    step.text = "走完了，有险情。"
    rewrite(line, 4, text=step.text, link=link_of(steps[2].link, step))
    assert agree(line) == [f"交办清单行 {line.id} 的第 5 步被改过。"]
    rewrite(line, 5, link=(last := link_of(link_of(steps[2].link, step), steps[4])))
    assert agree(line) == [f"交办清单行 {line.id} 的经过和封存的指纹对不上。"]
    statement = "UPDATE duties_line SET history = %s WHERE county_id = %s AND id = %s"
    assert tamper("duties_line", statement, (last, A, line.id)) == 1
    assert agree(line) == []  # and then it is the digest of the line in the trail that disagrees
    assert any(str(line.id) in one or "交办" in one for one in verify_county(A).findings)
    assert tamper("duties_linestep", "DELETE FROM duties_linestep WHERE county_id = %s AND version = 2", (A,)) == 1
    assert agree(line) == [f"交办清单行 {line.id} 的第 2 步不见了。"]


@pytest.mark.parametrize("beside", [-5, 1, 40])
def test_a_step_that_nobody_did_is_found(line: Line, beside: int) -> None:
    """One more on the timeline, behind the last or before the first, chained properly."""
    last = line.steps.get(version=line.version)
    more = LineStep(
        id=new_id(), line_id=line.id, version=line.version + beside, act=Act.PROGRESS, at=timezone.now(),
        actor_name="赵村文", text="补写的。", from_state="struck", to_state="struck", due_at=line.due_at,
    )  # fmt: skip
    more.link = link_of(last.link, more)
    LineStep.objects.bulk_create([more])
    assert findings() == [f"交办清单行 {line.id} 多出了没有办过的步骤。"]


def test_whoever_moves_a_line_or_an_instruction_out_of_sight_is_found(line: Line, cast: Cast) -> None:
    """The path says who sees it; no digest covers it, because it moves with its place."""
    far = cast.areas["v3"].path
    Line.objects.filter(id=line.id).update(area_path=far)
    assert findings() == [f"交办清单行 {line.id} 所在的地方被改过，和承办单位的区划对不上。"]
    Duty.objects.filter(id=line.duty_id).update(area_path=far)
    assert len(findings()) == 2


def test_steps_that_were_written_while_the_verifier_reads_are_none(cast: Cast, county_a: Any) -> None:
    line = line_at(cast, issue(cast))
    do(cast.actor("village_clerk"), line, Act.RECEIVE)
    assert list(steps_agree([line])) == []  # as it was read before


@pytest.mark.parametrize(
    ("changes", "found"),
    [
        ({"state": "withdrawn"}, True), ({"due_at": timezone.now() + timedelta(days=60)}, True),
        ({"reported_at": timezone.now() - timedelta(days=9)}, True), ({"result": "改过的。"}, True),
        ({"name": "别的村"}, True), ({"nothing": True}, True), ({"watch_at": timezone.now()}, False),
    ],
)  # fmt: skip
def test_a_changed_line_is_found_and_its_alarm_clock_is_no_record(
    line: Line, changes: dict[str, Any], found: bool
) -> None:
    Line.objects.filter(id=line.id).update(**changes)
    assert bool(findings()) is found


@pytest.mark.parametrize(
    "changes",
    [{"title": "另一件事"}, {"due_at": timezone.now()}, {"office": "别的办公室"}, {"urgent": True}, {"size": 9}],
)
def test_a_changed_instruction_is_found(cast: Cast, county_a: Any, changes: dict[str, Any]) -> None:
    duty = issue(cast)
    reported(cast, duty)
    assert findings() == []
    Duty.objects.filter(id=duty.id).update(**changes)
    assert findings()

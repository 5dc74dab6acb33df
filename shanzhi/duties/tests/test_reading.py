"""Lists and figures against plain Python, who sees what, and plans that enter by an index."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from shanzhi.duties.acts import acts_for
from shanzhi.duties.catalogue import FROM, WITH_ISSUER, WITH_RECEIVER, Act, State
from shanzhi.duties.history import steps_agree
from shanzhi.duties.models import Line
from shanzhi.duties.selectors import (
    AREA,
    ISSUED,
    LATE,
    WAITS,
    Counts,
    Wanted,
    counts_by_duty,
    counts_of,
    duties_for,
    duty_get_for,
    given_for,
    line_get_for,
    lines_for,
    lines_seen,
    segment_counts,
    to_watch,
    waiting_count,
)
from shanzhi.duties.tests.world import do, in_days, issue, line_at, reported
from shanzhi.lib.errors import DomainError, NotFound
from tests.cast import Cast

EVERYBODY = ("village_clerk", "branch_secretary", "township_officer", "command_centre", "grid_worker")


def naive(lines: list[Line], now: Any) -> Counts:
    """Counted by hand."""
    valid = [line for line in lines if line.state != State.WITHDRAWN]
    return Counts(
        issued=len(valid), received=sum(line.received_at is not None for line in valid),
        done=sum(line.state in (State.DONE, State.STRUCK) for line in lines),
        struck=sum(line.state == State.STRUCK for line in lines), late=sum(line.is_late(now) for line in lines),
        waiting=sum(line.state in WITH_ISSUER or line.asked_until is not None for line in lines),
    )  # fmt: skip


DEEDS = st.lists(
    st.tuples(st.sampled_from(EVERYBODY), st.sampled_from(list(FROM)), st.sampled_from(["v1", "v2", "g1"])), max_size=14
)


@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(deeds=DEEDS)
def test_random_people_do_random_acts(cast: Cast, county_a: Any, deeds: list[tuple[str, Act, str]]) -> None:
    """What is offered is possible and what is not offered is refused; figures and history agree with the rows."""
    duty = issue(cast, "v1", "v2", "g1")
    actors = {who: cast.actor(who) for who in EVERYBODY}
    for who, act, place in deeds:
        line = line_at(cast, duty, place)
        offered, refused = act in acts_for(actors[who], line), False
        try:
            do(actors[who], line, act, text="写明情况", until=in_days(9 + line.version))
        except DomainError:
            refused = True
        assert refused is not offered
        assert line_at(cast, duty, place).version == line.version + offered
    lines = list(Line.objects.filter(duty=duty).select_related("duty"))
    now = timezone.now()
    for when in (now, duty.due_at + timedelta(days=60)):
        assert counts_of(Line.objects.filter(duty=duty), at=when) == naive(lines, when)
    assert not list(steps_agree(lines))
    for line in lines:
        assert (line.ended_at is not None) == (line.state in (State.STRUCK, State.WITHDRAWN))
        assert (line.watch_at is not None) == (line.state in WITH_RECEIVER)
        assert line.asked_until is None or line.state in WITH_RECEIVER


def test_figures_of_tabs_and_of_each_instruction(cast: Cast, county_a: Any) -> None:
    first, second = issue(cast), issue(cast, "t1", by="county_leader")
    do(cast.actor("township_officer"), reported(cast, first), Act.STRIKE)
    officer, now = cast.actor("township_officer"), timezone.now()
    assert counts_of(lines_for(officer, Wanted(), at=now), at=now) == Counts(issued=2, received=1, done=1, struck=1)
    wide = Wanted(tab=AREA)
    assert counts_of(lines_for(officer, wide, at=now), at=now).issued == 3
    by_duty = counts_by_duty(officer, wide, [first.id, second.id], at=now)
    assert {key: value.issued for key, value in by_duty.items()} == {first.id: 2, second.id: 1}
    assert Counts().rate is None
    assert Counts(issued=4, struck=1).rate == 0.25


def test_states_late_and_waiting_narrow(cast: Cast, county_a: Any) -> None:
    duty = issue(cast)
    reported(cast, duty)
    officer, now = cast.actor("township_officer"), timezone.now()
    after = duty.due_at + timedelta(days=1)

    def found(state: str, at: Any = now) -> list[str]:
        return sorted(line.name for line in lines_for(officer, Wanted(state=state), at=at))

    assert found("issued") == ["李庄村"]
    assert found(WAITS) == ["张庄村"]
    assert found("open") == ["张庄村", "李庄村"]
    assert found(LATE) == []
    assert found(LATE, after) == ["李庄村"]
    assert [one.id for one in duties_for(officer, Wanted(state=LATE), at=after)] == [duty.id]
    assert not duties_for(officer, Wanted(state="struck"), at=now).exists()


@pytest.mark.parametrize(
    ("who", "sees"),
    [
        ("township_officer", True), ("command_centre", True), ("village_clerk", True), ("county_leader", True),
        ("auditor", True), ("other_officer", False), ("other_clerk", False), ("grid_worker", False),
        ("resident", False), ("accountant", False), ("department_handler", False), ("system_admin", False),
    ],
)  # fmt: skip
def test_who_sees_a_line_and_its_instruction(cast: Cast, county_a: Any, who: str, sees: bool) -> None:
    duty = issue(cast, "v1")
    line, actor = line_at(cast, duty), cast.actor(who)
    if sees:
        assert line_get_for(actor, line.id).id == line.id
        assert duty_get_for(actor, duty.id).id == duty.id
        return
    for get, number in ((line_get_for, line.id), (duty_get_for, duty.id)):
        with pytest.raises(NotFound):
            get(actor, number)


def test_what_waits_for_somebody(cast: Cast, county_a: Any) -> None:
    duty = issue(cast)
    clerk, officer = cast.actor("village_clerk"), cast.actor("township_officer")
    assert (waiting_count(clerk), waiting_count(officer)) == (1, 0)
    line = line_at(cast, duty)
    do(clerk, line, Act.ASK, text="x", until=in_days(9))
    assert (waiting_count(clerk), waiting_count(officer)) == (1, 1)
    do(clerk, line, Act.DONE, text="x")
    assert (waiting_count(clerk), waiting_count(officer)) == (0, 1)
    do(officer, line, Act.STRIKE)
    assert (waiting_count(clerk), waiting_count(officer)) == (0, 0)
    assert segment_counts(clerk) == {"issued": 0, "received": 0, "returned": 0, "done": 0, "ended": 1}


# --- plans ----------------------------------------------------------------------------------------------------------


def plan(rows: Any) -> str:
    sql, params = rows.query.sql_with_params()
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute(f"EXPLAIN {'QUERY PLAN ' if connection.vendor == 'sqlite' else ''}{sql}", params)
        return "\n".join(str(row[-1]) for row in cursor.fetchall())


@pytest.fixture
def busy(cast: Cast, county_a: Any) -> Cast:
    issue(cast, "v1", "v2", "g1", "u:t1")
    return cast


@pytest.mark.parametrize(
    ("who", "tab"),
    [
        ("township_officer", ISSUED), ("township_officer", AREA), ("county_leader", AREA), ("auditor", AREA),
        ("village_clerk", AREA), ("grid_worker", AREA), ("department_handler", AREA),
    ],
)  # fmt: skip
def test_every_list_enters_by_an_index(busy: Cast, who: str, tab: str) -> None:
    actor, now = busy.actor(who), timezone.now()
    for rows in (lines_for(actor, Wanted(tab=tab), at=now), duties_for(actor, Wanted(tab=tab, state="open"), at=now)):
        text = plan(rows.order_by())
        assert "Seq Scan on duties_" not in text, text
        assert not [one for one in text.splitlines() if one.startswith("SCAN duties_line") and "INDEX" not in one], text


def test_own_lines_and_reminders_enter_by_theirs(busy: Cast) -> None:
    now = timezone.now()
    for who in ("village_clerk", "department_handler", "grid_leader"):
        text = plan(given_for(busy.actor(who), at=now).order_by())
        assert "Seq Scan on duties_" not in text, text
    duty = duty_get_for(busy.actor("township_officer"), Line.objects.first().duty_id)  # type: ignore[union-attr]
    assert "Seq Scan on duties_" not in plan(lines_seen(busy.actor("township_officer"), duty).order_by())
    assert to_watch(now, 10) == []
    assert len(to_watch(duty.due_at, 10)) == 4

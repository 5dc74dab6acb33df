"""Any acts by anybody at any time, against a machine in plain Python: answers, rows, figures, file and chain agree."""

from dataclasses import dataclass, replace
from datetime import datetime, time, timedelta
from typing import Any

from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from shanzhi.duties.catalogue import FROM, Act
from shanzhi.duties.exports import HEADS, lines_of
from shanzhi.duties.history import steps_agree
from shanzhi.duties.models import Duty, Line, LineStep
from shanzhi.duties.selectors import LATE, WAITS, Counts, Wanted, counts_by_duty, counts_of, lines_for
from shanzhi.duties.tests.world import do, issue, line_at
from shanzhi.lib.errors import DomainError
from shanzhi.lib.times import SHANGHAI, local
from tests.cast import Cast

PLACES = ("v1", "v2", "g1")
WORKS = {"village_clerk": "v1", "branch_secretary": "v1", "grid_worker": "g1"}
SEES = {
    "village_clerk": {"v1", "g1"}, "branch_secretary": {"v1", "g1"}, "grid_worker": {"g1"},
    "township_officer": set(PLACES), "command_centre": set(PLACES), "auditor": set(PLACES), "other_clerk": set(),
}  # fmt: skip
ISSUING = {"township_officer", "command_centre"}
RECEIVING = set(SEES) - {"auditor"}
HAS, WAITS_FOR = {"issued", "received", "returned"}, {"declined", "done"}
# act: (whose, from, to, whether it needs words)
WAY: dict[str, tuple[str, set[str], str, bool]] = {
    "receive": ("receiver", {"issued"}, "received", False),
    "progress": ("receiver", {"received", "returned"}, "", True),
    "done": ("receiver", HAS, "done", True),
    "decline": ("receiver", HAS, "declined", True),
    "ask": ("receiver", HAS, "", True),
    "grant": ("issuer", HAS, "", False),
    "refuse": ("issuer", HAS, "", True),
    "strike": ("issuer", {"done"}, "struck", False),
    "send_back": ("issuer", WAITS_FOR, "returned", True),
    "withdraw": ("issuer", HAS | WAITS_FOR, "withdrawn", True),
}


@dataclass(frozen=True)
class Row:
    """A line as plain Python remembers it."""

    due: datetime
    watch: datetime | None
    state: str = "issued"
    version: int = 1
    asked: datetime | None = None
    received: datetime | None = None
    reported: datetime | None = None
    ended: datetime | None = None
    sent_back: int = 0

    def late(self, at: datetime) -> bool:
        return self.state in HAS and self.due < at


def watch_of(state: str, due: datetime, at: datetime) -> datetime | None:
    if state not in HAS:
        return None
    eve = datetime.combine(local(due).date(), time(9), SHANGHAI) - timedelta(days=1)
    return next((moment for moment in (eve, due + timedelta(seconds=1)) if moment > at), None)


def refusal(row: Row, who: str, act: str, place: str, at: datetime, *, stale: bool, words: bool, days: int) -> int:
    """The status that it is refused with, 0 if it is done."""
    side, states, _, needs = WAY[act]
    if place not in SEES[who]:
        return 404
    if side == "receiver" and (who not in RECEIVING or WORKS.get(who) != place):
        return 403
    if side == "issuer" and who != "township_officer":
        return 403
    if row.state not in states or stale:
        return 409
    if (act == "ask" and row.asked) or (act in ("grant", "refuse") and not row.asked):
        return 409
    if needs and not words:
        return 422
    if act == "ask" and day_end(at, days) <= max(row.due, at):
        return 422
    return 422 if act == "grant" and row.asked is not None and row.asked <= at else 0


def day_end(at: datetime, days: int) -> datetime:
    return datetime.combine(local(at).date() + timedelta(days=days), time(23, 59, 59), SHANGHAI)


def after(row: Row, act: str, at: datetime, days: int) -> Row:
    state = WAY[act][2] or row.state
    new = replace(row, state=state, version=row.version + 1)
    if act in ("receive", "done", "decline"):
        new = replace(new, received=row.received or at)
    if act in ("done", "decline", "grant", "refuse", "strike", "withdraw"):
        new = replace(new, asked=None)
    if act == "done":
        new = replace(new, reported=at)
    if act == "ask":
        new = replace(new, asked=day_end(at, days))
    if act == "grant":
        new = replace(new, due=row.asked or row.due)
    if act == "send_back":
        new = replace(new, sent_back=row.sent_back + 1, reported=None)
    if act in ("strike", "withdraw"):
        new = replace(new, ended=at)
    if (new.state, new.due) != (row.state, row.due):
        new = replace(new, watch=watch_of(new.state, new.due, at))
    return new


def recount(rows: list[Row], at: datetime) -> Counts:
    valid = [row for row in rows if row.state != "withdrawn"]
    return Counts(
        issued=len(valid), received=sum(row.received is not None for row in valid),
        done=sum(row.state in ("done", "struck") for row in rows), struck=sum(row.state == "struck" for row in rows),
        late=sum(row.late(at) for row in rows),
        waiting=sum(row.state in WAITS_FOR or row.asked is not None for row in rows),
    )  # fmt: skip


def agrees(line: Line, row: Row) -> None:
    assert Row(
        due=line.due_at, watch=line.watch_at, state=line.state, version=line.version, asked=line.asked_until,
        received=line.received_at, reported=line.reported_at, ended=line.ended_at, sent_back=line.sent_back,
    ) == row  # fmt: skip


LIKELY = st.sampled_from(
    [("village_clerk", "v1"), ("grid_worker", "g1"), ("township_officer", "v1"), ("township_officer", "g1")]
)
ANYBODY = st.tuples(st.sampled_from(sorted(SEES)), st.sampled_from(PLACES))
DEED = st.tuples(
    st.one_of(LIKELY, LIKELY, ANYBODY), st.sampled_from(sorted(WAY)), st.integers(0, 40), st.integers(0, 9),
    st.integers(1, 8),
)  # fmt: skip


def test_the_table_of_the_machine_is_the_whole_one() -> None:
    assert {act: set(states) for act, states in FROM.items()} == {Act(act): way[1] for act, way in WAY.items()}


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(deeds=st.lists(DEED, min_size=4, max_size=16))
def test_random_acts_follow_the_machine(cast: Cast, county_a: Any, deeds: list[Any]) -> None:
    at = timezone.now()
    duty = issue(cast, *PLACES, at=at)
    actors = {who: cast.actor(who) for who in SEES}
    rows = {place: Row(due=duty.due_at, watch=watch_of("issued", duty.due_at, at)) for place in PLACES}
    for (who, place), act, hours, luck, days in deeds:
        at += timedelta(hours=hours)
        stale, words = luck == 0, luck != 1
        said: dict[str, Any] = {"text": "写明情况。" if words else " "}
        if act == "ask":
            said["until"] = local(at).date() + timedelta(days=days)
        row, line = rows[place], line_at(cast, duty, place)
        expected = refusal(row, who, act, place, at, stale=stale, words=words, days=days)
        try:
            do(actors[who], line, act, at=at, version=row.version + (1 if stale else 0), **said)
            status = 0
        except DomainError as error:
            status = error.status
        assert status == expected, (who, place, act, row)
        rows[place] = row if status else after(row, act, at, days)
        agrees(line_at(cast, duty, place), rows[place])
        assert LineStep.objects.filter(line=line).count() == rows[place].version
    assert not list(steps_agree(list(Line.objects.filter(duty=duty))))
    figures_agree(cast, duty, rows, at)


def is_shown(row: Row, state: str, at: datetime) -> bool:
    if state == LATE:
        return row.late(at)
    return row.ended is None if state == "open" else row.state in WAITS_FOR or row.asked is not None


def figures_agree(cast: Cast, duty: Duty, rows: dict[str, Row], at: datetime) -> None:
    """The ledger, its filters and its file say what a recount of the plain rows says, now and later."""
    officer = cast.actor("township_officer")
    names = {"v1": "张庄村", "v2": "李庄村", "g1": "张庄村 第一网格"}
    for when in (at, duty.due_at, at + timedelta(days=30)):
        told = counts_by_duty(officer, Wanted(), [duty.id], at=when)[duty.id]
        assert told == recount(list(rows.values()), when)
        valid = [row for row in rows.values() if row.state != "withdrawn"]
        assert told.rate == (sum(row.state == "struck" for row in valid) / len(valid) if valid else None)
        for state in (LATE, WAITS, "open"):
            found = lines_for(officer, Wanted(state=state), at=when).filter(duty=duty)
            shown = {place: row for place, row in rows.items() if is_shown(row, state, when)}
            assert {line.name for line in found} == {names[place] for place in shown}, state
            assert counts_of(found, at=when) == recount(list(shown.values()), when), state
        lines = Line.objects.filter(duty=duty).select_related("duty")
        table = {line[HEADS.index("承办")]: line for line in lines_of(lines, when)}
        for place, row in rows.items():
            told_late = row.late(when) or (row.reported is not None and row.reported > row.due)
            assert table[names[place]][HEADS.index("超期")] == ("是" if told_late else "")
            assert table[names[place]][HEADS.index("退回次数")] == row.sent_back

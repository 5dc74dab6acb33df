"""The ways that a demo case goes, and when each step happens. Pure: no database, no clock of its own."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random
from typing import Final

from shanzhi.cases.catalogue import State
from shanzhi.lib.times import local


@dataclass(frozen=True)
class Move:
    """One act: by whom (a kind of person), the state it leads to, and the list of words it is said in."""

    act: str
    by: str
    state: State
    words: str = ""
    to: str = ""


_REPORT = Move("report", "reporter", State.REPORTED)
_ACCEPT = Move("accept", "village", State.ACCEPTED, "accept")
_TO_GRID = Move("dispatch", "village", State.DISPATCHED, "dispatch", "grid")
_START = Move("start", "grid", State.HANDLING, "start")
_HANDLE = Move("handle", "grid", State.HANDLED, "done")
_VERIFY = Move("verify", "village", State.VERIFIED, "verify")
_CLOSE = Move("close", "village", State.CLOSED, "close")
_UP = Move("escalate", "village", State.REPORTED, "escalate")
_GRID: Final = (_TO_GRID, _START, _HANDLE)


def _level(level: str, unit: str) -> tuple[Move, ...]:
    """Accepted, given to a unit, handled, verified and closed at one level above the village."""
    return (
        Move("accept", level, State.ACCEPTED, "accept"),
        Move("dispatch", level, State.DISPATCHED, "dispatch", unit),
        Move("start", unit, State.HANDLING, "start"),
        Move("handle", unit, State.HANDLED, "done"),
        Move("verify", level, State.VERIFIED, "verify"),
        Move("close", level, State.CLOSED, "close"),
    )


WAYS: Final[dict[str, tuple[Move, ...]]] = {
    "spot": (Move("report", "worker", State.HANDLED), _VERIFY, _CLOSE),
    "village": (_REPORT, _ACCEPT, Move("handle", "village", State.HANDLED, "done"), _VERIFY, _CLOSE),
    "grid": (_REPORT, _ACCEPT, *_GRID, _VERIFY, _CLOSE),
    "bounced": (
        _REPORT, _ACCEPT, Move("dispatch", "village", State.DISPATCHED, "dispatch", "wrong"),
        Move("return", "wrong", State.RETURNED, "return_handler"), *_GRID, _VERIFY, _CLOSE,
    ),
    "again": (
        _REPORT, _ACCEPT, *_GRID, Move("return", "village", State.HANDLING, "return_again"),
        Move("handle", "grid", State.HANDLED, "handled_twice"), _VERIFY, _CLOSE,
    ),
    "unhappy": (
        _REPORT, _ACCEPT, *_GRID, _VERIFY, Move("close", "reporter", State.RETURNED, "unsatisfied"),
        _TO_GRID, _START, Move("handle", "grid", State.HANDLED, "handled_twice"), _VERIFY, _CLOSE,
    ),
    "unit": (_REPORT, _UP, *_level("township", "unit")),
    "down": (
        _REPORT, _UP, Move("return", "township", State.RETURNED, "return_down"), *_GRID, _VERIFY, _CLOSE,
    ),
    "county": (
        _REPORT, _UP, Move("escalate", "township", State.REPORTED, "escalate_county"), *_level("county", "department"),
    ),
    "desk": (Move("report", "township", State.REPORTED), *_level("township", "village")),
}  # fmt: skip
# How often each way is gone, in a hundred.
SHARES: Final = {
    "grid": 33, "spot": 19, "unit": 17, "village": 10, "bounced": 6, "desk": 5, "again": 4, "unhappy": 3, "down": 2,
    "county": 1,
}  # fmt: skip
LATE: Final = 0.14
# How long people take for a step, in hours: usually, and with danger to life. The clocks are the kinds' own.
PACE: Final[dict[State, tuple[int, int]]] = {
    State.REPORTED: (24, 1),
    State.ACCEPTED: (24, 1),
    State.RETURNED: (24, 1),
    State.DISPATCHED: (168, 24),
    State.HANDLED: (72, 24),
    State.VERIFIED: (168, 168),
}
HOURS: Final = (24, 72, 168, 360)
# When things are reported: weight of each hour of the day.
REPORTED_AT: Final = {6: 2, 7: 6, 8: 11, 9: 12, 10: 9, 11: 5, 12: 3, 13: 3, 14: 6, 15: 8, 16: 9, 17: 9, 18: 6, 19: 5,
                      20: 3, 21: 1, 22: 1, 0: 1}  # fmt: skip
OFFICE: Final = (8, 18)
AWAKE: Final = (7, 21)


def pace(state: State, *, urgent: bool) -> timedelta:
    """How long the step after this state takes at most, if nobody is late."""
    return timedelta(hours=PACE[state][1 if urgent else 0])


def spoken_hour(random: Random, day: datetime) -> datetime:
    """A moment of this day at which people report things."""
    hour = random.choices(list(REPORTED_AT), weights=list(REPORTED_AT.values()))[0]
    return local(day).replace(hour=hour, minute=random.randrange(60), second=random.randrange(60), microsecond=0)


def in_hours(random: Random, at: datetime, by: str, *, urgent: bool) -> datetime:
    """The moment itself, or the next morning if nobody of this kind works then; danger to life knows no hours."""
    here = local(at)
    first, last = AWAKE if by in {"grid", "wrong", "worker", "reporter"} else OFFICE
    if urgent or first <= here.hour < last:
        return at
    morning = here + timedelta(days=1) if here.hour >= last else here
    return morning.replace(hour=first, minute=random.randrange(5, 55), second=random.randrange(60), microsecond=0)


def times(
    random: Random, way: Sequence[Move], received: datetime, *, urgent: bool, hours: int, late: bool
) -> list[datetime]:
    """When each move is made: mostly well within its limit, one of them after it if the case is to be late."""
    out = [received]
    waits = range(1, len(way) - 1)
    slow = random.choice(waits) if late and waits else 0
    due = received + pace(way[0].state, urgent=urgent)
    for index, move in enumerate(way[1:], 1):
        limit = max(due - out[-1], timedelta(minutes=30))
        part = random.uniform(1.1, 1.9) if index == slow else 0.02 + 0.75 * random.betavariate(1.2, 4.5)
        hurried = urgent and move.act not in {"verify", "close"}
        at = in_hours(random, out[-1] + max(limit * part, timedelta(minutes=4)), move.by, urgent=hurried)
        if move.act == "close" and at >= due:  # after seven days of silence it would have closed by itself
            at = max(out[-1] + timedelta(minutes=4), due - timedelta(hours=random.randint(1, 9)))
        out.append(at.replace(microsecond=0))
        due = _due(out[-1], due, move, urgent=urgent, hours=hours)
    return out


def _due(at: datetime, due: datetime, move: Move, *, urgent: bool, hours: int) -> datetime:
    """The limit of the step after this one; a handler who begins keeps the one that the dispatch gave."""
    if move.state == State.CLOSED:
        return at
    if move.act == "start":
        return due
    if move.act == "dispatch":
        return at + timedelta(hours=hours)
    return at + pace(State.DISPATCHED if move.state == State.HANDLING else move.state, urgent=urgent)

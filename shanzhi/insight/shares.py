"""What one case contributes to the roll-ups: read from its columns by the table of facts, in the form in which it is
kept, and what its going from one share to another changes in the places above it."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from django.db.models import BooleanField, ExpressionWrapper, Q

from shanzhi.areas.paths import WIDTH
from shanzhi.cases.catalogue import State
from shanzhi.cases.models import CallBack, Case
from shanzhi.cases.rates.facts import CALLED, CALLS, FACTS, MOMENTS, WHOLE, Fact
from shanzhi.lib.times import local

RULES: Final = 2  # add one whenever a fact, its condition or the form below changes: every county is then recounted
_OPEN: Final = WHOLE & Q(ended_at=None)
_STILL: Final = Q(state=State.SUSPENDED)
# What stands open now, by the day on which it came in or on which its step is due; it goes when the case ends.
STANDING: Final[dict[str, Fact]] = {
    "waiting": Fact("received_at", _OPEN),
    "paused": Fact("received_at", _OPEN & _STILL),
    "endless": Fact("received_at", _OPEN & ~_STILL & Q(due_at=None)),
    "running": Fact("due_at", _OPEN & ~_STILL),
}
DAILY: Final = (*FACTS, *CALLS)  # what counts for a day, for good
COLUMNS: Final = (*DAILY, *STANDING)
BITS: Final = {name: 1 << number for number, name in enumerate(COLUMNS)}

Day = tuple[str, str, int]  # path, roles that see it, ordinal of the day
Pair = tuple[str, str, int, int]  # the same with the day of the rating and that of the call


@dataclass(frozen=True, slots=True)
class Share:
    """`days` are (ordinal, bits of COLUMNS) in their order, `pair` (rated on, called on, satisfied by the rating)."""

    path: str
    shown: str
    days: tuple[tuple[int, int], ...] = ()
    pair: tuple[int, int, int] | None = None

    @property
    def text(self) -> str:
        """As `Counted.facts` keeps it: 739926:3 739930:1c /739930.739931.1"""
        pair = ["/" + ".".join(map(str, self.pair))] if self.pair else []
        return " ".join([*(f"{day}:{bits:x}" for day, bits in self.days), *pair])

    @classmethod
    def read(cls, path: str, shown: str, text: str) -> "Share":
        pair: tuple[int, int, int] | None = None
        days = []
        for word in text.split():
            if word.startswith("/"):
                rated, called, satisfied = map(int, word[1:].split("."))
                pair = rated, called, satisfied
            else:
                day, _, bits = word.partition(":")
                days.append((int(day), int(bits, 16)))
        return cls(path, shown, tuple(days), pair)


def ordinal(at: datetime) -> int:
    """The day in China."""
    return local(at).toordinal()


@dataclass
class Sums:
    """What is to be added to the rows of places."""

    days: dict[Day, list[int]] = field(default_factory=dict)
    pairs: dict[Pair, list[int]] = field(default_factory=dict)

    def add(self, share: Share, sign: int = 1) -> None:
        """At the place itself and at every place above it."""
        for end in range(WIDTH, len(share.path) + 1, WIDTH):
            path = share.path[:end]
            for day, bits in share.days:
                row = self.days.get((path, share.shown, day))
                if row is None:
                    row = self.days[path, share.shown, day] = [0] * len(COLUMNS)
                number = 0
                while bits:
                    if bits & 1:
                        row[number] += sign
                    bits >>= 1
                    number += 1
            if share.pair is not None:
                rated, called, satisfied = share.pair
                both = self.pairs.setdefault((path, share.shown, rated, called), [0, 0])
                both[0] += sign
                both[1] += sign * satisfied

    def change(self, old: Share | None, new: Share) -> None:
        """From one to the other; most acts change one fact of one day, and touch nothing else."""
        if old is None or (old.path, old.shown) != (new.path, new.shown):
            if old is not None:
                self.add(old, -1)
            self.add(new)
            return
        was, now = dict(old.days), dict(new.days)
        gone = tuple((day, bits & ~now.get(day, 0)) for day, bits in old.days if bits & ~now.get(day, 0))
        come = tuple((day, bits & ~was.get(day, 0)) for day, bits in new.days if bits & ~was.get(day, 0))
        same = old.pair == new.pair
        self.add(Share(old.path, old.shown, gone, None if same else old.pair), -1)
        self.add(Share(new.path, new.shown, come, None if same else new.pair))

    def drop_nothing(self) -> None:
        """Forget what adds up to no change."""
        self.days = {key: row for key, row in self.days.items() if any(row)}
        self.pairs = {key: row for key, row in self.pairs.items() if any(row)}


def shares(ids: Collection[int]) -> dict[int, Share]:
    """The shares of these cases as they stand, in two statements."""
    return dict(shares_of(case_rows(Case.objects.filter(id__in=ids).order_by()), ids))


def shares_of(rows: Iterable[Any], ids: Collection[int]) -> Iterator[tuple[int, Share]]:
    """The same for rows that were read with `case_rows`."""
    calls = _calls(ids)
    for row in rows:
        yield row[0], _share(row, calls.get(row[0]))


def case_rows(cases: Any) -> Any:
    """What a share is made of, for any query of cases."""
    flags = _flags()
    return cases.annotate(**flags).values_list(*_NAMES, *flags)


_TIMES: Final = (*MOMENTS, "due_at")
_NAMES: Final = ("id", "area_path", "seen_by", *_TIMES)
_FIRST: Final = len(_NAMES)
_BY_MOMENT: Final = [(_TIMES.index(fact.moment), BITS[name]) for name, fact in (*FACTS.items(), *STANDING.items())]


def _flags() -> dict[str, Any]:
    """Each fact as a column that says whether it holds: the conditions are those that counting uses."""
    found = {f"is_{name}": MOMENTS[fact.moment] & fact.condition for name, fact in FACTS.items()}
    found |= {f"is_{name}": fact.condition for name, fact in STANDING.items()}
    return {name: ExpressionWrapper(condition, BooleanField()) for name, condition in found.items()}


def _share(row: Any, call: tuple[int, int, int | None, bool] | None) -> Share:
    days: dict[int, int] = defaultdict(int)
    on = [ordinal(at) if at is not None else 0 for at in row[3:_FIRST]]
    for (place, bit), holds in zip(_BY_MOMENT, row[_FIRST:], strict=True):
        if holds and on[place]:
            days[on[place]] |= bit
    pair = None
    if call is not None:
        day, bits, rated, satisfied = call
        days[day] |= bits
        pair = (rated, day, int(satisfied)) if rated is not None else None
    return Share(row[1], row[2], tuple(sorted(days.items())), pair)


def _calls(ids: Collection[int]) -> dict[int, tuple[int, int, int | None, bool]]:
    """By case: day, bits, day of the reporter's rating and whether that was satisfied."""
    flags = {f"is_{name}": ExpressionWrapper(CALLED & condition, BooleanField()) for name, condition in CALLS.items()}
    rows: Any = CallBack.objects.filter(CALLED, case_id__in=ids, at__isnull=False).order_by()
    found = {}
    columns = ("case_id", "at", "case__rated_at", "case__satisfied", *flags)
    for case_id, at, rated_at, satisfied, *holds in rows.annotate(**flags).values_list(*columns):
        bits = sum(BITS[name] for name, is_so in zip(CALLS, holds, strict=True) if is_so)
        found[case_id] = (ordinal(at), bits, None if rated_at is None else ordinal(rated_at), bool(satisfied))
    return found

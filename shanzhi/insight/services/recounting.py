"""Counting everything anew from the cases, and saying what was different: the proof of the roll-ups, and their repair.

A county that was never counted, or by other rules, is built by the same. It holds the county's lock in one
transaction; acts go on meanwhile, since a mark is an insert, and what they change is rolled afterwards.
"""

from dataclasses import dataclass, field
from datetime import date, datetime
from itertools import islice
from typing import Any, Final

from django.db.models import F, Q
from django.db.transaction import atomic

from shanzhi.access.actor import PathRange
from shanzhi.areas.paths import WIDTH
from shanzhi.cases.models import Case
from shanzhi.insight.models import Counted, PlaceDay, PlacePair, Rolling, Touched
from shanzhi.insight.services.rolling import PAIR, add, keep, kept, locked, roll_all
from shanzhi.insight.shares import COLUMNS, RULES, Sums, case_rows, shares_of

CHUNK: Final = 2000
SAMPLES: Final = 20


@dataclass
class Recount:
    """How many cases there are, how many were counted otherwise, how many rows of places said otherwise, and some of
    them in words. `first`: there was nothing to compare with."""

    first: bool = False
    cases: int = 0
    wrong_cases: int = 0
    rows: int = 0
    wrong_rows: int = 0
    samples: list[str] = field(default_factory=list)

    @property
    def agrees(self) -> bool:
        return not self.wrong_cases and not self.wrong_rows

    def note(self, words: str) -> None:
        if len(self.samples) < SAMPLES:
            self.samples.append(words)


def recount(*, at: datetime) -> Recount:
    """Compare the current county's roll-ups with its cases and mend what differs.

    What is marked is rolled first, so that a difference is an error and not a delay; an act that commits while this
    reads may still show as one.
    """
    roll_all(at=at)
    with atomic():
        rolling = locked()
        found = Recount(first=rolling.rules != RULES)
        if found.first:
            for model in (Counted, PlaceDay, PlacePair):
                model.objects.all().delete()
        Touched.objects.all().delete()  # before the cases are read: what commits later keeps its mark
        above = Sums()
        for top in _tops():
            sums = _counted(top, found)
            _lift(sums, above)
            if len(top) > WIDTH:
                _compare(sums, PathRange.below(top), found)
        _compare(above, None, found)
        Rolling.objects.filter(id=rolling.id).update(
            rules=RULES, batch=F("batch") + 1, counted_at=at, recounted_at=at
        )  # fmt: skip
    roll_all(at=at)
    return found


def _tops() -> list[str]:
    """The townships that have cases or rows, and the county for what lies in none of them: each case in one."""
    tops = set(Case.objects.order_by().values_list("town_path", flat=True).distinct())
    roots = {top[:WIDTH] for top in tops} | set(PlaceDay.objects.filter(up="").values_list("path", flat=True))
    return sorted(tops | set(PlaceDay.objects.filter(up__in=roots).values_list("path", flat=True)))


def _counted(top: str, found: Recount) -> Sums:
    """What the cases of a township add up to; those that were counted otherwise are noted, and mended."""
    sums = Sums()
    rows = case_rows(Case.objects.filter(town_path=top).order_by()).iterator(CHUNK)
    while part := list(islice(rows, CHUNK)):
        ids = [row[0] for row in part]
        before, write = kept(ids), []
        for case_id, share in shares_of(part, ids):
            sums.add(share)
            found.cases += 1
            if share != before.get(case_id):
                write.append(Counted(id=case_id, path=share.path, shown=share.shown, facts=share.text))
                if not found.first:
                    found.note(f"case {case_id}: {before.get(case_id)} is {share}")
        if not found.first:
            found.wrong_cases += len(write)
        keep(write)
    return sums


def _lift(sums: Sums, above: Sums) -> None:
    """Take what belongs to the county as a whole over into its own sums."""
    for day in [key for key in sums.days if len(key[0]) == WIDTH]:
        row = above.days.setdefault(day, [0] * len(COLUMNS))
        above.days[day] = [a + b for a, b in zip(row, sums.days.pop(day), strict=True)]
    for pair in [key for key in sums.pairs if len(key[0]) == WIDTH]:
        row = above.pairs.setdefault(pair, [0, 0])
        above.pairs[pair] = [a + b for a, b in zip(row, sums.pairs.pop(pair), strict=True)]


def _compare(sums: Sums, part: PathRange | None, found: Recount) -> None:
    """Rows of a township and below, or with None those of the county, become what was counted."""
    where = Q(up="") if part is None else Q(path__gte=part.lo, path__lt=part.hi)
    found.rows += len(sums.days) + len(sums.pairs)
    missing = Sums(dict(sums.days), dict(sums.pairs))
    mend: list[tuple[Any, dict[str, int], bool]] = []
    for row in PlaceDay.objects.filter(where).iterator(CHUNK):
        counted = missing.days.pop((row.path, row.shown, row.day.toordinal()), [0] * len(COLUMNS))
        _gather(mend, row, COLUMNS, counted)
    for pair in PlacePair.objects.filter(where).iterator(CHUNK):
        place = (pair.path, pair.shown, pair.rated_on.toordinal(), pair.called_on.toordinal())
        both = missing.pairs.pop(place, [0, 0])
        _gather(mend, pair, PAIR, both)
    for line, wrong, stays in mend:
        _settle(line, wrong, stays, found)
    if not found.first:
        found.wrong_rows += len(missing.days) + len(missing.pairs)
        for path, _, day in missing.days:
            found.note(f"{path} {date.fromordinal(day)}: no row")
        for path, _, rated, called in missing.pairs:
            found.note(f"{path} {date.fromordinal(rated)}/{date.fromordinal(called)}: no row")
    add(missing)


def _gather(mend: list[Any], row: Any, columns: tuple[str, ...], counted: list[int]) -> None:
    """A row that says otherwise, or nothing any more; most are right and need not be kept in mind."""
    wrong = {name: number for name, number in zip(columns, counted, strict=True) if getattr(row, name) != number}
    if wrong or not any(counted):
        mend.append((row, wrong, any(counted)))


def _settle(row: Any, wrong: dict[str, int], stays: bool, found: Recount) -> None:
    """Correct a row; one of nothing but noughts, which is right, is taken away."""
    if wrong:
        found.wrong_rows += 1
        was = {name: getattr(row, name) for name in wrong}
        on = row.day if isinstance(row, PlaceDay) else f"{row.rated_on}/{row.called_on}"
        found.note(f"{row.path} {on}: {was} is {wrong}")
        type(row).objects.filter(id=row.id).update(**wrong)
    if not stays:
        type(row).objects.filter(id=row.id).delete()

"""The roller: takes cases that changed, and adds to the rows of their places what is different now.

One transaction a batch: the marks go, `Counted` says what is counted now, and the rows have it. A roller that dies
in between leaves the marks of its batch. Marks are taken away before the cases are read, so a change that commits
meanwhile either is read or keeps its mark. The row of the county is locked: a second roller waits for its turn.
"""

from collections.abc import Collection, Iterable
from datetime import date, datetime
from typing import Any, Final

from django.db import connection
from django.db.models import F
from django.db.transaction import atomic

from shanzhi.areas.paths import WIDTH
from shanzhi.insight.models import Counted, Rolling, Touched
from shanzhi.insight.shares import COLUMNS, RULES, Share, Sums, shares
from shanzhi.tenancy.context import county, current
from shanzhi.tenancy.ids import new_id

BATCH: Final = 1000
ROWS: Final = 400  # a statement
PAIR: Final = ("pairs", "pairs_satisfied")


def roll(*, at: datetime, size: int = BATCH) -> int:
    """Count one batch of marks; how many there were. Nothing for a county that has not been counted in full."""
    if not _waiting():
        return 0
    with atomic():
        rolling = locked()
        if rolling.rules != RULES:
            return 0
        marks = list(Touched.objects.order_by("id").values_list("id", "case_id")[:size])
        if marks:
            Touched.objects.filter(id__in=[mark for mark, _ in marks]).delete()
            add(changed({case_id for _, case_id in marks}))
            Rolling.objects.filter(id=rolling.id).update(batch=F("batch") + 1, counted_at=at)
    return len(marks)


def roll_all(*, at: datetime, most: int = 1000) -> int:
    """Batch after batch until there is less than one left; returns how many marks were taken."""
    total = 0
    for _ in range(most):
        taken = roll(at=at)
        total += taken
        if taken < BATCH:
            break
    return total


def _waiting() -> bool:
    """On SQLite this takes no lock from those who write."""
    with county(current()):
        return Touched.objects.exists()


def locked() -> Rolling:
    """The county's row; whoever has it is the only one who counts until the transaction ends."""
    rolling, _ = Rolling.objects.select_for_update().get_or_create(id=current())
    return rolling


def changed(ids: Collection[int]) -> Sums:
    """What is different of these cases since they were counted; notes that they are counted so now."""
    sums, write = Sums(), []
    before = kept(ids)
    for case_id, share in shares(ids).items():
        old = before.get(case_id)
        if share != old:
            sums.change(old, share)
            write.append(Counted(id=case_id, path=share.path, shown=share.shown, facts=share.text))
    keep(write)
    sums.drop_nothing()
    return sums


def keep(rows: list[Counted]) -> None:
    """Note how these cases are counted now."""
    Counted.objects.bulk_create(
        rows, batch_size=ROWS, update_conflicts=True, unique_fields=["county_id", "id"],
        update_fields=["path", "shown", "facts"],
    )  # fmt: skip


def kept(ids: Collection[int]) -> dict[int, Share]:
    """What these cases were counted as."""
    rows = Counted.objects.filter(id__in=ids).values_list("id", "path", "shown", "facts")
    return {row[0]: Share.read(*row[1:]) for row in rows}


def add(sums: Sums) -> None:
    """Add to the rows of the places; a row that is not there begins with nothing."""
    _upsert(
        "insight_placeday", ("day",), COLUMNS,
        ((path, shown, (date.fromordinal(day),), row) for (path, shown, day), row in sorted(sums.days.items())),
    )  # fmt: skip
    _upsert(
        "insight_placepair", ("called_on", "rated_on"), PAIR,
        ((path, shown, (date.fromordinal(called), date.fromordinal(rated)), row)
         for (path, shown, rated, called), row in sorted(sums.pairs.items())),
    )  # fmt: skip


def _upsert(table: str, days: tuple[str, ...], columns: tuple[str, ...], rows: Iterable[Any]) -> None:
    """INSERT … ON CONFLICT DO UPDATE SET n = n + what is new: the one form that the ORM does not write."""
    names = ("id", "county_id", "path", "up", "shown", *days, *columns)
    sums = ", ".join(f"{name} = {table}.{name} + excluded.{name}" for name in columns)
    tail = f" ON CONFLICT (county_id, path, {', '.join(days)}, shown) DO UPDATE SET {sums}"
    head = f"INSERT INTO {table} ({', '.join(names)}) VALUES "  # noqa: S608
    one = f"({', '.join(['%s'] * len(names))})"
    values, number = list(rows), current()
    adapt = connection.ops.adapt_datefield_value
    for start in range(0, len(values), ROWS):
        part = values[start : start + ROWS]
        params = [
            value
            for path, shown, on, row in part
            for value in (new_id(), number, path, path[:-WIDTH], shown, *map(adapt, on), *row)
        ]
        with connection.cursor() as cursor:
            cursor.execute(head + ", ".join([one] * len(part)) + tail, params)

"""The official register of divisions: bulk import, and the single rows that a county's own acts change.

The register is global and holds no county's data. A row is written only if something in it differs, so that the same
file twice changes nothing.
"""

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass, field
from itertools import islice

from django.db import connection
from django.db.transaction import atomic

from shanzhi.areas.checking import Checker, Fault, Gone, Known, Row
from shanzhi.areas.codes import kind_of
from shanzhi.areas.models import Area, Division
from shanzhi.areas.source import Source

BATCH = 5_000
Progress = Callable[[int, int], None]
_COLUMNS = "code, name, level, parent_code, kind, status, successor_code"
_CHANGES = "name = excluded.name, level = excluded.level, parent_code = excluded.parent_code, kind = excluded.kind"


@dataclass(slots=True)
class Counts:
    """What a file holds against the register. `outside` rows belong to other counties and are left alone."""

    rows: int = 0
    new: int = 0
    changed: int = 0
    same: int = 0
    outside: int = 0
    bad: int = 0

    def as_dict(self) -> dict[str, int]:
        return asdict(self)


@dataclass(slots=True)
class Outcome:
    counts: Counts
    faults: list[Fault] = field(default_factory=list)


def known_load() -> Known:
    """What the checker must know of the register: everything above villages, and everything abolished."""
    levels = dict(
        Division.objects.filter(status=Division.Status.CURRENT).exclude(level="village").values_list("code", "level")
    )
    gone_rows = {row.code: row for row in Division.objects.filter(status=Division.Status.ABOLISHED)}
    heirs = {row.code: _last_heir(row.code, gone_rows) for row in gone_rows.values()}
    names = dict(Division.objects.filter(code__in=set(heirs.values()) - {""}).values_list("code", "name"))
    gone = {code: Gone(row.name, heirs[code], names.get(heirs[code], "")) for code, row in gone_rows.items()}
    return Known(levels=levels, gone=gone)


def _last_heir(code: str, gone: dict[str, Division]) -> str:
    """The code in force that took over, along the chain of successors; empty if the chain ends in nothing."""
    seen = {code}
    heir = gone[code].successor_code
    while heir in gone and heir not in seen:
        seen.add(heir)
        heir = gone[heir].successor_code
    return "" if heir in gone else heir


def register_import(
    source: Source, *, dry_run: bool, progress: Progress, check: Callable[[], None] = lambda: None
) -> Outcome:
    """Take a whole file into the register, in transactions of 5,000 rows; a dry run only counts.

    Killed and begun again it ends in the same state. Bad rows come back; good rows below a bad one do not go in.
    """
    checker = Checker(source, known_load())
    counts = Counts()
    rows = checker.rows()
    while batch := list(islice(rows, BATCH)):
        check()
        wanted = _differing(batch, counts)
        if wanted and not dry_run:
            with atomic():
                rows_write(wanted)
        progress(batch[-1].number - 1, source.size)
    counts.bad = checker.bad
    counts.rows = counts.new + counts.changed + counts.same + counts.bad
    progress(source.size, source.size)
    return Outcome(counts, checker.faults)


def rows_put(rows: Sequence[Row]) -> Counts:
    """Write the rows that differ from the register, inside the caller's transaction; returns what they were."""
    counts = Counts()
    for batch in _batches(rows):
        wanted = _differing(batch, counts)
        if wanted:
            rows_write(wanted)
    return counts


def rows_compare(rows: Sequence[Row]) -> Counts:
    """What writing these rows would change."""
    counts = Counts()
    for batch in _batches(rows):
        _differing(batch, counts)
    return counts


def _batches(rows: Iterable[Row]) -> Iterator[list[Row]]:
    found = iter(rows)
    while batch := list(islice(found, BATCH)):
        yield batch


def _differing(batch: Sequence[Row], counts: Counts) -> list[Row]:
    stored = {code: rest for code, *rest in _stored([row.code for row in batch])}
    wanted = []
    for row in batch:
        there = stored.get(row.code)
        if there is None:
            counts.new += 1
            wanted.append(row)
        elif there != [row.name, row.level, row.parent]:
            counts.changed += 1
            wanted.append(row)
        else:
            counts.same += 1
    return wanted


def _stored(codes: list[str]) -> list[tuple[str, str, str, str]]:
    """Code, name, level and parent of those that are there; one array for all codes, four times as fast as a list."""
    values: list[str] | str = codes
    among = "= ANY(%s)"
    if connection.vendor == "sqlite":
        among, values = "IN (SELECT value FROM json_each(%s))", json.dumps(codes)
    table = Division._meta.db_table
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT code, name, level, parent_code FROM {table} WHERE code {among}", [values])  # noqa: S608
        return list(cursor.fetchall())


def rows_write(rows: Sequence[Row]) -> None:
    """Insert or update in one statement: arrays on PostgreSQL, one prepared statement for all rows on SQLite."""
    table = Division._meta.db_table
    values = [(row.code, row.name, row.level, row.parent, kind_of(row.code)) for row in rows]
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(
                f"INSERT INTO {table} ({_COLUMNS})"  # noqa: S608  # names of our own, no value
                " SELECT code, name, level, parent_code, kind, 'current', '' FROM"
                " unnest(%s::text[], %s::text[], %s::text[], %s::text[], %s::text[])"
                " AS t (code, name, level, parent_code, kind)"
                f" ON CONFLICT (code) DO UPDATE SET {_CHANGES}",
                [list(column) for column in zip(*values, strict=True)],
            )
        else:
            cursor.executemany(
                f"INSERT INTO {table} ({_COLUMNS}) VALUES (%s, %s, %s, %s, %s, 'current', '')"  # noqa: S608
                f" ON CONFLICT (code) DO UPDATE SET {_CHANGES}",
                values,
            )


def division_put(area: Area, parent_code: str) -> None:
    """The register's row of a place that a county added or moved."""
    rows_write([Row(0, area.code, area.name, area.level, parent_code)])


def division_rename(area: Area, old_code: str) -> None:
    """The register's row of a renamed place; a new code leaves the old one behind as abolished with its successor."""
    if area.code == old_code:
        Division.objects.filter(code=old_code).update(name=area.name)
        return
    old = Division.objects.filter(code=old_code).first()
    parent_code = old.parent_code if old else area.parent.code if area.parent else ""
    division_put(area, parent_code)
    division_end(old_code, area.code)


def division_end(code: str, successor_code: str) -> None:
    """A division is abolished; what stood below it and goes on stands below its successor."""
    Division.objects.filter(code=code).update(status=Division.Status.ABOLISHED, successor_code=successor_code)
    if successor_code:
        Division.objects.filter(parent_code=code, status=Division.Status.CURRENT).update(parent_code=successor_code)

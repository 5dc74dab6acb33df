"""Invented cases into the tables, as fast as the database takes them: COPY on PostgreSQL, bulk inserts on SQLite.

On PostgreSQL the owner lifts the forced row-level security of the tables while it copies (COPY is refused under it)
and puts it back. Millions are copies of one chunk; while they come in, indexes and constraints are lifted too.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from itertools import islice
from typing import Any, Final

import psycopg
from django.db import connection
from django.db.transaction import atomic

from bench.blocks import Block
from bench.rows import COLUMNS, Writer
from bench.world import Story
from shanzhi.cases.models import MonthCounter

CHUNK: Final = 20_000
MARKED: Final = "cases_case"  # each row that is written would leave a mark for the roll-ups
# Everything that is checked or kept up row by row: built or added once, after the rows. The references need no second
# look: they hold in the chunk that was copied.
LIFTED: Final = """
SELECT format('ALTER TABLE %%s DROP CONSTRAINT %%I', conrelid::regclass, conname),
       format('ALTER TABLE %%s ADD CONSTRAINT %%I %%s', conrelid::regclass, conname, pg_get_constraintdef(oid))
       || CASE WHEN contype = 'f' AND convalidated THEN ' NOT VALID' ELSE '' END
FROM pg_constraint WHERE conrelid = ANY(%s::regclass[]) AND contype IN ('f', 'u', 'p')
ORDER BY contype
"""
INDEXES: Final = """
SELECT format('DROP INDEX %%s', i.indexrelid::regclass), pg_get_indexdef(i.indexrelid)
FROM pg_index i WHERE i.indrelid = ANY(%s::regclass[])
  AND NOT EXISTS (SELECT FROM pg_constraint c WHERE c.conindid = i.indexrelid)
"""


def chunks(stories: Iterator[Story], size: int = CHUNK) -> Iterator[list[Story]]:
    while chunk := list(islice(stories, size)):
        yield chunk


def copy_in(
    stories: Iterator[Story], writer: Writer, *, owner_url: str, copies: int = 1,
    say: Callable[[str], None] = lambda text: None,
) -> int:  # fmt: skip
    """All of them, then what the house counts on (the month counters) and fresh statistics; returns how many rows.

    With `copies` (PostgreSQL only) everything that often, each copy under ids and numbers of its own.
    """
    if connection.vendor == "postgresql":
        with psycopg.connect(owner_url) as owner, _unforced(owner):
            if copies > 1:
                done = _multiply(owner, stories, writer, copies, say)
            else:
                done = _load(stories, writer, lambda table, rows: _copy(owner, table, rows, writer))
    else:
        with atomic():
            done = _load(stories, writer, _insert)
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")
    _count_on(writer.months)
    return done


def _load(stories: Iterator[Story], writer: Writer, put: Any) -> int:
    done = 0
    for chunk in chunks(stories):
        for table, rows in writer.rows(chunk).items():
            put(table, rows)
            done += len(rows)
    return done


def _multiply(
    owner: "psycopg.Connection[Any]", stories: Iterator[Story], writer: Writer, copies: int,
    say: Callable[[str], None],
) -> int:  # fmt: skip
    """The chunk of these stories, that often."""
    made = writer.rows(stories)
    once = dict(writer.months)
    blocks = {table: Block.of(rows, once) for table, rows in made.items()}
    count = sum(len(rows) for rows in made.values()) * copies
    made.clear()
    with _lifted(owner, say):
        for table, block in blocks.items():
            names = ", ".join(COLUMNS[table])
            with owner.cursor() as cursor, cursor.copy(f"COPY {table} ({names}) FROM STDIN".encode()) as copy:
                for number in range(copies):
                    copy.write(block.copy(number))
            owner.commit()
            say(f"{table}: {copies} copies")
    writer.months = {month: last * copies for month, last in once.items()}
    return count


@contextmanager
def _lifted(owner: "psycopg.Connection[Any]", say: Callable[[str], None]) -> Iterator[None]:
    """Without constraints and indexes; put back one after the other, the constraints of keys last lifted first."""
    tables = [list(COLUMNS)]
    owner.execute("SET maintenance_work_mem = '1GB'")
    constraints = owner.execute(LIFTED, tables).fetchall()
    indexes = owner.execute(INDEXES, tables).fetchall()
    incoming = owner.execute(
        LIFTED.replace("conrelid = ANY", "NOT conrelid = ANY(%s::regclass[]) AND confrelid = ANY"), tables * 2
    ).fetchall()
    for drop, _add in [*incoming, *constraints, *indexes]:
        owner.execute(drop.encode())
    owner.commit()
    yield
    keys = [add for _drop, add in constraints if " FOREIGN KEY " not in add]
    for add in [*keys, *(add for _drop, add in indexes)]:
        owner.execute(add.encode())
    owner.commit()
    say(f"{len(keys) + len(indexes)} indexes")
    for _drop, add in [*constraints, *incoming]:
        if " FOREIGN KEY " in add:
            owner.execute(add.encode())
    owner.commit()


def _count_on(months: dict[str, int]) -> None:
    """The next case of a month gets the number after the last one that was copied in."""
    with atomic():
        known = {row.month: row for row in MonthCounter.objects.filter(month__in=months)}
        MonthCounter.objects.bulk_create(
            [MonthCounter(month=month, last=last) for month, last in months.items() if month not in known]
        )
        for month, row in known.items():
            MonthCounter.objects.filter(id=row.id).update(last=months[month])


@contextmanager
def _unforced(owner: "psycopg.Connection[Any]") -> Iterator[None]:
    for table in COLUMNS:
        owner.execute(f'ALTER TABLE "{table}" NO FORCE ROW LEVEL SECURITY'.encode())
    owner.execute(f'ALTER TABLE "{MARKED}" DISABLE TRIGGER USER'.encode())  # they are recounted, not rolled one by one
    owner.commit()
    try:
        yield
        owner.commit()
    finally:
        owner.rollback()
        for table in COLUMNS:
            owner.execute(f'ALTER TABLE "{table}" FORCE ROW LEVEL SECURITY'.encode())
        owner.execute(f'ALTER TABLE "{MARKED}" ENABLE TRIGGER USER'.encode())
        owner.commit()
        owner.autocommit = True
        owner.execute(f"VACUUM (ANALYZE) {', '.join(COLUMNS)}".encode())
        owner.execute("ANALYZE")


def _copy(owner: "psycopg.Connection[Any]", table: str, rows: Sequence[tuple[Any, ...]], writer: Writer) -> None:
    names = ", ".join(COLUMNS[table])
    with owner.cursor() as cursor, cursor.copy(f"COPY {table} ({names}) FROM STDIN".encode()) as copy:
        copy.write(Block.of(rows, writer.months).copy(0))


def _insert(table: str, rows: Sequence[tuple[Any, ...]]) -> None:
    names = COLUMNS[table]
    places = ", ".join(["%s"] * len(names))
    with connection.cursor() as cursor:
        sql = f"INSERT INTO {table} ({', '.join(names)}) VALUES ({places})"
        cursor.executemany(sql, [[stored(value) for value in row] for row in rows])


def stored(value: Any) -> Any:
    """A value as Django writes it on SQLite: times as UTC text without an offset."""
    if isinstance(value, datetime):
        return str(value.astimezone(UTC).replace(tzinfo=None))
    return value

"""The limit: the statements that one request made, sent again by a bare driver as fast as it can.

What a request inserts gets fresh ids and fresh unique texts each time; everything else stays as it was. Each
replayed request is one transaction, as in production.
"""

import itertools
import multiprocessing
import re
import secrets
import sqlite3
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from typing import Any, Final, Protocol
from urllib.parse import unquote, urlsplit

import psycopg

from bench.meter import Statement

INSERT: Final = re.compile(
    r'\s*INSERT INTO\s+\S+(?:\s+AS\s+\w+)?\s*\(\s*"?(\w+)"?.*?\)\s*VALUES\s*', re.IGNORECASE | re.DOTALL
)
NUMBER: Final = re.compile(r"\d{4}-\d{4,}")
PRAGMAS: Final = (
    "PRAGMA journal_mode=WAL", "PRAGMA synchronous=FULL", "PRAGMA cache_size=-64000", "PRAGMA mmap_size=268435456",
    "PRAGMA temp_store=MEMORY", "PRAGMA foreign_keys=ON",
)  # fmt: skip


@dataclass(frozen=True)
class Program:
    """Statements of one request without savepoints, and what in their parameters must be new each time."""

    statements: tuple[Statement, ...]
    ids: tuple[int, ...]
    texts: tuple[str, ...]

    @classmethod
    def of(cls, statements: Iterable[Statement], *, texts: Sequence[str] = ()) -> "Program":
        """`texts` are unique ones that the caller sent, such as an idempotency key; case numbers are found."""
        kept = tuple(one for one in statements if not one.is_savepoint)
        ids = dict.fromkeys(found for one in kept for found in inserted_ids(one))
        numbers = dict.fromkeys(found for one in kept if ids for found in _numbers(one))
        return cls(kept, tuple(ids), (*texts, *numbers))

    def fresh(self, number: Callable[[], int]) -> Mapping[Any, Any]:
        return {**{old: number() for old in self.ids}, **{old: f"B{number():x}" for old in self.texts}}


def _numbers(statement: Statement) -> list[str]:
    return [one for one in statement.params if isinstance(one, str) and NUMBER.fullmatch(one)]


def inserted_ids(statement: Statement) -> list[int]:
    """Ids of the rows that an INSERT writes, if its first column is `id`."""
    head = INSERT.match(statement.sql)
    if head is None or head[1] != "id":
        return []
    rows = statement.params if statement.many else [statement.params]
    width = _first_row(statement.sql[head.end() :]).count("%s")
    return [one for row in rows for one in row[::width] if isinstance(one, int)] if width else []


def _first_row(text: str) -> str:
    """The first parenthesis after VALUES, with what is nested in it."""
    depth = 0
    for at, character in enumerate(text):
        depth += (character == "(") - (character == ")")
        if depth == 0:
            return text[: at + 1]
    return text


def filled(params: Any, swaps: Mapping[Any, Any]) -> Any:
    """The parameters with every old value swapped for its new one, in lists too."""
    if isinstance(params, list):
        return [filled(one, swaps) for one in params]
    return swaps.get(params, params) if isinstance(params, int | str) else params


class Driver(Protocol):
    def run(self, program: Program) -> None: ...


class Counter:
    """Numbers that no other process and no id of the house has; about a million starts without a collision."""

    def __init__(self) -> None:
        start = 8_000_000_000_000_000_000 + secrets.randbelow(1_000_000) * 10**12
        self._next = itertools.count(start)

    def __call__(self) -> int:
        return next(self._next)


class Postgres:
    """One connection, every statement prepared on the server after its first use."""

    def __init__(self, url: str) -> None:
        self.connection = psycopg.connect(url)
        self.number = Counter()

    def run(self, program: Program) -> None:
        swaps = program.fresh(self.number)
        with self.connection.cursor() as cursor:
            for one in program.statements:
                params = filled(one.params, swaps)
                if one.many:
                    cursor.executemany(one.sql, params)
                else:
                    cursor.execute(one.sql, params or None, prepare=True)
                if cursor.description:
                    cursor.fetchall()
        self.connection.commit()


class Sqlite:
    """One connection with the pragmas of the house; a read opens no transaction, as in the house."""

    def __init__(self, url: str) -> None:
        path = unquote(urlsplit(url).path)[1:]
        self.connection = sqlite3.connect(path, isolation_level=None, timeout=30)
        for pragma in PRAGMAS:
            self.connection.execute(pragma)
        self.number = Counter()

    def run(self, program: Program) -> None:
        swaps = program.fresh(self.number)
        for one in program.statements:
            sql, params = question_marks(one.sql) if one.params else one.sql, filled(one.params, swaps)
            if one.many:
                self.connection.executemany(sql, params)
            else:
                self.connection.execute(sql, params).fetchall()
        if self.connection.in_transaction:
            self.connection.execute("COMMIT")


def question_marks(sql: str) -> str:
    """SQLite's own form of parameters."""
    return sql.replace("%s", "?").replace("%%", "%")


_drivers: dict[str, Driver] = {}


def driver(url: str) -> Driver:
    """The connection of this process to that database."""
    if url not in _drivers:
        _drivers[url] = Postgres(url) if url.startswith("postgres") else Sqlite(url)
    return _drivers[url]


def run_for(url: str, programs: Sequence[Program], seconds: float) -> int:
    """How many programs, one after another, ran in that time in this process."""
    found, done, end = driver(url), 0, time.monotonic() + seconds
    while time.monotonic() < end:
        found.run(programs[done % len(programs)])
        done += 1
    return done


class Replayer:
    """As many processes as the database takes at once: two on PostgreSQL, one writer on SQLite."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.clients = 2 if url.startswith("postgres") else 1
        context = multiprocessing.get_context("spawn")
        self.pools = [ProcessPoolExecutor(1, mp_context=context) for _ in range(self.clients)]

    def rate(self, programs: Sequence[Program], seconds: float) -> float:
        """Programs a second, over all clients."""
        running = [pool.submit(run_for, self.url, programs, seconds) for pool in self.pools]
        return sum(one.result() for one in running) / seconds

    def close(self) -> None:
        for pool in self.pools:
            pool.shutdown()

"""Invented cases into the tables, as fast as the database takes them: COPY on PostgreSQL, bulk inserts on SQLite.

On PostgreSQL the owner lifts the forced row-level security of the tables while it copies (COPY is refused under it)
and puts it back.
"""

import secrets
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from itertools import islice
from typing import Any, Final

import psycopg
from django.db import connection
from django.db.transaction import atomic

from bench.world import Story
from shanzhi.cases.acts import Act
from shanzhi.cases.models import CaseText, MonthCounter
from shanzhi.cases.services.numbering import month_of
from shanzhi.lib.bigrams import tokens
from shanzhi.tenancy.ids import id_at

CHUNK: Final = 20_000
LOW_BITS: Final = 1 << 22
Rows = dict[str, list[tuple[Any, ...]]]
COLUMNS: Final[dict[str, tuple[str, ...]]] = {
    "cases_case": (
        "id", "county_id", "number", "title", "body", "kind", "place", "lon", "lat", "accuracy", "urgent",
        "source", "area_id", "area_path", "owner_id", "owner_path", "raised", "handler_area_id", "handler_unit_id",
        "turn_area_id", "turn_unit_id", "reporter_id", "reporter_post_id", "reporter_name", "reporter_title", "state",
        "version", "occurred_at", "received_at", "due_at", "ended_at", "history",
    ),
    "cases_step": (
        "id", "county_id", "case_id", "version", "act", "at", "actor_id", "post_id", "actor_name", "actor_title",
        "text", "target", "satisfied", "from_state", "to_state", "was_due_at", "due_at", "link",
    ),
    "cases_assignment": (
        "id", "county_id", "case_id", "area_id", "unit_id", "state", "called_at", "due_at", "arrived_at", "ended_at",
    ),
    "cases_casetext": ("id", "county_id", "case_id", "tokens"),
    "trail_salt": ("id", "county_id", "object_type", "object_id", "value"),
    "trail_entry": (
        "id", "county_id", "at", "actor_id", "post_id", "code", "object_type", "object_id", "version", "size",
        "digest", "leaf",
    ),
}  # fmt: skip
CASE_TYPE: Final = "cases.case"


class Writer:
    """Turns stories into rows of the six tables, numbered month by month."""

    def __init__(self, county_id: int, units: Sequence[int]) -> None:
        self.county_id, self.units = county_id, units
        self.months: dict[str, int] = {}
        self._made = 0

    def _id(self, at: datetime) -> int:
        """Ordered by time like those of the house; no two alike among four million of one moment."""
        self._made += 1
        return id_at(int(at.timestamp() * 1000)) + self._made % LOW_BITS

    def rows(self, stories: Iterable[Story]) -> Rows:
        out: Rows = {table: [] for table in COLUMNS}
        for story in stories:
            self._case(story, out)
        return out

    def _case(self, story: Story, out: Rows) -> None:
        spot, first, last = story.spot, story.deeds[0], story.deeds[-1]
        case_id, county = self._id(first.at), self.county_id
        month = month_of(first.at)
        self.months[month] = self.months.get(month, 0) + 1
        number = f"{month}-{self.months[month]:04d}"
        given = any(deed.act == "dispatch" for deed in story.deeds)
        unit = self.units[case_id % len(self.units)] if given and story.at_unit else None
        grid = spot.grid.id if given and not story.at_unit else None
        at_handler = story.state in ("dispatched", "handling")
        turn = (grid, unit) if at_handler else (story.owner.id, None)
        history = self._steps(story, case_id, out)
        out["cases_case"].append((
            case_id, county, number, story.title, story.body, story.kind, story.place, story.lon, story.lat, 12,
            story.urgent, "snap", spot.grid.id, spot.grid.path, story.owner.id, story.owner.path, 0, grid, unit,
            *(turn if story.is_open else (None, None)), spot.user_id, spot.post_id, spot.worker, spot.title,
            story.state, len(story.deeds), first.at, first.at, last.due, None if story.is_open else last.at,
            history,
        ))  # fmt: skip
        words = tokens(f"{story.title} {story.body} {story.place} {number}")
        prepared = CaseText._meta.get_field("tokens").get_db_prep_value(words, connection)
        out["cases_casetext"].append((self._id(first.at), county, case_id, prepared))
        out["trail_salt"].append((self._id(first.at), county, CASE_TYPE, case_id, secrets.token_bytes(16)))
        if given:
            ended = None if at_handler else last.at
            state = "called" if story.state == "dispatched" else "arrived" if at_handler else "done"
            out["cases_assignment"].append((
                self._id(last.at), county, case_id, grid, unit, state, first.at, last.due or last.at,
                None if state == "called" else last.at, ended,
            ))  # fmt: skip

    def _steps(self, story: Story, case_id: int, out: Rows) -> str:
        """The steps with their entries of the trail; returns the last link. Proofs only have the right length."""
        spot, county, link = story.spot, self.county_id, ""
        for version, deed in enumerate(story.deeds, 1):
            link = secrets.token_hex(32)
            out["cases_step"].append((
                self._id(deed.at), county, case_id, version, deed.act, deed.at, spot.user_id, spot.post_id, spot.worker,
                spot.title, "" if version == 1 else f"{story.title}，已{deed.act}。", "", None, deed.before, deed.after,
                deed.was_due, deed.due, link,
            ))  # fmt: skip
            out["trail_entry"].append((
                self._id(deed.at), county, deed.at, spot.user_id, spot.post_id, f"cases.case.{Act(deed.act).past}",
                CASE_TYPE, case_id, version, 0, secrets.token_bytes(32), secrets.token_bytes(32),
            ))  # fmt: skip
        return link


def chunks(stories: Iterator[Story], size: int = CHUNK) -> Iterator[list[Story]]:
    while chunk := list(islice(stories, size)):
        yield chunk


def copy_in(stories: Iterator[Story], writer: Writer, *, owner_url: str) -> int:
    """All of them, then what the house counts on (the month counters) and fresh statistics; returns how many rows."""
    if connection.vendor == "postgresql":
        with psycopg.connect(owner_url) as owner, _unforced(owner):
            done = _load(stories, writer, lambda table, rows: _copy(owner, table, rows))
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


def _count_on(months: dict[str, int]) -> None:
    """The next case of a month gets the number after the last one that was copied in."""
    with atomic():
        MonthCounter.objects.bulk_create([MonthCounter(month=month, last=last) for month, last in months.items()])


@contextmanager
def _unforced(owner: "psycopg.Connection[Any]") -> Iterator[None]:
    for table in COLUMNS:
        owner.execute(f'ALTER TABLE "{table}" NO FORCE ROW LEVEL SECURITY'.encode())
    owner.commit()
    try:
        yield
        owner.commit()
    finally:
        owner.rollback()
        for table in COLUMNS:
            owner.execute(f'ALTER TABLE "{table}" FORCE ROW LEVEL SECURITY'.encode())
        owner.commit()
        owner.autocommit = True
        owner.execute("ANALYZE")


def _copy(owner: "psycopg.Connection[Any]", table: str, rows: Sequence[tuple[Any, ...]]) -> None:
    names = ", ".join(COLUMNS[table])
    with owner.cursor() as cursor, cursor.copy(f"COPY {table} ({names}) FROM STDIN".encode()) as copy:
        for row in rows:
            copy.write_row(row)


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

"""What the jobs of an import do: a dry run of the whole list, then the same with writing, batch after batch.

While the database works on one batch, a thread reads and checks the next; it asks the database nothing.
"""

import json
import time
from collections import Counter, deque
from collections.abc import Callable, Iterable, Iterator, Set
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice
from typing import Any, Final

from django.db import connection
from django.db.transaction import atomic

from shanzhi.access.actor import Actor
from shanzhi.lib.errors import Conflict, Invalid
from shanzhi.lib.times import local
from shanzhi.people.importing.checking import Checker, Fault, Person
from shanzhi.people.importing.columns import guess, mapping_problem, masked, signature
from shanzhi.people.importing.comparing import Batch, Households, compare
from shanzhi.people.importing.places import Places
from shanzhi.people.importing.preparing import Ready, preparer
from shanzhi.people.importing.reading import Table, table_open
from shanzhi.people.importing.services import State, finish
from shanzhi.people.importing.writing import Overtaken, Pen, batch_write, household_numbers
from shanzhi.people.models import Mapping, RegisterFault, RegisterImport
from shanzhi.people.permissions import IMPORT
from shanzhi.tenancy.bulk import row_new, rows_insert
from shanzhi.tenancy.context import county

BATCH: Final = 1_000
KEPT_FAULTS: Final = 100_000
TRIES: Final = 5
PAUSE: Final = 0.3  # seconds, longer each time
WRITERS: Final = 2
SAMPLES: Final = 3
COUNTED: Final = ("rows", "new", "changed", "same", "bad")
Progress = Callable[[int, int], None]


@dataclass(slots=True)
class Piece:
    """A batch of the list: good rows, faults, and the number of its last row."""

    good: list[Ready]
    faults: list[Fault]
    last: int


@dataclass(slots=True)
class Tally:
    """What rows came to, and how many faults there were in each column."""

    counts: "Counter[str]" = field(default_factory=Counter)
    columns: "Counter[str]" = field(default_factory=Counter)

    def add(self, batch: Batch, piece: Piece) -> list[Fault]:
        """Counts a batch and returns all its faults."""
        refused = [Fault(one.person.number, one.column, one.sentence, one.person.cells) for one in batch.refused]
        faults = [*piece.faults, *refused]
        self.counts.update(
            rows=len(piece.good) + len(piece.faults), new=len(batch.new), changed=len(batch.changed), same=batch.same,
            bad=len(faults),
        )  # fmt: skip
        self.columns.update(fault.column for fault in faults)
        return faults

    def told(self) -> dict[str, Any]:
        return {**{name: self.counts[name] for name in COUNTED}, "columns": dict(self.columns)}

    @classmethod
    def of(cls, told: dict[str, Any]) -> "Tally":
        return cls(Counter({name: told.get(name, 0) for name in COUNTED}), Counter(told.get("columns", {})))


@dataclass(frozen=True, slots=True)
class Run:
    """One pass over a list."""

    sent: RegisterImport
    actor: Actor
    at: datetime
    table: Table
    places: Places
    faulty: Set[int] = frozenset()
    households: Households = field(default_factory=Households)

    def pieces(self) -> Iterator[Piece]:
        """Made one ahead in a thread. A household whose rows follow each other is in one piece."""
        checker = Checker(self.sent.columns, self.places, local(self.at).date())
        found = _pieces(checker.rows(self.table.rows()))
        with ThreadPoolExecutor(1, thread_name_prefix="people-read") as reader:
            coming = reader.submit(next, found, None)
            while piece := coming.result():
                coming = reader.submit(next, found, None)
                yield piece


def _pieces(found: Iterable[Person | Fault]) -> Iterator[Piece]:
    ready = preparer()
    piece, key = Piece([], [], 0), ""
    for one in found:
        if isinstance(one, Fault):
            if len(piece.faults) >= BATCH:  # a list of bad rows alone is in batches, too
                yield piece
                piece = Piece([], [], 0)
            piece.faults.append(one)
        else:
            if len(piece.good) + len(piece.faults) >= BATCH and (not one.household or one.household != key):
                yield piece
                piece = Piece([], [], 0)
            key = one.household
            piece.good.append(ready(one))
        piece.last = one.number
    if piece.last:
        yield piece


def check_run(*, import_id: int, actor: Actor, at: datetime, progress: Progress) -> RegisterImport:
    """Read the whole list, keep its bad rows, count what it would change; writes to no register. Repeatable."""
    with atomic():
        sent = RegisterImport.objects.select_related("file").get(id=import_id)
        if sent.state != State.CHECKING:
            return sent
        actor.require(IMPORT)
        RegisterFault.objects.filter(source=sent).delete()
        places = Places.load(actor.scope(IMPORT))
    try:
        table = _open(sent)
        if not sent.columns:
            sent = _columns(sent, table)
            if mapping_problem(sent.columns, sent.header):
                with atomic():
                    return finish(actor, sent, "people.import.checked", at, state=State.MAPPING, **_head(sent))
        run, tally = Run(sent, actor, at, table, places), Tally()
        for piece in run.pieces():
            with atomic():
                batch = compare(piece.good, run.households, places.scope, sent.as_of)
                _keep(sent, tally.add(batch, piece), tally.counts["bad"])
            progress(tally.counts["rows"], table.size)
    except Invalid as fault:
        with atomic():
            return finish(actor, sent, "people.import.refused", at, state=State.REFUSED, problem=fault.message)
    with atomic():
        return finish(actor, sent, "people.import.checked", at, state=State.CHECKED, counts=tally.told(), **_head(sent))


def _open(sent: RegisterImport) -> Table:
    gone = Invalid("文件已不在服务器上，请重新上传。", code="file_gone")
    if sent.file is None:
        raise gone
    try:
        return table_open(sent.file.open)
    except FileNotFoundError:
        raise gone from None


def _columns(sent: RegisterImport, table: Table) -> RegisterImport:
    """As a list with these heads was mapped before, else by the usual heads; with masked samples to judge by."""
    sent.header = list(table.header)
    with atomic():
        known = Mapping.objects.filter(signature=signature(table.header)).first()
    sent.columns = known.columns if known is not None else guess(table.header)
    rows = [cells for _number, cells in islice(table.rows(), SAMPLES)]
    sent.samples = [
        "、".join(masked(row[at]) for row in rows if at < len(row) and row[at]) for at in range(len(sent.header))
    ]
    return sent


def _head(sent: RegisterImport) -> dict[str, Any]:
    return {"header": sent.header, "columns": sent.columns, "samples": sent.samples}


def _keep(sent: RegisterImport, faults: list[Fault], bad: int) -> None:
    """Bad rows, sealed; beyond the first hundred thousand they are only counted."""
    if bad - len(faults) >= KEPT_FAULTS:
        return
    rows_insert([
        row_new(
            RegisterFault, source_id=sent.id, number=one.number, column=one.column, sentence=one.sentence,
            raw=json.dumps(list(one.cells), ensure_ascii=False),
        )
        for one in sorted(faults)
    ])  # fmt: skip


def apply_run(*, import_id: int, actor: Actor, at: datetime, progress: Progress) -> RegisterImport:
    """Read the list again and write what it changes, each batch in a transaction with how far it went.

    Stopped or killed and begun again, what went in is found the same and is neither written nor counted twice.
    """
    with atomic():
        sent = RegisterImport.objects.select_related("file").get(id=import_id)
        if sent.state != State.APPLYING:
            return sent
        actor.require(IMPORT)  # whoever lost the post since: else every row would be refused, and the list be over
        places = Places.load(actor.scope(IMPORT))
        faulty = frozenset(RegisterFault.objects.filter(source=sent).values_list("number", flat=True))
    run = Run(sent, actor, at, _open(sent), places, faulty)
    for piece in _written(run, frozenset(sent.so_far.get("pieces", ()))):
        progress(piece.last, max(run.table.size, piece.last))
    with atomic():
        sent = RegisterImport.objects.select_related("file").get(id=import_id)
        counts = Tally.of(sent.so_far).told()
        return finish(actor, sent, "people.import.finished", at, state=State.APPLIED, counts=counts, applied_at=at)


def _written(run: Run, done: Set[int]) -> Iterator[Piece]:
    """Each piece once it is committed. On PostgreSQL two at a time: while the database works on one, the other is made.

    A piece that a run before this one committed is only compared, for the households in it.
    """

    def write(piece: Piece) -> Piece:
        if piece.last in done:
            with atomic():
                compare(piece.good, run.households, run.places.scope, run.sent.as_of)
        else:
            _write(run, piece)
        return piece

    if connection.vendor != "postgresql" or connection.in_atomic_block:
        yield from map(write, run.pieces())
        return
    waiting: deque[Future[Piece]] = deque()
    with ThreadPoolExecutor(WRITERS, thread_name_prefix="people-write") as pool:
        for piece in run.pieces():
            waiting.append(pool.submit(_apart, run.sent.county_id, write, piece))
            if len(waiting) == WRITERS:
                yield waiting.popleft().result()
        for last in waiting:
            yield last.result()


def _apart(county_id: int, write: Callable[[Piece], Piece], piece: Piece) -> Piece:
    """In a thread, with a connection of its own."""
    try:
        with county(county_id, atomic=False):
            return write(piece)
    finally:
        connection.close()


def _write(run: Run, piece: Piece) -> None:
    """Compared, then written in one transaction with what it came to; anew if somebody else was faster."""
    pen = Pen(run.actor, run.at, run.sent.as_of, run.sent.id)
    for again in range(TRIES):
        with atomic():
            batch = compare(piece.good, run.households, run.places.scope, run.sent.as_of)
        with atomic():  # by itself: the counter of the households is held for a moment only
            numbers = household_numbers(len(batch.opened), run.at)
        try:
            with atomic():
                batch_write(batch, run.households, numbers, pen)
                _count(run, batch, piece)
            return
        except Overtaken:
            run.households.back(batch.opened)
            time.sleep(PAUSE * again)
    raise Conflict("名册里的人正在被别人修改，请稍后点“继续导入”。", code="import_overtaken")


def _count(run: Run, batch: Batch, piece: Piece) -> None:
    """Into the import's row, in the transaction of the piece: begun again, no piece counts twice."""
    so_far = RegisterImport.objects.select_for_update().values_list("so_far", flat=True).get(id=run.sent.id)
    tally = Tally.of(so_far)
    faults = tally.add(batch, piece)
    was = run.faulty - {fault.number for fault in faults}
    healed = [ready.person.number for ready in piece.good if ready.person.number in was]
    if healed:  # a place was added, or a person registered, since the check
        RegisterFault.objects.filter(source_id=run.sent.id, number__in=healed).delete()
    _keep(run.sent, [fault for fault in faults if fault.number not in run.faulty], tally.counts["bad"])
    pieces = [*so_far.get("pieces", ()), piece.last]
    RegisterImport.objects.filter(id=run.sent.id).update(so_far={"pieces": pieces, **tally.told()})

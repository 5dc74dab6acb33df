"""Batches and kept lists for programs."""

from datetime import datetime
from typing import Annotated

from django.http import HttpRequest
from ninja import Header, Path, Router, Schema, Status
from pydantic import Field, StringConstraints

from shanzhi.access.api import REFUSALS, WRITE_REFUSALS, actor_of, operation
from shanzhi.access.permissions import SELF
from shanzhi.cases import permissions
from shanzhi.cases.models import ActBatch, SavedFilter
from shanzhi.cases.worklists.batches import ACTS, MOST_ROWS, Wish, batch_create, batch_get_for
from shanzhi.cases.worklists.saved import LENGTH, saved_create, saved_delete, saved_list_for

router = Router()
Number = Annotated[str, StringConstraints(pattern=r"^\d{4}-\d{4,9}$")]
Id = Annotated[str, StringConstraints(pattern=r"^\d{1,18}$")]
Code = Annotated[str, StringConstraints(max_length=20)]
Key = Annotated[str | None, Header(alias="Idempotency-Key", max_length=64)]


class SeenIn(Schema):
    """A case as it was seen."""

    number: Number
    version: int = Field(ge=1, le=2**31 - 1)


class BatchIn(Schema):
    """One act on many cases. `area`, `unit`, `own`, `helpers` and `limit` are for dispatching, as with one case; with
    `own` each case goes to the place below the level in charge where it is. Without a limit the kind's own holds."""

    act: str = Field(pattern=f"^({'|'.join(act.value for act in ACTS)})$")
    cases: list[SeenIn] = Field(min_length=1, max_length=MOST_ROWS)
    text: str = Field("", max_length=1000)
    own: bool = False
    area: Code = ""
    unit: Code = ""
    helpers: list[Code] = Field(default_factory=list, max_length=8)
    limit: str = Field("", max_length=30, description="24 hours, 3 days, 4 working hours, 3 working days")


class RowOut(Schema):
    """`state` is waiting, done or refused; `sentence` says why it was refused."""

    number: str
    version: int
    state: str
    sentence: str


class BatchOut(Schema):
    """`ended_at` is null while a job is at it: ask again."""

    id: str
    act: str
    total: int
    done: int
    refused: int
    job: str | None
    created_at: datetime
    ended_at: datetime | None
    rows: list[RowOut]

    @classmethod
    def of(cls, batch: ActBatch) -> "BatchOut":
        rows = [
            RowOut(
                number=number, version=version, sentence=sentence or "",
                state="waiting" if sentence is None else "refused" if sentence else "done",
            )
            for _, number, version, sentence in batch.rows
        ]  # fmt: skip
        return cls(
            id=str(batch.id), act=batch.act, total=batch.total, done=batch.done, refused=batch.refused,
            job=str(batch.job_id) if batch.job_id is not None else None, created_at=batch.created_at,
            ended_at=batch.ended_at, rows=rows,
        )  # fmt: skip


class SavedIn(Schema):
    name: str = Field(max_length=100)
    query: str = Field(max_length=4 * LENGTH, description="the part of a list's address behind the question mark")


class SavedOut(Schema):
    id: str
    name: str
    query: str
    is_default: bool

    @classmethod
    def of(cls, saved: SavedFilter) -> "SavedOut":
        return cls(id=str(saved.id), name=saved.name, query=saved.query, is_default=saved.is_default)


@router.post("/cases/batches", response={201: BatchOut, **WRITE_REFUSALS}, summary="One act on many cases")
@operation(permissions.HANDLE)
def batch_make(request: HttpRequest, county: Path[int], body: BatchIn, key: Key = None) -> Status[BatchOut]:
    """Each case is done or refused by itself. Up to 100 are done before the answer, more (up to 500) by a job. The
    same `Idempotency-Key` gives the same batch."""
    wish = Wish(
        text=body.text, own=body.own, area=body.area, unit=body.unit, helpers=tuple(body.helpers), limit=body.limit
    )
    cases = [(one.number, one.version) for one in body.cases]
    batch = batch_create(actor=actor_of(request), act=body.act, cases=cases, wish=wish, key=key)
    return Status(201, BatchOut.of(batch))


@router.get("/cases/batches/{batch_id}", response={200: BatchOut, **REFUSALS}, summary="What became of a batch")
@operation(permissions.HANDLE, object=True)
def batch_read(request: HttpRequest, county: Path[int], batch_id: Id) -> BatchOut:
    """One's own."""
    return BatchOut.of(batch_get_for(actor_of(request), int(batch_id)))


@router.get("/cases/lists", response={200: list[SavedOut], **REFUSALS}, summary="Kept lists")
@operation(SELF)
def saved_all(request: HttpRequest, county: Path[int]) -> list[SavedOut]:
    """One's own, in one's own order."""
    return [SavedOut.of(saved) for saved in saved_list_for(actor_of(request))]


@router.post("/cases/lists", response={201: SavedOut, **WRITE_REFUSALS}, summary="Keep a list")
@operation(SELF)
def saved_make(request: HttpRequest, county: Path[int], body: SavedIn, key: Key = None) -> Status[SavedOut]:
    """At most 20 of a person; the name is one's own and stands once."""
    made = saved_create(actor=actor_of(request), name=body.name, query=body.query, key=key)
    return Status(201, SavedOut.of(made))


@router.delete("/cases/lists/{saved_id}", response={204: None, **WRITE_REFUSALS}, summary="Delete a kept list")
@operation(SELF, object=True)
def saved_remove(request: HttpRequest, county: Path[int], saved_id: Id) -> Status[None]:
    """It can be had back from the page of kept lists."""
    saved_delete(actor=actor_of(request), saved_id=int(saved_id))
    return Status(204, None)

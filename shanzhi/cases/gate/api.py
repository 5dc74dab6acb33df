"""The gate's keepers as programs: what is held, what becomes of it, and who is kept out."""

from datetime import datetime
from typing import Annotated, Any

from django.http import HttpRequest
from django.utils import timezone
from ninja import Header, Path, Query, Router, Schema, Status
from pydantic import Field, StringConstraints

from shanzhi.access.api import REFUSALS, WRITE_REFUSALS, After, actor_of, operation
from shanzhi.cases.gate import blocking
from shanzhi.cases.gate.grouping import BY, LIKENESS, Group
from shanzhi.cases.gate.holding import Shown, groups_for, held_get_for, members_of, shown, waiting_for
from shanzhi.cases.gate.releasing import discard_start, release_start
from shanzhi.cases.models import Block, Held
from shanzhi.cases.permissions import GATE
from shanzhi.cases.selectors import case_get_for
from shanzhi.jobs.models import Job
from shanzhi.lib.errors import Conflict
from shanzhi.tenancy.ids import id_of
from shanzhi.tenancy.keyset import page_of

router = Router()
Number = Annotated[str, StringConstraints(pattern=r"^\d{4}-\d{4,9}$")]
Key = Annotated[str | None, Header(alias="Idempotency-Key", max_length=64)]
Wide = Annotated[str, StringConstraints(max_length=20)]
GROUPS = 100


class HeldGroupOut(Schema):
    """Held reports that belong together; `held` is the id of the first of them, whose words are shown."""

    held: str
    count: int
    urgent: int
    devices: int
    addresses: int
    first_at: datetime
    last_at: datetime
    kind: str
    place: str
    body: str

    @classmethod
    def of(cls, group: Group, example: Shown) -> "HeldGroupOut":
        return cls(
            held=str(group.first.id), count=group.count, urgent=group.urgent, devices=group.devices,
            addresses=group.addresses, first_at=group.first.received_at, last_at=group.last_at, kind=example.kind,
            place=example.place, body=example.body,
        )  # fmt: skip


class HeldListOut(Schema):
    """The hundred most pressing groups, and how many reports wait in all."""

    items: list[HeldGroupOut]
    total: int


class ChosenIn(Schema):
    """`by`: `one`, `likeness` or `sender` (the group of `held`), or `all`."""

    held: Wide = Field("", description="id of a held report; not needed with `all`")
    by: Annotated[str, StringConstraints(pattern="^(one|likeness|sender|all)$")] = "one"


class DiscardIn(ChosenIn):
    reason: Held.Reason = Field(description="`flood`, `advert`, `abuse` or `empty`; whoever sent them reads it")
    text: str = Field("", max_length=300)


class StartedOut(Schema):
    """The job that does it; see /jobs."""

    job: str
    total: int

    @classmethod
    def of(cls, job: Job) -> "StartedOut":
        return cls(job=str(job.id), total=len(job.args["ids"]))


class BlockIn(Schema):
    what: Block.What = Field(description="`device`, `phone` or `address`")
    reason: Block.Reason = Field(description="`flood`, `abuse`, `false` or `advert`; whoever is kept out reads it")
    text: str = Field(max_length=300)
    days: int = Field(description="1, 7 or 30")
    sure: bool = Field(False, description="needed for an address, behind which a village may stand")


class ExtendIn(Schema):
    version: int = Field(ge=0, le=2**31 - 1)
    days: int = Field(description="1, 7 or 30; it ends 30 days from now at the latest")


class LiftIn(Schema):
    version: int = Field(ge=0, le=2**31 - 1)
    text: str = Field(max_length=300)


class BlockOut(Schema):
    """Who is kept out, without anything that says who it is."""

    id: str
    what: str
    reason: str
    text: str
    area: str
    by: str
    at: datetime
    until: datetime
    holds: bool
    version: int

    @classmethod
    def of(cls, row: Block) -> "BlockOut":
        return cls(
            id=str(row.id), what=row.what, reason=row.reason, text=row.text, area=row.area.code, by=row.by, at=row.at,
            until=row.until, holds=row.holds(timezone.now()), version=row.version,
        )  # fmt: skip


class BlockListOut(Schema):
    items: list[BlockOut]
    next: str | None


class SourceOut(Schema):
    """How much came from one thing within 30 days."""

    what: str
    reports: int
    held: int
    devices: int
    blocked_until: datetime | None


@router.get("/held", response={200: HeldListOut, **REFUSALS}, summary="Reports that are held, in groups")
@operation(GATE)
def held_list(
    request: HttpRequest, county: Path[int], by: Annotated[str, Query(pattern="^(likeness|sender)$")] = LIKENESS
) -> HeldListOut:
    """Groups with somebody in danger first, then the largest."""
    actor = actor_of(request)
    groups = groups_for(actor, by)
    first = groups[:GROUPS]
    rows = waiting_for(actor).filter(id__in=[one.first.id for one in first]).select_related("area__parent")
    examples = {row.id: shown(row) for row in rows}
    items = [HeldGroupOut.of(one, examples[one.first.id]) for one in first if one.first.id in examples]
    return HeldListOut(items=items, total=sum(one.count for one in groups))


def _ids(request: HttpRequest, body: ChosenIn) -> list[int]:
    """The ids that are meant, at least one: Conflict otherwise."""
    actor = actor_of(request)
    if body.by == "all":
        ids = [one for group in groups_for(actor) for one in group.ids]
    else:
        held = held_get_for(actor, id_of(body.held) or 0) if body.held else None
        ids = members_of(actor, held, body.by if body.by in BY else "") if held is not None else []
    if not ids:
        raise Conflict("没有等着甄别的了，请刷新后再看。", code="nothing_held")
    return ids


@router.post("/held/releases", response={201: StartedOut, **WRITE_REFUSALS}, summary="Make cases of held reports")
@operation(GATE)
def held_release(request: HttpRequest, county: Path[int], body: ChosenIn, key: Key = None) -> Any:
    """In the background; each is received when it came, and its receipt stays what it is."""
    job = release_start(actor=actor_of(request), ids=_ids(request, body), key=key, at=timezone.now())
    return Status(201, StartedOut.of(job))


@router.post("/held/discards", response={201: StartedOut, **WRITE_REFUSALS}, summary="Put held reports aside")
@operation(GATE)
def held_discard(request: HttpRequest, county: Path[int], body: DiscardIn, key: Key = None) -> Any:
    """In the background; kept 90 days, and whoever sent them reads the reason."""
    job = discard_start(
        actor=actor_of(request), ids=_ids(request, body), reason=body.reason, text=body.text, key=key,
        at=timezone.now(),
    )  # fmt: skip
    return Status(201, StartedOut.of(job))


@router.get("/blocks", response={200: BlockListOut, **REFUSALS}, summary="Who is kept out")
@operation(GATE)
def block_list(
    request: HttpRequest, county: Path[int], state: Annotated[str, Query(max_length=10)] = "", after: After = ""
) -> BlockListOut:
    """The newest first; `state` is `holding` or `over`."""
    rows = blocking.block_list_for(actor_of(request), state=state, now=timezone.now()).select_related("area")
    found = page_of(rows, blocking.ORDER, cursor=after)
    return BlockListOut(items=[BlockOut.of(row) for row in found.rows], next=found.next_cursor)


@router.get("/cases/{number}/sources", response={200: list[SourceOut], **REFUSALS}, summary="Where a case came from")
@operation(GATE, object=True)
def source_list(request: HttpRequest, county: Path[int], number: Number) -> list[SourceOut]:
    """Numbers only: nobody's address, browser or telephone. Empty for what did not come from a public page."""
    actor = actor_of(request)
    case = case_get_for(actor, number)
    actor.require(GATE)
    return [
        SourceOut(
            what=one.what,
            reports=one.behind.reports,
            held=one.behind.held,
            devices=one.behind.devices,
            blocked_until=one.block.until if one.block is not None else None,
        )
        for one in blocking.sources_of(actor, case, at=timezone.now())
    ]


@router.post("/cases/{number}/blocks", response={201: BlockOut, **WRITE_REFUSALS}, summary="Keep a sender out")
@operation(GATE, object=True)
def block_make(request: HttpRequest, county: Path[int], number: Number, body: BlockIn, key: Key = None) -> Any:
    """For 1, 7 or 30 days, where the caller's post reaches."""
    actor = actor_of(request)
    case = case_get_for(actor, number)
    made = blocking.block_place(
        actor=actor, case=case, what=body.what, reason=body.reason, text=body.text, days=body.days, sure=body.sure,
        key=key, at=timezone.now(),
    )  # fmt: skip
    return Status(201, BlockOut.of(made))


@router.post("/blocks/{block_id}/extensions", response={200: BlockOut, **WRITE_REFUSALS}, summary="Extend a block")
@operation(GATE, object=True)
def block_extend(request: HttpRequest, county: Path[int], block_id: Wide, body: ExtendIn) -> BlockOut:
    """The version that was seen guards it."""
    actor = actor_of(request)
    found = blocking.block_get_for(actor, id_of(block_id) or 0)
    return BlockOut.of(
        blocking.block_extend(actor=actor, block=found, version=body.version, days=body.days, at=timezone.now())
    )


@router.post("/blocks/{block_id}/lifts", response={200: BlockOut, **WRITE_REFUSALS}, summary="Lift a block")
@operation(GATE, object=True)
def block_lift(request: HttpRequest, county: Path[int], block_id: Wide, body: LiftIn) -> BlockOut:
    """End it before its time; the reason stays."""
    actor = actor_of(request)
    found = blocking.block_get_for(actor, id_of(block_id) or 0)
    return BlockOut.of(
        blocking.block_lift(actor=actor, block=found, version=body.version, text=body.text, at=timezone.now())
    )

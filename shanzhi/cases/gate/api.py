"""The gate's keepers as programs: what is held, what becomes of it, and who is kept out."""

from datetime import datetime
from typing import Annotated

from django.http import HttpRequest
from django.utils import timezone
from ninja import Header, Path, Query, Router, Schema
from pydantic import Field, StringConstraints

from shanzhi.access.api import REFUSALS, actor_of, operation
from shanzhi.cases.gate.grouping import LIKENESS, Group
from shanzhi.cases.gate.holding import Shown, groups_for, shown, waiting_for
from shanzhi.cases.models import Block, Held
from shanzhi.cases.permissions import GATE
from shanzhi.jobs.models import Job

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

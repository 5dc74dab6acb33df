"""How often somebody without an account may do something: freely, then with a proof, and at last not for a while."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, ClassVar, Final

from django.conf import settings
from django.db.models import QuerySet
from django.db.transaction import atomic

from shanzhi.cases.gate.blocked import refuse_blocked
from shanzhi.cases.gate.challenges import Challenge, Opened, Proof, challenge_new, opened
from shanzhi.cases.gate.visitors import Visitor
from shanzhi.cases.models import Spent, Visit
from shanzhi.lib.errors import Invalid, TooMany
from shanzhi.lib.times import show_span
from shanzhi.tenancy.ids import new_id

HOUR: Final = timedelta(hours=1)
LATELY: Final = timedelta(minutes=10)
WAIT: Final = "这个手机或网络一小时内{act}得太多了，请过 {wait}再试。急事请打 12345，有危险请打 110、119、120。"
ASKED: Final = "提交前请回答下面这个小问题，答完再点一次就发出去了，前面填的都还在。"
WRONG: Final = "没有答对，请看下面新的问题，答完再点一次，前面填的都还在。"
OVER: Final = "刚才的问题过期或者用过了，请回答下面新的问题再点一次，前面填的都还在。"
WORDS: Final[Mapping[str, str]] = {
    "report": "反映", "add": "补充", "rate": "评价", "join": "跟进", "complain": "投诉",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Limit:
    """Within an hour from one browser and from one address (behind which a village may stand).

    `device`, `address`: nobody is admitted beyond. `free`, `free_address`: beyond, a proof is asked for.
    """

    device: int
    address: int
    free: int
    free_address: int


LIMITS: Final[Mapping[str, Limit]] = {
    "report": Limit(device=10, address=60, free=3, free_address=12),
    "add": Limit(device=20, address=120, free=6, free_address=30),
    "rate": Limit(device=20, address=120, free=6, free_address=30),
    "join": Limit(device=20, address=120, free=6, free_address=30),
    "complain": Limit(device=5, address=30, free=2, free_address=10),
}


class ProofNeeded(Invalid):
    """A proof is asked for first; `challenge` is what the form or the program has to show. Nothing was saved."""

    default_code: ClassVar[str] = "proof_needed"
    default_message: ClassVar[str] = ASKED

    def __init__(self, challenge: Challenge, message: str = "", *, used: Opened | None = None) -> None:
        super().__init__(message, fields={"proof": [message or ASKED]})
        self.challenge, self.used = challenge, used
        self.more = challenge.members()


def admit(
    visitor: Visitor, act: str, *, at: datetime, proof: Proof | None = None, path: str = "", phone_index: str = ""
) -> None:
    """Count one act of this visitor. KeyError for an act without a limit.

    Refused are, in this order: whoever is blocked at `path` (an area's; empty: anywhere) with Blocked, 403; whoever
    is beyond the limits with TooMany, 429, and the seconds to wait; whoever owes a proof with ProofNeeded, 422. Call
    it in the transaction of what is done: what is refused later counts for nothing. A wrong answer is used up all the
    same: a caller with a transaction of its own calls `use_up` after it was taken back.
    """
    limit = LIMITS[act]
    refuse_blocked(visitor, act, at=at, path=path, phone_index=phone_index)
    _refuse_too_many(visitor, act, limit, at)
    if owes_proof(visitor, act, at=at):
        _prove(visitor, act, proof or Proof(), at)
    with atomic():
        Visit.objects.create(act=act, address=visitor.address, device=visitor.device, at=at)


def owes_proof(visitor: Visitor, act: str, *, at: datetime) -> bool:
    """Whether the next act of this visitor needs a proof: after a few, and from everybody while very many come."""
    limit = LIMITS[act]
    return (
        _reached(_from_device(visitor, act, at), limit.free)
        or _reached(_from_address(visitor, act, at), limit.free_address)
        or load_level(at=at) > 0
    )


def challenge_for(visitor: Visitor, act: str, *, at: datetime) -> Challenge | None:
    """What a form shows from the start, so that nobody is sent back for it; None while no proof is owed."""
    return challenge_new(visitor, act, level=level_for(at=at), at=at) if owes_proof(visitor, act, at=at) else None


def load_level(*, at: datetime) -> int:
    """0 while public reports of the county come as usual; 1 beyond it, one more for each doubling, 6 at most."""
    normal = max(1, int(settings.GATE["normal"]))
    recent = Visit.objects.filter(act="report", at__gt=at - LATELY)
    return (recent[: normal * 32 + 1].count() // normal).bit_length() if _reached(recent, normal) else 0


def level_for(*, at: datetime) -> int:
    """How much harder than usual the work is: it rises with each doubling of the load."""
    return max(0, load_level(at=at) - 1)


def use_up(error: ProofNeeded) -> None:
    """Write down that the proof that came with it was wrong, after the caller's transaction was taken back."""
    if error.used is not None:
        _spend(error.used)


def _reached(rows: QuerySet[Visit], count: int) -> bool:
    return rows[:count].count() >= count


def _from_device(visitor: Visitor, act: str, at: datetime) -> QuerySet[Visit]:
    """A mark that is new proves nothing: its visits are counted by their address."""
    if visitor.fresh or not visitor.device:
        return Visit.objects.none()
    return Visit.objects.filter(act=act, at__gt=at - HOUR, device=visitor.device)


def _from_address(visitor: Visitor, act: str, at: datetime) -> QuerySet[Visit]:
    return Visit.objects.filter(act=act, at__gt=at - HOUR, address=visitor.address)


def _refuse_too_many(visitor: Visitor, act: str, limit: Limit, at: datetime) -> None:
    for rows, most in (
        (_from_address(visitor, act, at), limit.address),
        (_from_device(visitor, act, at), limit.device),
    ):
        newest: list[Any] = list(rows.order_by("-at").values_list("at", flat=True)[:most])
        if len(newest) >= most:
            span = newest[-1] + HOUR - at  # until the oldest of them counts no more
            error = TooMany(WAIT.format(act=WORDS[act], wait=wait_words(span)), code="too_many_reports")
            error.wait = max(1, int(span.total_seconds()) + 1)
            raise error


def wait_words(span: timedelta) -> str:
    """1 分钟, 20 分钟, rounded up: whoever waits so long gets in."""
    return show_span(timedelta(minutes=max(1, -(-int(span.total_seconds()) // 60))))


def _prove(visitor: Visitor, act: str, proof: Proof, at: datetime) -> None:
    found = opened(proof, visitor, act, at=at) if proof.is_given else None
    if found is not None and _spend(found) and found.right:
        return
    words = ASKED if not proof.challenge else OVER if found is None or found.right else WRONG
    again = challenge_new(visitor, act, level=level_for(at=at), at=at)
    raise ProofNeeded(again, words, used=found)


def _spend(found: Opened) -> bool:
    """Whether this is the first use: the unique row decides, and waits for another transaction that has it."""
    row = Spent(id=new_id(), challenge=found.serial, expires_at=found.expires_at)
    with atomic():
        Spent.objects.bulk_create([row], ignore_conflicts=True)
        return Spent.objects.filter(id=row.id).exists()

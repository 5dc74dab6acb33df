"""Keeping a sender out for a while, by staff who see one of its cases: with a reason and an end, never for ever."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django.db.models import Q, QuerySet
from django.db.transaction import atomic

from shanzhi.access.actor import Actor, ActorPost
from shanzhi.access.pages import not_found
from shanzhi.areas.paths import ancestors
from shanzhi.cases.gate.senders import Behind, behind, sender_of
from shanzhi.cases.models import Block, Case, Sender
from shanzhi.cases.permissions import GATE
from shanzhi.lib.errors import Conflict, Forbidden, Invalid, Stale
from shanzhi.lib.times import show_cell
from shanzhi.tenancy.idempotency import claim
from shanzhi.tenancy.ids import LARGEST, new_id
from shanzhi.tenancy.keyset import Order
from shanzhi.trail.services import record

DAYS: Final = (1, 7, 30)
LONGEST: Final = timedelta(days=30)
TEXT: Final = 300
ORDER: Final = Order("blocks", ("at",), descending=True)
NO_SENDER: Final = "这件事不是从公开页面来的，或者已经超过 90 天，没有可以限制的来处。"
SHARED: Final = "这个网络后面可能是一整个村。确实要限制整个网络，请勾选“我知道会影响别人”。"


@dataclass(frozen=True, slots=True)
class Source:
    """One thing by which the sender of a case can be kept out: how much came from it, and whether it is out now."""

    what: str
    label: str
    behind: Behind
    block: Block | None


def sources_of(actor: Actor, case: Case, *, at: datetime) -> list[Source]:
    """What is known of a case's sender as numbers; empty where nothing is known. No digest is among it."""
    sender = sender_of(case)
    if sender is None:
        return []
    post = actor.post_for(GATE, path=case.area_path)
    return [
        Source(what.value, what.label, behind(what.value, digest, at=at), _standing(what, digest, case.area_path, at))
        for what in Block.What
        if (digest := digest_in(sender, what)) and post is not None
    ]


def digest_in(sender: Sender, what: str) -> str:
    return {
        Block.What.DEVICE: sender.device, Block.What.PHONE: sender.phone_index, Block.What.ADDRESS: sender.address,
    }[Block.What(what)]  # fmt: skip


def _standing(what: str, digest: str, path: str, at: datetime) -> Block | None:
    rows = Block.objects.filter(
        what=what, digest=digest, lifted_at=None, until__gt=at, area_path__in=[*ancestors(path), path]
    )
    return rows.order_by("-until").first()


def block_place(
    *, actor: Actor, case: Case, what: str, reason: str, text: str, days: int, at: datetime, sure: bool = False,
    key: str | None = None,
) -> Block:  # fmt: skip
    """Keep the sender of this case out, where the actor's post reaches. `sure` is needed for a shared address.

    409 if it is kept out already (extend that one) or if nothing is known of the sender.
    """
    actor.require(GATE)
    post = actor.post_for(GATE, path=case.area_path)
    if post is None:
        raise Forbidden("这个地方不在你的岗位范围内，由当地的值班人员限制。", code="outside_scope")
    _check(what, reason, text, days)
    sender = sender_of(case)
    digest = digest_in(sender, what) if sender is not None else ""
    if not digest:
        raise Conflict(NO_SENDER, code="no_sender")
    if what == Block.What.ADDRESS and not sure:
        raise Invalid(SHARED, code="address_shared", fields={"sure": [SHARED]})
    block_id = new_id()
    with atomic():
        body = {"case": case.id, "what": what, "reason": reason, "text": text.strip(), "days": days}
        earlier = claim(key=key, actor=actor, operation="cases.block", body=body, result_id=block_id)
        if earlier is not None:
            return Block.objects.get(id=earlier)
        _make_way(what, digest, post.area_id, actor, at)
        row = Block(
            id=block_id, what=what, digest=digest, reason=reason, text=text.strip(), area_id=post.area_id,
            area_path=post.area_path, case=case, user_id=actor.user_id or 0, by=f"{actor.name}，{post.title}", at=at,
            until=at + timedelta(days=days),
        )  # fmt: skip
        Block.objects.bulk_create([row], ignore_conflicts=True)
        if not Block.objects.filter(id=row.id).exists():
            raise Conflict("刚刚已经有人限制了，请刷新后再看。", code="blocked_already")
        record(actor=actor, code="cases.block.placed", obj=row, at=at, post=post)
    return row


def _check(what: str, reason: str, text: str, days: int) -> None:
    faults: dict[str, list[str]] = {}
    if what not in Block.What.values:
        faults["what"] = ["请选限制什么。"]
    if reason not in Block.Reason.values:
        faults["reason"] = ["请选原因，被限制的人会看到。"]
    if not text.strip() or len(text.strip()) > TEXT:
        faults["text"] = [f"请写明具体情况，最多 {TEXT} 字，以后查得到。"]
    if days not in DAYS:
        faults["days"] = ["请选限制多久：1 天、7 天或 30 天。"]
    if faults:
        raise Invalid(next(iter(faults.values()))[0], fields=faults)


def _make_way(what: str, digest: str, area_id: int, actor: Actor, at: datetime) -> None:
    """One that has ended by itself is closed; one that stands is extended, not doubled."""
    found = Block.objects.filter(what=what, digest=digest, area_id=area_id, lifted_at=None).first()
    if found is None:
        return
    if found.holds(at):
        raise Conflict("已经限制了，要延长请到限制名单里延长。", code="blocked_already")
    _change(found, found.version, lifted_at=found.until, lifted_by="到期")
    record(actor=actor, code="cases.block.replaced", obj=found, at=at)


def block_extend(*, actor: Actor, block: Block, version: int, days: int, at: datetime) -> Block:
    """Let it last longer, 30 days from now at most: whoever wants more looks at it again."""
    post = _post(actor, block)
    if days not in DAYS:
        raise Invalid("请选再限制多久：1 天、7 天或 30 天。", fields={"days": ["请选 1 天、7 天或 30 天。"]})
    if not block.holds(at):
        raise Conflict("这个限制已经结束，要再限制请从事件里办。", code="block_over")
    until = min(block.until + timedelta(days=days), at + LONGEST)
    with atomic():
        _change(block, version, until=max(until, block.until))
        record(actor=actor, code="cases.block.extended", obj=block, at=at, post=post)
    return block


def block_lift(*, actor: Actor, block: Block, version: int, text: str, at: datetime) -> Block:
    """End it before its time, with a reason that stays."""
    post = _post(actor, block)
    if not text.strip() or len(text.strip()) > TEXT:
        words = f"请写明为什么解除，最多 {TEXT} 字。"
        raise Invalid(words, fields={"text": [words]})
    if not block.holds(at):
        raise Conflict("这个限制已经结束，不用解除。", code="block_over")
    with atomic():
        _change(
            block, version, lifted_at=at, lifted_by=f"{actor.name}，{post.title}" if post else actor.name,
            lifted_text=text.strip(),
        )  # fmt: skip
        record(actor=actor, code="cases.block.lifted", obj=block, at=at, post=post)
    return block


def _change(block: Block, version: int, **changes: datetime | str) -> None:
    if version != block.version:
        raise Stale
    values = {**changes, "version": version + 1}
    if not Block.objects.filter(id=block.id, version=version, lifted_at=None).update(**values):
        raise Stale
    for name, value in values.items():
        setattr(block, name, value)


def _post(actor: Actor, block: Block) -> ActorPost | None:
    """A post at the place of the block or above it."""
    actor.require(GATE)
    post = actor.post_for(GATE, path=block.area_path)
    if post is None and not actor.is_system:
        raise Forbidden("这是上级限制的，要解除或延长请找上级。", code="outside_scope")
    return post


def block_list_for(actor: Actor, *, state: str = "", what: str = "", text: str = "", now: datetime) -> QuerySet[Block]:
    """Blocks at places in the actor's scope, and those above that hold there too; unknown conditions narrow nothing."""
    scope = actor.scope(GATE)
    above = [path for part in scope.ranges for path in ancestors(part.lo)]
    rows = Block.objects.filter(scope.q("area_path") | Q(area_path__in=above)) if scope else Block.objects.none()
    if state == "holding":
        rows = rows.filter(lifted_at=None, until__gt=now)
    elif state == "over":
        rows = rows.filter(Q(lifted_at__isnull=False) | Q(until__lte=now))
    if what in Block.What.values:
        rows = rows.filter(what=what)
    if text.strip():
        word = text.strip()[:40]
        rows = rows.filter(Q(text__contains=word) | Q(by__contains=word) | Q(case__number=word))
    return rows


def block_get_for(actor: Actor, block_id: int) -> Block:
    found = None
    if block_id <= LARGEST:
        rows = Block.objects.filter(actor.scope(GATE).q("area_path"), id=block_id)
        found = rows.select_related("area", "case").first()
    if found is None:
        raise not_found()
    return found


HEADS: Final = ("限制什么", "范围", "原因", "说明", "从哪件事", "谁限制的", "开始", "到期", "状态", "解除原因")


def lines_of(rows: Sequence[Block], now: datetime) -> list[tuple[str, ...]]:
    """Text of an export, under HEADS; the rows come with case and area."""
    return [
        (
            row.get_what_display(),
            row.area.name,
            row.get_reason_display(),
            row.text,
            row.case.number if row.case is not None else "",
            row.by,
            show_cell(row.at),
            show_cell(row.until),
            state_words(row, now),
            row.lifted_text,
        )
        for row in rows
    ]


def state_words(block: Block, now: datetime) -> str:
    if block.lifted_at is not None and block.lifted_by != "到期":
        return "已解除"
    return "限制中" if block.holds(now) else "到期结束"

"""What becomes of held reports: a case as if it had gone straight through, or nothing, with a reason."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Final

from django.db.transaction import atomic

from shanzhi.access.actor import Actor, ActorPost
from shanzhi.cases.gate.holding import KEPT, held_list_for
from shanzhi.cases.gate.receiving import WINDOW, name_in, unpacked
from shanzhi.cases.gate.senders import sender_keep
from shanzhi.cases.gate.visitors import Visitor
from shanzhi.cases.models import Case, Flood, Held
from shanzhi.cases.permissions import GATE, REPORT
from shanzhi.cases.services.reporting import case_report
from shanzhi.files.services import files_detach
from shanzhi.jobs.models import Job
from shanzhi.jobs.services import enqueue
from shanzhi.lib.errors import Conflict, DomainError, Forbidden, Invalid
from shanzhi.tenancy.context import current
from shanzhi.tenancy.idempotency import claim
from shanzhi.tenancy.ids import new_id
from shanzhi.trail.services import forget, record

RELEASE_JOB: Final = "cases.held.release"
DISCARD_JOB: Final = "cases.held.discard"
TEXT: Final = 300
NOTES: Final = 20
TAKEN: Final = "这一条已经有人处理过了，请刷新后再看。"


@dataclass(slots=True)
class Outcome:
    """How many were dealt with, and why others could not be."""

    done: int = 0
    refused: int = 0
    notes: list[str] = field(default_factory=list)


def held_release(*, actor: Actor, held: Held, at: datetime) -> Case:
    """Open a case as the person sent it: received when it came, the same secret, its photos on the first step.

    Whoever is second gets Conflict. What can be no case any more (its kind or place is gone) is Invalid and stays.
    """
    post = _post(actor, held)
    with atomic():
        _decide(held, at, by=_named(actor, post), state=Held.State.RELEASED)
        report, contact, device = unpacked(held.body)
        sender = Actor.public(current(), granted={REPORT}, device=device, name=name_in(held.body) or "群众")
        files_detach(actor=actor, owner=held, at=at)
        # A page may have asked under an older version of the kind; the person can't be asked again.
        report = replace(report, from_form=True)
        case = case_report(
            actor=sender, report=report, area=held.area, contact=contact, at=held.received_at, secret=held.secret
        )
        sender_keep(
            case, Visitor(held.address, held.device), at=held.received_at, phone_index=held.phone_index, counted=False
        )
        held.case = case
        Held.objects.filter(id=held.id).update(case=case)
        record(actor=actor, code="cases.held.released", obj=held, at=at, post=post)
    return case


def held_discard(*, actor: Actor, held: Held, reason: str, text: str = "", at: datetime) -> Held:
    """Put it aside, with a reason that whoever sent it reads. It is kept 90 days, and can be released until then."""
    check_reason(reason, text)
    post = _post(actor, held)
    with atomic():
        _decide(held, at, by=_named(actor, post), state=Held.State.DISCARDED, reason=reason, text=text.strip())
        record(actor=actor, code="cases.held.discarded", obj=held, at=at, post=post)
    return held


def check_reason(reason: str, text: str) -> None:
    """Invalid with its fields."""
    faults: dict[str, list[str]] = {}
    if reason not in Held.Reason.values:
        faults["reason"] = ["请选不登记的原因，反映人会看到。"]
    if len(text.strip()) > TEXT:
        faults["text"] = [f"说明最多写 {TEXT} 字。"]
    if faults:
        raise Invalid(next(iter(faults.values()))[0], fields=faults)


def release_start(*, actor: Actor, ids: Sequence[int], key: str | None, at: datetime) -> Job:
    """A job that releases these; its page shows how far it is, and stops it."""
    return _start(RELEASE_JOB, actor, ids, {}, key, at)


def discard_start(
    *, actor: Actor, ids: Sequence[int], reason: str, text: str = "", key: str | None, at: datetime
) -> Job:
    """The same for discarding."""
    check_reason(reason, text)
    return _start(DISCARD_JOB, actor, ids, {"reason": reason, "text": text.strip()}, key, at)


def _start(kind: str, actor: Actor, ids: Sequence[int], words: dict[str, str], key: str | None, at: datetime) -> Job:
    actor.require(GATE)
    if not ids:
        raise Conflict("没有等着甄别的了，请刷新后再看。", code="nothing_held")
    with atomic():
        job_id = new_id()
        body = {"ids": sorted(ids), **words}
        earlier = claim(key=key, actor=actor, operation=kind, body=body, result_id=job_id)
        if earlier is not None:
            return Job.objects.get(id=earlier)
        args = {"ids": [str(one) for one in ids], **words}
        return enqueue(kind, actor=actor, args=args, at=at, job_id=job_id)


def held_many(
    ids: Sequence[int], decide: Callable[[Held], object], *, actor: Actor,
    progress: Callable[[int, int], None] = lambda done, total: None,
) -> Outcome:  # fmt: skip
    """Each in a transaction of its own; what somebody else dealt with meanwhile counts as refused, once and for all."""
    outcome = Outcome()
    for number, held_id in enumerate(ids, start=1):
        try:
            with atomic():
                found = held_list_for(actor).filter(id=held_id).select_related("area", "area__parent").first()
                if found is None:
                    raise Conflict(TAKEN)
                if found.state == Held.State.WAITING:
                    decide(found)
                    outcome.done += 1
        except DomainError as error:
            outcome.refused += 1
            if error.message not in outcome.notes and len(outcome.notes) < NOTES:
                outcome.notes.append(error.message)
        progress(number, len(ids))
    return outcome


def _post(actor: Actor, held: Held) -> ActorPost | None:
    actor.require(GATE)
    post = actor.post_for(GATE, path=held.area_path)
    if post is None and not actor.is_system:
        raise Forbidden("这个地方不在你的岗位范围内，由当地的值班人员甄别。", code="outside_scope")
    return post


def _named(actor: Actor, post: ActorPost | None) -> str:
    return f"{actor.name}，{post.title}" if post is not None else actor.name


def _decide(held: Held, at: datetime, **changes: str) -> None:
    """By compare-and-swap. Released is for good; what was discarded may be released after an objection."""
    if held.state == Held.State.RELEASED or (held.state, changes["state"]) == (Held.State.DISCARDED,) * 2:
        raise Conflict(TAKEN, code="held_decided")
    values = {"reason": "", "text": "", **changes, "decided_at": at, "version": held.version + 1}
    if not Held.objects.filter(id=held.id, version=held.version, state=held.state).update(**values):
        raise Conflict(TAKEN, code="held_decided")
    for name, value in values.items():
        setattr(held, name, value)


def held_forget(*, at: datetime) -> int:
    """Discarded ones after 90 days, with their photos; released ones too, whose case says it all. Returns how many."""
    gone = 0
    with atomic():
        for held in Held.objects.exclude(state=Held.State.WAITING).filter(decided_at__lt=at - KEPT)[:500]:
            system = Actor.system(current())
            files_detach(actor=system, owner=held, at=at)  # drafts of nobody, swept like others
            forget(actor=system, code="cases.held.forgotten", obj=held, at=at)
            held.delete()
            gone += 1
    return gone


def floods_end(*, at: datetime) -> int:
    """Floods of which nothing came for ten minutes; the next one is a new flood, and told of anew."""
    ended = 0
    for flood in Flood.objects.filter(ended_at=None, began_at__lt=at - WINDOW):
        if not Held.objects.filter(flood=flood, received_at__gt=at - WINDOW).exists():
            ended += Flood.objects.filter(id=flood.id, ended_at=None).update(ended_at=at)
    return ended

"""What people without an account write. Each counts at the gate in the transaction of what it does."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from hashlib import sha256
from typing import Any, Final

from django.db.models import F

from shanzhi.access.pages import not_found
from shanzhi.areas.models import Area
from shanzhi.cases import permissions
from shanzhi.cases.acts import Act
from shanzhi.cases.catalogue import ENDED, Source, State
from shanzhi.cases.gate.challenges import Proof
from shanzhi.cases.gate.receiving import report_or_hold
from shanzhi.cases.kinds.registry import kinds_now
from shanzhi.cases.models import Case, Held, Receipt
from shanzhi.cases.residents.alike import public_open
from shanzhi.cases.residents.choosing import COMPLAINT
from shanzhi.cases.residents.gate import Gate, admitted
from shanzhi.cases.residents.holding import Holder
from shanzhi.cases.services import Report, case_act, case_report
from shanzhi.cases.taking.contacts import ContactIn, contact_faults, index_of
from shanzhi.cases.taking.secrets import digest_of, secret_new
from shanzhi.files.selectors import key_used
from shanzhi.lib.errors import Conflict, Forbidden, Invalid
from shanzhi.lib.phones import phone_read
from shanzhi.tenancy.idempotency import claim
from shanzhi.tenancy.ids import new_id
from shanzhi.trail.services import record

NOT_OPEN: Final = "这件事刚刚办完或合并了，不能再跟着反映，请点“都不是，照样反映”。"
ENDED_WORDS: Final = "这件事已经结束，不能再补充。没有解决的，请要求重新办理，或另外反映一件。"
ONCE: Final = "一件事只能要求重新办理一次，已经用过了。还是没有解决，请投诉或打 12345。"
NOT_CLOSED: Final = "这件事现在还没有办结，不用要求重新办理。有新情况请点“补充情况”。"
NOT_VERIFIED: Final = "现在还不能评价：处理完、核查过以后才请您评价。"
NOT_YOURS: Final = "满意不满意、要不要重办，由最先反映的人说。您有新情况请点“补充情况”。"
GATE_ACTS: Final[Mapping[Act, str]] = {Act.ADD: "add", Act.CLOSE: "rate", Act.REOPEN: "rate"}
NO_COMPLAINTS: Final = "本县还没有开通网上投诉，请打 12345，或到乡镇（街道）的窗口反映。"


def public_report(
    *, gate: Gate, report: Report, area: Area, contact: ContactIn | None, key: str | None, at: datetime,
    proof: Proof | None = None,
) -> Receipt | Held:  # fmt: skip
    """The receipt for a new case of somebody without an account, or what is held while too much comes.

    The same key gives the same again.
    """
    actor = gate.actor(area.county_id, permissions.REPORT)
    received = report_or_hold(
        actor=actor, report=report, area=area, visitor=gate.visitor, at=at, contact=contact, key=key, proof=proof
    )
    return received.held if received.held is not None else receipt_for(received.case)


def receipt_for(case: Case | None) -> Receipt:
    """That of whoever reported this case."""
    assert case is not None
    return Receipt.objects.select_related("case").get(case_id=case.id, role=Receipt.Role.REPORTER)


def public_join(
    *, gate: Gate, village: Area, number: str, phone: str, key: str | None, at: datetime, proof: Proof | None = None
) -> Receipt:
    """A receipt for somebody whose matter was reported already; the number of those who joined stands on the case.

    NotFound for what the public may not know of, Conflict for what has ended since. The case keeps its version: nobody
    who works with it is disturbed. The same key gives the same receipt.
    """
    faults = contact_faults(ContactIn(phone=phone))
    if faults:
        raise Invalid(faults["phone"][0], code="invalid", fields=faults)
    actor = gate.actor(village.county_id)
    plain, receipt_id = phone_read(phone), new_id()
    phone_index = index_of(plain) if plain else ""
    with admitted():
        rows = Case.objects.select_for_update().filter(number=number[:20], village_path=village.path)
        case = next(iter(rows[:1]), None)
        if case is None or not case.is_public or case.seen_by:
            raise not_found()
        gate.admit("join", at=at, key=_join_key(key), proof=proof, path=case.area_path, phone_index=phone_index)
        earlier = claim(
            key=_join_key(key), actor=actor, operation=f"cases.join:{case.id}", body={"phone": phone_index},
            result_id=receipt_id,
        )  # fmt: skip
        if earlier is not None:
            return Receipt.objects.select_related("case").get(id=earlier)
        if not public_open(case):
            raise Conflict(NOT_OPEN, code="case_ended")
        secret = secret_new()
        receipt = Receipt(
            id=receipt_id, case=case, digest=digest_of(secret), secret=secret, role=Receipt.Role.JOINED, phone=plain,
            created_at=at,
        )  # fmt: skip
        receipt.save(force_insert=True)
        Case.objects.filter(id=case.id).update(joined=F("joined") + 1)
        record(actor=actor, code="cases.receipt.joined", obj=receipt, at=at)
    return receipt


def _join_key(key: str | None) -> str | None:
    """Joining and reporting are sent by one form: whoever joined may still report under the form's own key."""
    return f"join-{sha256(key.encode()).hexdigest()[:40]}" if key else None


def public_complain(
    *, gate: Gate, against: Area, text: str, about: str, contact: ContactIn | None, key: str | None, at: datetime,
    proof: Proof | None = None,
) -> Receipt:  # fmt: skip
    """A complaint about the people of a place, at the level above it: they neither see nor handle it.

    About the county, which has none above, it goes to the county itself.
    """
    if COMPLAINT not in kinds_now():
        raise Conflict(NO_COMPLAINTS, code="no_complaints")
    above = against.parent if against.parent is not None else against
    answers = {"whom": against.name, **({"about": about} if about else {})}
    report = Report(body=text, kind=COMPLAINT, source=Source.RESIDENT, answers=answers)
    actor = gate.actor(above.county_id, permissions.REPORT)
    with admitted():
        gate.admit("complain", at=at, key=key, proof=proof)
        return receipt_for(case_report(actor=actor, report=report, area=above, contact=contact, key=key, at=at))


def holder_add(
    *, gate: Gate, holder: Holder, text: str, photo_ids: Sequence[int] = (), key: str | None, at: datetime,
    proof: Proof | None = None,
) -> None:  # fmt: skip
    """Words and photos for whoever works with it. Of a merged matter they go to the one that it went into."""
    case = holder.now
    if case.state in ENDED:
        raise Conflict(ENDED_WORDS, code="case_ended")
    _act(gate, holder, Act.ADD, case, None, key, at, proof, text=text, photo_ids=photo_ids)


def holder_rate(
    *, gate: Gate, holder: Holder, satisfied: bool | None, text: str, version: int, key: str | None, at: datetime,
    proof: Proof | None = None,
) -> None:  # fmt: skip
    """Satisfied closes it, not satisfied (with a reason) sends it back. Once, by whoever reported it."""
    _require_reporter(holder)
    if satisfied is None:
        raise Invalid("请选满意还是不满意。", code="invalid", fields={"satisfied": ["请选满意还是不满意。"]})
    if holder.case.state != State.VERIFIED and not key_used(key):
        raise Conflict(NOT_VERIFIED, code="wrong_state")
    _act(gate, holder, Act.CLOSE, holder.case, version, key, at, proof, satisfied=satisfied, text=text)


def holder_reopen(
    *, gate: Gate, holder: Holder, text: str, version: int, key: str | None, at: datetime, proof: Proof | None = None
) -> None:
    """Not solved, with a reason: it is arranged anew, once."""
    _require_reporter(holder)
    if not key_used(key):
        if holder.case.reopened:
            raise Conflict(ONCE, code="reopened_once")
        if holder.case.state != State.CLOSED:
            raise Conflict(NOT_CLOSED, code="wrong_state")
    _act(gate, holder, Act.REOPEN, holder.case, version, key, at, proof, text=text)


def _require_reporter(holder: Holder) -> None:
    if not holder.is_reporter:
        raise Forbidden(NOT_YOURS, code="not_the_reporter")


def _act(
    gate: Gate, holder: Holder, act: Act, case: Case, version: int | None, key: str | None, at: datetime,
    proof: Proof | None, **args: Any,
) -> None:  # fmt: skip
    """Count it at the gate and do it, in one transaction; what is refused counts for nothing."""
    with admitted():
        gate.admit(GATE_ACTS[act], at=at, key=key, proof=proof, path=case.area_path)
        case_act(actor=holder.actor(gate, act, case), case=case, act=act, version=version, key=key, at=at, **args)

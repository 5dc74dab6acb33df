"""Writing down who is related to a resident and whom to call, ending it, and showing a number of theirs."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from django.db.models import Q
from django.db.transaction import atomic
from django.db.utils import IntegrityError
from django.utils import timezone

from shanzhi.access.actor import Actor
from shanzhi.lib.errors import Conflict, Stale
from shanzhi.lib.times import local
from shanzhi.people.models import Kin, Look, Resident
from shanzhi.people.numbers import paper_index, paper_read, phone_index, phone_problem, phone_read
from shanzhi.people.permissions import EDIT, REVEAL
from shanzhi.people.selectors import covers, reach, resident_get_for
from shanzhi.people.selectors.kin import INVERSE, kin_get_for
from shanzhi.people.services.checking import NOTE, STALE, Faults, day_checked, need, post_of, refuse, tidy, title_of
from shanzhi.people.services.looking import look_note, purpose_checked
from shanzhi.people.services.residents import locked
from shanzhi.people.whereabouts import anchor
from shanzhi.tenancy.idempotency import claim
from shanzhi.tenancy.ids import new_id
from shanzhi.trail.services import record

NAME: Final = 60
TIE_MISSING: Final = "请选他（她）是这个人的什么人。"
TWICE: Final = "已经登记过这个人和他（她）的关系，要改的请先结束原来的。"
UNKNOWN: Final = "辖区里没有这个证件号码的居民；不在册的人请写姓名和电话。"


@dataclass(frozen=True, slots=True)
class Relative:
    """`who` is the paper number of a resident in reach, or the name of somebody who is not registered there."""

    who: str
    tie: str
    phone: str = ""
    is_guardian: bool = False
    is_contact: bool = False
    note: str = ""
    member: int | None = None


def kin_add(
    *, actor: Actor, resident: int, relative: Relative, key: str | None = None, at: datetime | None = None
) -> Kin:
    """`member` names a resident directly (somebody of the same household). Conflict if the two are related already,
    Invalid where ages contradict the tie, or nobody is named."""
    at, row_id = at or timezone.now(), new_id()
    person = resident_get_for(actor, resident, permission=EDIT)
    other, name = _who(actor, relative)
    phone = phone_read(relative.phone)
    _checked(person, other, relative, phone)
    note = tidy(relative.note, NOTE, "note", "说明")
    with atomic():
        body = {
            "resident": resident, "other": other.id if other else 0, "name": name, "phone": phone_index(phone),
            "tie": relative.tie, "guardian": relative.is_guardian, "contact": relative.is_contact, "note": note,
        }  # fmt: skip
        earlier = claim(key=key, actor=actor, operation="people.kin", body=body, result_id=row_id)
        if earlier is not None:
            return kin_get_for(actor, earlier, EDIT)
        held = _both_held(resident, other)
        if held.died_on is not None:
            raise Conflict("这个人已经去世，不再登记亲属和联系人。", code="gone")
        there = Q(resident=other, other=held) if other is not None else Q(resident=held, name=name, tie=relative.tie)
        if Kin.objects.filter(there, until=None).exists():
            refuse_twice()
        post = post_of(actor, anchor(held), EDIT)
        row = Kin(
            id=row_id, resident=held, other=other, name=name, phone=phone if other is None else "", tie=relative.tie,
            is_guardian=relative.is_guardian, is_contact=relative.is_contact, since=local(at).date(), note=note,
            actor_name=actor.name, actor_post=title_of(post), created_at=at,
        )  # fmt: skip
        try:
            with atomic():
                row.save(force_insert=True)
        except IntegrityError:
            refuse_twice()
        record(actor=actor, code="people.kin.added", obj=row, at=at, post=post)
    return row


def kin_end(
    *, actor: Actor, number: int, version: int, until: date, key: str | None = None, at: datetime | None = None
) -> Kin:
    """`until` is the first day on which it no longer holds. Stale where somebody was faster, Conflict if it ended."""
    at = at or timezone.now()
    seen = kin_get_for(actor, number, EDIT)
    with atomic():
        body = {"number": number, "version": version, "until": until}
        if claim(key=key, actor=actor, operation="people.kin_end", body=body, result_id=number) is not None:
            return kin_get_for(actor, number, EDIT)
        row = Kin.objects.select_for_update().filter(id=number, version=version).first()
        if row is None:
            raise Stale(STALE, code="stale")
        if row.until is not None:
            raise Conflict("这条登记已经结束。", code="ended")
        day_checked(until, local(at).date(), field="until", after=row.since)
        row.until, row.version = until, version + 1
        row.save()
        record(actor=actor, code="people.kin.ended", obj=row, at=at, post=post_of(actor, anchor(seen.resident), EDIT))
    return row


def kin_phone_show(
    *, actor: Actor, number: int, purpose: str, text: str = "", key: str | None = None, at: datetime | None = None
) -> tuple[Kin, str]:
    """The whole number of a relative or contact, written down as a look at whoever it was written down at, and at the
    relative too if registered. Conflict where none is known, Invalid without a purpose."""
    at, row_id = at or timezone.now(), new_id()
    row = kin_get_for(actor, number, REVEAL)
    phone = row.other.phone if row.other is not None else row.phone
    if not phone or row.until is not None:
        raise Conflict("没有登记电话。", code="nothing")
    text = purpose_checked(purpose, text)
    with atomic():
        body = {"number": number, "purpose": purpose, "text": text}
        if claim(key=key, actor=actor, operation="people.kin_reveal", body=body, result_id=row_id) is None:
            for seen, what, look in ((row.resident, "亲属、联系人的电话", row_id), (row.other, "电话", None)):
                if seen is not None:
                    look_note(
                        actor=actor, resident=seen, what=Look.What.REVEALED, fields=what, purpose=purpose, text=text,
                        permission=REVEAL, row_id=look, at=at,
                    )  # fmt: skip
    return row, phone


def refuse_twice() -> None:
    raise Conflict(TWICE, code="related", fields={"who": [TWICE]})


def _both_held(resident: int, other: Resident | None) -> Resident:
    """The resident, locked after or before the other, in the order of their ids: two who write down one pair at once,
    each at another side, come one after the other."""
    numbers = sorted({resident, other.id} if other is not None else {resident})
    return {number: locked(number, None) for number in numbers}[resident]


def _who(actor: Actor, relative: Relative) -> tuple[Resident | None, str]:
    if relative.member is not None:
        return resident_get_for(actor, relative.member), ""
    said = tidy(relative.who, NAME, "who", "姓名")
    number = paper_read(said)
    if len(number) < 15 or not number[:14].isdigit():
        return None, need(said, "who", "请选同户的人，或者填姓名、身份证号。")
    other = Resident.objects.filter(paper_index=paper_index(number)).first()
    if other is None or not covers(reach(actor), other):
        refuse({"who": [UNKNOWN]})
    return other, ""


def _checked(person: Resident, other: Resident | None, relative: Relative, phone: str) -> None:
    faults: Faults = {}
    if relative.tie not in Kin.Tie.values:
        faults["tie"] = [TIE_MISSING]
    if other is not None and other.id == person.id:
        faults["who"] = ["不能登记自己。"]
    if other is not None and other.died_on is not None:
        faults["who"] = ["这个人已经去世。"]
    wrong = phone_problem(phone)
    if wrong:
        faults["phone"] = [wrong]
    if other is None and relative.is_contact and not phone:
        faults["phone"] = ["联系人要留电话。"]
    refuse(faults)
    elder, younger = (other, person) if relative.tie in (Kin.Tie.PARENT, Kin.Tie.GRANDPARENT) else (person, other)
    born = [one.born_on if one is not None else None for one in (elder, younger)]
    if relative.tie in INVERSE and born[0] is not None and born[1] is not None and born[0] >= born[1]:
        refuse({"tie": ["出生日期和这个关系对不上，请核对是谁的长辈。"]})

"""Appointing people who need no account, correcting, prolonging and ending it. Nothing is ever deleted."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any, Final

from django.db.transaction import atomic
from django.utils import timezone

from shanzhi.access.actor import Actor, ActorPost
from shanzhi.areas.models import Area
from shanzhi.lib.errors import Conflict, Forbidden, Stale
from shanzhi.lib.times import local
from shanzhi.staffing.models import Assignment, AssignmentAct
from shanzhi.staffing.permissions import MANAGE
from shanzhi.staffing.phones import phone_index
from shanzhi.staffing.selectors import area_for, assignment_get_for, may_manage
from shanzhi.staffing.services.checking import (
    Details,
    Term,
    check_twice,
    detail_faults,
    place_faults,
    reason_checked,
    refuse,
    term_faults,
)
from shanzhi.tenancy.idempotency import claim
from shanzhi.tenancy.ids import new_id
from shanzhi.trail.services import record, record_bulk

STALE: Final = "刚刚有人改过这个人的任职，请看最新的再改，你填的内容还在。"
ABOVE: Final = "只能任命本级和下面的网格人员，这个人请找上一级改。"
OVER: Final = "这段任职已经结束，不能再改；还要任职请用“续任”。"
Act = AssignmentAct.Act


@dataclass(frozen=True, slots=True)
class NewAssignment:
    """One row of a bulk appointment; the area with its path loaded."""

    role: str
    area: Area
    details: Details
    term: Term


def assignment_add(
    *, actor: Actor, role: str, place: str, details: Details, term: Term, key: str | None = None,
    at: datetime | None = None,
) -> Assignment:  # fmt: skip
    """Appoint somebody at the place of this code. NotFound outside of the actor's places, Conflict for twice."""
    at, row_id = at or timezone.now(), new_id()
    actor.require(MANAGE)
    details = details.tidy()
    area = area_for(actor, place, MANAGE) if place else None
    refuse(place_faults(role, area) | detail_faults(details) | term_faults(term, local(at).date()))
    assert area is not None
    with atomic():
        body = {"role": role, "area": area.id, **_sealed(details), **asdict(term)}
        earlier = claim(key=key, actor=actor, operation="staffing.add", body=body, result_id=row_id)
        if earlier is not None:
            return Assignment.objects.select_related("area__parent").get(id=earlier)
        row = _made(NewAssignment(role, area, details, term), at, row_id)
        check_twice(row)
        row.save(force_insert=True)
        _done(actor, row, Act.APPOINTED, details.source, at)
    return row


def assignments_bulk_add(*, actor: Actor, rows: Sequence[NewAssignment], at: datetime) -> list[Assignment]:
    """Many at once, for loaders: checked like one, with one entry of the trail for each thousand."""
    actor.require(MANAGE)
    today = local(at).date()
    made = []
    for one in rows:
        details = one.details.tidy()
        refuse(place_faults(one.role, one.area) | detail_faults(details) | term_faults(one.term, today))
        made.append(_made(NewAssignment(one.role, one.area, details, one.term), at, new_id()))
    with atomic():
        Assignment.objects.bulk_create(made, batch_size=500)
        post = _post(actor, "")
        acts = [_act(actor, post, row, Act.APPOINTED, row.source, at) for row in made]
        AssignmentAct.objects.bulk_create(acts, batch_size=500)
        record_bulk(actor=actor, code="staffing.assignment.appointed", objs=made, at=at, post=post)
        record_bulk(actor=actor, code="staffing.assignment.act", objs=acts, at=at, post=post)
    return made


def assignment_correct(
    *, actor: Actor, number: int, version: int, details: Details, keep_phone: bool = True, key: str | None = None,
    at: datetime | None = None,
) -> Assignment:  # fmt: skip
    """Mend what was written down of the person. An empty phone keeps the one there is, unless `keep_phone` is off."""
    details = details.tidy()

    def change(row: Assignment) -> str:
        if keep_phone and not details.phone:
            wanted = Details(details.name, details.organisation, row.phone, details.source)
        else:
            wanted = details
        refuse(detail_faults(wanted))
        named = (("姓名", "name"), ("单位", "organisation"), ("电话", "phone"), ("任命依据", "source"))
        changed = [label for label, field in named if getattr(row, field) != getattr(wanted, field)]
        row.name, row.organisation, row.source = wanted.name, wanted.organisation, wanted.source
        row.phone, row.phone_index = wanted.phone, phone_index(wanted.phone)
        return "、".join(changed) or "没有改动"

    body = {**_sealed(details), "keep": keep_phone}
    return _change(actor, number, version, Act.CORRECTED, key, at or timezone.now(), body, change)


def assignment_set_term(
    *, actor: Actor, number: int, version: int, term: Term, reason: str, key: str | None = None,
    at: datetime | None = None,
) -> Assignment:  # fmt: skip
    """Another term, for a reason. Conflict once it is over: then only a new one is possible."""
    at = at or timezone.now()
    today = local(at).date()

    def change(row: Assignment) -> str:
        said = reason_checked(reason, "变更任期")
        refuse(term_faults(term, today))
        row.valid_from, row.valid_to = term.first, term.last
        return said

    body = {**asdict(term), "reason": reason}
    return _change(actor, number, version, Act.TERM, key, at, body, change, while_running=True)


def assignment_renew(
    *, actor: Actor, number: int, version: int, valid_to: date | None, source: str = "", key: str | None = None,
    at: datetime | None = None,
) -> Assignment:  # fmt: skip
    """Go on to another day. One that is over stays as it was, and a new one begins today with the same person: nobody
    appears to have served in between. Answers with the one that holds now."""
    at, new = at or timezone.now(), new_id()
    today, source = local(at).date(), " ".join(source.split())
    row = assignment_reach(actor=actor, number=number)
    if row.state_on(today) in ("live", "coming"):

        def change(row: Assignment) -> str:
            refuse(term_faults(Term(row.valid_from, valid_to), today))
            if row.valid_to is None or (valid_to is not None and valid_to <= row.valid_to):
                sentence = "续任要到现在的任期以后，请改日期；缩短请用“变更任期”。"
                refuse({"valid_to": [sentence]})
            row.valid_to, row.source = valid_to, source or row.source
            return source

        body: dict[str, Any] = {"valid_to": valid_to, "source": source}
        return _change(actor, number, version, Act.RENEWED, key, at, body, change)
    with atomic():
        body = {"number": number, "version": version, "valid_to": valid_to, "source": source}
        earlier = claim(key=key, actor=actor, operation="staffing.renewed", body=body, result_id=new)
        if earlier is not None:
            return Assignment.objects.select_related("area__parent").get(id=earlier)
        if row.version != version:
            raise Stale(STALE, code="stale")
        details = Details(row.name, row.organisation, row.phone, source or row.source).tidy()
        term = Term(today, valid_to)
        refuse(place_faults(row.role, row.area) | detail_faults(details) | term_faults(term, today))
        again = _made(NewAssignment(row.role, row.area, details, term), at, new)
        check_twice(again)
        again.save(force_insert=True)
        _done(actor, again, Act.RENEWED, source, at)
    return again


def assignment_end(
    *, actor: Actor, number: int, version: int, on: date | None = None, reason: str, key: str | None = None,
    at: datetime | None = None,
) -> Assignment:  # fmt: skip
    """It holds no longer from this day on (today): a day between the beginning and today."""
    at = at or timezone.now()
    today = local(at).date()

    def change(row: Assignment) -> str:
        said = reason_checked(reason, "结束任职")
        day = on or today
        if day > today:
            refuse({"on": ["结束的日子不能晚于今天；以后才结束的，请用“变更任期”。"]})
        if day < min(row.valid_from, today):
            refuse({"on": ["结束的日子不能早于任期开始，请改日期。"]})
        row.ended_on = day
        return said

    body = {"on": on, "reason": reason}
    return _change(actor, number, version, Act.ENDED, key, at, body, change, while_running=True)


def _sealed(details: Details) -> dict[str, Any]:
    """What a key remembers of somebody: the blind index, for a digest of a number can be tried out."""
    return {**asdict(details), "phone": phone_index(details.phone)}


def _made(new: NewAssignment, at: datetime, row_id: int) -> Assignment:
    return Assignment(
        id=row_id, role=new.role, name=new.details.name, organisation=new.details.organisation,
        phone=new.details.phone, phone_index=phone_index(new.details.phone), area=new.area, area_path=new.area.path,
        valid_from=new.term.first, valid_to=new.term.last, source=new.details.source, created_at=at,
    )  # fmt: skip


def assignment_reach(*, actor: Actor, number: int) -> Assignment:
    """404 for whom this person does not see, 403 for whom only a higher level may change."""
    row = assignment_get_for(actor, number, permission=MANAGE)
    if not may_manage(actor, row):
        raise Forbidden(ABOVE, code="above")
    return row


def _change(
    actor: Actor, number: int, version: int, act: AssignmentAct.Act, key: str | None, at: datetime,
    body: dict[str, Any], change: Any, *, while_running: bool = False,
) -> Assignment:  # fmt: skip
    """Compare and swap, with its row of history and its entry in the trail; Stale for a version that is not the
    newest, Conflict for what is over where `while_running`."""
    assignment_reach(actor=actor, number=number)
    with atomic():
        said = {"number": number, "version": version, **body}
        if claim(key=key, actor=actor, operation=f"staffing.{act}", body=said, result_id=number) is not None:
            return Assignment.objects.select_related("area__parent").get(id=number)
        # By instance: a sealed column is sealed on its way.
        rows = Assignment.objects.select_related("area__parent").select_for_update(of=("self",))
        row = rows.filter(id=number, version=version).first()
        if row is None:
            raise Stale(STALE, code="stale")
        if while_running and row.state_on(local(at).date()) not in ("live", "coming"):
            raise Conflict(OVER, code="assignment_over")
        note = change(row)
        check_twice(row)
        row.version += 1
        row.save()
        _done(actor, row, act, note, at)
    return row


def _post(actor: Actor, path: str) -> ActorPost | None:
    return actor.post_for(MANAGE, path=path) if path else actor.main_post


def _act(
    actor: Actor, post: ActorPost | None, row: Assignment, act: AssignmentAct.Act, note: str, at: datetime
) -> AssignmentAct:
    return AssignmentAct(
        assignment=row, act=act, valid_from=row.valid_from, valid_to=row.valid_to, ended_on=row.ended_on,
        note=note[:200], actor_id=actor.user_id or 0, actor_name=actor.name, actor_post=post.title if post else "",
        at=at,
    )  # fmt: skip


def _done(actor: Actor, row: Assignment, act: AssignmentAct.Act, note: str, at: datetime) -> None:
    post = _post(actor, row.area_path)
    done = _act(actor, post, row, act, note, at)
    done.save(force_insert=True)
    record(actor=actor, code=f"staffing.assignment.{act}", obj=row, at=at, post=post)
    record(actor=actor, code="staffing.assignment.act", obj=done, at=at, post=post)

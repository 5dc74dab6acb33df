"""Writing a visit down; and taking visits away with the person or with the last group that they were for."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Final

from django.db.transaction import atomic
from django.utils import timezone

from shanzhi.access.actor import Actor
from shanzhi.areas.selectors import successor_of
from shanzhi.cases.catalogue import Source
from shanzhi.cases.kinds.registry import kinds_now
from shanzhi.cases.models import Case
from shanzhi.cases.services import Report, case_report
from shanzhi.lib.errors import Conflict, Invalid
from shanzhi.lib.times import local
from shanzhi.people.groups import FoundAs, Question
from shanzhi.people.models import Look, Membership, Resident
from shanzhi.people.numbers import group_index
from shanzhi.people.selectors import resident_get_for
from shanzhi.people.selectors.care import Seen
from shanzhi.people.services import visit_noted
from shanzhi.people.services.checking import Faults, post_of, refuse, title_of
from shanzhi.people.services.looking import look_note
from shanzhi.people.whereabouts import anchor
from shanzhi.tenancy.fields import EncryptedTextField
from shanzhi.tenancy.idempotency import claim
from shanzhi.tenancy.ids import new_id
from shanzhi.trail.services import forget, record
from shanzhi.visits.models import Asked, Visit
from shanzhi.visits.permissions import MAKE
from shanzhi.visits.planning import plan_of

NOTE: Final = 500
TEXT: Final = 200
OLDEST: Final = timedelta(days=90)
NOT_PLANNED: Final = "这个人现在不用走访了，可能是关爱登记已经结束，或者不归你走访。"
BEFORE: Final = "这一天在关爱登记以前，请改走访日期。"
OTHER: Final = FoundAs(kind="other")


@dataclass(frozen=True)
class Found:
    """What a visitor says. `answers` by group and question; `on` None is today, or the day of `done_at`; with `report`
    what has to be done becomes a case."""

    outcome: str
    note: str = ""
    answers: Mapping[tuple[str, str], str] = field(default_factory=dict)
    on: date | None = None
    report: bool = False


def visit_make(
    *, actor: Actor, resident: int, found: Found, key: str | None = None, done_at: datetime | None = None,
    late: bool = False, at: datetime | None = None,
) -> Visit:  # fmt: skip
    """Write down a visit for every group for which the actor is to see this person and in which they were on that day.

    The next visit counts from it if the person was met. With `late` it comes out of a phone that had no signal: then it
    is kept though nobody has to go there any more. Invalid by field; Conflict `not_planned`; the same key, one visit.
    """
    at, visit_id = at or timezone.now(), new_id()
    person = resident_get_for(actor, resident, permission=MAKE)
    note, on = " ".join(found.note.split()), found.on or local(done_at or at).date()
    plan = _plan_on(on, plan_of(actor, person), late=late)
    answers = _checked(found, plan, note, on, local(at).date())
    path = anchor(person)
    post = post_of(actor, path, MAKE)
    with atomic():
        # What was found is sensitive: the key remembers nothing of it but a blind index.
        said = json.dumps([found.outcome, note, sorted(map(list, answers.items())), found.report], default=str)
        body = {"resident": resident, "on": on, "said": _blind(said)}
        earlier = claim(key=key, actor=actor, operation="visits.make", body=body, result_id=visit_id)
        if earlier is not None:
            return Visit.objects.select_related("resident", "case").get(id=earlier)
        case = _reported(actor, person, plan, note, key, at, done_at) if found.report else None
        visit = Visit(
            id=visit_id, resident=person, user_id=actor.user_id or 0, by=actor.name,
            post=title_of(post), path=path, on=on, done_at=done_at, recorded_at=at,
            outcome=found.outcome, note=note, case=case,
        )  # fmt: skip
        visit.save(force_insert=True)
        Asked.objects.bulk_create(_asked(visit, plan, answers))
        look_note(actor=actor, resident=person, what=Look.What.VISITED, purpose=Look.Purpose.VISIT, at=at)
        if visit.met:
            for one in plan:
                visit_noted(actor=actor, membership=one.row, on=on, group=one.group, at=at)
        record(actor=actor, code="visits.visit.made", obj=visit, at=at, post=post)
    return visit


def _plan_on(on: date, plan: Sequence[Seen], *, late: bool) -> list[Seen]:
    """Those that held on the day already."""
    if not plan and not late:
        raise Conflict(NOT_PLANNED, code="not_planned")
    then = [one for one in plan if one.row.since <= on]
    if plan and not then and not late:
        raise Invalid(BEFORE, code="invalid", fields={"on": [BEFORE]})
    return then


def _blind(text: str) -> str:
    return EncryptedTextField.index_in(Visit, "note", text)


def name_of(group: str, question: str) -> str:
    """The name of a question in forms and faults."""
    return f"q_{group}_{question}"


def _checked(
    found: Found, plan: Sequence[Seen], note: str, on: date, today: date
) -> dict[tuple[str, str], str]:  # fmt: skip
    """The answers that count, or Invalid with every fault beside its field."""
    faults: Faults = {}
    if found.outcome not in Visit.Outcome.values:
        faults["outcome"] = ["请选这次走访的结果。"]
    if len(note) > NOTE:
        faults["note"] = [f"说明最多写 {NOTE} 字，请删减。"]
    if found.outcome == Visit.Outcome.NEED and not note:
        faults["note"] = ["请写明有什么事要办。"]
    if found.report and found.outcome != Visit.Outcome.NEED:
        faults["report"] = ["选了“有事要办”才能报成事件，请改结果或去掉这个勾。"]
    if on > today:
        faults["on"] = ["走访日期不能晚于今天，请改日期。"]
    elif today - on > OLDEST:
        faults["on"] = ["走访日期要在最近 90 天以内，请改日期。"]
    answers: dict[tuple[str, str], str] = {}
    for one in plan if found.outcome in Visit.MET else []:
        for question in one.group.body.questions:
            value = " ".join(str(found.answers.get((one.group.code, question.code), "")).split())
            fault = _fault(question, value)
            if fault:
                faults[name_of(one.group.code, question.code)] = [fault]
            elif value:
                answers[one.group.code, question.code] = value
    refuse(faults)
    return answers


def _fault(question: Question, value: str) -> str:
    if not value:
        return f"请回答“{question.label}”。" if question.required else ""
    known = {"choice": question.choices, "yes_no": ("yes", "no")}.get(question.type)
    if known is not None and value not in known:
        return f"“{question.label}”的回答不在可选范围里，请重新选。"
    return f"“{question.label}”最多写 {TEXT} 字，请删减。" if len(value) > TEXT else ""


def _asked(visit: Visit, plan: Sequence[Seen], answers: Mapping[tuple[str, str], str]) -> list[Asked]:
    rows = []
    for one in plan:
        code = one.group.code
        said = {question: value for (group, question), value in answers.items() if group == code}
        rows.append(
            Asked(
                visit=visit, membership_id=one.row.id, group=code, group_index=group_index(code),
                answers=json.dumps(said, ensure_ascii=False),
            )
        )  # fmt: skip
    return rows


def _reported(
    actor: Actor, person: Resident, plan: Sequence[Seen], note: str, key: str | None, at: datetime,
    done_at: datetime | None,
) -> Case:  # fmt: skip
    """What has to be done, as a case of the kind that the most urgent group names; where everybody may read the kind
    the case names nobody."""
    place = person.lives or person.registered
    area = successor_of(place) if place is not None else None  # a village that was merged reports where it went
    if area is None:
        raise Conflict("这个人现在不住在本县，报不成事件；有事要办请用“随手拍”上报。", code="elsewhere")
    kinds = kinds_now()
    as_ = next((one.group.body.found_as for one in plan if one.group.body.found_as), None) or OTHER
    if as_.kind not in kinds:
        as_ = OTHER
    closed = as_.kind in kinds and bool(kinds[as_.kind].body.seen_by)
    words = f"走访{person.name}时发现：{note}" if closed else f"走访时发现：{note}"
    report = Report(
        body=words, kind=as_.kind, place=_place(person), source=Source.VISIT, answers=dict(as_.answers),
        occurred_at=done_at,
    )  # fmt: skip
    return case_report(actor=actor, report=report, area=area, key=f"{key}-case"[:64] if key else None, at=at)


def _place(person: Resident) -> str:
    """The road or group; never the door."""
    return person.dwelling.road[:100] if person.dwelling is not None else ""


def resident_gone(actor: Actor, resident: Resident, at: datetime) -> None:
    """Every visit to a person who is about to be deleted."""
    for visit in Visit.objects.filter(resident=resident):
        _gone(actor, visit, at)


def membership_gone(actor: Actor, membership: Membership, at: datetime) -> None:
    """What was asked for it goes; a visit that was for nothing else goes with it."""
    visits = set(Asked.objects.filter(membership_id=membership.id).values_list("visit_id", flat=True))
    Asked.objects.filter(membership_id=membership.id).delete()
    still = set(Asked.objects.filter(visit__in=visits).values_list("visit_id", flat=True))
    for visit in Visit.objects.filter(id__in=visits - still):
        _gone(actor, visit, at)


def _gone(actor: Actor, visit: Visit, at: datetime) -> None:
    Asked.objects.filter(visit=visit).delete()
    forget(actor=actor, code="visits.visit.erased", obj=visit, at=at)
    visit.delete()

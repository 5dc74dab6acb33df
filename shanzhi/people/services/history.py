"""The dated whereabouts of a person: begun, gone on with, corrected and taken back. Nothing else writes a stay.

After each of these the stays that are not void follow one another without a gap, the last is open, and the resident's
own columns say what it says. Every change is in the trail; callers hold the transaction and the lock on the resident.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from shanzhi.access.actor import Actor, ActorPost
from shanzhi.lib.errors import Conflict
from shanzhi.people.catalogue import Change, Population
from shanzhi.people.models import Membership, Resident, Stay
from shanzhi.people.services.checking import title_of
from shanzhi.people.whereabouts import RELATED, Where, anchor, apply
from shanzhi.trail.services import record, record_bulk

ENDED = (Population.GONE, Population.DEAD)


@dataclass(frozen=True, slots=True)
class By:
    """Who writes, in which post, when."""

    actor: Actor
    post: ActorPost | None
    at: datetime


def stay_of(by: By, resident: Resident, where: Where, *, since: date, change: Change, note: str = "") -> Stay:
    """An open stay, not saved; the population follows from the papers and the places."""
    population = where.population(resident.papers, dead=change == Change.DIED)
    return Stay(
        resident=resident, since=since, population=population, change=change, note=note, actor_name=by.actor.name,
        actor_post=title_of(by.post), recorded_at=by.at, **where.columns(),
    )  # fmt: skip


def begin(by: By, resident: Resident, where: Where, *, since: date, change: Change, note: str = "") -> Stay:
    """The first stay of a new resident, who is saved with it."""
    stay = stay_of(by, resident, where, since=since, change=change, note=note)
    apply(resident, where, stay.population, since=since)
    resident.save(force_insert=True)
    stay.save(force_insert=True)
    record(actor=by.actor, code=f"people.resident.{change}", obj=resident, at=by.at, post=by.post)
    record(actor=by.actor, code="people.stay.begun", obj=stay, at=by.at, post=by.post)
    return stay


def go_on(by: By, resident: Resident, where: Where, *, since: date, change: Change, note: str = "") -> Stay:
    """The open stay ends on the day on which the next begins."""
    last = open_stay(resident)
    last.until = since
    last.save(update_fields=["until"])
    stay = stay_of(by, resident, where, since=since, change=change, note=note)
    stay.save(force_insert=True)
    record(actor=by.actor, code="people.stay.ended", obj=last, at=by.at, post=by.post)
    record(actor=by.actor, code="people.stay.begun", obj=stay, at=by.at, post=by.post)
    _hold(by, resident, stay, code=f"people.resident.{change}")
    return stay


def replace(by: By, resident: Resident, wrong: Stay, where: Where, *, since: date, note: str, row_id: int) -> Stay:
    """Another stay in the place of one that was wrong; a neighbour before it is drawn to the new first day.

    Conflict for one that was replaced already, or for a day at which it would not lie between its neighbours.
    """
    stays = stays_of(resident)
    if wrong.id not in {one.id for one in stays}:
        raise Conflict("这一条已经更正过了，请看最新的。", code="stay_void")
    place = next(index for index, one in enumerate(stays) if one.id == wrong.id)
    before = stays[place - 1] if place else None
    if before is not None and since < before.since:
        raise Conflict(
            "改成的日期早于前一条变更，请先更正前一条。", code="stay_order", fields={"since": ["请改日期。"]}
        )
    if wrong.until is not None and since > wrong.until:
        raise Conflict(
            "改成的日期晚于后一条变更，请先更正后一条。", code="stay_order", fields={"since": ["请改日期。"]}
        )
    right = stay_of(by, resident, where, since=since, change=Change(wrong.change), note=note)
    right.id, right.until = row_id, wrong.until
    _void(by, wrong)
    if before is not None and before.until != since:
        before.until = since
        before.save(update_fields=["until"])
        record(actor=by.actor, code="people.stay.drawn", obj=before, at=by.at, post=by.post)
    right.save(force_insert=True)
    record(actor=by.actor, code="people.stay.corrected", obj=right, at=by.at, post=by.post)
    _hold(by, resident, open_stay(resident), code="people.resident.corrected")
    return right


def take_back(by: By, resident: Resident) -> Stay:
    """The newest change never happened: the stay before it holds again. Conflict for the first one."""
    stays = stays_of(resident)
    if len(stays) < 2:
        raise Conflict("这是第一条登记，不能撤回；写错了请更正，登错了人请申请删除。", code="stay_first")
    wrong, before = stays[-1], stays[-2]
    _void(by, wrong)
    before.until = None
    before.save(update_fields=["until"])
    record(actor=by.actor, code="people.stay.reopened", obj=before, at=by.at, post=by.post)
    _hold(by, resident, before, code="people.resident.taken_back")
    return before


def recount(by: By, resident: Resident) -> None:
    """After other papers: the population of every stay that counts, and of the person."""
    stays, changed = stays_of(resident), []
    for stay in stays:
        population = Where.of(stay).population(resident.papers, dead=stay.change == Change.DIED)
        if stay.population != population:
            stay.population = population
            changed.append(stay)
    Stay.objects.bulk_update(changed, ["population"])
    record_bulk(actor=by.actor, code="people.stay.recounted", objs=changed, at=by.at, post=by.post)
    resident.population = stays[-1].population


def open_stay(resident: Resident) -> Stay:
    return Stay.objects.select_related(*RELATED).get(resident=resident, until=None, void=False)


def stays_of(resident: Resident) -> list[Stay]:
    """Those that count, in the order of time; of two on one day the one that holds on comes last."""
    rows = Stay.objects.select_related(*RELATED).filter(resident=resident, void=False)
    return sorted(rows, key=lambda one: (one.since, one.until or date.max, one.id))


def _void(by: By, stay: Stay) -> None:
    stay.void = True
    stay.save(update_fields=["void"])
    record(actor=by.actor, code="people.stay.voided", obj=stay, at=by.at, post=by.post)


def _hold(by: By, resident: Resident, stay: Stay, *, code: str) -> None:
    """The resident's columns follow the open stay, and what hangs on the place follows the resident."""
    apply(resident, Where.of(stay), stay.population, since=stay.since)
    resident.version += 1
    resident.save()
    record(actor=by.actor, code=code, obj=resident, at=by.at, post=by.post)
    _follow(by, resident, stay)


def _follow(by: By, resident: Resident, stay: Stay) -> None:
    """Memberships lie where the person is, and end when nobody is there any more."""
    rows = list(Membership.objects.filter(resident=resident, until=None))
    gone = resident.population in ENDED
    path = anchor(resident)
    if gone:
        for row in rows:
            row.until, row.due_on = max(stay.since, row.since), None
            row.ended_because = Change(stay.change).label
            row.path = path
            row.version += 1
            row.save()
        _recorded(by, rows, "people.membership.ended")
        return
    moved = [row for row in rows if row.path != path]
    Membership.objects.filter(id__in=[row.id for row in moved]).update(path=path)


def _recorded(by: By, rows: Sequence[Membership], code: str) -> None:
    record_bulk(actor=by.actor, code=code, objs=rows, at=by.at, post=by.post)

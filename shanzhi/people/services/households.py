"""Households: opened, joined and left, another head, split, merged, closed. Each changes the stays of its members."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Final

from django.db.transaction import atomic
from django.utils import timezone

from shanzhi.access.actor import Actor
from shanzhi.areas.models import Area
from shanzhi.lib.errors import Conflict, Stale
from shanzhi.lib.times import local
from shanzhi.people.catalogue import Change, Relation
from shanzhi.people.models import Household, HouseholdNumber, Resident
from shanzhi.people.permissions import EDIT
from shanzhi.people.selectors import covers, household_get_for, resident_get_for
from shanzhi.people.services.checking import STALE, day_checked, home_checked, post_of, refuse, within_reach
from shanzhi.people.services.history import By, go_on, open_stay
from shanzhi.people.services.placing import open_household, relation_checked
from shanzhi.people.services.residents import locked
from shanzhi.people.whereabouts import RELATED, Where, path_now
from shanzhi.tenancy.counters import count_up
from shanzhi.tenancy.idempotency import claim
from shanzhi.tenancy.ids import new_id
from shanzhi.trail.services import record

Members = Mapping[int, str]  # ids of residents with their relation to the head
BEFORE_OPENING: Final = "日期不能早于这一户的立户日期，请改日期。"
CLOSED_EARLY: Final = "销户日期不能早于立户日期，请改日期。"
TOO_EARLY: Final = "{name}上一次变更是{day}，日期不能早于那一天。"


def household_open(
    *, actor: Actor, place: str, on: date, kind: str = Household.Kind.FAMILY, members: Members | None = None,
    key: str | None = None, at: datetime | None = None,
) -> Household:  # fmt: skip
    """A household, with people who are in the register and in no household, or who leave theirs for it."""
    at, row_id, members = at or timezone.now(), new_id(), members or {}
    actor.require(EDIT)
    with atomic():
        body = {"place": place, "on": on, "kind": kind, "members": sorted(members.items())}
        earlier = claim(key=key, actor=actor, operation="people.household", body=body, result_id=row_id)
        if earlier is not None:
            return Household.objects.select_related("area__parent").get(id=earlier)
        area = home_checked(place, "place")
        within_reach(actor, area.path, "place")
        day_checked(on, local(at).date())
        if kind not in Household.Kind.values:
            refuse({"kind": ["请选户别。"]})
        by = By(actor, post_of(actor, area.path), at)
        row = made(by, area, on, kind, row_id)
        _put(by, row, members, on)
    return row


def household_join(
    *, actor: Actor, number: int, resident: int, relation: str, on: date, key: str | None = None,
    at: datetime | None = None,
) -> Resident:  # fmt: skip
    """Somebody of the register comes into a household, or is something else to its head than was written."""
    at = at or timezone.now()
    household = household_get_for(actor, number, permission=EDIT)
    with atomic():
        body = {"number": number, "resident": resident, "relation": relation, "on": on}
        if claim(key=key, actor=actor, operation="people.join", body=body, result_id=resident) is None:
            day_checked(on, local(at).date())
            by = By(actor, post_of(actor, household.area_path), at)
            _put(by, open_household(actor, number), {resident: relation}, on)
    return Resident.objects.select_related(*RELATED).get(id=resident)


def household_leave(
    *, actor: Actor, resident: int, version: int, on: date, key: str | None = None, at: datetime | None = None
) -> Resident:
    """Somebody is of no household any more; where they live and are registered stays as it is."""
    at = at or timezone.now()
    row = resident_get_for(actor, resident, permission=EDIT)
    with atomic():
        body = {"resident": resident, "version": version, "on": on}
        if claim(key=key, actor=actor, operation="people.leave", body=body, result_id=resident) is not None:
            return row
        row = locked(resident, version)
        if row.household is None:
            raise Conflict("这个人不在任何户里。", code="no_household")
        day_checked(on, local(at).date(), after=open_stay(row).since)
        by = By(actor, post_of(actor, row.household.area_path), at)
        go_on(by, row, Where.of(row).within(None), since=on, change=Change.HOUSEHOLD)
    return row


def head_change(
    *, actor: Actor, number: int, version: int, head: int, relations: Members | None = None, on: date,
    key: str | None = None, at: datetime | None = None,
) -> Household:  # fmt: skip
    """Another head. `relations` says what each other member is to the new one; whoever is left out counts as 其他."""
    at, relations = at or timezone.now(), relations or {}
    household_get_for(actor, number, permission=EDIT)
    with atomic():
        body = {"number": number, "version": version, "head": head, "on": on, "relations": sorted(relations.items())}
        if claim(key=key, actor=actor, operation="people.head", body=body, result_id=number) is not None:
            return household_get_for(actor, number)
        row = household_held(actor, number, version)
        members = members_held(row)
        if head not in {one.id for one in members}:
            refuse({"head": ["请从这一户的人里选新户主。"]})
        day_checked(on, local(at).date())
        by = By(actor, post_of(actor, row.area_path), at)
        # The old head first: there is never a moment with two.
        for one in sorted(members, key=lambda one: one.relation != Relation.HEAD):
            if one.id != head:
                _relate(by, one, row, _relation(relations.get(one.id, Relation.OTHER)), on)
        _relate(by, next(one for one in members if one.id == head), row, Relation.HEAD, on)
        _touched(by, row, "people.household.head")
    return row


def household_split(
    *, actor: Actor, number: int, version: int, members: Members, on: date, key: str | None = None,
    at: datetime | None = None,
) -> Household:  # fmt: skip
    """Some members become a household of their own at the same place; one of them its head. The rest stays."""
    at, row_id = at or timezone.now(), new_id()
    household_get_for(actor, number, permission=EDIT)
    with atomic():
        body = {"number": number, "version": version, "members": sorted(members.items()), "on": on}
        earlier = claim(key=key, actor=actor, operation="people.split", body=body, result_id=row_id)
        if earlier is not None:
            return household_get_for(actor, earlier)
        row = household_held(actor, number, version)
        there = {one.id for one in members_held(row)}
        if not members or not set(members) <= there:
            refuse({"members": ["请从这一户里选要分出去的人。"]})
        if set(members) == there:
            refuse({"members": ["不能把全户都分出去，原来的户至少要留一个人。"]})
        if list(members.values()).count(Relation.HEAD) != 1:
            refuse({"members": ["分出去的人里要有一个户主，只能有一个。"]})
        day_checked(on, local(at).date())
        by = By(actor, post_of(actor, row.area_path), at)
        new = made(by, row.area, on, row.kind, row_id)
        _put(by, new, members, on)
        _touched(by, row, "people.household.split")
    return new


def household_merge(
    *, actor: Actor, number: int, version: int, into: int, relations: Members | None = None, on: date,
    key: str | None = None, at: datetime | None = None,
) -> Household:  # fmt: skip
    """All members come into another household, and this one is closed. Nobody brings a second head along."""
    at, relations = at or timezone.now(), relations or {}
    household_get_for(actor, number, permission=EDIT)
    with atomic():
        body = {"number": number, "version": version, "into": into, "on": on, "relations": sorted(relations.items())}
        if claim(key=key, actor=actor, operation="people.merge", body=body, result_id=into) is not None:
            return household_get_for(actor, into)
        # Both in one order: two that are merged into each other wait, and the second is told.
        list(Household.objects.select_for_update().filter(id__in=(number, into)).order_by("id"))
        row, target = household_held(actor, number, version), open_household(actor, into)
        if row.id == target.id:
            refuse({"into": ["不能并入自己，请选另一户。"]})
        day_checked(on, local(at).date())
        if on < row.opened_on:
            refuse({"on": [CLOSED_EARLY]})
        by = By(actor, post_of(actor, target.area_path), at)
        members = {one.id: relations.get(one.id, Relation.OTHER) for one in members_held(row)}
        _put(by, target, members, on)
        _close(by, row, on)
    return target


def household_close(
    *, actor: Actor, number: int, version: int, on: date, key: str | None = None, at: datetime | None = None
) -> Household:
    """Conflict while it has members."""
    at = at or timezone.now()
    household_get_for(actor, number, permission=EDIT)
    with atomic():
        body = {"number": number, "version": version, "on": on}
        if claim(key=key, actor=actor, operation="people.close", body=body, result_id=number) is not None:
            return household_get_for(actor, number)
        row = household_held(actor, number, version)
        there = len(members_held(row))
        if there:
            raise Conflict(f"这一户还有 {there} 人，请先登记他们的去向，再销户。", code="has_members")
        day_checked(on, local(at).date())
        if on < row.opened_on:
            refuse({"on": [CLOSED_EARLY]})
        _close(By(actor, post_of(actor, row.area_path), at), row, on)
    return row


def made(by: By, area: Area, on: date, kind: str, row_id: int) -> Household:
    """With the next number of the year; for whoever has checked everything, such as an import."""
    year = local(by.at).year
    number = f"{year}-{count_up(HouseholdNumber, 'year', year):06d}"
    row = Household(
        id=row_id, number=number, kind=kind, area=area, area_path=path_now(area), opened_on=on, created_at=by.at
    )  # fmt: skip
    row.save(force_insert=True)
    record(actor=by.actor, code="people.household.opened", obj=row, at=by.at, post=by.post)
    return row


def members_held(household: Household) -> list[Resident]:
    """Locked until the end of the transaction, in one order everywhere."""
    rows = Resident.objects.select_related(*RELATED).select_for_update(of=("self",))
    return list(rows.filter(household=household).order_by("id"))


def _put(by: By, household: Household, members: Members, on: date) -> None:
    """Nobody is in it before it was opened; a second head of the household is refused."""
    if on < household.opened_on:
        refuse({"on": [BEFORE_OPENING]})
    rows = Resident.objects.select_related(*RELATED).select_for_update(of=("self",)).filter(id__in=list(members))
    found = {row.id: row for row in rows.order_by("id")}
    for number, relation in members.items():
        row = found.get(number)
        if row is None or row.gone_on is not None or not covers(by.actor.scope(EDIT), row):
            refuse({"members": ["有人不在你辖区的登记里，或者已经迁出、去世，请重新选择。"]})
        assert row is not None
        relation_checked(household, relation, but=number)
        if (row.household_id, row.relation) == (household.id, relation):
            refuse({"relation": [f"{row.name}在这一户里已经是“{Relation(relation).label}”，不用再改。"]})
        _relate(by, row, household, relation, on)


def _relate(by: By, row: Resident, household: Household, relation: str, on: date) -> None:
    if (row.household_id, row.relation) == (household.id, relation):
        return
    last = open_stay(row)
    if on < last.since:
        day = f"{last.since.year}年{last.since.month}月{last.since.day}日"
        refuse({"on": [TOO_EARLY.format(name=row.name, day=day)]})
    go_on(by, row, Where.of(row).within(household, relation), since=on, change=Change.HOUSEHOLD)


def _relation(relation: str) -> str:
    if relation not in Relation.values or relation == Relation.HEAD:
        refuse({"relations": ["请给其他人选与新户主的关系，不能再有一个户主。"]})
    return relation


def household_held(actor: Actor, number: int, version: int) -> Household:
    """Locked until the end of the transaction, as it was seen; Stale if somebody was faster."""
    rows = Household.objects.select_related("area__parent").select_for_update(of=("self",))
    row = rows.filter(id=number, version=version).first()
    if row is None:
        raise Stale(STALE, code="stale")
    if row.closed_on is not None:
        raise Conflict("这一户已经销户，不能再改。", code="household_closed")
    within_reach(actor, row.area_path, "household")
    return row


def _touched(by: By, row: Household, code: str) -> None:
    row.version += 1
    row.save()
    record(actor=by.actor, code=code, obj=row, at=by.at, post=by.post)


def _close(by: By, row: Household, on: date) -> None:
    row.closed_on = on
    _touched(by, row, "people.household.closed")


__all__ = [
    "head_change",
    "household_close",
    "household_join",
    "household_leave",
    "household_merge",
    "household_open",
    "household_split",
]

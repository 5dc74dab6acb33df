"""Rows of a list into the register: homes, households, people and their stays, each with its trail, batch by batch.

Everything of a batch is one transaction of the caller. What another wrote meanwhile is `Overtaken`: the batch is then
compared and written anew.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from typing import Any, Final

from django.db import IntegrityError
from django.db.transaction import atomic

from shanzhi.access.actor import Actor, ActorPost
from shanzhi.lib.times import local
from shanzhi.people.catalogue import Change, Relation
from shanzhi.people.importing.comparing import NEW, WHERE, Batch, Households, population_for
from shanzhi.people.importing.preparing import Ready
from shanzhi.people.models import Dwelling, Household, HouseholdNumber, Resident, Stay
from shanzhi.people.permissions import IMPORT
from shanzhi.tenancy.bulk import row_new, rows_insert
from shanzhi.tenancy.counters import count_up
from shanzhi.tenancy.models import CountyModel
from shanzhi.trail.services import record_bulk

IMPORTED: Final = "people.register.imported"
NOTE: Final = "按人口名册导入"


class Overtaken(Exception):
    """Somebody changed one of these people, or took a number or an address, since the batch was compared."""


@dataclass(frozen=True)
class Pen:
    """Who writes, when, and from which list of which day."""

    actor: Actor
    at: datetime
    as_of: date
    source: int

    @cached_property
    def post(self) -> ActorPost | None:
        return self.actor.post_for(IMPORT)

    @cached_property
    def title(self) -> str:
        return self.post.title if self.post else ""


def batch_write(batch: Batch, households: Households, numbers: Sequence[str], pen: Pen) -> None:
    """All of a compared batch, with a number for each household that it opens. Raises Overtaken."""
    rows = [*batch.new, *(ready for ready, _facts, _moved in batch.changed.values())]
    try:
        with atomic():
            _dwellings(rows, batch, pen)
            _households(rows, batch, households, numbers, pen)
            _people(batch, pen)
            _changes(batch, pen)
    except IntegrityError:
        raise Overtaken from None


def _note(objs: Sequence[CountyModel], pen: Pen, *, new: bool) -> None:
    record_bulk(actor=pen.actor, code=IMPORTED, objs=objs, at=pen.at, post=pen.post, new=new)


def _dwellings(rows: Sequence[Ready], batch: Batch, pen: Pen) -> None:
    made: dict[tuple[int, str], Dwelling] = {}
    for ready in rows:
        where, one = batch.where[ready.person.number], ready.person
        if where["dwelling_id"] != NEW:
            continue
        home = made.get((one.place.id, ready.address_index))
        if home is None:
            home = made[one.place.id, ready.address_index] = row_new(
                Dwelling, area_id=one.place.id, area_path=one.place.path, road=one.road, door=one.door,
                address_index=ready.address_index, created_at=pen.at,
            )  # fmt: skip
        where["dwelling_id"] = home.id
    rows_insert(list(made.values()))
    _note(list(made.values()), pen, new=True)


def _households(rows: Sequence[Ready], batch: Batch, households: Households, numbers: Sequence[str], pen: Pen) -> None:
    """Each lies where its head does, else where its first member does."""
    places = {ready.person.household: ready.person.place for ready in reversed(rows)}
    places.update({one.household: one.place for one, *_rest in rows if one.relation == Relation.HEAD})
    made = []
    for key, number in zip(batch.opened, numbers, strict=True):
        place = places[key]
        home = row_new(
            Household, number=number, area_id=place.id, area_path=place.path, opened_on=pen.as_of, created_at=pen.at
        )
        made.append(home)
        households.opened(key, home.id)
    for ready in rows:
        where = batch.where[ready.person.number]
        if where["household_id"] == NEW:
            where["household_id"] = households.of(ready.person.household, None)
    rows_insert(made)
    _note(made, pen, new=True)


def _people(batch: Batch, pen: Pen) -> None:
    people, stays = [], []
    for ready in batch.new:
        one, where = ready.person, batch.where[ready.person.number]
        population = population_for(one)
        person = row_new(
            Resident, name=one.name, given=one.name[1:], last=one.name[2:], initials=ready.initials, sex=one.sex,
            born_on=one.born, papers=one.papers, paper_number=one.paper, paper_index=ready.paper_index,
            phone=one.phone, phone_index=ready.phone_index, population=population, source=pen.source,
            created_at=pen.at, **where,
        )  # fmt: skip
        people.append(person)
        stays.append(_stay(person.id, population, where, pen))
    rows_insert(people)
    rows_insert(stays)
    _note(people, pen, new=True)
    _note(stays, pen, new=True)


def _stay(resident: int, population: str, where: dict[str, Any], pen: Pen) -> Stay:
    return row_new(
        Stay, resident_id=resident, since=pen.as_of, population=population, change=Change.IMPORTED, note=NOTE,
        actor_name=pen.actor.name, actor_post=pen.title, recorded_at=pen.at, **where,
    )  # fmt: skip


def _changes(batch: Batch, pen: Pen) -> None:
    """Facts are mended in place; whereabouts end the open stay and begin another as of the list's day."""
    if not batch.changed:
        return
    people = {row.id: row for row in Resident.objects.select_for_update().filter(id__in=batch.changed)}
    moved: dict[int, Resident] = {}
    for number, (ready, facts, where) in batch.changed.items():
        person = people.get(number)
        if person is None or person.version != batch.versions[number]:
            raise Overtaken
        one = ready.person
        for name, value in facts.items():
            setattr(person, name, value)
        if "name" in facts:
            person.given, person.last, person.initials = one.name[1:], one.name[2:], ready.initials
        if "phone_index" in facts:
            person.phone = one.phone
        if where:
            moved[number] = person
            for name, value in batch.where[one.number].items():
                setattr(person, name, value)
            person.population = population_for(one)
            person.gone_on, person.last_path = None, ""
        person.version += 1
    _write_people(list(people.values()))
    _move(moved, pen)
    _note(list(people.values()), pen, new=False)


def _write_people(people: Sequence[Resident]) -> None:
    names = ["name", "given", "last", "initials", "sex", "born_on", "papers", "phone", "phone_index", "population",
             "gone_on", "last_path", *WHERE, "version"]  # fmt: skip
    plain = [name.removesuffix("_id") for name in names]
    if Resident.objects.bulk_update(people, plain, batch_size=100) != len(people):
        raise Overtaken


def _move(moved: dict[int, Resident], pen: Pen) -> None:
    if not moved:
        return
    open_stays = list(Stay.objects.filter(resident_id__in=moved, until__isnull=True, void=False))
    for stay in open_stays:
        if stay.since > pen.as_of:
            raise Overtaken
        stay.until = pen.as_of
    Stay.objects.filter(id__in=[stay.id for stay in open_stays]).update(until=pen.as_of)
    begun = [
        _stay(number, person.population, {name: getattr(person, name) for name in WHERE}, pen)
        for number, person in moved.items()
    ]
    rows_insert(begun)
    _note(open_stays, pen, new=False)
    _note(begun, pen, new=True)


def household_numbers(count: int, at: datetime) -> list[str]:
    """So many numbers of the county's own, counted up within a year; one statement."""
    if not count:
        return []
    year = local(at).year
    last = count_up(HouseholdNumber, "year", year, by=count)
    return [f"{year}-{number:06d}" for number in range(last - count + 1, last + 1)]

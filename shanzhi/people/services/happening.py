"""Events in the life of a person, each with its day: moved, left, came back, moved out or in, registered elsewhere,
died. A whole household can move, leave and come back at once."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Final

from django.db.transaction import atomic
from django.utils import timezone

from shanzhi.access.actor import Actor
from shanzhi.lib.errors import Conflict
from shanzhi.lib.times import local
from shanzhi.people.catalogue import Change, Population, Relation
from shanzhi.people.happenings import HAPPENINGS, Happening
from shanzhi.people.models import Household, Resident, Stay
from shanzhi.people.permissions import EDIT
from shanzhi.people.selectors import household_get_for, resident_get_for
from shanzhi.people.services.checking import ELSEWHERE, NOTE, day_checked, need, post_of, refuse, tidy
from shanzhi.people.services.history import By, go_on, open_stay, replace, take_back
from shanzhi.people.services.households import household_held, members_held
from shanzhi.people.services.placing import Whither, home_to, register_to
from shanzhi.people.services.residents import locked
from shanzhi.people.whereabouts import RELATED, Where, anchor
from shanzhi.tenancy.idempotency import claim
from shanzhi.tenancy.ids import new_id

IMPOSSIBLE: Final = "{name}现在是“{now}”，不能{act}。"


def resident_event(
    *, actor: Actor, number: int, version: int, event: str, on: date, whither: Whither | None = None, note: str = "",
    key: str | None = None, at: datetime | None = None,
) -> Resident:  # fmt: skip
    """One event of one person. Conflict for one that is not possible now, Invalid for a day before the last change."""
    at, whither = at or timezone.now(), whither or Whither()
    happening = happening_named(event)
    note = tidy(note, NOTE, "note", "说明")
    row = resident_get_for(actor, number, permission=EDIT)
    with atomic():
        body = {"number": number, "version": version, "event": event, "on": on, "note": note, **whither.said()}
        if claim(key=key, actor=actor, operation="people.event", body=body, result_id=number) is not None:
            return Resident.objects.select_related(*RELATED).get(id=number)
        resident = locked(number, version)
        _happen(By(actor, post_of(actor, anchor(row)), at), resident, happening, whither, on, note)
    return resident


def household_event(
    *, actor: Actor, number: int, version: int, event: str, on: date, whither: Whither | None = None, note: str = "",
    key: str | None = None, at: datetime | None = None,
) -> list[Resident]:  # fmt: skip
    """The same of everybody of a household to whom it can happen: those whose whereabouts are those of the head, or
    everybody where there is no head. Conflict if it is nobody."""
    at, whither = at or timezone.now(), whither or Whither()
    happening = happening_named(event)
    if not happening.whole:
        refuse({"event": [f"{happening.label}要一个人一个人地登记。"]})
    note = tidy(note, NOTE, "note", "说明")
    household = household_get_for(actor, number, permission=EDIT)
    with atomic():
        body = {"number": number, "version": version, "event": event, "on": on, "note": note, **whither.said()}
        if claim(key=key, actor=actor, operation="people.household_event", body=body, result_id=number) is not None:
            return list(Resident.objects.select_related(*RELATED).filter(household=household).order_by("id"))
        held = household_held(actor, number, version)
        moved = [one for one in together(members_held(held)) if one.population in happening.of]
        if not moved:
            raise Conflict(f"这一户没有可以{happening.act}的人。", code="nobody")
        by = By(actor, post_of(actor, household.area_path), at)
        for resident in moved:
            _happen(by, resident, happening, whither, on, note)
    return moved


def together(members: Sequence[Resident]) -> list[Resident]:
    """Those who live where the head lives."""
    head = next((one for one in members if one.relation == Relation.HEAD), None)
    if head is None:
        return list(members)
    return [one for one in members if _home(one) == _home(head)]


def _home(row: Resident) -> tuple[object, ...]:
    return row.lives_id, row.dwelling_id, row.lives_elsewhere


def stay_correct(
    *, actor: Actor, stay_id: int, version: int, whither: Whither, since: date, note: str, key: str | None = None,
    at: datetime | None = None,
) -> Stay:  # fmt: skip
    """Another stay in the place of a wrong one: its places, its first day, with the reason. What happened (a birth, a
    move, a death) stays what it was; household and relation stay as they were."""
    at, row_id = at or timezone.now(), new_id()
    wrong, row = stay_get_for(actor, stay_id)
    note = need(tidy(note, NOTE, "note", "原因"), "note", "请写明为什么更正。")
    day_checked(since, local(at).date(), field="since")
    with atomic():
        body = {"stay": stay_id, "version": version, "since": since, "note": note, **whither.said()}
        earlier = claim(key=key, actor=actor, operation="people.correct", body=body, result_id=row_id)
        if earlier is not None:
            return Stay.objects.select_related(*RELATED).get(id=earlier)
        resident = locked(row.id, version)
        where = Where.of(wrong)
        if wrong.change != Change.DIED:
            where = where.living(home_to(actor, whither)).registering(register_to(whither))
        by = By(actor, post_of(actor, anchor(row)), at)
        return replace(by, resident, wrong, where, since=since, note=note, row_id=row_id)


def event_take_back(
    *, actor: Actor, number: int, version: int, key: str | None = None, at: datetime | None = None
) -> Resident:
    """The newest change was written down by mistake: it never happened."""
    at = at or timezone.now()
    row = resident_get_for(actor, number, permission=EDIT)
    with atomic():
        body = {"number": number, "version": version}
        if claim(key=key, actor=actor, operation="people.take_back", body=body, result_id=number) is not None:
            return Resident.objects.select_related(*RELATED).get(id=number)
        resident = locked(number, version)
        take_back(By(actor, post_of(actor, anchor(row)), at), resident)
        _still_there(resident)
        _only_head(resident)
    return resident


def stay_get_for(actor: Actor, stay_id: int) -> tuple[Stay, Resident]:
    """A stay and its person, for whoever may write them; NotFound outside of the scope."""
    stay = Stay.objects.select_related(*RELATED).filter(id=stay_id).first()
    row = resident_get_for(actor, stay.resident_id if stay is not None else 0, permission=EDIT)
    assert stay is not None
    return stay, row


def happening_named(code: str) -> Happening:
    found = HAPPENINGS.get(code)
    if found is None:
        refuse({"event": ["请选发生了什么。"]})
    assert found is not None
    return found


def _happen(by: By, resident: Resident, happening: Happening, whither: Whither, on: date, note: str) -> None:
    if resident.population not in happening.of:
        now = resident.get_population_display()
        raise Conflict(IMPOSSIBLE.format(name=resident.name, now=now, act=happening.act), code="impossible")
    last = open_stay(resident)
    day_checked(on, local(by.at).date(), after=last.since)
    where = _after(by.actor, Where.of(last), happening, whither)
    population = where.population(resident.papers, dead=happening.change == Change.DIED)
    if happening.change == Change.LEFT and population != Population.AWAY:
        refuse({"registered": [f"{resident.name}的户籍不在本县，离开请用“登记迁出”。"]})
    if (where.lives, where.dwelling, where.lives_elsewhere, where.registered, where.registered_elsewhere) == (
        last.lives, last.dwelling, last.lives_elsewhere, last.registered, last.registered_elsewhere
    ) and happening.change != Change.DIED:  # fmt: skip
        refuse({_FIRST[happening.change]: ["和现在登记的一样，不用再登记。"]})
    go_on(by, resident, where, since=on, change=happening.change, note=note)


_FIRST: Final = {
    Change.MOVED: "dwelling", Change.LEFT: "lives_elsewhere", Change.BACK: "dwelling", Change.REGISTERED: "registered",
    Change.MOVED_OUT: "lives_elsewhere", Change.MOVED_IN: "dwelling",
}  # fmt: skip


def _after(actor: Actor, where: Where, happening: Happening, whither: Whither) -> Where:
    """The whereabouts once it has happened."""
    if happening.change == Change.DIED:
        return Where()
    if "home" in happening.asks:
        home = home_to(actor, whither)
        if isinstance(home, str):
            refuse({"lives": ["请选县里的住处：房屋，或者村、网格。"]})
        where = where.living(home)
    if "away" in happening.asks:
        name = tidy(whither.lives_elsewhere, ELSEWHERE, "lives_elsewhere", "去了哪里")
        where = where.living(need(name, "lives_elsewhere", "请写明去了县外哪里，例如“江苏省苏州市”。"))
    if "register" in happening.asks:
        place = register_to(whither)
        where = where.registering(place)
        if isinstance(place, str):
            where = where.within(None)
    if "register_away" in happening.asks:
        name = tidy(whither.registered_elsewhere, ELSEWHERE, "registered_elsewhere", "户籍迁到哪里")
        where = where.registering(name or where.registered_elsewhere or where.lives_elsewhere).within(None)
    return where


def _still_there(resident: Resident) -> None:
    """Nobody comes back into a dwelling that was torn down meanwhile, or into a household that was closed."""
    if resident.dwelling is not None and resident.dwelling.gone_on is not None:
        raise Conflict("原来住的房屋已经拆除，不能撤回；请登记搬家到现在的住处。", code="dwelling_gone")
    if resident.household is not None and resident.household.closed_on is not None:
        raise Conflict("原来的户已经销户，不能撤回；请在户的页面登记现在属于哪一户。", code="household_closed")


def _only_head(resident: Resident) -> None:
    """What was taken back may have made room for another head meanwhile."""
    if resident.relation == Relation.HEAD and resident.household_id is not None:
        Household.objects.select_for_update(no_key=True).filter(id=resident.household_id).first()
        others = Resident.objects.filter(household_id=resident.household_id, relation=Relation.HEAD)
        if others.exclude(id=resident.id).exists():
            raise Conflict("这一户已经另有户主，请先把现在的户主改成别的关系，再撤回。", code="two_heads")

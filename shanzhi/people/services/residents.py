"""Writing a person into the register, and mending what is written of them. Where they live is `happening`'s."""

from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any, Final

from django.db.transaction import atomic
from django.db.utils import IntegrityError
from django.utils import timezone

from shanzhi.access.actor import Actor
from shanzhi.areas.models import Area
from shanzhi.lib.errors import Conflict, Stale
from shanzhi.lib.idcards import id_born_on, id_sex
from shanzhi.lib.phones import phone_read
from shanzhi.lib.pinyin import name_initials
from shanzhi.lib.times import local
from shanzhi.people.catalogue import Change, Papers, Sex
from shanzhi.people.models import Resident
from shanzhi.people.numbers import paper_index, paper_problem, paper_read, phone_index, phone_problem
from shanzhi.people.permissions import EDIT
from shanzhi.people.selectors import covers, reach, resident_get_for
from shanzhi.people.services.checking import (
    STALE,
    Faults,
    day_checked,
    post_of,
    refuse,
    within_reach,
)
from shanzhi.people.services.history import By, begin, recount
from shanzhi.people.services.placing import Whither, where_to
from shanzhi.people.whereabouts import RELATED, path_now
from shanzhi.tenancy.idempotency import claim
from shanzhi.tenancy.ids import new_id
from shanzhi.trail.services import record

NAME: Final = 40
OLDEST: Final = date(1850, 1, 1)
FIRSTS: Final = (Change.FIRST, Change.BORN, Change.MOVED_IN)
KNOWN_HERE: Final = "这个证件号码已经登记过了：{name}。请打开已有的资料，不要重复登记。"
KNOWN_ELSEWHERE: Final = "这个证件号码已经登记在别处，请联系镇里核对，不要重复登记。"


@dataclass(frozen=True, slots=True)
class Facts:
    """Who somebody is. Of an identity card birth day and sex follow from the number, whatever is said here."""

    name: str
    papers: str = Papers.ID_CARD
    paper_number: str = ""
    sex: str = Sex.UNKNOWN
    born_on: date | None = None
    phone: str = ""

    def tidy(self) -> "Facts":
        number, papers = paper_read(self.paper_number), self.papers
        facts = replace(
            self, name=" ".join(self.name.split()), paper_number=number, phone=phone_read(self.phone),
            sex=self.sex or Sex.UNKNOWN,
        )  # fmt: skip
        if papers == Papers.ID_CARD and not paper_problem(papers, number, date.max):
            return replace(facts, born_on=id_born_on(number), sex=id_sex(number))
        return facts

    def faults(self, today: date) -> Faults:
        faults: Faults = {}
        if not self.name:
            faults["name"] = ["请填姓名。"]
        elif len(self.name) > NAME:
            faults["name"] = [f"姓名最多写 {NAME} 字，请核对。"]
        if self.papers not in Papers.values:
            faults["papers"] = ["请选证件。"]
        elif said := paper_problem(self.papers, self.paper_number, today):
            faults["paper_number"] = [said]
        if self.sex not in Sex.values:
            faults["sex"] = ["请选性别。"]
        if self.born_on is not None and not OLDEST <= self.born_on <= today:
            faults["born_on"] = ["出生日期不对，请核对。"]
        if said := phone_problem(self.phone):
            faults["phone"] = [said]
        return faults

    def columns(self) -> dict[str, Any]:
        return {
            "name": self.name, "given": self.name[1:], "last": self.name[2:], "initials": name_initials(self.name),
            "sex": self.sex, "born_on": self.born_on, "papers": self.papers, "paper_number": self.paper_number,
            "paper_index": paper_index(self.paper_number), "phone": self.phone, "phone_index": phone_index(self.phone),
        }  # fmt: skip

    def said(self) -> dict[str, Any]:
        """What a key remembers: no number, nor a digest by which one could be tried out."""
        return {
            "name": self.name, "papers": self.papers, "paper": paper_index(self.paper_number), "sex": self.sex,
            "born_on": self.born_on, "phone": phone_index(self.phone),
        }  # fmt: skip


def resident_add(
    *, actor: Actor, facts: Facts, whither: Whither, on: date, change: str = Change.FIRST, note: str = "",
    key: str | None = None, at: datetime | None = None,
) -> Resident:  # fmt: skip
    """A person who was not known, with the day from which their whereabouts are.

    Conflict `known_person` for a paper that is known: with the person's id in `more` where the actor may see them.
    A birth is dated by the day of birth.
    """
    at, row_id = at or timezone.now(), new_id()
    today = local(at).date()
    actor.require(EDIT)
    if change not in FIRSTS:
        refuse({"change": ["请选怎样登记的。"]})
    facts = facts.tidy()
    if change == Change.BORN and facts.born_on is None:
        refuse({"born_on": ["请填出生日期。"]})
    refuse(facts.faults(today))
    on = facts.born_on if change == Change.BORN and facts.born_on is not None else on
    day_checked(on, today)
    if facts.born_on is not None and on < facts.born_on:
        refuse({"on": ["日期早于出生日期，请核对。"]})
    with atomic():
        body = {**facts.said(), **whither.said(), "on": on, "change": change}
        earlier = claim(key=key, actor=actor, operation="people.add", body=body, result_id=row_id)
        if earlier is not None:
            return Resident.objects.select_related(*RELATED).get(id=earlier)
        where = where_to(actor, whither)
        if where.lives is None and where.registered is None:
            refuse({"lives": ["居住地和户籍地至少有一处在本县，请选村或网格。"]})
        path = written_at(actor, where.lives, where.registered)
        check_known(actor, facts.paper_number)
        resident = Resident(id=row_id, created_at=at, **facts.columns())
        by = By(actor, post_of(actor, path), at)
        try:
            with atomic():
                begin(by, resident, where, since=on, change=Change(change), note=note)
        except IntegrityError:
            check_known(actor, facts.paper_number)
            raise
    return resident


def written_at(actor: Actor, *places: Area | None) -> str:
    """The path of the first of these places that the actor may write into; Forbidden if it is none."""
    paths: list[str] = [path_now(place) for place in places if place is not None]
    mine = [path for path in paths if actor.scope(EDIT).covers(path)]
    if not mine and paths:
        within_reach(actor, paths[0], "lives")
    return mine[0] if mine else ""


def check_known(actor: Actor, number: str, *, but: int = 0) -> None:
    """Conflict for a paper that somebody else in the register has."""
    index = paper_index(number)
    rows = Resident.objects.filter(paper_index=index).exclude(paper_index="")  # the index leaves those without out
    found = rows.exclude(id=but).order_by("paper_index").first() if index else None
    if found is None:
        return
    seen = covers(reach(actor), found)
    sentence = KNOWN_HERE.format(name=found.name) if seen else KNOWN_ELSEWHERE
    error = Conflict(sentence, code="known_person", fields={"paper_number": [sentence]})
    error.more = {"resident": str(found.id)} if seen else {}
    raise error


def resident_change(
    *, actor: Actor, number: int, version: int, facts: Facts, keep_numbers: bool = True, key: str | None = None,
    at: datetime | None = None,
) -> Resident:  # fmt: skip
    """Mend name, papers, phone. Numbers that are left empty stay as they are, unless `keep_numbers` is off: a form
    never shows them. Other papers may make somebody of the settled a person from abroad, from the first day on."""
    at = at or timezone.now()
    row = resident_get_for(actor, number, permission=EDIT)
    with atomic():
        told = facts.tidy()
        body = {"number": number, "version": version, "keep": keep_numbers, **told.said()}
        if claim(key=key, actor=actor, operation="people.facts", body=body, result_id=number) is not None:
            return Resident.objects.select_related(*RELATED).get(id=number)
        resident = locked(number, version)
        if keep_numbers:
            same = facts.papers == resident.papers and not told.paper_number
            facts = replace(
                facts, paper_number=resident.paper_number if same else facts.paper_number,
                phone=told.phone or resident.phone,
            )  # fmt: skip
        facts = facts.tidy()
        refuse(facts.faults(local(at).date()))
        check_known(actor, facts.paper_number, but=number)
        for name, value in facts.columns().items():
            setattr(resident, name, value)
        by = By(actor, post_of(actor, row.lives_path or row.registered_path), at)
        recount(by, resident)
        resident.version += 1
        try:
            with atomic():
                resident.save()
        except IntegrityError:
            check_known(actor, facts.paper_number, but=number)
            raise
        record(actor=actor, code="people.resident.changed", obj=resident, at=at, post=by.post)
    return resident


def locked(number: int, version: int | None) -> Resident:
    """The row, held until the end of the transaction; Stale for a version that is not the newest."""
    rows = Resident.objects.select_related(*RELATED).select_for_update(of=("self",)).filter(id=number)
    row = rows.first() if version is None else rows.filter(version=version).first()
    if row is None:
        raise Stale(STALE, code="stale")
    return row

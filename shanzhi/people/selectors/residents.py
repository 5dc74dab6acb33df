"""Lists of people, and everything about one of them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from django.db.models import Exists, OuterRef, QuerySet

from shanzhi.access.actor import Actor
from shanzhi.areas.models import Area
from shanzhi.lib.masks import name_mask
from shanzhi.people.catalogue import Change, Population
from shanzhi.people.groups import group_scope, groups_for
from shanzhi.people.models import Membership, Resident, Stay
from shanzhi.people.numbers import group_index
from shanzhi.people.permissions import CARE, VIEW
from shanzhi.people.selectors.scope import below_q, covers, reach
from shanzhi.people.whereabouts import RELATED
from shanzhi.tenancy.keyset import Order, Page, page_of

TABS: Final = {"lives": "住在这里", "registered": "户籍在这里", "last": "已迁出、去世"}
AGES: Final = {
    "0-6": (0, 6), "7-17": (7, 17), "18-59": (18, 59), "60-79": (60, 79), "80-": (80, 150),
}  # fmt: skip
AGE_WORDS: Final = {
    "0-6": "6 岁以下", "7-17": "7 到 17 岁", "18-59": "18 到 59 岁", "60-79": "60 到 79 岁", "80-": "80 岁以上",
}  # fmt: skip
LISTED: Final = ("lives__parent", "registered__parent", "dwelling", "household")


@dataclass(frozen=True, slots=True)
class PeopleFilter:
    """One tab at a time: with OR between the two paths no index would be of use."""

    tab: str = "lives"
    population: str = ""
    sex: str = ""
    age: str = ""
    care: str = ""


def order_of(tab: str) -> Order:
    """By place and then by name; names stand in no address."""
    return Order(f"people.{tab}", (f"{tab}_path", "name"), private=True)


def resident_rows(actor: Actor, area: Area, wanted: PeopleFilter, today: date) -> QuerySet[Resident]:
    """People of a tab at and below a place, as far as the actor may see."""
    tab = wanted.tab if wanted.tab in TABS else "lives"
    rows = Resident.objects.filter(reach(actor, VIEW).q(f"{tab}_path"), below_q(area, f"{tab}_path"))
    if tab == "last":
        rows = rows.exclude(last_path="")
    if wanted.population in Population.values:
        rows = rows.filter(population=wanted.population)
    if wanted.sex:
        rows = rows.filter(sex=wanted.sex)
    if wanted.age in AGES:
        youngest, oldest = AGES[wanted.age]
        rows = rows.filter(born_on__lte=years_before(today, youngest), born_on__gt=years_before(today, oldest + 1))
    if wanted.care:
        rows = _in_group(actor, rows, wanted.care)
    return rows


def _in_group(actor: Actor, rows: QuerySet[Resident], code: str) -> QuerySet[Resident]:
    """Only of a group that the actor may see; of any other there is nobody."""
    group = groups_for(actor).get(code) if actor.can(CARE) else None
    if group is None:
        return rows.none()
    there = Membership.objects.filter(
        group_scope(actor, group).q("path"), resident=OuterRef("pk"), group_index=group_index(code), until=None
    )
    return rows.filter(Exists(there))


def resident_page(
    actor: Actor, area: Area, wanted: PeopleFilter, *, today: date, cursor: str = "", size: int = 50
) -> Page[Resident]:
    tab = wanted.tab if wanted.tab in TABS else "lives"
    rows = resident_rows(actor, area, wanted, today).select_related(*LISTED)
    return page_of(rows, order_of(tab), cursor=cursor, size=size)


def years_before(day: date, years: int) -> date:
    """The same day so many years earlier; of 29 February the day before."""
    try:
        return day.replace(year=day.year - years)
    except ValueError:
        return day.replace(year=day.year - years, day=28)


def age_on(born_on: date | None, day: date) -> int | None:
    if born_on is None or born_on > day:
        return None
    return day.year - born_on.year - ((day.month, day.day) < (born_on.month, born_on.day))


def stays_shown(resident: Resident) -> list[Stay]:
    """Every stay, the newest first; void ones are there, too: what was believed once is history as well."""
    rows = Stay.objects.select_related(*RELATED).filter(resident=resident)
    return sorted(rows, key=lambda one: (one.since, one.until is None, one.id), reverse=True)


def stay_on(resident: Resident, day: date) -> Stay | None:
    """Where somebody was on a day; None before the first known day."""
    rows = Stay.objects.select_related(*RELATED).filter(resident=resident, void=False, since__lte=day)
    return next((one for one in rows if one.until is None or one.until > day), None)


@dataclass(frozen=True, slots=True)
class Member:
    """Of a household or a dwelling as somebody may see them: outside of their scope the name is masked."""

    row: Resident
    seen: bool

    @property
    def name(self) -> str:
        return self.row.name if self.seen else name_mask(self.row.name)


def members_of(actor: Actor, rows: QuerySet[Resident]) -> list[Member]:
    """Heads first, then the others by what they are to the head; those without a household last."""
    scope = reach(actor)
    found: Sequence[Resident] = list(rows.select_related(*LISTED))
    ordered = sorted(
        found, key=lambda one: (one.household_id or 0, one.relation or "9", one.born_on or date.max, one.id)
    )
    return [Member(row, covers(scope, row)) for row in ordered]


def can_take_back(stays: Sequence[Stay]) -> bool:
    return sum(1 for one in stays if not one.void) > 1


def correctable(stay: Stay) -> bool:
    """A change of household is mended at the household."""
    return not stay.void and stay.change != Change.HOUSEHOLD

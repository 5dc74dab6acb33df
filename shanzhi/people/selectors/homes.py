"""Lists of dwellings and households, and one of each with who is there."""

from dataclasses import dataclass
from typing import Final

from django.db.models import Count, OuterRef, QuerySet, Subquery

from shanzhi.access.actor import Actor
from shanzhi.areas.models import Area
from shanzhi.people.catalogue import Relation
from shanzhi.people.models import Dwelling, Household, Resident
from shanzhi.people.permissions import VIEW
from shanzhi.people.selectors.residents import Member, members_of
from shanzhi.people.selectors.scope import below_q, reach
from shanzhi.tenancy.keyset import Order, Page, page_of

DWELLINGS: Final = Order("people.dwellings", ("area_path", "road"))
HOUSEHOLDS: Final = Order("people.households", ("area_path",))
USED: Final = {"": "在用", "gone": "已拆除"}
OPEN: Final = {"": "现有", "closed": "已销户"}
NAMED: Final = 3  # people of a dwelling who are named
CHOICES: Final = 300  # dwellings or households that a form offers


def dwelling_page(
    actor: Actor, area: Area, *, use: str = "", gone: bool = False, cursor: str = "", size: int = 50
) -> Page[tuple[Dwelling, str]]:
    """With who lives in each, for door numbers are masked; two statements."""
    rows = Dwelling.objects.filter(
        reach(actor, VIEW).q("area_path"), below_q(area, "area_path"), gone_on__isnull=not gone
    )
    if use in Dwelling.Use.values:
        rows = rows.filter(use=use)
    page = page_of(rows.select_related("area__parent"), DWELLINGS, cursor=cursor, size=size)
    names = names_in([row.id for row in page.rows])
    return page.showing([(row, some(names.get(row.id, []))) for row in page.rows])


def names_in(ids: list[int]) -> dict[int, list[str]]:
    """Who lives in each of these dwellings, heads first; one statement."""
    found: dict[int, list[str]] = {}
    rows = Resident.objects.filter(dwelling_id__in=ids).order_by("dwelling_id", "relation", "id")
    for home, name in rows.values_list("dwelling_id", "name") if ids else []:
        found.setdefault(home or 0, []).append(name)
    return found


def some(names: list[str]) -> str:
    """张小平、李秀英、张明 等 5 人."""
    return "、".join(names[:NAMED]) + (f" 等 {len(names)} 人" if len(names) > NAMED else "")


def counts_by(column: str, ids: list[int]) -> dict[int, int]:
    rows = Resident.objects.filter(**{f"{column}__in": ids}).values_list(column).annotate(Count("id"))
    return dict(rows.order_by(column)) if ids else {}


@dataclass(frozen=True, slots=True)
class HouseholdRow:
    row: Household
    head: str
    people: int


def household_page(
    actor: Actor, area: Area, *, closed: bool = False, cursor: str = "", size: int = 50
) -> Page[HouseholdRow]:
    rows = Household.objects.filter(
        reach(actor, VIEW).q("area_path"), below_q(area, "area_path"), closed_on__isnull=not closed
    )
    page = page_of(rows.select_related("area__parent"), HOUSEHOLDS, cursor=cursor, size=size)
    ids = [row.id for row in page.rows]
    counts, heads = counts_by("household_id", ids), heads_of(ids)
    return page.showing([HouseholdRow(row, heads.get(row.id, ""), counts.get(row.id, 0)) for row in page.rows])


def heads_of(ids: list[int]) -> dict[int, str]:
    """Names of the heads by household; one statement."""
    rows = Resident.objects.filter(household_id__in=ids, relation=Relation.HEAD)
    return dict(rows.values_list("household_id", "name")) if ids else {}


def dwellers(actor: Actor, dwelling: Dwelling) -> list[Member]:
    return members_of(actor, Resident.objects.filter(dwelling=dwelling))


def household_members(actor: Actor, household: Household) -> list[Member]:
    return members_of(actor, Resident.objects.filter(household=household))


def dwellings_offered(actor: Actor, area: Area) -> list[Dwelling]:
    """Standing ones of one place for a form, in the order of roads; at most 300."""
    rows = Dwelling.objects.filter(reach(actor).q("area_path"), below_q(area, "area_path"), gone_on=None)
    return list(rows.select_related("area__parent").order_by("area_path", "road", "id")[:CHOICES])


def households_offered(actor: Actor, area: Area) -> list[tuple[Household, str]]:
    """Open ones of one place with the name of the head, at most 300; one statement."""
    head = Resident.objects.filter(household=OuterRef("pk"), relation=Relation.HEAD).values("name")[:1]
    rows: QuerySet[Household] = Household.objects.filter(
        reach(actor).q("area_path"), below_q(area, "area_path"), closed_on=None
    )
    found = rows.annotate(head=Subquery(head)).order_by("area_path", "id")[:CHOICES]
    return [(row, getattr(row, "head", None) or "") for row in found]

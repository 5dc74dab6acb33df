"""Where somebody goes, as a form or a program says it, made into places that the register knows."""

from dataclasses import asdict, dataclass
from typing import Any

from shanzhi.access.actor import Actor
from shanzhi.areas.models import Area
from shanzhi.lib.errors import NotFound
from shanzhi.people.catalogue import Relation
from shanzhi.people.models import Dwelling, Household, Resident
from shanzhi.people.selectors import dwelling_get_for, household_get_for
from shanzhi.people.services.checking import ELSEWHERE, home_checked, refuse, tidy
from shanzhi.people.whereabouts import Where


@dataclass(frozen=True, slots=True)
class Whither:
    """Codes of a village or grid, ids of a dwelling and a household, or the name of a place outside of the county."""

    lives: str = ""
    dwelling: int | None = None
    lives_elsewhere: str = ""
    registered: str = ""
    registered_elsewhere: str = ""
    household: int | None = None
    relation: str = ""

    def said(self) -> dict[str, Any]:
        return asdict(self)


def where_to(actor: Actor, whither: Whither) -> Where:
    """All of it as it is to be; each fault beside its field."""
    where = Where().living(home_to(actor, whither)).registering(register_to(whither))
    if whither.household is not None:
        household = open_household(actor, whither.household)
        relation_checked(household, whither.relation)
        where = where.within(household, whither.relation)
    return where


def home_to(actor: Actor, whither: Whither) -> Dwelling | Area | str:
    """A dwelling before a place before a name outside."""
    if whither.dwelling is not None:
        return open_dwelling(actor, whither.dwelling)
    if whither.lives:
        return home_checked(whither.lives, "lives")
    name = tidy(whither.lives_elsewhere, ELSEWHERE, "lives_elsewhere", "县外居住地")
    if not name:
        refuse({"lives": ["请选住在哪个村或网格；住在县外的，写明在哪里。"]})
    return name


def register_to(whither: Whither) -> Area | str:
    if whither.registered:
        return home_checked(whither.registered, "registered")
    name = tidy(whither.registered_elsewhere, ELSEWHERE, "registered_elsewhere", "县外户籍地")
    if not name:
        refuse({"registered": ["请选户籍在哪个村；户籍在县外的，写明在哪里。"]})
    return name


def open_dwelling(actor: Actor, number: int) -> Dwelling:
    try:
        row = dwelling_get_for(actor, number)
    except NotFound:
        row = None
    if row is None or row.gone_on is not None:
        refuse({"dwelling": ["没有找到这座房屋，或者已经拆除，请重新选择。"]})
    assert row is not None
    return row


def open_household(actor: Actor, number: int) -> Household:
    """Held until the end of the transaction: nobody closes it while somebody is written into it."""
    try:
        household_get_for(actor, number)
    except NotFound:
        row = None
    else:
        rows = Household.objects.select_related("area__parent").select_for_update(of=("self",), no_key=True)
        row = rows.get(id=number)
    if row is None or row.closed_on is not None:
        refuse({"household": ["没有找到这一户，或者已经销户，请重新选择。"]})
    assert row is not None
    return row


def relation_checked(household: Household, relation: str, *, but: int = 0) -> None:
    """A household has one head at most; whoever writes a second one waits for the first."""
    if relation not in Relation.values:
        refuse({"relation": ["请选与户主的关系。"]})
    if relation == Relation.HEAD:
        Household.objects.select_for_update(no_key=True).filter(id=household.id).first()
        held = Resident.objects.filter(household=household, relation=Relation.HEAD).exclude(id=but)
        if held.exists():
            refuse({"relation": ["这一户已经有户主；要换户主，请在户的页面用“变更户主”。"]})

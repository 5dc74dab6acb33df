"""Cases of kinds that only some roles may see: absent for everybody else, whatever their scope; the reporter excepted."""

from collections.abc import Iterable
from datetime import datetime

from django.db.models import Q

from shanzhi.access.actor import Actor
from shanzhi.access.permissions import ROLES
from shanzhi.accounts.selectors import holders_among
from shanzhi.areas.models import Area, Unit
from shanzhi.cases import permissions
from shanzhi.cases.models import Case


def roles_text(roles: Iterable[str]) -> str:
    """The roles as a case keeps them: |grid_worker|village_clerk|; empty for everybody."""
    listed = "|".join(sorted(roles))
    return f"|{listed}|" if listed else ""


def seen(actor: Actor, prefix: str = "") -> Q:
    """The condition on a list of cases, or on rows that have one under `prefix`: shown to everybody in scope, or to one of the actor's roles."""
    if actor.is_system:
        return Q()
    condition = Q((f"{prefix}seen_by", ""))
    for role in sorted({post.role for post in actor.posts}):
        condition |= Q((f"{prefix}seen_by__contains", f"|{role}|"))
    return condition


def may_see_kind(actor: Actor, case: Case) -> bool:
    """The same for one case; who reported it sees it in any case."""
    if not case.seen_by or actor.is_system or actor.user_id == case.reporter_id:
        return True
    return any(f"|{post.role}|" in case.seen_by for post in actor.posts)


def told_among(case: Case, people: Iterable[int], *, at: datetime | None = None) -> frozenset[int]:
    """Those of these people who may be told of the case: a notice names it, so it is absent for other roles here too.

    No statement for a kind that everybody may see.
    """
    named = frozenset(people)
    if not case.seen_by or not named:
        return named
    return holders_among(case.seen_by.strip("|").split("|"), named, at=at) | (named & {case.reporter_id})


def office_sees(seen_by: str, level: str) -> bool:
    """Whether the office of a level may see cases with these roles (`Case.seen_by`): else nobody there could decide."""
    roles = [code for code in permissions.LEVEL_OFFICE if level in ROLES[code].levels]
    return not seen_by or any(f"|{role}|" in seen_by for role in roles)


def level_that_sees(seen_by: str, place: Area) -> Area:
    """The place, or the nearest level above it whose office may see the kind; the place if none may."""
    found: Area | None = place
    while found is not None and not office_sees(seen_by, found.level):
        found = found.parent
    return found or place


def is_hidden_from(case: Case, target: Area | Unit) -> bool:
    """Whether nobody who handles at this unit or place may see the case: then it can't be given there."""
    if not case.seen_by:
        return False
    level = "unit" if isinstance(target, Unit) else target.level
    roles = [code for code in permissions.HANDLERS if level in ROLES[code].levels]
    return not any(f"|{role}|" in case.seen_by for role in roles)

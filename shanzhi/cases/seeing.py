"""Cases of kinds that only some roles may see: absent for all others, whatever their scope, but the reporter."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db.models import Q

from shanzhi.access.actor import Actor, ActorPost
from shanzhi.access.permissions import ROLES
from shanzhi.accounts.selectors import holders_among
from shanzhi.areas.models import Area, Unit
from shanzhi.areas.paths import ancestors
from shanzhi.cases import permissions
from shanzhi.cases.kinds.registry import kind_of
from shanzhi.cases.kinds.schema import KindBody
from shanzhi.cases.kinds.showing import readable
from shanzhi.cases.models import Case


def roles_text(roles: Iterable[str]) -> str:
    """The roles as a case keeps them: |grid_worker|village_clerk|; empty for everybody."""
    listed = "|".join(sorted(roles))
    return f"|{listed}|" if listed else ""


def seen(actor: Actor, prefix: str = "") -> Q:
    """The condition on a list of cases, or on rows that have one under `prefix`: shown to all, or to the role
    of a post that reaches it: a post elsewhere gives nothing here."""
    if actor.is_system:
        return Q()
    posts = [post for post in actor.posts if post.allows(permissions.VIEW)]
    roles = sorted({post.role for post in posts})
    condition = Q((f"{prefix}seen_by", ""))
    for role in roles:
        shown = Q((f"{prefix}seen_by__contains", f"|{role}|"))
        if len(roles) > 1:  # else the scope of the list says where
            shown &= _reached([post for post in posts if post.role == role], prefix)
        condition |= shown
    return condition


def _reached(posts: Sequence[ActorPost], prefix: str) -> Q:
    """What these posts reach: their subtrees, and everything for a unit's, whose lists are narrowed to its own."""
    if any(post.unit_id is not None for post in posts):
        return Q()
    condition = Q(pk__in=[])
    for path in sorted({post.area_path for post in posts}):
        condition |= Q((f"{prefix}area_path__startswith", path)) | Q((f"{prefix}owner_path__startswith", path))
    return condition | Q((f"{prefix}handler_area_id__in", sorted({post.area_id for post in posts})))


def may_see_kind(actor: Actor, case: Case) -> bool:
    """The same for one case that is in somebody's reach; who reported it sees it in any case."""
    if not case.seen_by or actor.is_system or case.is_reported_by(actor.user_id):
        return True
    return any(f"|{role}|" in case.seen_by for role in _roles_here(actor, case))


def _roles_here(actor: Actor, case: Case) -> set[str]:
    """The roles of the posts that reach the case; one that is held elsewhere shows nothing here."""
    return {
        post.role
        for post in actor.posts
        if post.unit_id is not None
        or case.area_path.startswith(post.area_path)
        or case.owner_path.startswith(post.area_path)
        or post.area_id == case.handler_area_id
    }


def told_among(case: Case, people: Iterable[int], *, at: datetime | None = None) -> frozenset[int]:
    """Those of these people who may be told of the case: a notice names it, so it is absent for other roles here too.

    No statement for a kind that everybody may see.
    """
    named = frozenset(people)
    if not case.seen_by or not named:
        return named
    paths = {case.area_path, case.owner_path, *ancestors(case.area_path), *ancestors(case.owner_path)}
    if case.handler_area is not None:
        paths.add(case.handler_area.path)
    holders = holders_among(case.seen_by.strip("|").split("|"), named, paths=paths, at=at)
    return holders | (named & {case.reporter_id})


def kind_marks(body: KindBody) -> dict[str, Any]:
    """What a case copies from its kind: who may see it, and whether the public may know that it is there."""
    return {"seen_by": roles_text(body.seen_by), "is_public": body.public and not body.seen_by}


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


def answers_for(actor: Actor, case: Case) -> Mapping[str, Any]:
    """The answers that this person may read: a question may name the roles, whoever gave them reads all.

    The reporter of a part is whoever split it off: that gave no answers.
    """
    answers: Mapping[str, Any] = case.answers
    if actor.is_system or (case.is_reported_by(actor.user_id) and case.parent_id is None):
        return answers
    return readable(kind_of(case), answers, _roles_here(actor, case))


def is_hidden_from(case: Case, target: Area | Unit) -> bool:
    """Whether nobody who handles at this unit or place may see the case: then it can't be given there."""
    if not case.seen_by:
        return False
    level = "unit" if isinstance(target, Unit) else target.level
    roles = [code for code in permissions.HANDLERS if level in ROLES[code].levels]
    return not any(f"|{role}|" in case.seen_by for role in roles)

"""One assignment as a person may see it, and what was done with it."""

from datetime import date

from shanzhi.access.actor import Actor
from shanzhi.access.pages import not_found
from shanzhi.staffing.models import Assignment, AssignmentAct, PhoneShown
from shanzhi.staffing.permissions import CONTACT, MANAGE, VIEW
from shanzhi.staffing.selectors.scope import place_scope, visible

SHOWN = 100


def assignment_get_for(actor: Actor, number: int, *, permission: str = VIEW) -> Assignment:
    """One of the staff whom this person may see (404), for whoever may do this anywhere (403)."""
    row = Assignment.objects.select_related("area__parent").filter(id=number).first() if actor.is_member else None
    if row is None or not visible(actor, row.area_path):
        raise not_found()
    actor.require(permission)
    return row


def may_manage(actor: Actor, row: Assignment) -> bool:
    return actor.can(MANAGE) and place_scope(actor, MANAGE).covers(row.area_path)


def may_reveal(actor: Actor, row: Assignment) -> bool:
    return bool(row.phone_index) and actor.can(CONTACT)


def acts_of(row: Assignment) -> list[AssignmentAct]:
    """What was done, the newest first."""
    return list(AssignmentAct.objects.filter(assignment_id=row.id).order_by("-at", "-id"))


def shown_of(row: Assignment) -> list[PhoneShown]:
    """Who had the number shown, the newest first."""
    return list(PhoneShown.objects.filter(assignment_id=row.id).order_by("-at", "-id")[:SHOWN])


def again_of(row: Assignment, day: date) -> bool:
    """Whether to go on means a new term, because this one is over."""
    return row.state_on(day) in ("over", "ended")

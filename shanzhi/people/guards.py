"""The photo of a dwelling is seen by whoever sees the dwelling."""

from shanzhi.access.actor import Actor
from shanzhi.files.registry import register
from shanzhi.lib.errors import DomainError
from shanzhi.people.selectors import dwelling_get_for


def dwelling_guard(actor: Actor, dwelling_id: int) -> bool:
    try:
        dwelling_get_for(actor, dwelling_id)
    except DomainError:
        return False
    return True


register("people.dwelling", dwelling_guard)

"""One's own settings and addresses."""

from shanzhi.access.actor import Actor
from shanzhi.notices.models import Address, Preference


def preference_of(*, actor: Actor) -> Preference:
    """The saved choices, or the defaults (version 0)."""
    found = Preference.objects.filter(user_id=actor.user_id).first()
    return found or Preference(user_id=actor.user_id)


def addresses_of(*, actor: Actor) -> dict[str, Address]:
    """One's own addresses by channel, also those that wait for their code."""
    return {row.channel: row for row in Address.objects.filter(user_id=actor.user_id)}


def address_of(*, actor: Actor, channel: str) -> Address | None:
    return Address.objects.filter(user_id=actor.user_id, channel=channel).first()

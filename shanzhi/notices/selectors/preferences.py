"""One's own settings and addresses."""

from shanzhi.access.actor import Actor
from shanzhi.notices.models import Address, Preference


def _own(actor: Actor) -> int:
    """Nobody is 0: the system and strangers keep no settings."""
    return actor.user_id or 0


def preference_of(*, actor: Actor) -> Preference:
    """The saved choices, or the defaults (version 0)."""
    found = Preference.objects.filter(user_id=_own(actor)).first()
    return found or Preference(user_id=_own(actor))


def addresses_of(*, actor: Actor) -> dict[str, Address]:
    """One's own addresses by channel, also those that wait for their code."""
    return {row.channel: row for row in Address.objects.filter(user_id=_own(actor))}


def address_of(*, actor: Actor, channel: str) -> Address | None:
    return Address.objects.filter(user_id=_own(actor), channel=channel).first()

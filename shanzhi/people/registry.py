"""What apps above keep of a person goes with the person: registered by them, called in the same transaction.

Not an event: whoever is told that their data are deleted must not find some of them left a minute later.
"""

from collections.abc import Callable
from datetime import datetime

from shanzhi.access.actor import Actor
from shanzhi.people.models import Membership, Resident

OnPerson = Callable[[Actor, Resident, datetime], None]
OnMembership = Callable[[Actor, Membership, datetime], None]
_persons: dict[str, OnPerson] = {}
_memberships: dict[str, OnMembership] = {}


def with_resident(name: str, call: OnPerson) -> None:
    """`call` deletes what the app `name` keeps of a resident who is about to be deleted."""
    _persons[name] = call


def with_membership(name: str, call: OnMembership) -> None:
    """`call` deletes what the app `name` keeps of somebody for the sake of a membership that is about to be deleted."""
    _memberships[name] = call


def resident_goes(actor: Actor, resident: Resident, at: datetime) -> None:
    for name in sorted(_persons):
        _persons[name](actor, resident, at)


def membership_goes(actor: Actor, membership: Membership, at: datetime) -> None:
    for name in sorted(_memberships):
        _memberships[name](actor, membership, at)

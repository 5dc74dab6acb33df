"""What accounts tell whoever is above them."""

from typing import Final

from shanzhi.tenancy.outbox import EventType

STANDIN_SET: Final = EventType(
    "accounts.standin.set", "Somebody will work a colleague's list; data: post, holder, substitute (ids of users)"
)
STANDIN_ENDED: Final = EventType(
    "accounts.standin.ended", "It was ended before its last day; data: post, holder, substitute (ids of users)"
)

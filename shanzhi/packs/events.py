"""What definitions tell whoever is above."""

from typing import Final

from shanzhi.tenancy.outbox import EventType

PUBLISHED: Final = EventType("packs.version.published", "A version was published; subject: its id; data: family, code")
RETIRED: Final = EventType("packs.definition.retired", "A definition no longer counts; data: family, code")

"""What the tree tells whoever is above it."""

from typing import Final

from shanzhi.tenancy.outbox import EventType

MERGED: Final = EventType("areas.area.merged", "An area was abolished in favour of another; data: into, its id")

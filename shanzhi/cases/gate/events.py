"""What the gate tells whoever is above."""

from typing import Final

from shanzhi.tenancy.outbox import EventType

FLOODED: Final = EventType("cases.flood.began", "Public reports of a place come too fast and are held from now on")

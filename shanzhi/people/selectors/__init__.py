"""Reading the registers; nothing here writes."""

from shanzhi.people.selectors.scope import (
    area_for,
    below_q,
    covers,
    dwelling_get_for,
    homes_below,
    household_get_for,
    place_named,
    reach,
    resident_get_for,
)

__all__ = [
    "area_for",
    "below_q",
    "covers",
    "dwelling_get_for",
    "homes_below",
    "household_get_for",
    "place_named",
    "reach",
    "resident_get_for",
]

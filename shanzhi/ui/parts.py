"""What the larger parts are given: plain values that any app can make."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Crumb:
    """A step of the path of areas; the last one has no address."""

    label: str
    url: str = ""


@dataclass(frozen=True, slots=True)
class PhotoItem:
    """A picture of a strip; `alt` says what is to be seen on it."""

    url: str
    thumb: str
    alt: str


@dataclass(frozen=True, slots=True)
class TimelineItem:
    """One thing that happened.

    `kind`: done (filled), now (the latest), late (a limit was passed), note (a late or side entry).
    `who` is a name with its post, always. `happened_at` is shown when it was written down later,
    `offline_at` when it was done on a phone without signal and `at` is when it arrived.
    """

    title: str
    at: datetime
    who: str = ""
    note: str = ""
    kind: str = "done"
    icon: str = "check"
    photos: Sequence[PhotoItem] = ()
    happened_at: datetime | None = None
    offline_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class StepItem:
    """A step of a procedure; `state` is done, now or empty for what is to come."""

    label: str
    sub: str = ""
    state: str = ""


@dataclass(frozen=True, slots=True)
class Tile:
    """A figure that opens its records; without a value it says 无数据. `definition` says how it is counted."""

    label: str
    value: str = ""
    unit: str = ""
    sub: str = ""
    url: str = ""
    definition: str = ""

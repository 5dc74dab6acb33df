"""Which public, open matters of the village are probably the one that is being reported."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from shanzhi.cases.catalogue import State
from shanzhi.cases.kinds.registry import kind_of
from shanzhi.cases.models import Case
from shanzhi.cases.places import place_name
from shanzhi.cases.suggesting.duplicates import FIELDS, LOOKED_AT, Matter, likely_among, nearby

SHOWN: Final = 3
MORE: Final = (
    "is_public", "summary", "joined", "area__county_id", "area__name", "area__level", "area__parent",
    "area__parent__county_id", "area__parent__name",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Alike:
    """What the public may know of such a matter: never a word of whoever reported it."""

    number: str
    kind: str
    place: str
    received_at: datetime
    state: str
    summary: str
    joined: int


def public_open(case: Case) -> bool:
    """Whether somebody without an account may join it."""
    return case.is_public and not case.seen_by and case.is_open


def alike(matter: Matter, *, at: datetime) -> list[Alike]:
    """At most three, the likest first; one statement, none for a text that says nothing."""
    rows = nearby(matter.area, at=at).filter(is_public=True, seen_by="", ended_at=None)
    rows = rows.select_related("area__parent").only(*FIELDS, *MORE).order_by("-received_at", "-id")[:LOOKED_AT]
    return [_told(one.case) for one in likely_among(matter, lambda: rows, at=at)[:SHOWN]]


def _told(case: Case) -> Alike:
    return Alike(
        number=case.number, kind=kind_of(case).label, place=place_name(case.area), received_at=case.received_at,
        state=State(case.state).label, summary=case.summary, joined=case.joined,
    )  # fmt: skip

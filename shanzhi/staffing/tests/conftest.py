"""A day to be on, and a short way to appoint somebody."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

import pytest

from shanzhi.lib.times import SHANGHAI
from shanzhi.staffing.models import Assignment
from shanzhi.staffing.services import Details, Term, assignment_add
from tests.cast import Cast

NOW = datetime(2026, 11, 30, 10, 0, tzinfo=SHANGHAI)
TODAY = NOW.date()
Appoint = Callable[..., Assignment]


def days(number: int) -> date:
    """So many days from today."""
    return TODAY + timedelta(days=number)


@pytest.fixture
def appoint(cast: Cast) -> Appoint:
    """Somebody in a role at a short name of the cast's places; by the county's desk, in office since last year."""

    def made(role: str = "instructor", place: str = "g1", **changes: Any) -> Assignment:
        by, at = changes.pop("by", "county_centre"), changes.pop("at", NOW)
        term = Term(changes.pop("first", date(2025, 1, 1)), changes.pop("last", None))
        details = Details(**{"name": "周明远", **changes})
        actor, code = cast.actor(by), cast.areas[place].code
        return assignment_add(actor=actor, role=role, place=code, details=details, term=term, at=at)

    return made

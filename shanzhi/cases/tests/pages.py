"""What the tests of pages share: addresses, keys, and the way of a case by its services."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from uuid import uuid4

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from shanzhi.cases import services
from shanzhi.cases.models import Case
from shanzhi.cases.selectors import case_get_for
from shanzhi.lib.clocks import Span, Unit
from tests.cast import Cast, report

__all__ = ["act", "address", "dispatched", "field", "fields", "post", "report", "statements", "text_of"]


def address(case: Case, name: str = "case") -> str:
    return reverse(f"cases:{name}", args=[case.county_id, case.number])


def act(cast: Cast, who: str, name: str, case: Case, **extra: Any) -> Case:
    """Do one act by its service, as this member of the cast."""
    fresh = case_get_for(cast.actor(who), case.number)
    done: Case = getattr(services, f"case_{name}")(actor=cast.actor(who), case=fresh, version=fresh.version, **extra)
    return done


def dispatched(cast: Cast, place: str = "g1", hours: int = 24) -> Case:
    """Reported by the grid worker, accepted by the clerk, given to a grid of the village."""
    case = report(cast)
    act(cast, "village_clerk", "accept", case)
    return act(cast, "village_clerk", "dispatch", case, area=cast.areas[place], limit=Span(Unit.HOURS, hours * 3600))


def fields(cast: Cast, **changes: Any) -> dict[str, Any]:
    """What the report form of the grid worker sends."""
    sent = {
        "area": cast.areas["g1"].code, "place": "张庄组路口", "lon": "118.9512345", "lat": "32.7098765",
        "accuracy": "12", "body": "路口井盖断裂，晚上没有路灯。", "kind": "facilities", "outcome": "report",
        "solved": "", "idempotency_key": uuid4().hex,
    }  # fmt: skip
    return {**sent, **changes}


def post(client: Client, case: Case, name: str, **data: Any) -> Any:
    """Send an act's form with the newest version, unless another one is given."""
    case.refresh_from_db()
    sent = {"version": case.version, "idempotency_key": uuid4().hex, **data}
    return client.post(address(case, f"{name}-create"), sent)


def field(html: str, name: str) -> str:
    """The value of an input of a page."""
    found = re.search(rf'<input[^>]*name="{name}"[^>]*value="([^"]*)"', html)
    assert found, f"no field {name}"
    return found[1]


@contextmanager
def statements() -> Iterator[list[str]]:
    """The statements that ran inside, without those that only open a transaction in its county."""
    scene = ("SET LOCAL", "SELECT set_config", "SAVEPOINT", "RELEASE", "BEGIN")
    out: list[str] = []
    with CaptureQueriesContext(connection) as captured:
        yield out
    out += [query["sql"] for query in captured.captured_queries if not query["sql"].startswith(scene)]


def text_of(response: Any) -> str:
    """The words of a page, without markup and with single blanks."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.content.decode()))

"""A county's past: cases that people have decided, made by bulk from one that the services made."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any

from django.utils import timezone

from shanzhi.areas.models import Unit
from shanzhi.cases.catalogue import State
from shanzhi.cases.models import Case, SuggestionModel
from shanzhi.cases.suggesting.services import model_save
from shanzhi.cases.suggesting.training import learn
from shanzhi.lib.tests.corpus import reports
from shanzhi.tenancy.ids import new_id
from tests.cast import Cast, report

Pairs = Sequence[tuple[str, str]]


def past(
    cast: Cast, pairs: Pairs, *, unit: Unit | None = None, state: str = State.CLOSED, at: datetime | None = None
) -> list[Case]:
    """One case for each (text, kind), an hour apart, the last one ten days ago: none is a duplicate any more."""
    pattern, at = report(cast), at or timezone.now() - timedelta(days=10)
    names = [field.attname for field in Case._meta.concrete_fields]
    values: dict[str, Any] = {name: getattr(pattern, name) for name in names}
    rows = []
    for number, (text, kind) in enumerate(pairs):
        then = at - timedelta(hours=len(pairs) - number)
        changes = {
            "id": new_id(), "number": f"9901-{number:05}", "title": text[:20], "body": text, "kind": kind,
            "state": state, "received_at": then, "ended_at": then, "turn_area_id": None, "turn_unit_id": None,
            "handler_unit_id": unit.id if unit else None,
        }  # fmt: skip
        rows.append(Case(**{**values, **changes}))
    Case.objects.bulk_create(rows)
    Case.objects.filter(id=pattern.id).update(state=State.REJECTED, ended_at=at, turn_area=None, turn_unit=None)
    return rows


def taught(
    cast: Cast, count: int = 600, *, families: Iterable[str] = ("kind",), unit: Unit | None = None, seed: int = 1
) -> list[SuggestionModel]:
    """A county that has learned from this many invented reports."""
    past(cast, list(reports(count, seed)), unit=unit)
    at, saved = timezone.now(), []
    for family in families:
        learned = learn(family, at=at)
        assert learned is not None
        saved.append(model_save(actor=cast.actor("system_admin"), family=family, learned=learned, at=at))
    return saved

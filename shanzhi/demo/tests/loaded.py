"""The small demo, loaded once for a module of tests inside a transaction that is rolled back behind its last test."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from django.db import transaction
from django.test import override_settings
from django.utils import timezone
from pytest_django.plugin import DjangoDbBlocker

from shanzhi.cases.models import Case, Step
from shanzhi.demo.loading import load
from shanzhi.demo.packs import Pack, pack_get
from shanzhi.demo.plan import SEED, CountyPlan, plan_county
from shanzhi.tenancy.context import county
from shanzhi.tenancy.selectors import forget_counties

DAY = date(2026, 11, 20)  # of plans on paper
A, B = 341181, 410927
YANGCUN, TONGCHENG, HOUMIAO = "341181104000", "341181100000", "410927101000"


@dataclass
class Loaded:
    """What was planned, and what the command said while it was written."""

    pack: Pack
    plans: list[CountyPlan]
    lines: list[str] = field(default_factory=list)

    @property
    def first(self) -> CountyPlan:
        return self.plans[0]


def plans_of(name: str, *, day: date = DAY, seed: str = SEED) -> list[CountyPlan]:
    pack = pack_get(name)
    return [plan_county(pack, one, day=day, seed=seed) for one in pack.counties]


def load_pack(name: str = "small", *, day: date | None = None) -> Loaded:
    """Up to the day of the test, so that the posts are held and nothing lies ahead."""
    made = Loaded(pack_get(name), plans_of(name, day=day or timezone.localdate()))
    load(made.pack, made.plans, now=timezone.now(), say=made.lines.append)
    return made


def loaded_once(name: str, blocker: DjangoDbBlocker, folder: Path) -> Iterator[Loaded]:
    """For fixtures of a module; every test of it sees what is loaded, none sees what another one did."""
    with blocker.unblock(), override_settings(VAR_DIR=folder), transaction.atomic():
        forget_counties()
        yield load_pack(name)
        transaction.set_rollback(True)
    forget_counties()


@pytest.fixture(scope="module")
def small(
    django_db_setup: None, django_db_blocker: DjangoDbBlocker, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Loaded]:
    yield from loaded_once("small", django_db_blocker, tmp_path_factory.mktemp("var"))


def picture_of(number: int) -> list[tuple[Any, ...]]:
    """Everything that must be the same for the same seed and day: no ids, no salts."""
    with county(number):
        cases = Case.objects.order_by("number").values_list(
            "number", "title", "body", "place", "lon", "lat", "state", "received_at", "due_at", "ended_at",
            "area__code", "reporter_name", "handler_unit__name",
        )  # fmt: skip
        steps = Step.objects.order_by("case__number", "version").values_list(
            "case__number", "act", "at", "actor_name", "actor_title", "text", "target", "due_at"
        )
        return [*cases, *steps]

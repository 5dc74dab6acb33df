"""The pack that `make run` shows: the figures of the source documents, computed from records."""

import time
from collections import Counter
from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django.plugin import DjangoDbBlocker

from shanzhi.areas.selectors import area_get
from shanzhi.cases.catalogue import State
from shanzhi.cases.models import Assignment, Case, Step
from shanzhi.demo.tests.loaded import HOUMIAO, YANGCUN, A, B, Loaded, loaded_once
from shanzhi.files.models import StoredFile
from shanzhi.portal.selectors import TownshipCounts, township_counts
from shanzhi.tenancy.context import county
from shanzhi.trail.models import Entry, SealItem
from tests.kinds import LABELS

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
SECONDS = 120  # generous: other work may share the machine; alone it takes about ten


@pytest.fixture(scope="module")
def full(
    django_db_setup: None, django_db_blocker: DjangoDbBlocker, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Loaded]:
    began = time.monotonic()
    for made in loaded_once("counties", django_db_blocker, tmp_path_factory.mktemp("var")):
        assert time.monotonic() - began < SECONDS
        yield made


def test_the_seven_figures(full: Loaded) -> None:
    with county(A):
        counts = township_counts(area_get(YANGCUN), at=timezone.now())
    assert counts == TownshipCounts(
        grids=55, leaders=55, workers=290, volunteers=341, reported=236, closed=220, open=16
    )
    assert counts.rejected == 0


def test_the_start_page_shows_them(full: Loaded) -> None:
    page = Client().get(f"/{A}/").content.decode()
    for name, value in (("grids", 55), ("leaders", 55), ("workers", 290), ("volunteers", 341)):
        assert f'id="figure-{name}">{value}<' in page
    for name, value in (("reported", 236), ("closed", 220), ("open", 16)):
        assert f'id="figure-{name}">{value}<' in page
    assert "<h1>杨村镇</h1>" in page
    assert "最近一次是第" in page


def test_the_api_says_the_same(full: Loaded) -> None:
    body = Client().get(f"/api/v1/{A}/portal/townships/{YANGCUN}/counts").json()
    del body["at"]
    assert body == {
        "code": YANGCUN, "name": "杨村镇", "grids": 55, "grid_leaders": 55, "grid_workers": 290, "volunteers": 341,
        "reported": 236, "closed": 220, "open": 16,
    }  # fmt: skip


def test_the_other_county_is_its_own(full: Loaded) -> None:
    page = Client().get(f"/{B}/").content.decode()
    assert "<h1>侯庙镇</h1>" in page
    assert "杨村" not in page
    with county(B):
        counts = township_counts(area_get(HOUMIAO), at=timezone.now())
    assert (counts.grids, counts.reported, counts.closed, counts.open) == (12, 40, 34, 6)


def test_what_happened(full: Loaded) -> None:
    with county(A):
        acts = Counter(Step.objects.values_list("act", flat=True))
        assert acts["report"] == 243
        assert acts["return"] >= 8
        assert acts["escalate"] >= 15
        assert len(set(Case.objects.values_list("kind", flat=True))) >= len(LABELS) - 2
        late = [step for step in Step.objects.all() if step.is_late]
        assert 20 <= len(late) <= 400
        assert Assignment.objects.filter(unit__isnull=False).count() >= 15
        assert Step.objects.filter(satisfied=True).count() >= 40


def test_spread_over_two_years_to_the_day(full: Loaded) -> None:
    with county(A):
        times = list(Case.objects.order_by("received_at").values_list("received_at", flat=True))
        assert times[-1] < full.first.end
        assert full.first.end - times[-1] < timedelta(days=2)
        assert times[-1] - times[0] > timedelta(days=600)
        states = Counter(Case.objects.filter(ended_at=None).values_list("state", flat=True))
    assert {State.REPORTED, State.ACCEPTED, State.DISPATCHED, State.HANDLING, State.RETURNED, State.HANDLED} == set(
        states
    )


def test_pictures(full: Loaded) -> None:
    with county(A):
        assert StoredFile.objects.count() >= 12
        assert not StoredFile.objects.filter(owner_id=None).exists()


def test_all_of_the_trail_is_sealed(full: Loaded) -> None:
    for number in (A, B):
        with county(number):
            assert SealItem.objects.count() == Entry.objects.count()

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
from shanzhi.cases.models import (
    Assignment,
    Case,
    Contact,
    Extension,
    Moderation,
    Receipt,
    Step,
    SuggestionModel,
    Supervision,
)
from shanzhi.demo.tests.loaded import HOUMIAO, YANGCUN, A, B, Loaded, loaded_once
from shanzhi.files.models import StoredFile
from shanzhi.notices.models import Notice
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
    assert "杨村镇" not in page
    assert "/341181/" not in page
    with county(B):
        counts = township_counts(area_get(HOUMIAO), at=timezone.now())
    assert (counts.grids, counts.reported, counts.closed, counts.open) == (12, 40, 34, 6)


def test_what_happened(full: Loaded) -> None:
    with county(A):
        acts = Counter(Step.objects.values_list("act", flat=True))
        assert acts["report"] == 236 + 8 + 2, "two townships, and two parts of a split case"
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
    assert {
        State.REPORTED, State.ACCEPTED, State.DISPATCHED, State.HANDLING, State.SUSPENDED, State.RETURNED,
        State.HANDLED,
    } == set(states)  # fmt: skip


def test_who_was_called_and_who_came(full: Loaded) -> None:
    with county(A):
        calls = list(Assignment.objects.filter(whistled=True).order_by("id"))
        assert len(calls) == 4
        late = [call for call in calls if call.arrived_at and call.arrive_by and call.arrived_at > call.arrive_by]
        absent = [call for call in calls if call.is_absent(full.first.end)]
        assert [call.who for call in late] == ["城建中心"]
        assert [call.who for call in absent] == ["派出所"]
        assert absent[0].missed_at is not None
        assert Notice.objects.filter(title__startswith="派出所没有按时报到").exists()


def test_what_lies_beside_the_cases(full: Loaded) -> None:
    """Supervision answered and not, more time asked for, suspended until a day, words covered, callers, notes."""
    with county(A):
        assert sorted(one.answered_at is None for one in Supervision.objects.all()) == [False, True]
        assert [one.state for one in Extension.objects.all()] == ["asked"]
        suspended = Case.objects.get(state=State.SUSPENDED)
        assert suspended.due_at is not None
        assert suspended.due_at > full.first.end
        cover = Moderation.objects.get()
        assert "13800001234" in cover.original
        assert "13800001234" not in cover.shown
        assert Contact.objects.count() >= 5
        assert all(contact.phone.startswith("1380000") for contact in Contact.objects.all())
        assert Receipt.objects.filter(case__source__in=["phone", "counter", "box", "paper"]).count() >= 5
        assert Notice.objects.filter(title__startswith="@你").count() >= 2
        assert Case.objects.filter(state=State.HANDLING).exclude(stage="").count() >= 2
        whole = Case.objects.get(parts__gt=0)
        assert Case.objects.filter(parent=whole).count() == whole.parts == 2
        assert not whole.area_path.startswith(area_get(YANGCUN).path)
    with county(B):
        assert Case.objects.get(state=State.MERGED).merged_into is not None
        assert Case.objects.get(reopened=1).state == State.RETURNED


def test_suggestions_are_there_at_once(full: Loaded) -> None:
    with county(A):
        models = {model.family: model for model in SuggestionModel.objects.all()}
        assert set(models) == set(SuggestionModel.Family)
        kinds = models[SuggestionModel.Family.KIND]
        assert kinds.cases > 200
        assert kinds.accuracy["right_top3"] * 2 > kinds.accuracy["tested"]


def test_pictures(full: Loaded) -> None:
    with county(A):
        assert StoredFile.objects.count() >= 12
        assert not StoredFile.objects.filter(owner_id=None).exists()


def test_all_of_the_trail_is_sealed(full: Loaded) -> None:
    for number in (A, B):
        with county(number):
            assert SealItem.objects.count() == Entry.objects.count()

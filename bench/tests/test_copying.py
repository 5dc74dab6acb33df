"""Invented cases in the house's own tables: complete, consistent, and readable by the house's own selectors."""

from datetime import UTC, datetime, timedelta

import pytest
from django.apps import apps
from django.utils import timezone

from bench.copying import _count_on, _insert, _load, chunks, stored
from bench.rows import COLUMNS, Writer
from bench.tests.test_world import NOW
from bench.world import Place, Spot, stories
from shanzhi.cases.catalogue import ENDED
from shanzhi.cases.kinds.registry import kind_of, kinds_now
from shanzhi.cases.models import Assignment, Case, CaseText, Step
from shanzhi.cases.selectors import CaseFilter, Tab, case_list_for, steps_of
from shanzhi.cases.services.numbering import next_number
from shanzhi.trail.models import Entry, Salt
from tests.cast import Cast
from tests.kinds import LABELS

COUNT = 120


@pytest.mark.parametrize("table", COLUMNS)
def test_columns_are_those_of_the_model(table: str) -> None:
    [model] = [one for one in apps.get_models() if one._meta.db_table == table]
    assert set(COLUMNS[table]) == {field.column for field in model._meta.local_fields if not field.generated}


def spots(cast: Cast) -> list[Spot]:
    def place(short: str) -> Place:
        area = cast.areas[short]
        return Place(area.id, area.path, area.name)

    person = cast["grid_worker"]
    return [
        Spot(
            place(grid), place(village), place(town), person.user.pk, person.post.id, "赵网格", "张庄村 第一网格 网格员"
        )
        for grid, village, town in (("g1", "v1", "t1"), ("g2", "v2", "t1"), ("g3", "v3", "t2"))
    ]


@pytest.fixture
def writer(cast: Cast) -> Writer:
    kinds = {code: kind.version_id for code, kind in kinds_now().items()}
    made = Writer(cast.county.id, [cast.units["t1"].id, cast.units["county"].id], kinds)
    _load(stories(spots(cast), COUNT, now=NOW, seed=3), made, _insert)
    return made


def test_every_case_has_its_steps_words_salt_and_entries(writer: Writer) -> None:
    assert Case.objects.count() == CaseText.objects.count() == Salt.objects.count() == COUNT
    assert Step.objects.count() == Entry.objects.filter(object_type="cases.case").count() > COUNT
    for case in Case.objects.all():
        steps = steps_of(case)
        assert [step.version for step in steps] == list(range(case.version, 0, -1))
        assert steps[0].to_state == case.state
        assert steps[0].due_at == case.due_at
        assert steps[0].link == case.history
        assert len({step.link for step in steps}) == len(steps)


def test_turns_and_ends_agree_with_the_state(writer: Writer) -> None:
    for case in Case.objects.all():
        assert (case.ended_at is not None) == (case.state in ENDED)
        held = Assignment.objects.filter(case_id=case.id, ended_at=None).first()
        assert (held is not None) == (case.state in ("dispatched", "handling", "suspended"))
        if held is not None and case.state != "suspended":
            assert (held.area_id, held.unit_id) == (case.turn_area_id, case.turn_unit_id)


def test_clocks_agree_with_themselves_and_kinds_with_their_versions(writer: Writer) -> None:
    for case in Case.objects.all():
        assert (case.due_at is None) == (case.ended_at is not None)
        assert (case.running_since is None) == (case.ended_at is not None or case.state == "suspended")
        if case.running_since is not None:
            assert case.due_at == case.running_since + timedelta(seconds=case.allowed)
        assert kind_of(case).label == LABELS[case.kind]
        assert (case.merged_into_id is not None) <= (case.state == "merged")


def test_the_house_lists_and_finds_them(writer: Writer, cast: Cast) -> None:
    actor, now = cast.actor("county_centre"), timezone.now()
    tabs = [case_list_for(actor, CaseFilter(tab=tab), now=now).count() for tab in (Tab.OPEN, Tab.ENDED)]
    assert sum(tabs) == COUNT
    assert tabs[1] > tabs[0]
    assert case_list_for(actor, CaseFilter(tab=Tab.ENDED, query="路灯"), now=now).exists()


def test_the_next_case_goes_on_counting(writer: Writer) -> None:
    _count_on(writer.months)
    last = Case.objects.order_by("-number").values_list("number", flat=True)[0]
    month, number = last.split("-")
    at = Case.objects.get(number=last).received_at
    assert next_number(at) == f"{month}-{int(number) + 1:04d}"


def test_ids_are_ordered_by_time_and_no_two_alike(writer: Writer) -> None:
    ids = list(Case.objects.order_by("received_at").values_list("id", flat=True))
    assert ids == sorted(ids)
    assert len({*ids, *Step.objects.values_list("id", flat=True)}) == COUNT + Step.objects.count()


def test_chunks_keep_the_order_and_lose_nothing(cast: Cast) -> None:
    found = list(chunks(stories(spots(cast), 25, now=NOW, seed=1), size=10))
    assert [len(one) for one in found] == [10, 10, 5]
    flat = [story.deeds[0].at for chunk in found for story in chunk]
    assert flat == sorted(flat)


def test_times_are_stored_as_django_does_on_sqlite() -> None:
    assert stored(datetime(2026, 11, 21, 8, 30, 0, 5, tzinfo=UTC)) == "2026-11-21 08:30:00.000005"
    assert stored(datetime(2026, 11, 21, 8, 30, tzinfo=UTC)) == "2026-11-21 08:30:00"
    assert stored("x") == "x"
    assert stored(None) is None

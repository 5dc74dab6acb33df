"""No statement crosses a county, however it is built; without a county nothing is read at all."""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.apps import apps
from django.db import IntegrityError, connection, transaction
from django.db.models import Count, Exists, F, OuterRef, Q, Subquery
from django.utils import timezone

from shanzhi.accounts.models import Post
from shanzhi.areas.models import Area, Unit
from shanzhi.cases import services
from shanzhi.cases.models import Assignment, Case, Step
from shanzhi.cases.selectors import CaseFilter, Tab, case_get_for, case_list_for, steps_of
from shanzhi.tenancy.context import NoCounty, county, cross_county, current
from shanzhi.tenancy.fields import is_county_model
from shanzhi.tenancy.keyset import page_of
from shanzhi.tenancy.models import County, IdempotencyKey, OutboxEvent
from tests.cast import Cast, report

COUNTY_TABLES = sorted(m._meta.db_table for m in apps.get_models() if is_county_model(m))
NAMES = re.compile(r'\b(?:FROM|JOIN|UPDATE|INTO)\s+"?(\w+)"?(?:\s+(?:AS\s+)?"?(\w+)"?)?', re.IGNORECASE)


class Tripwire:
    """Fails on a statement that names a county table without naming its county."""

    def __init__(self) -> None:
        self.seen = 0

    def __call__(self, execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any) -> Any:
        tables = [name for name, _ in NAMES.findall(sql) if name in COUNTY_TABLES]
        if tables:
            self.seen += 1
            assert sql.count("county_id") >= len(tables), f"{tables}: {sql}"
        return execute(sql, params, many, context)


@contextmanager
def tripwire() -> Iterator[Tripwire]:
    wire = Tripwire()
    with connection.execute_wrapper(wire):
        yield wire
    assert wire.seen


def op_get(case: Case) -> object:
    return Case.objects.get(id=case.id)


def op_join(case: Case) -> object:
    return list(Case.objects.select_related("area__parent", "owner", "handler_unit__area", "reporter_post__area"))


def op_reverse(case: Case) -> object:
    return list(case.steps.all()) + list(Case.objects.filter(steps__act="report", assignments__isnull=True))


def op_prefetch(case: Case) -> object:
    return [list(c.steps.all()) for c in Case.objects.prefetch_related("steps", "assignments")]


def op_aggregate(case: Case) -> object:
    return list(Case.objects.values("area__name").annotate(n=Count("steps")).order_by("n"))


def op_subqueries(case: Case) -> object:
    newest = Step.objects.filter(case_id=OuterRef("pk")).order_by("-version").values("act")[:1]
    rows = Case.objects.annotate(last=Subquery(newest), given=Exists(Assignment.objects.filter(case_id=OuterRef("pk"))))
    return list(rows.filter(Q(last="report") | Q(given=True)))


def op_union(case: Case) -> object:
    return list(Case.objects.filter(state="closed").values_list("id").union(Case.objects.values_list("id")))


def op_in(case: Case) -> object:
    return list(Case.objects.filter(area__in=Area.objects.filter(level="grid")))


def op_exclude(case: Case) -> object:
    return list(Case.objects.exclude(area__parent__name="没有"))


def op_update(case: Case) -> object:
    return Case.objects.filter(area__level="grid").update(version=F("version") + 1)


def op_bulk_update(case: Case) -> object:
    rows = list(Area.objects.all())
    return Area.objects.bulk_update(rows, ["name"])


def op_save(case: Case) -> object:
    case.title = "改过的标题"
    case.save()
    case.save(update_fields=["title"])
    return case.refresh_from_db()


def op_delete_cascade(case: Case) -> object:
    key = IdempotencyKey.objects.create(
        key="x", actor_id=1, operation="x", body_digest="x", result_id=1, created_at=timezone.now()
    )
    key.delete()
    event = OutboxEvent.objects.create(code="x", subject_id=1, at=timezone.now())
    return event.delete()


def op_delete_many(case: Case) -> object:
    return OutboxEvent.objects.all().delete()


def op_get_or_create(case: Case) -> object:
    return Unit.objects.update_or_create(
        code="X-1", defaults={"area": case.owner, "kind": "centre", "name": "中心", "valid_from": timezone.localdate()}
    )


def op_iterate(case: Case) -> object:
    return list(Case.objects.iterator(chunk_size=1)), Case.objects.in_bulk([case.id]), Case.objects.exists()


def op_related_manager(case: Case) -> object:
    return (
        case.area.parent.name if case.area.parent else None,
        list(case.owner.children.all()),
        case.reporter.posts.count(),
    )


OPS = [value for name, value in sorted(globals().items()) if name.startswith("op_")]


@pytest.mark.parametrize("operation", OPS, ids=lambda f: f.__name__)
def test_every_statement_names_its_county(cast: Cast, operation: Callable[[Case], object]) -> None:
    case = report(cast)
    with tripwire():
        operation(case)


def test_the_product_itself_names_its_county(cast: Cast) -> None:
    with tripwire():
        case = report(cast)
        clerk = cast.actor("village_clerk")
        case = services.case_accept(actor=clerk, case=case, version=1, key="a")
        services.case_dispatch(actor=clerk, case=case, version=2, area=cast.areas["g1"], key="b")
        steps_of(case_get_for(clerk, case.number))
        for tab in Tab.LABELS:
            wanted = CaseFilter(tab=tab, query="井盖")
            page_of(case_list_for(clerk, wanted, now=timezone.now()), wanted.order)


def test_the_other_county_is_not_there(cast: Cast, cast_b: Cast) -> None:
    with county(410927):
        theirs = report(cast_b)
    assert Case.objects.count() == 0
    assert Case.objects.filter(id=theirs.id).first() is None
    assert Case.objects.filter(id=theirs.id).update(title="改掉") == 0
    assert list(Area.objects.filter(id__in=[theirs.area_id])) == []
    assert Post.objects.count() == len(cast.people)
    assert [c.id for c in Case.objects.filter(reporter_id=theirs.reporter_id)] == []


def test_without_a_county_everything_is_refused(counties: dict[int, County]) -> None:
    for use in (Case.objects.count, lambda: Case.objects.create(title="x"), lambda: list(Area.objects.all()), current):
        with pytest.raises(NoCounty):
            use()


def test_a_queryset_of_one_county_is_of_the_next_when_it_is_run_there(cast: Cast, cast_b: Cast) -> None:
    rows = Area.objects.order_by("path")
    with county(410927):
        assert rows.first().name == "台前县"
    assert rows.all().first().name == "天长市"


def test_a_row_is_stamped_and_never_moves(cast: Cast) -> None:
    area = Area.objects.get(level="county")
    assert area.county_id == 341181
    area.county_id = 410927
    with pytest.raises(NoCounty):
        area.save()
    with pytest.raises(ValueError, match="never changes"):
        Area.objects.update(county_id=410927)
    with county(410927), pytest.raises(NoCounty):
        Area.objects.bulk_create([Area(county_id=341181, level="county", code="1", name="x", valid_from="2020-01-01")])


def test_a_parent_of_another_county_is_refused(cast: Cast, cast_b: Cast) -> None:
    unit = Unit(area=cast_b.areas["t1"], kind="centre", code="Y-1", name="中心", valid_from=timezone.localdate())
    with pytest.raises(NoCounty):
        unit.save()


def test_the_database_itself_refuses_a_parent_that_is_not_there(cast: Cast, cast_b: Cast) -> None:
    unit = Unit(area_id=cast_b.areas["t1"].id, kind="centre", code="Y-1", name="x", valid_from=timezone.localdate())
    if connection.vendor == "postgresql":
        with pytest.raises(IntegrityError), transaction.atomic():
            unit.save()
    else:
        unit.area_id = 12345
        unit.save()
        with pytest.raises(IntegrityError):
            connection.check_constraints()
        unit.delete()


def test_a_missed_update_never_becomes_an_insert(cast: Cast) -> None:
    area = Area.objects.get(level="county")
    area.id = 1
    with pytest.raises(Exception, match=r"affect|matching|forced"):
        area.save()


def test_cross_county_sees_all_and_new_rows_must_name_theirs(cast_b: Cast, counties: dict[int, County]) -> None:
    with county(341181):
        IdempotencyKey.objects.create(
            key="a", actor_id=1, operation="x", body_digest="x", result_id=1, created_at=timezone.now()
        )
    with cross_county("a test counts the areas of all counties"):
        assert {row.county_id for row in Area.objects.all()} == {410927}
        assert IdempotencyKey.objects.count() == 1
        with pytest.raises(NoCounty):
            IdempotencyKey.objects.create(
                key="b", actor_id=1, operation="x", body_digest="x", result_id=1, created_at=timezone.now()
            )
    with pytest.raises(ValueError, match="why"), cross_county(""):
        pass


@pytest.mark.parametrize("number", [0, 99999, 1000000])
def test_a_county_has_six_digits(number: int) -> None:
    with pytest.raises(ValueError, match="six digits"), county(number):
        pass

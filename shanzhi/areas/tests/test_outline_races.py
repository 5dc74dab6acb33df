"""Two who draw at once: one outline wins whole, the other person is told (409), and no two places overlap."""

import json
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from shanzhi.accounts.tests.factories import browser
from shanzhi.areas import services
from shanzhi.areas.mapping.importing import outline_import_apply, outline_import_send
from shanzhi.areas.models import Area, MapStamp, Outline, OutlineImport
from shanzhi.areas.selectors.examining import Wish
from shanzhi.areas.tests import factories
from shanzhi.areas.tests.factories import BEIDANG, COUNTY, REASON, XIAOGUAN, A, Tree, today
from shanzhi.areas.tests.land import LAND, at, box, degrees, grid_codes, put, same, selected, settle, shape_of
from shanzhi.lib.errors import DomainError
from shanzhi.tenancy.context import county
from tests.racing import together

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def settled(transactional_db: None, var_dir: Path) -> Tree:
    """A county with all its outlines, committed, so that other threads see it."""
    factories.load()
    services.county_open(code=str(A), since=factories.SINCE)
    with county(A):
        return settle(Tree(A))


def names(results: list[Any]) -> list[str]:
    return sorted(type(result).__name__ for result in results)


def drawing(tree: Tree, shapes: dict[str, Any], **changes: Any) -> Callable[[], list[Outline]]:
    """Saving these shapes by somebody who has the map of this moment before the eyes."""
    with county(A):
        wishes = [Wish(tree.area(code), shape) for code, shape in shapes.items()]
        seen = {wish.area.id: row.id for wish in wishes if (row := selected(tree, wish.area.code))}
    values = {"wishes": wishes, "seen": seen, "on": today(), "reason": REASON, **changes}
    return lambda: services.outlines_put(actor=tree.system, **values)


def whole(tree: Tree) -> None:
    """Each place has one outline in force, and villages and grids beside each other share no land."""
    rows = list(Outline.objects.filter(valid_to=None).select_related("area"))
    assert len({row.area_id for row in rows}) == len(rows)
    for level in (Area.Level.VILLAGE, Area.Level.GRID):
        shapes = [shape_of(tree, row.area.code) for row in rows if row.area.level == level]
        for place, shape in enumerate(shapes):
            assert all(shape.intersection(other).area == 0 for other in shapes[place + 1 :])
    assert MapStamp.objects.count() == 1


def test_of_two_who_redraw_one_grid_one_is_stale(settled: Tree) -> None:
    first = grid_codes_of()[0]
    results = together(*[drawing(settled, {first: box(0, 0, 10, top)}) for top in (8, 9)])
    assert names(results) == ["Stale", "list"]
    (row,) = next(result for result in results if isinstance(result, list))
    with county(A):
        assert selected(settled, first) == row
        assert Outline.objects.filter(area__code=first).count() == 2
        whole(settled)


def grid_codes_of() -> list[str]:
    with county(A):
        codes: list[str] = grid_codes()
    return codes


def test_neighbours_who_both_take_the_strip_between_them_do_not_both_get_it(settled: Tree) -> None:
    """Each was right against the map that they saw; under the lock the second one overlaps the first."""
    first, second = grid_codes_of()
    with county(A):
        put(settled, {first: box(0, 0, 10, 9), second: box(0, 11, 10, 20)})
    results = together(
        drawing(settled, {first: box(0, 0, 10, 11)}), drawing(settled, {second: box(0, 9, 10, 20)})
    )  # fmt: skip
    assert names(results) == ["Invalid", "list"]
    lost = next(result for result in results if isinstance(result, DomainError))
    assert (lost.status, lost.code) == (422, "outline_invalid")
    assert "重叠" in lost.message
    with county(A):
        whole(settled)


def test_the_same_key_at_once_draws_once(settled: Tree) -> None:
    first = grid_codes_of()[0]
    work = drawing(settled, {first: box(0, 0, 10, 8)}, key="one-click")
    results = together(work, work, work)
    assert names(results) == ["list"] * 3
    assert len({row.id for result in results for row in result}) == 1
    with county(A):
        assert Outline.objects.filter(area__code=first).count() == 2


def test_a_split_and_a_redrawing_at_once_leave_no_land_twice(settled: Tree) -> None:
    first = grid_codes_of()[0]
    with county(A):
        area = settled.area(first)

    def split() -> Area:
        return services.grid_split(actor=settled.system, area=area, version=area.version, name="河东网格", on=today(),
                                   line=[at(-1, 4), at(11, 4)], reason=REASON)  # fmt: skip

    results = together(split, drawing(settled, {first: box(0, 0, 10, 9)}))
    with county(A):
        whole(settled)
        if isinstance(results[1], list):  # the drawing came first, and the split cut what it left
            assert isinstance(results[0], Area), results
            assert same(shape_of(settled, first), box(0, 4, 10, 9))
        else:
            assert names(results) == ["Area", "Stale"]
            assert same(shape_of(settled, first), box(0, 4, 10, 10))


def test_of_two_merges_of_one_grid_one_is_refused_and_its_land_goes_one_way(settled: Tree) -> None:
    first, second = grid_codes_of()
    with county(A):
        area, into = settled.area(second), settled.area(first)

    def merge() -> Area:
        return services.area_merge(
            actor=settled.system, area=area, version=area.version, into=into, reason=REASON, on=today()
        )

    results = together(merge, merge)
    assert names(results) in (["Area", "Conflict"], ["Area", "Stale"])
    with county(A):
        assert same(shape_of(settled, first), box(0, 0, 10, 20))
        assert shape_of(settled, second) is None
        whole(settled)


def test_a_file_applied_twice_at_once_is_written_once(settled: Tree) -> None:
    with county(A):
        actor = settled.actor(settled.person("system_admin", COUNTY))
        rows = [{"type": "Feature", "id": BEIDANG, "geometry": degrees(box(11, 0, 20, 20))}]
        upload = SimpleUploadedFile("a.json", json.dumps({"features": rows}).encode())
    with county(A, atomic=False):
        sent = outline_import_send(actor=actor, upload=upload, datum="cgcs2000", on=today())
    assert sent.counts["good"] == 1, sent.findings

    def apply() -> OutlineImport:
        return outline_import_apply(actor=actor, sent=sent, version=1)

    results = together(apply, apply)
    assert "OutlineImport" in names(results)
    assert set(names(results)) - {"OutlineImport"} <= {"Stale", "Conflict"}
    assert len(set(names(results))) == 2
    with county(A):
        assert Outline.objects.filter(area__code=BEIDANG).count() == 2
        assert same(shape_of(settled, BEIDANG), box(11, 0, 20, 20))
        assert OutlineImport.objects.get().version == 2


def test_whoever_comes_second_through_the_api_gets_409_and_keeps_the_map_of_the_first(settled: Tree) -> None:
    with county(A):
        clients = [browser(settled.person("system_admin", COUNTY, name)) for name in ("甲系统", "乙系统")]
        seen = {code: str(row.id) for code in (XIAOGUAN, BEIDANG) if (row := selected(settled, code))}
        Outline.objects.filter(area__level="grid").update(valid_to=today() - timedelta(days=1))

    def body(border: float) -> dict[str, Any]:
        shapes = {XIAOGUAN: box(0, 0, border, 20), BEIDANG: box(border, 0, 20, 20)}
        rows = [{"code": code, "seen": seen[code], "geometry": degrees(shape)} for code, shape in shapes.items()]
        return {"on": today().isoformat(), "reason": REASON, "outlines": rows}

    def save(number: int) -> Callable[[], Any]:
        told = json.dumps(body(9 + number))
        path = settled.api("outlines")
        return lambda: clients[number].post(path, told, content_type="application/json")

    answers = [save(number)() for number in (0, 1)]
    assert [answer.status_code for answer in answers] == [201, 409]
    assert answers[1].json()["code"] == "stale"
    with county(A):
        assert same(shape_of(settled, XIAOGUAN), box(0, 0, 9, 20))
        assert same(shape_of(settled, BEIDANG), box(9, 0, 20, 20))
        assert same(shape_of(settled, XIAOGUAN, today() - timedelta(days=1)), box(*LAND[XIAOGUAN]))
        whole(settled)

"""Whatever is done to places, the trail verifies; what is done past the services is named."""

from typing import Any

import pytest

from shanzhi.accounts.models import User
from shanzhi.areas import services
from shanzhi.areas.models import Area, DivisionImport, Unit
from shanzhi.areas.tests.factories import (
    BEIDANG,
    COUNTY,
    GUANGLING,
    REGISTER,
    XIAOGUAN,
    YANGCUN,
    ZHANGPU,
    A,
    Tree,
    act,
    changed,
    today,
    upload,
)
from shanzhi.jobs.testing import drain
from shanzhi.tenancy.ids import new_id
from shanzhi.trail.models import Entry
from shanzhi.trail.trails import CODE_LABELS, TRACKED
from shanzhi.trail.verifying import verify_county


@pytest.fixture
def busy(tree: Tree, admin: User) -> Tree:
    """A county in which everything was done once."""
    actor = tree.actor(admin)
    grid = services.area_add(actor=actor, parent=tree.area(BEIDANG), **act(name="网格"))
    services.area_rename(actor=actor, area=tree.area(XIAOGUAN), version=1, **act(name="甲社区", code="341181104009"))
    services.area_move(actor=actor, area=tree.area(BEIDANG), parent=tree.area(ZHANGPU), version=1, **act())
    unit = services.unit_add(actor=actor, area=tree.area(ZHANGPU), kind="centre", **act(name="中心"))
    services.area_merge(actor=actor, area=tree.area(ZHANGPU), into=tree.area(YANGCUN), version=1, **act())
    services.unit_rename(actor=actor, unit=unit, version=2, **act(name="新中心"))
    services.unit_close(actor=actor, unit=unit, version=3, **act())
    services.area_abolish(actor=actor, area=grid, version=tree.area(grid.code).version, **act())
    rows = changed(REGISTER, (GUANGLING, "陵村", "village", YANGCUN), without=[ZHANGPU, XIAOGUAN, BEIDANG])
    services.import_send(actor=actor, upload=upload(rows=rows), on=today())
    drain()
    sent = DivisionImport.objects.get()
    services.import_apply(actor=actor, sent=sent, version=sent.version)
    drain()
    assert tree.area(GUANGLING).name == "陵村"
    return tree


def findings(kind: str = "") -> list[str]:
    report = verify_county(A, progress=lambda done, total: None)
    return [finding for finding in report.findings if kind in finding]


def test_everything_done_once_verifies(busy: Tree) -> None:
    assert findings() == []


@pytest.mark.parametrize(
    ("change", "word"),
    [
        (lambda: Area.objects.filter(code=COUNTY).update(name="别的市"), "天长市"),
        (lambda: Area.objects.filter(code=YANGCUN).update(path="00010099"), YANGCUN),
        (lambda: Area.objects.filter(code=ZHANGPU).update(valid_to=None), ZHANGPU),
        (lambda: Unit.objects.update(name="别的中心"), "部门和中心"),
        (lambda: DivisionImport.objects.update(counts={}), "区划导入"),
    ],
)
def test_what_is_changed_past_the_services_is_named(busy: Tree, change: Any, word: str) -> None:
    change()
    found = findings()
    assert len(found) == 1
    assert word in found[0] or "区划" in found[0]


def test_each_act_has_a_chinese_word(busy: Tree) -> None:
    codes = set(Entry.objects.filter(code__startswith="areas.").values_list("code", flat=True))
    assert codes <= set(CODE_LABELS)
    assert len(codes) >= 14


def test_entries_name_the_post_that_manages_places(busy: Tree, admin: User) -> None:
    post = busy.actor(admin).posts[0]
    rows = Entry.objects.filter(code__startswith="areas.", actor_id=admin.pk)
    assert set(rows.values_list("post_id", flat=True)) == {post.id}


def test_places_units_and_imports_are_tracked() -> None:
    assert {"areas.area", "areas.unit", "areas.divisionimport"} <= set(TRACKED)
    assert "issued" not in {field.name for field in TRACKED["areas.area"].fields}
    assert new_id() > 0

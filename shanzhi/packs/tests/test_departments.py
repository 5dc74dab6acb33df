"""Departments as data: the county gets the unit that it needs, once."""

from typing import Any

import pytest

from shanzhi.access.actor import Actor
from shanzhi.areas.models import Unit
from shanzhi.areas.services import county_open
from shanzhi.areas.tests import factories as areas
from shanzhi.areas.tests.factories import A, Tree
from shanzhi.packs.loading import load_files
from shanzhi.packs.models import Version
from shanzhi.packs.selectors import body_of
from shanzhi.packs.services import Faulty, definition_publish
from shanzhi.tenancy.models import County

pytestmark = pytest.mark.django_db


@pytest.fixture
def tree(county_a: County) -> Tree:
    areas.load()
    county_open(code=str(A), since=areas.SINCE)
    return Tree(A)


def publish(code: str = "zhujian", **body: Any) -> Version:
    said = {"name": "住建局", **body}
    return definition_publish(actor=Actor.system(A), family="department", code=code, body=said, origin="pack")


def units() -> list[tuple[str, str, str]]:
    return list(Unit.objects.order_by("code").values_list("name", "kind", "area__level"))


def test_the_county_gets_the_department(tree: Tree) -> None:
    version = publish(matters="道路、房屋、路灯")
    assert units() == [("住建局", "department", "county")]
    assert body_of(version).matters == "道路、房屋、路灯"


def test_one_that_is_there_is_taken(tree: Tree) -> None:
    tree.unit(areas.COUNTY, "住建局", "department")
    publish()
    publish(matters="改了职责")
    assert len(units()) == 1


def test_a_township_sets_up_its_own(tree: Tree) -> None:
    publish("chengjian", name="城建中心", level="township", kind="centre")
    assert units() == []


def test_a_new_name_is_a_new_department(tree: Tree) -> None:
    publish()
    publish(name="住房和城乡建设局")
    assert [name for name, *_ in units()] == ["住建局", "住房和城乡建设局"]


def test_before_the_county_is_opened_it_is_only_described(county_a: County) -> None:
    publish()
    assert units() == []


@pytest.mark.parametrize("body", [{"name": "x" * 61}, {"name": " 住建局\u200b"}, {"kind": "office"}, {"level": "村"}])
def test_a_wrong_one_is_refused(tree: Tree, body: dict[str, str]) -> None:
    with pytest.raises(Faulty):
        publish(**body)
    assert units() == []


def test_from_a_pack(tree: Tree) -> None:
    text = "name: 水利局\nmatters: 供水、河道\n"
    pack = {"pack.yaml": b"code: c\ntitle: x\n", "department/shuili.yaml": text.encode()}
    assert load_files(pack, actor=tree.system).faults == []
    assert units() == [("水利局", "department", "county")]
    bad = {**pack, "department/a.yaml": b"kind: centre\nname: '  '\n"}
    assert [str(fault).split(" ")[0] for fault in load_files(bad, actor=tree.system).faults] == ["department/a.yaml:2"]

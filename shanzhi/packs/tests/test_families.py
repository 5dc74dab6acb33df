"""The registry: what may be declared, and that what is declared is there."""

from typing import Any

import pytest
from django.template.loader import get_template
from django.urls import reverse
from pydantic import BaseModel, ConfigDict, ValidationError

from shanzhi.accounts.tests import factories as accounts
from shanzhi.accounts.tests.factories import statements
from shanzhi.packs.checking import parsed
from shanzhi.packs.departments import DepartmentBody
from shanzhi.packs.families import FAMILIES, Family, Place, in_order, register
from shanzhi.packs.faults import faults_of
from shanzhi.packs.tests.factories import A, SampleBody
from shanzhi.tenancy.models import County


def test_families_come_in_the_order_in_which_they_are_published() -> None:
    codes = [family.code for family in in_order()]
    assert codes.index("department") < codes.index("holidays") < codes.index("case_kind") < codes.index("sample")


@pytest.mark.parametrize("code", sorted(FAMILIES))
def test_what_a_family_names_is_there(code: str) -> None:
    family = FAMILIES[code]
    if family.preview:
        get_template(family.preview)
    if family.edit_url:
        assert reverse(family.edit_url, args=[A, "2026"])


def test_a_family_is_declared_once_and_forbids_what_it_does_not_know() -> None:
    class Lax(BaseModel):
        pass

    def declare(**said: Any) -> Family:
        return register(Family(label="x", title=lambda body: "x", **said))

    with pytest.raises(ValueError, match="twice"):
        declare(code="sample", schema=SampleBody)
    with pytest.raises(ValueError, match="forbid"):
        declare(code="lax", schema=Lax)
    assert "lax" not in FAMILIES


def test_a_title_is_cut_to_what_a_list_holds() -> None:
    family = FAMILIES["department"]
    assert len(family.title_of(DepartmentBody.model_construct(name="长" * 100))) == 80


@pytest.mark.django_db
def test_a_place_knows_what_is_there_and_what_comes_along(county_a: County) -> None:
    town = accounts.build_town(A)
    place = Place(coming={"department": {"shuili": DepartmentBody(name="水利局")}})
    with statements(2):
        assert place.unit_named("市住建局", "county")
        assert place.unit_named(town.units["dept"].code, "county")
        assert place.unit_named("镇综治中心", "township")
        assert place.unit_named("水利局", "county")
        assert not place.unit_named("水利局", "township")
        assert not place.unit_named("市住建局", "township")
        assert not place.unit_named("无局", "nowhere")
        assert place.area(f"{A}101000") == ("township", "杨村镇")
        assert place.area("000000000000") is None


class Inner(BaseModel):
    model_config = ConfigDict(extra="forbid")
    colour: str


class Outer(BaseModel):
    model_config = ConfigDict(extra="forbid")
    inner: Inner | None = None
    many: dict[str, list[Inner]] = {}
    pair: tuple[int, int] = (1, 2)


@pytest.mark.parametrize(
    ("value", "path", "sentence"),
    [
        ({"inner": {"color": "x", "colour": "y"}}, ("inner", "color"), "没有“color”这一项，是不是“colour”？请改正。"),
        ({"many": {"a": [{"colur": 1, "colour": "y"}]}}, ("many", "a", 0, "colur"), "没有“colur”这一项，是不是"),
        ({"pair": [1]}, ("pair", 1), "缺少“1”"),
        ({"pair": {"a": 1}}, ("pair",), "“pair”要写成一项一项的清单"),
        ({"inner": 3}, ("inner",), "“inner”要写成“名称: 内容”"),
        ({"zzzzzz": 3}, ("zzzzzz",), "请删去；可以写的有：inner、many、pair。"),
    ],
)
def test_what_pydantic_finds_is_said_in_plain_words(value: Any, path: tuple[Any, ...], sentence: str) -> None:
    _, faults = parsed(Outer, value)
    assert [fault.path for fault in faults] == [path]
    assert sentence in faults[0].sentence


def test_a_kind_of_mistake_that_nobody_translated_still_says_something() -> None:
    with pytest.raises(ValidationError) as caught:
        Outer.model_validate({"pair": [1, float("nan")]})
    assert [fault.sentence for fault in faults_of(caught.value, Outer)] == ["“pair”内容不对，请核对。"]

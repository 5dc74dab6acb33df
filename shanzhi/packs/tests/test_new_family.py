"""A family that nobody here has seen: registered, it is listed, read, written, loaded, saved; the API answers it."""

from collections.abc import Iterator
from typing import Annotated, Any

import pytest
from django.test import Client
from pydantic import BaseModel, ConfigDict, Field

from shanzhi.accounts.tests import factories as accounts
from shanzhi.accounts.tests.factories import Town, browser, words
from shanzhi.packs.families import FAMILIES, Family, Fault, Place, register
from shanzhi.packs.loading import load_files
from shanzhi.packs.models import Version
from shanzhi.packs.selectors import body_of, current_versions
from shanzhi.packs.tests.factories import A, publish
from shanzhi.tenancy.context import county
from shanzhi.tenancy.models import County

pytestmark = pytest.mark.django_db
TEXT = "label: 好人好事\npoints: 5\nonce: true\n"


class BonusBody(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    label: Annotated[str, Field(min_length=1, max_length=30)]
    points: Annotated[int, Field(ge=1, le=100)]
    once: bool = False


def check(body: BonusBody, place: Place) -> Iterator[Fault]:
    others = place.coming.get("bonus", {})
    if sum(other.label == body.label for other in others.values()) > 1:
        yield Fault(("label",), f"“{body.label}”有两份，请改掉一个名称。")


@pytest.fixture
def bonus() -> Iterator[Family]:
    family = Family(code="bonus", label="加分项", schema=BonusBody, title=lambda body: body.label, check=check)
    yield register(family)
    del FAMILIES["bonus"]


@pytest.fixture
def town(county_a: County, bonus: Family) -> Town:
    return accounts.build_town(A)


@pytest.fixture
def desk(town: Town) -> Client:
    return browser(accounts.person(town, "system_admin", "county", "李系统"))


def load(town: Town, **texts: str) -> Any:
    files = {f"bonus/{code}.yaml": text.encode() for code, text in texts.items()}
    return load_files(files, actor=town.system, whole=False)


def test_in_every_page(town: Town, desk: Client) -> None:
    assert load(town, good=TEXT).faults == []
    assert "加分项" in words(desk.get(town.url("definitions/")))
    assert "好人好事" in words(desk.get(town.url("definitions/?family=bonus")))
    page = words(desk.get(town.url("definitions/bonus/good/versions/")))
    assert "points: 5" in page
    assert '<pre class="code-show"' in page
    said = {"text": TEXT.replace("5", "8"), "expected": 1, "step": "publish", "note": "多给一点"}
    assert desk.post(town.url("definitions/bonus/good/text/"), said).status_code == 302
    assert [body_of(version).points for version in current_versions("bonus")] == [8]
    assert desk.get(town.url("definitions/bonus/good/file/")).content.decode() == TEXT.replace("5", "8")
    assert "label: \npoints: \n" in words(desk.get(town.url("definitions/bonus/new/")))


def test_in_the_api(town: Town, desk: Client) -> None:
    said = {"body": {"label": "救人", "points": 50}, "expected": 0, "note": "新增"}
    url = town.api("definitions/bonus/rescue")
    assert desk.put(url, said, content_type="application/json").status_code == 200
    assert desk.get(url).json()["body"] == {"label": "救人", "points": 50}
    wrong = {**said, "body": {"label": "救人", "points": "50"}, "expected": 1}
    answer = desk.put(url, wrong, content_type="application/json")
    assert answer.json()["fields"] == {"points": ["“points”要写成整数，不加引号。"]}


def test_its_own_rule_sees_what_comes_along(town: Town) -> None:
    loaded = load(town, a=TEXT, b=TEXT)
    assert [str(fault) for fault in loaded.faults] == [
        f"bonus/{code}.yaml:1 “好人好事”有两份，请改掉一个名称。" for code in ("a", "b")
    ]
    assert not Version.objects.exists()


def test_gone_from_the_software_it_is_no_longer_shown(town: Town, desk: Client) -> None:
    """Its rows stay; nothing stumbles over them."""
    load(town, good=TEXT)
    publish("lamp")
    family = FAMILIES.pop("bonus")
    try:
        page = words(desk.get(town.url("definitions/")))
        assert "路灯" in page
        assert "好人好事" not in page
        assert desk.get(town.url("definitions/bonus/good/versions/")).status_code == 404
        assert [version.family for version in current_versions()] == ["sample"]
        assert desk.get(town.url("definitions/export/")).status_code == 200
    finally:
        FAMILIES["bonus"] = family


def test_counties_differ(town: Town, county_b: County) -> None:
    load(town, good=TEXT)
    with county(county_b.id):
        assert current_versions("bonus") == []
        other = {"bonus/good.yaml": b"label: x\npoints: 1\n"}
        assert load_files(other, actor=Town(county_b.id).system, whole=False).faults == []
        assert [body_of(version).points for version in current_versions("bonus")] == [1]
    assert [body_of(version).points for version in current_versions("bonus")] == [5]

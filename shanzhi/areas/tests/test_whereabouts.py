"""Which places a position lies in: deepest first, borders decided, gaps bridged, memory never older than the map."""

import json
from collections.abc import Callable
from typing import Any

from django.test import Client

from shanzhi.accounts.models import User
from shanzhi.accounts.tests.factories import browser
from shanzhi.areas import selectors
from shanzhi.areas.selectors import locating
from shanzhi.areas.tests.factories import BEIDANG, COUNTY, XIAOGUAN, YANGCUN, Tree
from shanzhi.areas.tests.land import at, box, grid_codes, put, settle
from shanzhi.tenancy.context import county
from shanzhi.tenancy.models import County


def codes(x: float, y: float) -> dict[str, str]:
    return {level: area.code for level, area in selectors.whereabouts(*at(x, y)).places.items()}


def test_a_position_in_a_grid(tree: Tree) -> None:
    settle(tree)
    assert codes(3, 3) == {"county": COUNTY, "township": YANGCUN, "village": XIAOGUAN, "grid": grid_codes()[0]}
    found = selectors.whereabouts(*at(3, 3))
    assert found.deepest is not None
    assert found.deepest.code == grid_codes()[0]
    assert found.metres == 0


def test_a_village_without_grids_is_the_deepest(tree: Tree) -> None:
    settle(tree)
    assert codes(15, 3) == {"county": COUNTY, "township": YANGCUN, "village": BEIDANG}


def test_on_a_border_the_lowest_code_wins(tree: Tree) -> None:
    settle(tree)
    first, second = grid_codes()
    assert codes(5, 10)["grid"] == first < second
    assert codes(10, 5)["village"] == XIAOGUAN
    assert codes(10, 10)["grid"] == first
    assert codes(20, 5)["township"] == YANGCUN
    assert codes(0, 0)["grid"] == first


def test_outside_of_the_county_is_nowhere(tree: Tree) -> None:
    settle(tree)
    found = selectors.whereabouts(*at(41, 5))
    assert found.places == {}
    assert found.deepest is None


def test_in_a_gap_the_nearest_village_is_named_with_its_distance(tree: Tree) -> None:
    put(tree, {COUNTY: box(0, 0, 40, 20), YANGCUN: box(0, 0, 20, 20)})
    put(tree, {XIAOGUAN: box(0, 0, 9.99, 20), BEIDANG: box(10.01, 0, 20, 20)})
    found = selectors.whereabouts(*at(9.995, 5))
    assert found.places["village"].code == XIAOGUAN
    assert 4 <= found.metres <= 5
    assert "grid" not in found.places
    assert selectors.whereabouts(*at(30, 5)).places.keys() == {"county"}  # kilometres from any village


def test_without_any_outline_nothing_is_known(tree: Tree) -> None:
    assert selectors.whereabouts(*at(3, 3)).places == {}


def test_a_change_is_seen_at_once_and_nothing_is_built_twice(
    tree: Tree, django_assert_num_queries: Callable[[int], Any]
) -> None:
    settle(tree)
    assert codes(10.5, 5)["village"] == BEIDANG
    before = locating.layers()
    with django_assert_num_queries(1):
        assert locating.layers() is before
    put(tree, {XIAOGUAN: box(0, 0, 11, 20), BEIDANG: box(11, 0, 20, 20)})
    assert codes(10.5, 5)["village"] == XIAOGUAN
    assert locating.layers() is not before


def test_counties_are_kept_apart_and_only_some_in_memory(tree: Tree, county_b: County, monkeypatch: Any) -> None:
    settle(tree)
    monkeypatch.setattr(locating, "COUNTIES_KEPT", 1)
    here = locating.layers()
    with county(county_b.id):
        assert selectors.whereabouts(*at(3, 3)).places == {}
        assert locating.layers() == {}
    assert locating.layers() is not here
    assert codes(3, 3)["village"] == XIAOGUAN


def ask(client: Client, tree: Tree, body: object) -> Any:
    return client.post(tree.api("areas/at"), json.dumps(body), content_type="application/json")


def test_the_operation(tree: Tree, officer: User) -> None:
    settle(tree)
    x, y = at(3, 3)
    answer = ask(browser(officer), tree, {"lon": x / 1e7, "lat": y / 1e7})
    assert answer.status_code == 200
    told = answer.json()
    assert (told["township"]["code"], told["village"]["code"], told["metres"]) == (YANGCUN, XIAOGUAN, 0)
    assert told["grid"]["code"] == grid_codes()[0]
    far = ask(browser(officer), tree, {"lon": 10, "lat": 10}).json()
    assert far == {"township": None, "village": None, "grid": None, "metres": 0}


def test_a_position_stands_in_no_address(tree: Tree, officer: User) -> None:
    client = browser(officer)
    assert client.get(tree.api("areas/at"), {"lon": 118.8, "lat": 32.6}).status_code in (405, 422)
    assert ask(client, tree, {"lon": 200, "lat": 32.6}).status_code == 422
    assert ask(client, tree, {"lon": 118.8}).status_code == 422


def test_strangers_are_told_nothing(tree: Tree, outsider: User, resident: User) -> None:
    body = {"lon": 118.8, "lat": 32.6}
    assert ask(Client(), tree, body).status_code == 401
    assert ask(browser(outsider), tree, body).status_code == 404
    assert ask(browser(resident), tree, body).status_code == 403

"""The people and places of the measured county, on a small tree."""

import pytest
from django.conf import settings
from django.db import connection
from django.test import Client
from django.utils import timezone

from bench.batches import calls
from bench.cases import report_call
from bench.management.commands import bench_seed
from bench.management.commands.bench_seed import (
    SINCE,
    add_grids,
    add_kinds,
    add_officers,
    add_waiting,
    add_workers,
    caller,
    known_spots,
    site,
    writer_of,
)  # fmt: skip
from bench.world import MATTERS
from shanzhi.access.actor import Actor
from shanzhi.accounts.models import User
from shanzhi.accounts.selectors import actor_for, token_user
from shanzhi.areas.models import Area
from shanzhi.areas.paths import ROOT, child
from shanzhi.areas.services import unit_add
from shanzhi.cases.kinds.registry import kinds_now
from shanzhi.tenancy.models import County

NEW_GRIDS = 8


@pytest.fixture
def tree(county_a: County, monkeypatch: pytest.MonkeyPatch) -> dict[str, Area]:
    """A county with a township and three villages, whose grids are still to be made."""
    monkeypatch.setattr(bench_seed, "COUNTY", county_a.id)
    monkeypatch.setattr(bench_seed, "GRIDS", NEW_GRIDS)
    wanted = [
        ("county", "", "county", "341181000000"),
        ("town", "county", "township", "341181100000"),
        ("v1", "town", "village", "341181100201"),
        ("v2", "town", "village", "341181100202"),
        ("v3", "town", "village", "341181100203"),
    ]
    found: dict[str, Area] = {}
    for ordinal, (short, above, level, code) in enumerate(wanted, 1):
        parent = found.get(above)
        path = child(parent.path, ordinal) if parent else ROOT
        found[short] = Area.objects.create(
            level=level, code=code, name=short, parent=parent, ordinal=ordinal, path=path, valid_from=SINCE
        )
    return found


@pytest.fixture
def system(county_a: County, tree: dict[str, Area]) -> Actor:
    return Actor.system(county_a.id)


def test_grids_are_spread_evenly_below_the_villages(tree: dict[str, Area]) -> None:
    grids = add_grids()
    assert len(grids) == NEW_GRIDS
    assert sorted(sum(grid.village.id == tree[short].id for grid in grids) for short in ("v1", "v2", "v3")) == [2, 3, 3]
    for grid in grids:
        assert grid.area.path.startswith(grid.village.path)
        assert grid.area.code.startswith(grid.village.code)
        assert grid.village.path.startswith(grid.township.path)
        assert grid.county.id == tree["county"].id


def test_each_grid_has_its_worker(system: Actor) -> None:
    grids, now = add_grids(), timezone.now()
    users = add_workers(system, grids, now)
    spots = known_spots()
    assert [spot.grid.id for spot in spots] == [grid.area.id for grid in grids]
    assert [spot.user_id for spot in spots] == [user.pk for user in users]
    actor = actor_for(user=users[0], county_id=system.county_id, at=now)
    assert [(post.role, post.area_id) for post in actor.posts] == [("grid_worker", spots[0].grid.id)]


def test_officers_sit_above(system: Actor) -> None:
    grids, now = add_grids(), timezone.now()
    officers = add_officers(system, grids[0], now)
    actors = {name: actor_for(user=user, county_id=system.county_id, at=now) for name, user in officers.items()}
    assert actors["officer"].posts[0].area_id == grids[0].township.id
    assert actors["centre"].posts[0].area_id == grids[0].county.id


def test_a_caller_has_a_token_and_a_session(system: Actor) -> None:
    grids, now = add_grids(), timezone.now()
    user = add_officers(system, grids[0], now)["officer"]
    found = caller(system, user, now)
    assert token_user(found["token"], at=now) == (user, system.county_id)
    client = Client()
    client.cookies[settings.SESSION_COOKIE_NAME] = found["cookie"]
    assert client.get(f"/{system.county_id}/notices/").status_code == 200
    assert User.objects.get(pk=user.pk).is_active


@pytest.fixture
def seeded(system: Actor) -> Actor:
    grids, now = add_grids(), timezone.now()
    unit_add(actor=system, area=grids[0].township, kind="department", name="城建中心", reason="测试", on=SINCE, at=now)
    add_workers(system, grids, now)
    add_officers(system, grids[0], now)
    add_kinds(system)
    return system


def test_the_kinds_are_those_that_a_county_begins_with(seeded: Actor) -> None:
    kinds = kinds_now()
    assert {kind for kind, _title, _body in MATTERS} <= set(kinds)
    assert writer_of().kinds["facilities"] == kinds["facilities"].version_id


def test_every_report_of_the_bench_is_taken(seeded: Actor, client: Client) -> None:
    found = site(timezone.now())
    assert len(found["answers"]) == len(MATTERS)
    for number in range(len(MATTERS)):
        call = report_call(found, found["reporters"][0], number, f"key{number}")
        answer = client.generic(
            call.method, call.path, call.body or b"", content_type="application/json",
            HTTP_AUTHORIZATION=call.headers["Authorization"], HTTP_IDEMPOTENCY_KEY=f"key{number}",
        )  # fmt: skip
        assert answer.status_code == 201, answer.content


@pytest.mark.sqlite
def test_waiting_cases_can_be_dispatched_by_the_officer_at_once(seeded: Actor, client: Client) -> None:
    if connection.vendor != "sqlite":
        pytest.skip("COPY goes past the transaction of a test")
    waiting = add_waiting(6, timezone.now())
    assert len({one["number"] for one in waiting}) == 6
    found = site(timezone.now())
    [call] = calls(found, waiting)
    answer = client.generic(
        call.method, call.path, call.body or b"", content_type="application/json",
        HTTP_AUTHORIZATION=call.headers["Authorization"], HTTP_IDEMPOTENCY_KEY="k",
    )  # fmt: skip
    assert answer.status_code == call.status, answer.content
    assert call.holds in answer.content
    more = add_waiting(3, timezone.now())
    assert not {one["number"] for one in more} & {one["number"] for one in waiting}

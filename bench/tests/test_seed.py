"""The people and places of the measured county, on a small tree."""

import pytest
from django.conf import settings
from django.test import Client
from django.utils import timezone

from bench.management.commands import bench_seed
from bench.management.commands.bench_seed import SINCE, add_grids, add_officers, add_workers, caller
from shanzhi.access.actor import Actor
from shanzhi.accounts.models import User
from shanzhi.accounts.selectors import actor_for, token_user
from shanzhi.areas.models import Area
from shanzhi.areas.paths import ROOT, child
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
    spots, users = add_workers(system, grids, now)
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

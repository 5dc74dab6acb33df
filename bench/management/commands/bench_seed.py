"""`manage.py bench_seed`: 天长市 with a thousand grids, its people and its cases, into an empty database.

Says on stdout, as JSON, who may call and what there is to ask for.
"""

import json
from argparse import ArgumentParser
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any, Final

from django.conf import settings
from django.core.management.base import BaseCommand
from django.db.transaction import atomic
from django.test import Client
from django.utils import timezone

from bench.copying import Writer, copy_in
from bench.world import Place, Spot, stories
from shanzhi.access.actor import Actor
from shanzhi.accounts.models import Post, User
from shanzhi.accounts.services import NewPost, NewUser, posts_bulk_grant, users_bulk_create
from shanzhi.accounts.services.tokens import token_issue
from shanzhi.areas.models import Area
from shanzhi.areas.paths import child
from shanzhi.areas.services import county_open, register_import, unit_add
from shanzhi.areas.source import source_open
from shanzhi.cases.models import Case
from shanzhi.tenancy.context import county

DIVISIONS: Final = Path(__file__).resolve().parents[3] / "data/divisions.csv"
COUNTY: Final = 341181
GRIDS: Final = 1_000
REPORTERS: Final = 16
NUMBERS: Final = 400
SINCE: Final = date(2020, 1, 1)
REASON: Final = "压力测试"
DEPARTMENTS: Final = ("住建局", "水务局", "城管局", "民政局", "应急局")


class Command(BaseCommand):
    help = "An invented county for measurements, into an empty database; prints who may call as JSON."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--cases", type=int, default=20_000)

    def handle(self, *, cases: int, **options: Any) -> None:
        now = timezone.now()
        source = source_open(lambda: DIVISIONS.open("rb"))
        register_import(source, dry_run=False, progress=lambda done, total: None)
        county_open(code=str(COUNTY), since=SINCE, at=now)
        with county(COUNTY, atomic=False):
            site = seed(cases, now)
        self.stdout.write(json.dumps(site))


def seed(cases: int, now: datetime) -> dict[str, Any]:
    """Places, people, then cases; returns what the measuring process has to know.

    In three transactions: the owner of the tables, who copies the cases in, waits for everybody else's to end.
    """
    system = Actor.system(COUNTY)
    with atomic():
        grids = add_grids()
        units = [
            unit_add(actor=system, area=grids[0].county, kind="department", name=name, reason=REASON, on=SINCE, at=now)
            for name in DEPARTMENTS
        ]
        spots, workers = add_workers(system, grids, now)
        officers = add_officers(system, grids[0], now)
    writer = Writer(COUNTY, [unit.id for unit in units])
    rows = copy_in(stories(spots, cases, now=now, seed=1), writer, owner_url=settings.DATABASE_OWNER_URL)
    with atomic():
        called = {name: caller(system, user, now) for name, user in officers.items()}
        reporters = [
            {**caller(system, user, now), "area": grid.area.code}
            for user, grid in list(zip(workers, grids, strict=True))[:: GRIDS // REPORTERS][:REPORTERS]
        ]
        town = grids[0].township.path
        newest = Case.objects.filter(area_path__gte=town, area_path__lt=town + "~").order_by("-received_at", "-id")
        numbers = list(newest.values_list("number", flat=True)[:NUMBERS])
    return {"county": COUNTY, "cases": cases, "rows": rows, "reporters": reporters, "numbers": numbers, **called}


class Grid:
    """A new grid with the areas above it."""

    def __init__(self, village: Area, ordinal: int) -> None:
        assert village.parent is not None
        assert village.parent.parent is not None
        self.village, self.township, self.county = village, village.parent, village.parent.parent
        self.area = Area(
            level=Area.Level.GRID, code=f"{village.code}{ordinal:03d}", name=f"第{ordinal}网格", parent=village,
            ordinal=ordinal, path=child(village.path, ordinal), valid_from=SINCE,
        )  # fmt: skip


def add_grids() -> list[Grid]:
    """A thousand grids, evenly below all villages; straight into the table, because a service takes them one by one."""
    villages = list(Area.objects.filter(level=Area.Level.VILLAGE).select_related("parent__parent").order_by("path"))
    grids = []
    for number, village in enumerate(villages):
        share = GRIDS // len(villages) + (number < GRIDS % len(villages))
        grids += [Grid(village, ordinal) for ordinal in range(1, share + 1)]
    Area.objects.bulk_create([grid.area for grid in grids], batch_size=500)
    return grids


def _place(area: Area) -> Place:
    return Place(area.id, area.path, area.name)


def add_workers(system: Actor, grids: Sequence[Grid], now: datetime) -> tuple[list[Spot], list[User]]:
    """One worker a grid."""
    rows = [NewUser(f"bench.worker{number}", "陈建国") for number in range(len(grids))]
    users = users_bulk_create(actor=system, rows=rows, at=now)
    wanted = [
        NewPost(user=user, role="grid_worker", area=grid.area, valid_from=SINCE)
        for user, grid in zip(users, grids, strict=True)
    ]
    posts: list[Post] = posts_bulk_grant(actor=system, rows=wanted, at=now)
    spots = [
        Spot(
            _place(grid.area), _place(grid.village), _place(grid.township), post.user_id, post.id, user.name,
            f"{grid.village.name} {grid.area.name} 网格员",
        )
        for user, grid, post in zip(users, grids, posts, strict=True)
    ]  # fmt: skip
    return spots, users


def add_officers(system: Actor, first: Grid, now: datetime) -> dict[str, User]:
    """The reception of the largest township, and the county's centre."""
    places = {"officer": ("township_officer", first.township), "centre": ("command_centre", first.county)}
    rows = [NewUser(f"bench.{name}", "王桂兰") for name in places]
    users = dict(zip(places, users_bulk_create(actor=system, rows=rows, at=now), strict=True))
    wanted = [
        NewPost(user=users[name], role=role, area=area, valid_from=SINCE) for name, (role, area) in places.items()
    ]
    posts_bulk_grant(actor=system, rows=wanted, at=now)
    return users


def caller(system: Actor, user: User, now: datetime) -> dict[str, str]:
    """A token, and the cookie of a signed-in browser."""
    done = token_issue(actor=system, user_id=user.pk, name=REASON, days=30, at=now - timedelta(minutes=1))
    client = Client()
    client.force_login(user, backend="shanzhi.accounts.backends.LoginBackend")
    return {"token": done.secret or "", "cookie": client.cookies[settings.SESSION_COOKIE_NAME].value}

"""`manage.py bench_seed`: 天长市 with a thousand grids, its people and its cases, into an empty database.

Says on stdout, as JSON, who may call and what there is to ask for.
"""

import json
from argparse import ArgumentParser
from collections.abc import Callable, Sequence
from datetime import date, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any, Final

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db.transaction import atomic
from django.test import Client
from django.utils import timezone

from bench.copying import copy_in
from bench.rows import Writer
from bench.world import MATTERS, Place, Spot, stories, waiting
from shanzhi.access.actor import Actor
from shanzhi.accounts.models import Post, User
from shanzhi.accounts.services import NewPost, NewUser, posts_bulk_grant, users_bulk_create
from shanzhi.accounts.services.tokens import token_issue
from shanzhi.areas.models import Area, Unit
from shanzhi.areas.paths import child
from shanzhi.areas.services import county_open, register_import, unit_add
from shanzhi.areas.source import source_open
from shanzhi.cases.kinds.registry import kinds_now
from shanzhi.cases.models import Case, MonthCounter
from shanzhi.demo.answers import answered
from shanzhi.insight.services import recount
from shanzhi.packs.loading import load_pack
from shanzhi.tenancy.context import county

ROOT: Final = Path(__file__).resolve().parents[3]
DIVISIONS: Final = ROOT / "data/divisions.csv"
PACK: Final = ROOT / "packs/county"
COUNTY: Final = 341181
GRIDS: Final = 1_000
REPORTERS: Final = 16
NUMBERS: Final = 400
SINCE: Final = date(2020, 1, 1)
REASON: Final = "压力测试"
DEPARTMENTS: Final = ("住建局", "水务局", "城管局", "民政局", "应急局")
CENTRES: Final = ("城建中心", "农业中心", "派出所", "水务站")


class Command(BaseCommand):
    help = "An invented county for measurements, into an empty database; prints who may call as JSON."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--cases", type=int, default=20_000)
        parser.add_argument("--copies", type=int, default=1, help="that often, under ids and numbers of their own")
        parser.add_argument("--waiting", type=int, default=0, help="only: accepted cases more, at the township's desk")
        parser.add_argument("--kept", action="store_true", help="only: who may call, in a county that is there")

    def handle(self, *, cases: int, copies: int, waiting: int, kept: bool, **options: Any) -> None:
        now = timezone.now()
        rows = 0
        if not kept and not waiting:
            open_county(now)
        with county(COUNTY, atomic=False):
            if waiting:
                self.stdout.write(json.dumps(add_waiting(waiting, now)))
                return
            if not kept:
                rows = seed(cases, copies, now, say=lambda text: self.stderr.write(f"  {text}"))
            self.stdout.write(json.dumps({"cases": cases * copies, "rows": rows, **site(now)}))


def open_county(now: datetime) -> None:
    source = source_open(lambda: DIVISIONS.open("rb"))
    register_import(source, dry_run=False, progress=lambda done, total: None)
    county_open(code=str(COUNTY), since=SINCE, at=now)


def seed(cases: int, copies: int, now: datetime, *, say: Callable[[str], None]) -> int:
    """Places, people and kinds, then cases; returns how many rows were copied.

    In three transactions: the owner of the tables, who copies the cases in, waits for everybody else's to end.
    """
    system = Actor.system(COUNTY)
    with atomic():
        grids = add_grids()
        for name in DEPARTMENTS:
            unit_add(actor=system, area=grids[0].county, kind="department", name=name, reason=REASON, on=SINCE, at=now)
        for name in CENTRES:
            town = grids[0].township
            unit_add(actor=system, area=town, kind="department", name=name, reason=REASON, on=SINCE, at=now)
        add_workers(system, grids, now)
        add_officers(system, grids[0], now)
        add_kinds(system)
    with atomic():
        spots, writer = known_spots(), writer_of()
    told = stories(spots, cases, now=now, seed=1)
    done = copy_in(told, writer, owner_url=settings.DATABASE_OWNER_URL, copies=copies, say=say)
    say(f"{recount(at=now).rows} rows of roll-ups")
    return done


def add_kinds(system: Actor) -> None:
    """The kinds of the pack that every county begins with."""
    loaded = load_pack(PACK, actor=system)
    if loaded.faults:
        raise CommandError("\n".join(str(fault) for fault in loaded.faults))


def writer_of() -> Writer:
    kinds = {code: kind.version_id for code, kind in kinds_now().items()}
    units = Unit.objects.filter(valid_to=None).order_by("code").values_list("id", flat=True)
    return Writer(COUNTY, list(units), kinds, {row.month: row.last for row in MonthCounter.objects.all()})


def add_waiting(count: int, now: datetime) -> list[dict[str, Any]]:
    """Accepted cases of the first township; their numbers and versions."""
    with atomic():
        spots = known_spots()
        mine = [spot for spot in spots if spot.township == spots[0].township]
        writer = writer_of()
        last = Case.objects.order_by("-id").values_list("id", flat=True).first() or 0
    copy_in(waiting(mine, count, now=timezone.now(), seed=2), writer, owner_url=settings.DATABASE_OWNER_URL)
    with atomic():
        found = Case.objects.filter(owner_id=spots[0].township.id, state="accepted", turn_unit=None)
        newest = found.exclude(id=last).order_by("-received_at", "-id")[:count]
        return [{"number": case.number, "version": case.version} for case in newest]


def site(now: datetime) -> dict[str, Any]:
    """What the measuring process has to know: who may call with what, which cases there are, and what is answered."""
    system = Actor.system(COUNTY)
    with atomic():
        users = {user.username: user for user in User.objects.filter(username__startswith="bench.")}
        called = {name: caller(system, users[f"bench.{name}"], now) for name in ("officer", "centre")}
        spots = known_spots()
        reporters = [
            {**caller(system, users[f"bench.worker{number}"], now), "area": Area.objects.get(id=spot.grid.id).code}
            for number, spot in list(enumerate(spots))[:: max(GRIDS // REPORTERS, 1)][:REPORTERS]
        ]
        newest = Case.objects.filter(town_path=spots[0].township.path).order_by("-received_at", "-id")
        numbers = list(newest.values_list("number", flat=True)[:NUMBERS])
        unit = Unit.objects.filter(area_id=spots[0].township.id).order_by("code").first()
        kinds = {code: kind.body for code, kind in kinds_now().items()}
    answers = [
        answered(kinds[kind], f"{title}{body}", Random(1), timezone.localdate(now)) for kind, title, body in MATTERS
    ]
    return {
        "county": COUNTY, "reporters": reporters, "numbers": numbers, "answers": answers,
        "unit": unit.code if unit else "", **called,
    }  # fmt: skip


def known_spots() -> list[Spot]:
    """The grids with their workers, in the order of the workers' logins."""
    posts = Post.objects.filter(role="grid_worker", valid_to=None).select_related("user", "area__parent__parent")
    found = {}
    for post in posts:
        grid = post.area
        assert grid is not None
        assert grid.parent is not None
        assert grid.parent.parent is not None
        found[int(post.user.username.removeprefix("bench.worker"))] = Spot(
            _place(grid), _place(grid.parent), _place(grid.parent.parent), post.user_id, post.id, post.user.name,
            f"{grid.parent.name} {grid.name} 网格员",
        )  # fmt: skip
    return [found[number] for number in sorted(found)]


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


def add_workers(system: Actor, grids: Sequence[Grid], now: datetime) -> list[User]:
    """One worker a grid."""
    rows = [NewUser(f"bench.worker{number}", "陈建国") for number in range(len(grids))]
    users = users_bulk_create(actor=system, rows=rows, at=now)
    wanted = [
        NewPost(user=user, role="grid_worker", area=grid.area, valid_from=SINCE)
        for user, grid in zip(users, grids, strict=True)
    ]
    posts_bulk_grant(actor=system, rows=wanted, at=now)
    return list(users)


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

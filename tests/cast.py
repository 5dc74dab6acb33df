"""The cast of contract.md: in each of two counties two townships, three villages, four grids, a unit of each level, and
one person for each role at the first of them; plus somebody with a second grid. Built by bulk, for speed."""

import time
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.contrib.auth.hashers import make_password
from django.test import Client
from django.utils import timezone

from shanzhi.access.actor import Actor
from shanzhi.access.permissions import ROLES, Level
from shanzhi.accounts.models import Post, User
from shanzhi.accounts.selectors import actor_for
from shanzhi.areas.models import Area, AreaVersion, Unit
from shanzhi.areas.paths import ROOT, child
from shanzhi.cases.models import Case
from shanzhi.cases.services import Report, case_report
from shanzhi.tenancy.context import county
from shanzhi.tenancy.models import County
from tests.kinds import kinds_make

SINCE = date(2020, 1, 1)
PASSWORD = "Cast-password-1"


@dataclass
class Person:
    """A member of the cast."""

    role: str
    user: User
    post: Post
    county_id: int

    @property
    def actor(self) -> Actor:
        """As the middleware would load it now."""
        with county(self.county_id):
            return actor_for(user=self.user, county_id=self.county_id, at=timezone.now())

    def client(self) -> Client:
        """A browser, signed in with the password a moment ago."""
        client = Client()
        client.force_login(self.user)
        session = client.session
        session["account_authentication_methods"] = [{"method": "password", "at": time.time()}]
        session["account_authentication_methods_user"] = str(self.user.pk)
        session.save()
        return client


@dataclass
class Cast:
    """One county with its people; `areas` by short names: county t1 t2 v1 v2 v3 g1 g2 g3 g4 (g1, g4 in v1)."""

    county: County
    areas: dict[str, Area] = field(default_factory=dict)
    units: dict[str, Unit] = field(default_factory=dict)
    people: dict[str, Person] = field(default_factory=dict)

    def __getitem__(self, role: str) -> Person:
        return self.people[role]

    def actor(self, role: str) -> Actor:
        return self.people[role].actor


def _areas(cast: Cast, code: str, name: str) -> None:
    def area(short: str, level: str, number: str, label: str, parent: str | None, ordinal: int) -> None:
        above = cast.areas.get(parent) if parent else None
        path = child(above.path, ordinal) if above else ROOT
        cast.areas[short] = Area(
            level=level, code=number, name=label, parent=above, ordinal=ordinal, path=path, valid_from=SINCE, issued=9
        )

    area("county", "county", code + "000000", name, None, 1)
    for t, town in enumerate(("东镇", "西镇"), start=1):
        area(f"t{t}", "township", f"{code}10{t}000", town, "county", t)
    for v, (town, village) in enumerate((("t1", "张庄村"), ("t1", "李庄村"), ("t2", "王庄村")), start=1):
        area(f"v{v}", "village", f"{code}10{town[1]}20{v}", village, town, v)
    for g, (village, number) in enumerate((("v1", 1), ("v2", 1), ("v3", 1), ("v1", 2)), start=1):
        label = ("第一网格", "第二网格")[number - 1]
        above = cast.areas[village]
        area(f"g{g}", "grid", f"{above.code}00{number}", label, village, number)
    for level in ("county", "township", "village", "grid"):
        Area.objects.bulk_create([row for row in cast.areas.values() if row.level == level])
    AreaVersion.objects.bulk_create(
        AreaVersion(
            area=row,
            number=1,
            act="opened",
            code=row.code,
            name=row.name,
            parent=row.parent,
            valid_from=SINCE,
            actor_name="系统",
            recorded_at=timezone.now(),
        )
        for row in cast.areas.values()
    )


def _units(cast: Cast) -> None:
    for short, where, label in (
        ("county", "county", "县住建局"),
        ("t1", "t1", "镇城建中心"),
        ("t2", "t2", "西镇水务站"),
    ):
        area = cast.areas[where]
        cast.units[short] = Unit(
            area=area,
            kind="department",
            code=f"{area.code}D001",
            name=label,
            valid_from=SINCE,
        )
    Unit.objects.bulk_create(cast.units.values())


PLACES = {Level.GRID: "g1", Level.VILLAGE: "v1", Level.TOWNSHIP: "t1", Level.COUNTY: "county"}
HIGHER = {"command_centre": "t1"}


def _people(cast: Cast, at: datetime) -> None:
    password = make_password(PASSWORD)
    wanted: list[tuple[str, str, str]] = []
    for role in ROLES.values():
        level = role.levels[0]
        wanted.append(
            (role.code, role.code, HIGHER.get(role.code) or ("unit" if level == Level.UNIT else PLACES[level]))
        )
    # The same offices of the other township and village, and the county's own desk.
    wanted += [
        ("other_worker", "grid_worker", "g3"),
        ("other_clerk", "village_clerk", "v3"),
        ("other_officer", "township_officer", "t2"),
        ("county_centre", "command_centre", "county"),
    ]
    users, posts = [], []
    for name, role, place in wanted:
        user = User(
            id=cast.county.id * 100 + len(users), username=f"{name}-{cast.county.id}".replace("_", "."),
            name=f"赵{ROLES[role].label[:2]}", password=password, home_county=cast.county.id, created_at=at,
        )  # fmt: skip
        users.append(user)
        target: dict[str, Any] = {"unit": cast.units["t1"]} if place == "unit" else {"area": cast.areas[place]}
        path = cast.areas["t1"].path if place == "unit" else cast.areas[place].path
        post = Post(user=user, role=role, area_path=path, valid_from=SINCE, granted_at=at, **target)
        posts.append(post)
        cast.people[name] = Person(name, user, post, cast.county.id)
    User.objects.bulk_create(users)
    Post.objects.bulk_create(posts)


def build_cast(row: County) -> Cast:
    """The cast of one county."""
    at = timezone.now()
    with county(row.id):
        cast = Cast(row)
        _areas(cast, f"{row.id}", row.name)
        _units(cast)
        _people(cast, at)
        kinds_make(at)
    return cast


def report(cast: Cast, *, by: str = "grid_worker", place: str = "g1", **changes: Any) -> Case:
    """A case as the services make it, at the area `place`, with `spot` for its words; call it inside the county."""
    spot = changes.pop("spot", "张庄组路口")
    words = {"body": "路口井盖断裂，晚上容易掉下去。", "kind": "facilities", "place": spot, **changes}
    at = words.pop("at", None)
    return case_report(actor=cast.actor(by), report=Report(**words), area=cast.areas[place], at=at)

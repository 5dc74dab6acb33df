"""A small county with its places and people, and browsers that are signed in."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from shanzhi.access.actor import Actor
from shanzhi.accounts import selectors, services
from shanzhi.accounts.models import Post, StandIn, User
from shanzhi.areas.models import Area, Unit
from shanzhi.areas.paths import ROOT, child
from shanzhi.lib.times import local
from shanzhi.tenancy.context import county

SINCE = date(2020, 1, 1)
PASSWORD = "Yangcun-2026"  # within the rule
WEB = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/120.0 Safari/537.36 Edg/120.0"


@dataclass
class Town:
    """One county: 天长市 › 杨村镇 › 小关社区, 北荡村 › a grid each; a department of the county and a centre of the town."""

    number: int
    areas: dict[str, Area] = field(default_factory=dict)
    units: dict[str, Unit] = field(default_factory=dict)

    @property
    def system(self) -> Actor:
        return Actor.system(self.number)

    def url(self, rest: str) -> str:
        return f"/{self.number}/{rest}"

    def api(self, rest: str) -> str:
        return f"/api/v1/{self.number}/{rest}"


def build_town(number: int) -> Town:
    town = Town(number)
    code = str(number)

    def area(key: str, level: str, digits: str, name: str, parent: str | None, ordinal: int) -> None:
        above = town.areas[parent] if parent else None
        path = child(above.path, ordinal) if above else ROOT
        town.areas[key] = Area.objects.create(
            level=level, code=digits, name=name, parent=above, ordinal=ordinal, path=path, valid_from=SINCE
        )

    area("county", "county", f"{code}000000", "天长市", None, 1)
    area("town", "township", f"{code}101000", "杨村镇", "county", 1)
    area("east", "township", f"{code}102000", "铜城镇", "county", 2)
    area("village", "village", f"{code}101001", "小关社区", "town", 1)
    area("other", "village", f"{code}102200", "北荡村", "east", 1)
    area("grid", "grid", f"{code}101001004", "第四网格", "village", 1)
    area("far", "grid", f"{code}102200001", "第一网格", "other", 1)
    for key, where, name in (("dept", "county", "市住建局"), ("centre", "town", "镇综治中心")):
        town.units[key] = Unit.objects.create(
            area=town.areas[where], kind="department", code=f"{code}-{key}", name=name, valid_from=SINCE
        )
    return town


_numbers = iter(range(10_000))


def make_user(town: Town, name: str = "王桂兰", username: str = "", **changes: Any) -> User:
    """An account with the password `PASSWORD`, ready to sign in."""
    login = username or f"user{next(_numbers)}"
    must_change = changes.pop("must_change", False)
    done = services.user_create(
        actor=town.system, username=login, name=name, password=PASSWORD, must_change=must_change, **changes
    )
    return done.user


def make_post(town: Town, user: User, role: str, place: str, **changes: Any) -> Post:
    target: dict[str, Any] = {"unit": town.units[place]} if place in town.units else {"area": town.areas[place]}
    return services.post_grant(actor=town.system, user_id=user.pk, role=role, **target, **changes)


def person(town: Town, role: str = "grid_worker", place: str = "grid", name: str = "王桂兰", **changes: Any) -> User:
    """Somebody with one post."""
    user = make_user(town, name, **changes)
    make_post(town, user, role, place)
    return user


def actor_of(town: Town, user: User, at: datetime | None = None) -> Actor:
    with county(town.number):
        return selectors.actor_for(user=user, county_id=town.number, at=at or timezone.now())


def browser(user: User | None = None, *, ago: timedelta = timedelta(0), ip: str = "10.0.0.1") -> Client:
    """A browser; signed in (the password was given `ago`), as after a real login."""
    client = Client(REMOTE_ADDR=ip, HTTP_USER_AGENT=WEB)
    if user is not None:
        client.force_login(user)
        session = client.session
        session["account_authentication_methods"] = [{"method": "password", "at": time.time() - ago.total_seconds()}]
        session["account_authentication_methods_user"] = str(user.pk)
        session.save()
    return client


def log_in(client: Client, user: User, password: str = PASSWORD, **more: Any) -> Any:
    return client.post("/accounts/login/", {"login": user.username, "password": password, **more})


def words(response: Any) -> str:
    return str(response.content.decode())


@contextmanager
def statements(expected: int) -> Iterator[None]:
    """Exactly so many statements, leaving out what frames a transaction (PostgreSQL has more of it)."""
    with CaptureQueriesContext(connection) as caught:
        yield
    frames = ("SAVEPOINT", "RELEASE", "ROLLBACK", "BEGIN", "COMMIT", "SET LOCAL")
    real = [query["sql"] for query in caught.captured_queries if not query["sql"].startswith(frames)]
    assert len(real) == expected, "\n".join(real)


def today() -> date:
    return local(timezone.now()).date()


def post_of(user: User) -> Post:
    return Post.objects.get(user=user)


def hand(town: Town, by: User, holder: User, to: User, *, days: int = 3, after: int = 0, **more: Any) -> StandIn:
    first = today() + timedelta(days=after)
    return services.standin_set(
        actor=actor_of(town, by),
        post_id=post_of(holder).id,
        substitute_id=to.pk,
        valid_from=first,
        valid_to=first + timedelta(days=days - 1),
        reason=more.pop("reason", "请假"),
        **more,
    )

"""The world that is written into while things are killed: the cast, its trail, and tokens for two who report."""

from dataclasses import dataclass
from datetime import timedelta
from secrets import token_urlsafe

from django.db.transaction import atomic
from django.utils import timezone

from shanzhi.access.actor import Actor
from shanzhi.accounts.models import ApiToken
from shanzhi.packs.models import Definition
from shanzhi.tenancy.context import county
from shanzhi.tenancy.models import County
from shanzhi.trail.services import record_bulk
from tests.cast import Cast, build_cast

A = 341181


@dataclass(frozen=True)
class World:
    """Where cases are reported at, with whose tokens."""

    area: str
    tokens: list[str]


def make() -> World:
    """Inside no county; the county is made too."""
    now = timezone.now()
    row, _ = County.objects.get_or_create(id=A, defaults={"code": str(A), "name": "天长市", "joined_at": now})
    cast = build_cast(row)
    with_trail(cast)
    tokens = []
    with county(A):
        for role in ("grid_worker", "village_clerk"):
            word = ApiToken.PREFIX + token_urlsafe(32)
            ApiToken.objects.create(
                user=cast[role].user, county_id=A, name="测试", digest=ApiToken.digest_of(word), created_at=now,
                expires_at=now + timedelta(days=1),
            )  # fmt: skip
            tokens.append(word)
    return World(cast.areas["g1"].code, tokens)


def with_trail(cast: Cast) -> None:
    """The cast is made by bulk; in the product each of its rows would have its entry."""
    actor, now = Actor.system(cast.county.id), timezone.now()
    with county(cast.county.id), atomic():
        for code, rows in (
            ("areas.area.opened", list(cast.areas.values())),
            ("areas.unit.added", list(cast.units.values())),
            ("accounts.post.granted", [person.post for person in cast.people.values()]),
            ("packs.definition.published", list(Definition.objects.all())),
        ):
            for row in rows:
                row.refresh_from_db()
            record_bulk(actor=actor, code=code, objs=rows, at=now)

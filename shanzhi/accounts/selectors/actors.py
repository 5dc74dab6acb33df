"""Who acts: from a person (session) or a token (API) to the posts held today in one county."""

from datetime import datetime
from typing import Final

from allauth.mfa.models import Authenticator
from django.conf import settings
from django.db import connection
from django.db.models import Q
from django.utils import timezone

from shanzhi.access.actor import Actor, ActorPost
from shanzhi.access.permissions import ADMINISTRATORS, ROLES
from shanzhi.accounts.models import ApiToken, User
from shanzhi.areas.models import Area
from shanzhi.lib.errors import NotFound
from shanzhi.lib.times import local
from shanzhi.tenancy.context import county, current
from shanzhi.tenancy.selectors import county_get

# Every request asks these two. By hand, because the ORM would take longer to write them than the database to answer.
POSTS: Final = """
WITH held AS (
  SELECT id, 0 AS stands_in FROM accounts_post WHERE county_id = %s AND user_id = %s
   UNION ALL
  SELECT post_id, 1 FROM accounts_standin
   WHERE county_id = %s AND substitute_id = %s AND ended_at IS NULL AND valid_from <= %s AND valid_to >= %s)
SELECT post.id, post.role, post.area_path, coalesce(place.id, area.id), coalesce(place.level, area.level),
       coalesce(place.name, area.name), above.name, unit.id, unit.name, held.stands_in{named}
  FROM held
  JOIN accounts_post post ON post.county_id = %s AND post.id = held.id
  LEFT JOIN areas_area area ON area.county_id = post.county_id AND area.id = post.area_id
  LEFT JOIN areas_area above ON above.county_id = area.county_id AND above.id = area.parent_id
  LEFT JOIN areas_unit unit ON unit.county_id = post.county_id AND unit.id = post.unit_id
  LEFT JOIN areas_area place ON place.county_id = unit.county_id AND place.id = unit.area_id
 WHERE post.revoked_at IS NULL AND post.valid_from <= %s AND (post.valid_to IS NULL OR post.valid_to >= %s)
 ORDER BY held.stands_in, post.id
"""
COLUMNS: Final = 10
BEARER: Final = """
SELECT token.county_id, person.id, person.name, person.is_active
  FROM accounts_apitoken token JOIN accounts_user person ON person.id = token.user_id
 WHERE token.digest = %s AND token.revoked_at IS NULL AND token.expires_at > %s AND person.is_active
"""


NAMED: Final = """,
       EXISTS (SELECT 1 FROM {table} WHERE county_id = %s AND user_id = %s AND ended_at IS NULL)"""
_named: dict[str, str] = {}


def named(permission: str, table: str) -> None:
    """A permission that no role carries: held by the persons of this table (`county_id`, `user_id`, `ended_at`).

    Who holds a post is asked anyway, so it costs no statement more. Administrators hold none, nor does whoever merely
    stands in for somebody.
    """
    _named[permission] = NAMED.format(table=table)


def live(at: datetime) -> Q:
    """Posts in force at this moment: the term holds the day in China, and nobody has revoked them."""
    day = local(at).date()
    return Q(revoked_at__isnull=True, valid_from__lte=day) & (Q(valid_to__isnull=True) | Q(valid_to__gte=day))


def standing_in(at: datetime) -> Q:
    """Stand-ins in force at this moment, as far as their own days say; the post must be `live` too."""
    day = local(at).date()
    return Q(ended_at__isnull=True, valid_from__lte=day, valid_to__gte=day)


def place_name(level: str, name: str, parent: str | None) -> str:
    """A grid is called with its village, 小关社区 第四网格; every other place by its own name."""
    return f"{parent} {name}" if level == "grid" and parent else name


def place_words(area: Area) -> str:
    """The same of an area that was read with its parent."""
    return place_name(area.level, area.name, area.parent.name if area.parent is not None else None)


def actor_for(*, user: User, county_id: int, at: datetime) -> Actor:
    """The person with the posts held now in the current county, those of absent colleagues included; one statement.

    A disabled person holds none, and whoever has no post of one's own any more stands in for nobody.
    """
    if not user.is_active:
        return Actor(user_id=user.pk, name=user.name, county_id=county_id)
    day = connection.ops.adapt_datefield_value(local(at).date())
    with connection.cursor() as cursor:
        here = current()
        asked = [here, user.pk] * len(_named) + [here, day, day]
        statement = POSTS.format(named="".join(_named.values()))
        cursor.execute(statement, [*[here, user.pk] * 2, day, day, *asked])
        rows = [row for row in cursor.fetchall() if row[1] in ROLES]
    posts = tuple(_post(*row[:COLUMNS]) for row in rows)
    if all(post.stand_in for post in posts):
        return Actor(user_id=user.pk, name=user.name, county_id=county_id)
    granted: frozenset[str] = frozenset()
    if not any(post.role in ADMINISTRATORS for post in posts):
        granted = frozenset(code for code, holds in zip(_named, rows[0][COLUMNS:], strict=True) if holds)
    return Actor(user_id=user.pk, name=user.name, county_id=county_id, posts=posts, granted=granted)


def _post(
    post_id: int, role: str, path: str, area_id: int, level: str, name: str, above: str | None, unit_id: int | None,
    unit: str | None, stands_in: int,
) -> ActorPost:  # fmt: skip
    return ActorPost(
        id=post_id,
        role=role,
        label=f"{ROLES[role].label}（代）" if stands_in else ROLES[role].label,
        area_id=area_id,
        area_path=path,
        area_level=level,
        area_name=place_name(level, name, above),
        unit_id=unit_id,
        unit_name=unit or "",
        stand_in=bool(stands_in),
    )


def token_user(token: str, *, at: datetime) -> tuple[User, int] | None:
    """The person behind a token and the one county it is for; None if it is unknown, expired, revoked or disabled."""
    if not token.startswith(ApiToken.PREFIX):
        return None
    with connection.cursor() as cursor:
        cursor.execute(BEARER, [ApiToken.digest_of(token), connection.ops.adapt_datetimefield_value(at)])
        row = cursor.fetchone()
    return None if row is None else (User.from_db(connection.alias, ["id", "name", "is_active"], row[1:]), row[0])


def home_actor(user: User, *, at: datetime | None = None) -> Actor | None:
    """The person in the county that keeps the account; None without one, or if that county has left."""
    if user.home_county is None:
        return None
    try:
        number = county_get(user.home_county).id
    except NotFound:
        return None
    with county(number):
        return actor_for(user=user, county_id=number, at=at or timezone.now())


def first_page(user: User) -> str:
    """Where a login leads without a better address: the first page of the person's main role in the home county."""
    actor = home_actor(user)
    if actor is None or actor.main_post is None:
        return "/"
    return f"/{actor.county_id}/{ROLES[actor.main_post.role].first_page}/"


def is_administrator(actor: Actor) -> bool:
    return any(post.role in ADMINISTRATORS for post in actor.posts)


def has_totp(user: User) -> bool:
    return bool(Authenticator.objects.filter(user_id=user.pk, type=Authenticator.Type.TOTP).exists())


def totp_required(user: User) -> bool:
    """The three administrators sign in with two factors (等保 level 3), unless the installation is a demonstration."""
    if not settings.SHANZHI_REQUIRE_TOTP:
        return False
    actor = home_actor(user)
    return actor is not None and is_administrator(actor)

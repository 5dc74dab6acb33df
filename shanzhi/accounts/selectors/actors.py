"""Who acts: from a person (session) or a token (API) to the posts held today in one county."""

from datetime import datetime
from typing import Any

from allauth.mfa.models import Authenticator
from django.conf import settings
from django.db.models import Q
from django.utils import timezone

from shanzhi.access.actor import Actor, ActorPost
from shanzhi.access.permissions import ADMINISTRATORS, ROLES
from shanzhi.accounts.models import ApiToken, Post, User
from shanzhi.lib.errors import NotFound
from shanzhi.lib.times import local
from shanzhi.tenancy.context import county
from shanzhi.tenancy.selectors import county_get

COLUMNS = (
    "id",
    "role",
    "area_id",
    "area_path",
    "area__level",
    "area__name",
    "area__parent__name",
    "unit_id",
    "unit__name",
    "unit__area_id",
    "unit__area__level",
    "unit__area__name",
)


def live(at: datetime) -> Q:
    """Posts in force at this moment: the term holds the day in China, and nobody has revoked them."""
    day = local(at).date()
    return Q(revoked_at__isnull=True, valid_from__lte=day) & (Q(valid_to__isnull=True) | Q(valid_to__gte=day))


def place_name(level: str, name: str, parent: str | None) -> str:
    """A grid is called with its village, 小关社区 第四网格; every other place by its own name."""
    return f"{parent} {name}" if level == "grid" and parent else name


def actor_for(*, user: User, county_id: int, at: datetime) -> Actor:
    """The person with the posts held now in the current county, in one statement; a disabled person holds none."""
    if not user.is_active:
        return Actor(user_id=user.pk, name=user.name, county_id=county_id)
    rows = Post.objects.filter(live(at), user_id=user.pk).order_by("id").values_list(*COLUMNS, named=True)
    posts = tuple(_post(row) for row in rows if row.role in ROLES)
    return Actor(user_id=user.pk, name=user.name, county_id=county_id, posts=posts)


def _post(row: Any) -> ActorPost:
    unit = row.unit_id is not None
    return ActorPost(
        id=row.id,
        role=row.role,
        label=ROLES[row.role].label,
        area_id=row.unit__area_id if unit else row.area_id,
        area_path=row.area_path,
        area_level=row.unit__area__level if unit else row.area__level,
        area_name=row.unit__area__name if unit else place_name(row.area__level, row.area__name, row.area__parent__name),
        unit_id=row.unit_id,
        unit_name=row.unit__name or "",
    )


def token_user(token: str, *, at: datetime) -> tuple[User, int] | None:
    """The person behind a token and the one county it is for; None if it is unknown, expired, revoked or disabled."""
    if not token.startswith(ApiToken.PREFIX):
        return None
    row = ApiToken.objects.select_related("user").filter(digest=ApiToken.digest_of(token)).first()
    if row is None or not row.is_valid(at) or not row.user.is_active:
        return None
    return row.user, row.county_id


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

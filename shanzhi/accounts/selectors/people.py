"""Accounts that a county sees: those it keeps, and those who hold or held a post in it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.db import connection
from django.db.models import Exists, OuterRef, Q, QuerySet

from shanzhi.access.actor import Actor, PathRange
from shanzhi.access.pages import not_found
from shanzhi.accounts import lockout
from shanzhi.accounts.devices import device_words, is_phone
from shanzhi.accounts.models import AccountAct, ApiToken, Post, User
from shanzhi.accounts.permissions import VIEW
from shanzhi.accounts.selectors.actors import live
from shanzhi.accounts.selectors.posts import PostRow, post_rows
from shanzhi.tenancy.keyset import Order, Page, page_of

NEWEST = Order("users", descending=True)
STATES = {"active": "可以登录", "vacant": "没有岗位", "locked": "已锁定", "disabled": "已停用"}


@dataclass(frozen=True)
class UserFilter:
    """What a list of accounts is narrowed by; `text` never stands in an address, it comes from the session."""

    role: str = ""
    path: str = ""
    state: str = ""
    text: str = ""


@dataclass
class UserRow:
    """An account in a list, with the posts held today."""

    user: User
    posts: list[PostRow] = field(default_factory=list)
    locked_until: datetime | None = None

    @property
    def state(self) -> str:
        if not self.user.is_active:
            return "disabled"
        if self.locked_until is not None:
            return "locked"
        return "active" if self.posts else "vacant"

    @property
    def state_label(self) -> str:
        return STATES[self.state]


@dataclass(frozen=True)
class SessionRow:
    """A device where somebody is signed in."""

    id: int
    device: str
    phone: bool
    ip: str
    created_at: datetime
    last_seen_at: datetime
    current: bool


def users_in(county_id: int) -> QuerySet[User]:
    """Accounts kept by this county or with a post in it, past ones included."""
    here = Post.objects.filter(user_id=OuterRef("pk"))
    return User.objects.filter(Q(home_county=county_id) | Exists(here))


def user_get_for(actor: Actor, user_id: int, *, permission: str = VIEW) -> User:
    """An account of this county (404 for any other), for an actor with the permission (403)."""
    user = users_in(actor.county_id).filter(pk=user_id).first()
    if user is None or not actor.is_member:
        raise not_found()
    actor.require(permission)
    return user


def user_lock_for(actor: Actor, user_id: int, *, permission: str) -> User:
    """The same, with its row locked until the end of the transaction: acts on one account go one after another."""
    user_get_for(actor, user_id, permission=permission)
    rows = User.objects.filter(pk=user_id)
    return (rows.select_for_update() if connection.features.has_select_for_update else rows).get()


def user_list_for(actor: Actor, wanted: UserFilter, *, at: datetime, cursor: str = "") -> Page[UserRow]:
    """Fifty accounts, the newest first, in three statements whatever their number (one more for locked ones, and one
    at the way back to the first page)."""
    actor.require(VIEW)
    page = page_of(_filtered(users_in(actor.county_id), wanted, at), NEWEST, cursor=cursor)
    return page.showing(_rows(page.rows, at))


def _filtered(users: QuerySet[User], wanted: UserFilter, at: datetime) -> QuerySet[User]:
    held = Post.objects.filter(live(at), user_id=OuterRef("pk"))
    if wanted.role:
        held = held.filter(role=wanted.role)
    if wanted.path:
        below = PathRange.below(wanted.path)
        held = held.filter(area_path__gte=below.lo, area_path__lt=below.hi)
    if wanted.role or wanted.path:
        users = users.filter(Exists(held))
    if wanted.text:
        users = users.filter(Q(name__contains=wanted.text) | Q(username__startswith=wanted.text.lower()))
    if wanted.state == "disabled":
        return users.filter(is_active=False)
    if wanted.state == "vacant":
        return users.filter(~Exists(held), is_active=True)
    if wanted.state == "locked":
        return users.filter(username__in=list(lockout.locks(at=at)))
    return users.filter(is_active=True) if wanted.state == "active" else users


def _rows(users: Sequence[User], at: datetime) -> list[UserRow]:
    locks = lockout.locks(at=at)
    rows = {user.pk: UserRow(user, locked_until=locks.get(user.username)) for user in users}
    for post in post_rows(Post.objects.filter(live(at), user_id__in=list(rows)), at=at):
        rows[post.user_id].posts.append(post)
    return list(rows.values())


def user_row(user: User, *, at: datetime) -> UserRow:
    return _rows([user], at)[0]


def acts_of(actor: Actor, user: User, *, limit: int = 30) -> list[AccountAct]:
    """What this county did to the account, the newest first."""
    actor.require(VIEW)
    return list(AccountAct.objects.filter(user_id=user.pk).order_by("-at", "-id")[:limit])


def names_of(user_ids: Iterable[int | None]) -> dict[int, str]:
    """Names by id, for those who did something; 0 is the platform itself."""
    ids = {one for one in user_ids if one}
    return {0: "系统", **dict(User.objects.filter(pk__in=ids).values_list("pk", "name"))}


def tokens_of(actor: Actor, user: User) -> list[ApiToken]:
    """Tokens of this person for this county that were not revoked, the newest first."""
    actor.require(VIEW)
    rows = ApiToken.objects.filter(user_id=user.pk, county_id=actor.county_id, revoked_at__isnull=True)
    return list(rows.order_by("-id"))


def token_get_for(actor: Actor, token_id: int, *, permission: str) -> ApiToken:
    """A token for this county (404 for any other), for an actor with the permission (403)."""
    token = ApiToken.objects.select_related("user").filter(pk=token_id, county_id=actor.county_id).first()
    if token is None or not actor.is_member:
        raise not_found()
    actor.require(permission)
    return token


def factors_of(user: User) -> set[str]:
    """Second factors of the account: totp, recovery_codes."""
    return set(Authenticator.objects.filter(user_id=user.pk).values_list("type", flat=True))


def sessions_of(user: User, *, at: datetime, current_key: str | None = None) -> list[SessionRow]:
    """Devices where the person is signed in now, the present one first, then by last use; two statements."""
    rows = list(UserSession.objects.filter(user_id=user.pk).order_by("-last_seen_at"))
    keys = [row.session_key for row in rows]
    alive = set(Session.objects.filter(session_key__in=keys, expire_date__gt=at).values_list("session_key", flat=True))
    out = [
        SessionRow(
            id=row.pk,
            device=device_words(row.user_agent),
            phone=is_phone(row.user_agent),
            ip=row.ip,
            created_at=row.created_at,
            last_seen_at=row.last_seen_at,
            current=row.session_key == current_key,
        )
        for row in rows
        if row.session_key in alive
    ]
    return sorted(out, key=lambda row: not row.current)

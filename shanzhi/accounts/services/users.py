"""Acts on accounts by the security administrator of the county that keeps them, each with its row and trail entry."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from allauth.mfa.models import Authenticator
from django.contrib.auth.hashers import make_password
from django.core.exceptions import ValidationError
from django.db import IntegrityError
from django.db.models import F
from django.db.transaction import atomic
from django.utils import timezone

from shanzhi.access.actor import Actor
from shanzhi.accounts import lockout, selectors
from shanzhi.accounts.models import LOGIN_RULE, AccountAct, ApiToken, User
from shanzhi.accounts.permissions import MANAGE
from shanzhi.accounts.services.sessions import end_sessions
from shanzhi.accounts.validators import PasswordRule, initial_password
from shanzhi.lib.errors import Conflict, Forbidden, Invalid, Stale
from shanzhi.tenancy.context import county
from shanzhi.tenancy.idempotency import claim
from shanzhi.tenancy.ids import new_id
from shanzhi.trail.services import record, record_bulk

NAME_LENGTH = User._meta.get_field("name").max_length or 40
TAKEN = "这个登录账号已经有人用了，请换一个。"


@dataclass(frozen=True)
class Done:
    """What an act on an account came to. `secret` (a password, a token) exists here only; `again`: done before."""

    user: User
    act: AccountAct
    secret: str = ""
    again: bool = False


@dataclass(frozen=True)
class NewUser:
    """One row of a bulk creation; without a password the account waits for one."""

    username: str
    name: str
    password: str | None = None


def user_create(
    *,
    actor: Actor,
    username: str,
    name: str,
    password: str | None = None,
    must_change: bool = True,
    key: str | None = None,
    at: datetime | None = None,
) -> Done:
    """Make an account that this county keeps. Without a password an initial one is made: `secret`, shown once.

    Raises Invalid for a bad or taken login and for an empty name.
    """
    at = at or timezone.now()
    actor.require(MANAGE)
    username, name = username.strip().lower(), name.strip()
    _check(username, name)
    with atomic():
        act_id = new_id()
        body = {"username": username, "name": name}
        earlier = claim(key=key, actor=actor, operation="accounts.user.create", body=body, result_id=act_id)
        if earlier is not None:
            return _again(earlier)
        if User.objects.filter(username=username).exists():
            raise Invalid(TAKEN, code="login_taken", fields={"username": [TAKEN]})
        secret = password or initial_password()
        user = User(username=username, name=name, home_county=actor.county_id, created_at=at)
        user.must_change_password = must_change
        user.set_password(secret)
        try:
            with atomic():
                user.save(force_insert=True)
        except IntegrityError:  # another security administrator took the login a moment ago
            raise Invalid(TAKEN, code="login_taken", fields={"username": [TAKEN]}) from None
        return Done(user, write_act(actor=actor, user=user, kind="created", at=at, act_id=act_id), secret)


def users_bulk_create(*, actor: Actor, rows: Sequence[NewUser], at: datetime) -> list[User]:
    """Make many accounts at once, for loaders: five statements for each thousand.

    Each different password is hashed once and shared by its rows; logins are not checked one by one, a taken one
    fails the whole batch.
    """
    actor.require(MANAGE)
    hashed = {row.password: make_password(row.password) for row in {one.password: one for one in rows}.values()}
    users = [
        User(
            username=row.username.strip().lower(),
            name=row.name,
            password=hashed[row.password],
            home_county=actor.county_id,
            created_at=at,
        )
        for row in rows
    ]
    with atomic():
        made = list(User.objects.bulk_create(users, batch_size=500))
        acts = [AccountAct(user=user, kind="created", actor_id=actor.user_id, at=at) for user in made]
        AccountAct.objects.bulk_create(acts, batch_size=500)
        record_bulk(actor=actor, code="accounts.user.created", objs=acts, at=at)
    return made


def user_rename(
    *, actor: Actor, user_id: int, version: int, name: str, key: str | None = None, at: datetime | None = None
) -> Done:
    """Correct a name; timelines of the past show the corrected one too."""
    name = name.strip()
    _check("abc", name)
    return account_act(
        actor=actor, user_id=user_id, kind="renamed", version=version, changes={"name": name}, key=key, at=at
    )


def user_disable(
    *, actor: Actor, user_id: int, version: int, reason: str, key: str | None = None, at: datetime | None = None
) -> Done:
    """Refuse logins, end every session and make tokens useless at once; posts stay as they are."""
    return account_act(
        actor=actor,
        user_id=user_id,
        kind="disabled",
        version=version,
        reason=reason,
        needs_reason=True,
        changes={"is_active": False},
        check=lambda user: _state(user.is_active, "这个账号已经停用，不用再停。"),
        then=lambda user: end_sessions(user_id=user.pk),
        key=key,
        at=at,
    )


def user_enable(
    *, actor: Actor, user_id: int, version: int, key: str | None = None, at: datetime | None = None
) -> Done:
    """Let a disabled person sign in again."""
    return account_act(
        actor=actor,
        user_id=user_id,
        kind="enabled",
        version=version,
        changes={"is_active": True},
        check=lambda user: _state(not user.is_active, "这个账号可以登录，不用恢复。"),
        key=key,
        at=at,
    )


def password_reset(
    *, actor: Actor, user_id: int, version: int, key: str | None = None, at: datetime | None = None
) -> Done:
    """A new initial password (`secret`, shown once, to be changed at the next login); ends sessions and
    tokens, lifts a lock."""
    secret = initial_password()

    def then(user: User) -> None:
        end_sessions(user_id=user.pk)
        ApiToken.objects.filter(user=user, revoked_at=None).update(revoked_at=at or timezone.now())
        lockout.unlock(user.username)

    done = account_act(
        actor=actor,
        user_id=user_id,
        kind="password_reset",
        version=version,
        changes={"password": make_password(secret), "must_change_password": True},
        then=then,
        key=key,
        at=at,
    )
    return done if done.again else Done(done.user, done.act, secret)


def user_unlock(*, actor: Actor, user_id: int, key: str | None = None, at: datetime | None = None) -> Done:
    """Lift the lock after wrong passwords; nothing else changes."""
    return account_act(
        actor=actor, user_id=user_id, kind="unlocked", then=lambda user: lockout.unlock(user.username), key=key, at=at
    )


def sessions_end(*, actor: Actor, user_id: int, key: str | None = None, at: datetime | None = None) -> Done:
    """Sign a person out everywhere, at once."""
    return account_act(
        actor=actor,
        user_id=user_id,
        kind="sessions_ended",
        then=lambda user: end_sessions(user_id=user.pk),
        key=key,
        at=at,
    )


def totp_remove(*, actor: Actor, user_id: int, reason: str, key: str | None = None, at: datetime | None = None) -> Done:
    """Take the second factor off an account whose phone was lost; ends its sessions."""

    def then(user: User) -> None:
        Authenticator.objects.filter(user_id=user.pk).delete()
        end_sessions(user_id=user.pk)

    return account_act(
        actor=actor, user_id=user_id, kind="totp_off", reason=reason, needs_reason=True, then=then, key=key, at=at
    )


def password_change(*, user: User, password: str, keep: str | None, at: datetime | None = None) -> None:
    """A person's own new password, already checked against the rule; every other session of theirs ends."""
    with atomic():
        user.set_password(password)
        user.must_change_password = False
        user.save(update_fields=["password", "must_change_password"])
        end_sessions(user_id=user.pk, keep=keep)
        own_act(user=user, kind="password_changed", at=at)


def own_act(*, user: User, kind: str, at: datetime | None = None) -> None:
    """What a person did to the own account, written in the trail of the county that keeps it."""
    at = at or timezone.now()
    actor = selectors.home_actor(user, at=at)
    if actor is None:
        return
    with county(actor.county_id), atomic():
        write_act(actor=actor, user=user, kind=kind, at=at)


def account_act(
    *,
    actor: Actor,
    user_id: int,
    kind: str,
    permission: str = MANAGE,
    version: int | None = None,
    reason: str = "",
    needs_reason: bool = False,
    changes: Mapping[str, Any] | None = None,
    check: Callable[[User], None] | None = None,
    then: Callable[[User], Any] | None = None,
    key: str | None = None,
    at: datetime | None = None,
) -> Done:
    """The shape of every act: scope (404), permission (403), whose account (403), seen version (409), reason (422)."""
    at, reason = at or timezone.now(), reason.strip()
    with atomic():
        user = selectors.user_lock_for(actor, user_id, permission=permission)
        check_may_keep(actor, user)
        act_id, body = new_id(), {"user": user_id, "kind": kind, "version": version, "reason": reason}
        if "name" in (changes or {}):
            body["name"] = (changes or {})["name"]
        earlier = claim(key=key, actor=actor, operation=f"accounts.user.{kind}", body=body, result_id=act_id)
        if earlier is not None:
            return _again(earlier)
        if check is not None:
            check(user)
        if needs_reason and not reason:
            raise Invalid("请写明原因。", code="reason_missing", fields={"reason": ["请写明原因。"]})
        if version is not None:
            found = User.objects.filter(pk=user.pk, version=version)
            if not found.update(version=F("version") + 1, **(changes or {})):
                raise Stale
            user.refresh_from_db()
        if then is not None:
            then(user)
        return Done(user, write_act(actor=actor, user=user, kind=kind, at=at, reason=reason, act_id=act_id))


def write_act(
    *,
    actor: Actor,
    user: User,
    kind: str,
    at: datetime,
    reason: str = "",
    token_id: int | None = None,
    act_id: int | None = None,
) -> AccountAct:
    """The row of an act and its entry in the trail, in the caller's transaction."""
    act = AccountAct(
        id=act_id or new_id(), user=user, kind=kind, reason=reason, token_id=token_id, actor_id=actor.user_id, at=at
    )
    act.save()
    record(actor=actor, code=f"accounts.user.{kind}", obj=act, at=at)
    return act


def check_may_keep(actor: Actor, user: User) -> None:
    """Only the county that keeps an account acts on it, and nobody acts on the own one."""
    if user.home_county != actor.county_id:
        raise Forbidden("这个账号由外县管理，请联系该县的安全管理员。", code="account_of_other_county")
    if actor.user_id == user.pk:
        raise Conflict("不能在这里处理自己的账号，请到“我的”页面，或请另一位安全管理员处理。", code="own_account")


def _again(act_id: int) -> Done:
    act = AccountAct.objects.select_related("user").get(id=act_id)
    return Done(act.user, act, again=True)


def _state(met: bool, sentence: str) -> None:
    if not met:
        raise Conflict(sentence, code="state")


def _check(username: str, name: str) -> None:
    faults: dict[str, list[str]] = {}
    try:
        LOGIN_RULE(username)
    except ValidationError:
        faults["username"] = [str(LOGIN_RULE.message)]
    if not name or len(name) > NAME_LENGTH:
        faults["name"] = [f"请填姓名，不超过 {NAME_LENGTH} 个字。"]
    if faults:
        raise Invalid(next(iter(faults.values()))[0], code="invalid", fields=faults)


def password_check(password: str, user: User | None = None) -> None:
    """Invalid with the one sentence about passwords; for commands that set one."""
    try:
        PasswordRule().validate(password, user)
    except ValidationError as error:
        raise Invalid(error.messages[0], code="password_weak", fields={"password": error.messages}) from None

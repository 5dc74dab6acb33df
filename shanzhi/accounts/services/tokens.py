"""API tokens: made once, shown once, kept as a digest."""

import secrets
from datetime import datetime, timedelta

from django.db.transaction import atomic
from django.utils import timezone

from shanzhi.access.actor import Actor
from shanzhi.accounts import selectors
from shanzhi.accounts.models import AccountAct, ApiToken
from shanzhi.accounts.permissions import TOKENS
from shanzhi.accounts.services.users import Done, check_may_keep, write_act
from shanzhi.lib.errors import Conflict, Invalid
from shanzhi.tenancy.idempotency import claim
from shanzhi.tenancy.ids import new_id

BYTES = 32
LONGEST_DAYS = 366


def token_issue(
    *, actor: Actor, user_id: int, name: str, days: int, key: str | None = None, at: datetime | None = None
) -> Done:
    """A token for this person in this county; `secret` is the token itself and is known to nobody afterwards.

    It acts with the posts that the person holds at the time of each call. The platform may issue one for anybody.
    """
    at, name = at or timezone.now(), name.strip()
    with atomic():
        user = selectors.user_lock_for(actor, user_id, permission=TOKENS)
        check_may_keep(actor, user)
        act_id, body = new_id(), {"user": user_id, "name": name, "days": days}
        earlier = claim(key=key, actor=actor, operation="accounts.token.issue", body=body, result_id=act_id)
        if earlier is not None:
            return Done(user, AccountAct.objects.get(id=earlier), again=True)
        if not user.is_active:
            raise Conflict("这个账号已停用，请先恢复账号再发放令牌。", code="account_disabled")
        _check(name, days)
        secret = ApiToken.PREFIX + secrets.token_urlsafe(BYTES)
        token = ApiToken.objects.create(
            user=user,
            county_id=actor.county_id,
            name=name,
            digest=ApiToken.digest_of(secret),
            created_by=actor.user_id,
            created_at=at,
            expires_at=at + timedelta(days=days),
        )
        act = write_act(
            actor=actor, user=user, kind="token_issued", at=at, reason=name, token_id=token.pk, act_id=act_id
        )
    return Done(user, act, secret)


def token_revoke(*, actor: Actor, token_id: int, key: str | None = None, at: datetime | None = None) -> ApiToken:
    """Make a token useless from this moment on. A token of another county is not found."""
    at = at or timezone.now()
    with atomic():
        token = selectors.token_get_for(actor, token_id, permission=TOKENS)
        user = selectors.user_lock_for(actor, token.user_id, permission=TOKENS)
        act_id = new_id()
        earlier = claim(
            key=key, actor=actor, operation="accounts.token.revoke", body={"token": token_id}, result_id=act_id
        )
        if earlier is not None:
            return token
        if not ApiToken.objects.filter(pk=token_id, revoked_at__isnull=True).update(revoked_at=at):
            raise Conflict("这个令牌已经撤销，不用再撤。", code="token_over")
        write_act(
            actor=actor, user=user, kind="token_revoked", at=at, reason=token.name, token_id=token_id, act_id=act_id
        )
    return token


def _check(name: str, days: int) -> None:
    faults: dict[str, list[str]] = {}
    if not name or len(name) > 40:
        faults["name"] = ["请写明令牌用在哪里，不超过 40 个字。"]
    if not 1 <= days <= LONGEST_DAYS:
        faults["days"] = [f"有效期在 1 到 {LONGEST_DAYS} 天之间，请改。"]
    if faults:
        raise Invalid(next(iter(faults.values()))[0], code="invalid", fields=faults)

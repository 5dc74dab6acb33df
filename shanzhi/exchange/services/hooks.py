"""Adding an address that is told, changing, pausing and removing it. Its secret is shown once, when it is made."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.db.transaction import atomic
from django.utils import timezone

from shanzhi.access.actor import Actor
from shanzhi.exchange.hooks.addresses import AddressRefused, parsed
from shanzhi.exchange.hooks.signing import secret_new
from shanzhi.exchange.models import Hook, HookDelivery
from shanzhi.exchange.permissions import HOOKS
from shanzhi.exchange.selectors import hook_get_for
from shanzhi.exchange.services.waking import wake
from shanzhi.lib.errors import Conflict, Invalid, Stale
from shanzhi.tenancy.idempotency import claim
from shanzhi.tenancy.ids import new_id
from shanzhi.trail.services import record

NAME: Final = 40
MOST: Final = 20
BY_HAND: Final = "系统管理员暂停"
PAUSED: Final = "这个推送地址已经暂停了，不用再停。"
RESUMED: Final = "这个推送地址正在推送，不用恢复。"
STALE: Final = "刚刚有人改过这个推送地址，请看最新的再改，你填的内容还在。"


@dataclass(frozen=True, slots=True)
class Made:
    """A hook with the secret that was just made; empty where the same request was done before."""

    hook: Hook
    secret: str = ""


def hook_add(*, actor: Actor, name: str, url: str, key: str | None = None, at: datetime | None = None) -> Made:
    """From now on this address is told of public cases whose status changes. The same key adds it once."""
    actor.require(HOOKS)
    at, hook_id, secret = at or timezone.now(), new_id(), secret_new()
    name, url = _checked(name, url)
    with atomic():
        body = {"name": name, "url": url}
        earlier = claim(key=key, actor=actor, operation="exchange.hook.add", body=body, result_id=hook_id)
        if earlier is not None:
            return Made(Hook.objects.get(id=earlier))
        if Hook.objects.filter(removed_at=None).count() >= MOST:
            raise Conflict(f"最多 {MOST} 个推送地址，请先删掉不用的。", code="too_many_hooks")
        hook = Hook.objects.create(
            id=hook_id, name=name, url=url, secret=secret, created_by=actor.user_id or 0, created_by_name=actor.name,
            created_at=at,
        )  # fmt: skip
        record(actor=actor, code="exchange.hook.added", obj=hook, at=at)
    return Made(hook, secret)


def hook_edit(
    *, actor: Actor, hook_id: int, version: int, name: str, url: str, key: str | None = None, at: datetime | None = None
) -> Hook:
    """Another name or address; what waits goes to the new one."""
    hook_get_for(actor, hook_id)
    name, url = _checked(name, url)
    return _change(
        actor, hook_id, version, "changed", key, at or timezone.now(), values={"name": name, "url": url, "failures": 0}
    )


def hook_renew(*, actor: Actor, hook_id: int, version: int, key: str | None = None, at: datetime | None = None) -> Made:
    """Another secret; the old one counts for nothing from now on."""
    hook_get_for(actor, hook_id)
    secret = secret_new()
    hook = _change(actor, hook_id, version, "renewed", key, at or timezone.now(), values={"secret": secret})
    return Made(hook, secret if hook.secret == secret else "")


def hook_pause(
    *, actor: Actor, hook_id: int, version: int, why: str = BY_HAND, key: str | None = None, at: datetime | None = None
) -> Hook:
    """Nothing is sent until it is resumed; what changes meanwhile waits."""
    at = at or timezone.now()
    hook_get_for(actor, hook_id)
    values = {"is_active": False, "paused_why": why, "paused_at": at}
    return _change(actor, hook_id, version, "paused", key, at, values=values, while_active=True)


def hook_resume(
    *, actor: Actor, hook_id: int, version: int, key: str | None = None, at: datetime | None = None
) -> Hook:
    """What waited goes out at once, in its order."""
    at = at or timezone.now()
    hook_get_for(actor, hook_id)
    values = {"is_active": True, "paused_why": "", "paused_at": None, "failures": 0}
    with atomic():
        hook = _change(actor, hook_id, version, "resumed", key, at, values=values, while_active=False)
        HookDelivery.objects.filter(hook_id=hook.id, state=HookDelivery.State.QUEUED).update(next_at=at)
        wake()
    return hook


def hook_remove(
    *, actor: Actor, hook_id: int, version: int, key: str | None = None, at: datetime | None = None
) -> Hook:
    """Nothing is sent there any more, also what waits; the log stays."""
    at = at or timezone.now()
    hook_get_for(actor, hook_id)
    with atomic():
        hook = _change(actor, hook_id, version, "removed", key, at, values={"is_active": False, "removed_at": at})
        waiting = HookDelivery.objects.filter(hook_id=hook.id, state=HookDelivery.State.QUEUED)
        waiting.update(state=HookDelivery.State.FAILED, next_at=None, ended_at=at, error="推送地址已删除。")
    return hook


def hook_test(*, actor: Actor, hook_id: int, key: str | None = None, at: datetime | None = None) -> HookDelivery:
    """A message that says that it is a test, by the way that all others go. Conflict while the hook is paused."""
    at, row_id = at or timezone.now(), new_id()
    hook = hook_get_for(actor, hook_id)
    if not hook.is_active:
        raise Conflict("这个推送地址暂停了，请先恢复再试。", code="hook_paused")
    with atomic():
        body = {"hook": hook_id}
        earlier = claim(key=key, actor=actor, operation="exchange.hook.test", body=body, result_id=row_id)
        if earlier is not None:
            return HookDelivery.objects.get(id=earlier)
        row = HookDelivery.objects.create(
            id=row_id, hook=hook, event_id=row_id, status="open", notes="这是一条测试，不用处理。", changed_at=at,
            created_at=at, next_at=at,
        )  # fmt: skip
        wake()
    return row


def _checked(name: str, url: str) -> tuple[str, str]:
    faults: dict[str, list[str]] = {}
    name, url = " ".join(name.split()), url.strip()
    if not name or len(name) > NAME:
        faults["name"] = [f"请写推送给谁，不超过 {NAME} 个字。"]
    try:
        parsed(url)
    except AddressRefused as error:
        faults["url"] = [str(error)]
    if faults:
        raise Invalid(next(iter(faults.values()))[0], code="invalid", fields=faults)
    return name, url


def _change(
    actor: Actor, hook_id: int, version: int, act: str, key: str | None, at: datetime, *, values: dict[str, Any],
    while_active: bool | None = None,
) -> Hook:  # fmt: skip
    """Compare and swap, with its entry in the trail; Stale for a version that is not the newest.

    Conflict where `while_active` is not how it stands: somebody else has paused or resumed it already.
    """
    said = {name: value for name, value in values.items() if isinstance(value, str) and name != "secret"}
    with atomic():
        body = {"hook": hook_id, "version": version, **said}
        operation = f"exchange.hook.{act}"
        if claim(key=key, actor=actor, operation=operation, body=body, result_id=hook_id) is not None:
            return Hook.objects.get(id=hook_id)
        # By instance and named columns: an encrypted column is sealed on its way, other columns are left alone.
        hook = Hook.objects.select_for_update().filter(id=hook_id, removed_at=None, version=version).first()
        if hook is None:
            raise Stale(STALE, code="stale")
        if while_active is not None and hook.is_active is not while_active:
            raise Conflict(RESUMED if hook.is_active else PAUSED, code="hook_state")
        for column, value in values.items():
            setattr(hook, column, value)
        hook.version += 1
        hook.save(update_fields=[*values, "version"])
        record(actor=actor, code=f"exchange.hook.{act}", obj=hook, at=at)
    return hook

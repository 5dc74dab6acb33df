"""A person's own addresses: given, proved by a code that was sent there, taken away."""

import secrets
from datetime import datetime, timedelta
from typing import Final

from django.db import IntegrityError
from django.db.models import F
from django.db.transaction import atomic
from django.utils import timezone
from django.utils.crypto import constant_time_compare, salted_hmac

from shanzhi.access.actor import Actor
from shanzhi.lib.errors import Conflict, Invalid, TooMany
from shanzhi.notices.channels.kinds import KINDS, Kind
from shanzhi.notices.channels.registry import open_channels
from shanzhi.notices.models import Address
from shanzhi.notices.selectors.deliveries import codes_to, codes_to_person
from shanzhi.notices.selectors.preferences import address_of
from shanzhi.notices.services.messages import code_send
from shanzhi.tenancy.fields import EncryptedTextField
from shanzhi.trail.services import forget, record

VALID: Final = timedelta(minutes=10)
PAUSE: Final = timedelta(minutes=1)
TRIES: Final = 5
PER_HOUR: Final = 5
PER_DAY: Final = 10
TO_ONE: Final = 5  # codes a day to one address, whoever asks: nobody's phone is flooded from here


def open_kind(channel: str) -> Kind:
    """A channel that is open. Invalid for one that does not exist, Conflict for one that is not open here."""
    if channel not in KINDS:
        raise Invalid("没有这个渠道，请回到通知设置重新选择。", code="channel_unknown")
    if channel not in open_channels():
        raise Conflict(f"{KINDS[channel].label}通知还没有开通，请问系统管理员。", code="channel_closed")
    return KINDS[channel]


def address_send_code(*, actor: Actor, channel: str, value: str, at: datetime | None = None) -> Address:
    """Keeps an address as waiting and sends a code of six digits there, good for ten minutes.

    At most one a minute, five an hour and ten a day to a person, five a day to an address. What was proved before
    stays in use until the code comes back.
    """
    assert actor.user_id
    kind, at = open_kind(channel), at or timezone.now()
    plain = kind.clean(value)
    code = f"{secrets.randbelow(10**6):06d}"
    with atomic():
        _within_limits(actor.user_id, channel, plain, at)
        row = address_of(actor=actor, channel=channel) or Address(user_id=actor.user_id, channel=channel)
        new, seen = row.version == 0, row.version
        row.pending, row.code_digest = plain, _digest(row.id, code)
        row.code_until, row.tries, row.version = at + VALID, 0, seen + 1
        if new:
            _insert(row)
        else:
            names = ("pending", "code_digest", "code_until", "tries", "version")
            _swap(row, seen, names)
        record(actor=actor, code="notices.address.given", obj=row, at=at)
        code_send(user_id=actor.user_id, channel=channel, to=plain, code=code, at=at, until=at + VALID)
    return row


def _within_limits(user_id: int, channel: str, plain: str, at: datetime) -> None:
    mine = codes_to_person(user_id, channel)
    if mine.filter(created_at__gt=at - PAUSE).exists():
        raise TooMany("一分钟内只能发一次验证码，请稍等再试。")
    if mine.filter(created_at__gt=at - timedelta(hours=1)).count() >= PER_HOUR:
        raise TooMany("一小时内发的验证码太多，请过一小时再试。")
    day = at - timedelta(days=1)
    if (
        mine.filter(created_at__gt=day).count() >= PER_DAY
        or codes_to(plain).filter(created_at__gt=day).count() >= TO_ONE
    ):
        raise TooMany("今天发的验证码太多，请明天再试。")


def address_verify(*, actor: Actor, channel: str, code: str, at: datetime | None = None) -> Address:
    """Takes a waiting address into use. Five wrong codes, or ten minutes, and a new code is needed."""
    at = at or timezone.now()
    row = address_of(actor=actor, channel=channel)
    if row is None or row.pending is None or row.code_until is None:
        raise Conflict("没有等待核实的地址，请先填写并获取验证码。", code="nothing_pending")
    if at > row.code_until or row.tries >= TRIES:
        raise Conflict("验证码已失效，请重新获取。", code="code_expired")
    with atomic():  # counted before it is compared: guessing in parallel gains nothing
        counted = Address.objects.filter(id=row.id, version=row.version, tries__lt=TRIES).update(tries=F("tries") + 1)
    if not counted:
        raise Conflict("验证码已失效，请重新获取。", code="code_expired")
    if not constant_time_compare(row.code_digest, _digest(row.id, code.strip())):
        left = TRIES - row.tries - 1
        words = f"验证码不对，还可以试 {left} 次。" if left > 0 else "验证码不对，请重新获取。"
        raise Invalid(words, code="code_wrong", fields={"code": [words]})
    field = Address._meta.get_field("value")
    assert isinstance(field, EncryptedTextField)
    seen = row.version
    row.value, row.masked, row.digest = row.pending, KINDS[channel].mask(row.pending), field.blind_index(row.pending)
    row.verified_at, row.pending, row.code_digest, row.code_until, row.tries = at, None, "", None, 0
    row.version = seen + 1
    with atomic():
        _swap(row, seen, ("value", "masked", "digest", "verified_at", "pending", "code_digest", "code_until", "tries",
                          "version"))  # fmt: skip
        record(actor=actor, code="notices.address.verified", obj=row, at=at)
    return row


def address_remove(*, actor: Actor, channel: str, at: datetime | None = None) -> bool:
    """Deletes one's own address; the trail keeps that there was one, and nothing of it. False if there was none."""
    at = at or timezone.now()
    with atomic():
        row = address_of(actor=actor, channel=channel)
        if row is None:
            return False
        forget(actor=actor, code="notices.address.removed", obj=row, at=at)
        return bool(Address.objects.filter(id=row.id).delete()[0])


def _insert(row: Address) -> None:
    try:
        with atomic():
            row.save(force_insert=True)
    except IntegrityError:  # the same button twice at once
        raise TooMany("一分钟内只能发一次验证码，请稍等再试。") from None


def _swap(row: Address, seen: int, names: tuple[str, ...]) -> None:
    values = {name: getattr(row, name) for name in names}
    if not Address.objects.filter(id=row.id, version=seen).update(**values):
        raise Conflict("这个地址刚刚在别处改过，请刷新后再试。", code="stale")


def _digest(address_id: int, code: str) -> str:
    """A keyed digest: six digits could be tried out against a bare one."""
    return salted_hmac("notices.address", f"{address_id}:{code}", algorithm="sha256").hexdigest()

"""Idempotency keys: a write that is sent twice, because the answer was lost, happens once."""

import json
from collections.abc import Mapping
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any, Final, Protocol

from django.db import connection
from django.utils import timezone

from shanzhi.lib.errors import Invalid
from shanzhi.tenancy.context import current
from shanzhi.tenancy.ids import new_id
from shanzhi.tenancy.models import IdempotencyKey

KEPT: Final = timedelta(days=90)
KEY_LENGTH: Final = 64


class HasUserId(Protocol):
    @property
    def user_id(self) -> int | None: ...


def body_digest(body: Mapping[str, Any]) -> str:
    """SHA-256 of a request's meaning: its fields in sorted order, whatever their order on the wire."""
    return sha256(json.dumps(body, sort_keys=True, default=str, ensure_ascii=False).encode()).hexdigest()


def claim(*, key: str | None, actor: HasUserId, operation: str, body: Mapping[str, Any], result_id: int) -> int | None:
    """Use a key for a result that is about to be written, inside the writer's transaction.

    None: the key is new (or there is none), create the row with id `result_id`. An id: this very request was done
    before and that is its result; render it again. Another body, operation or person under the same key is refused
    (422 `idempotency_key_reused`). A rolled-back write gives its key back.
    """
    if not key:
        return None
    if len(key) > KEY_LENGTH or not key.isascii() or not key.isprintable():
        raise Invalid("重复提交标识要在 64 个字符以内，只能用字母、数字和符号。", code="idempotency_key_invalid")
    user_id, digest = actor.user_id or 0, body_digest(body)
    with connection.cursor() as cursor:
        # Waits for a concurrent holder of the key to commit, then inserts nothing: no race, one statement.
        cursor.execute(
            "INSERT INTO tenancy_idempotencykey"
            " (id, county_id, key, actor_id, operation, body_digest, result_id, created_at)"
            " VALUES (%s, %s, %s, %s, %s, %s, %s, %s) ON CONFLICT (county_id, key) DO NOTHING",
            [new_id(), current(), key, user_id, operation, digest, result_id, _db_time(timezone.now())],
        )
        if cursor.rowcount == 1:
            return None
    earlier = IdempotencyKey.objects.get(key=key)
    if (earlier.actor_id, earlier.operation, earlier.body_digest) != (user_id, operation, digest):
        raise Invalid("这个重复提交标识已用于另一次操作，请刷新页面后重填。", code="idempotency_key_reused")
    return earlier.result_id


def earlier(*, key: str, actor: HasUserId) -> tuple[str, int] | None:
    """What this person did under a key before: the operation and its result. Asked before a form that comes again is
    looked at: by now it may not be valid any more."""
    rows = IdempotencyKey.objects.filter(key=key, actor_id=actor.user_id or 0)
    return rows.values_list("operation", "result_id").first()


def _db_time(at: datetime) -> Any:
    return connection.ops.adapt_datetimefield_value(at)


def purge(*, before: datetime) -> int:
    """Drop the current county's keys older than `before`; returns how many."""
    return IdempotencyKey.objects.filter(created_at__lt=before).delete()[0]

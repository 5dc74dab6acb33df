"""Hooks on the wire; ids as strings, the secret only in the answer that made it."""

from datetime import datetime
from typing import Self

from ninja import Schema
from pydantic import Field

from shanzhi.exchange.models import Hook, HookDelivery
from shanzhi.exchange.services import Made
from shanzhi.tenancy.keyset import Page


class HookOut(Schema):
    """`failures`: attempts that failed one after the other; at 20 it pauses itself, and `paused_why` says so."""

    id: str
    name: str
    url: str
    is_active: bool
    paused_why: str
    paused_at: datetime | None
    failures: int
    created_by: str
    created_at: datetime
    version: int

    @classmethod
    def of(cls, hook: Hook) -> Self:
        return cls(
            id=str(hook.id),
            name=hook.name,
            url=hook.url,
            is_active=hook.is_active,
            paused_why=hook.paused_why,
            paused_at=hook.paused_at,
            failures=hook.failures,
            created_by=hook.created_by_name,
            created_at=hook.created_at,
            version=hook.version,
        )


class HookMadeOut(HookOut):
    """`secret` is shown here once; empty when the same request was sent before."""

    secret: str

    @classmethod
    def made(cls, made: Made) -> Self:
        return cls(secret=made.secret, **HookOut.of(made.hook).dict())


class HookListOut(Schema):
    """All that are not removed, in the order in which they were added."""

    items: list[HookOut]


class HookIn(Schema):
    name: str = Field(max_length=200)
    url: str = Field(max_length=1000)


class HookChangeIn(HookIn):
    """`version` is the one that the caller saw."""

    version: int = Field(ge=0, lt=2**31)


class HookVersionIn(Schema):
    """`version` is the one that the caller saw."""

    version: int = Field(ge=0, lt=2**31)


class HookDeliveryOut(Schema):
    """What was told of one change; `is_test` for a test, which tells of no case."""

    id: str
    hook_id: str
    hook: str
    is_test: bool
    service_request_id: str
    service_code: str
    status: str
    status_notes: str
    updated_datetime: datetime
    state: str = Field(description="queued, retrying, sending, sent or failed")
    attempts: int
    answer: int | None
    error: str
    created_at: datetime
    next_at: datetime | None
    ended_at: datetime | None

    @classmethod
    def of(cls, row: HookDelivery) -> Self:
        return cls(
            id=str(row.id),
            hook_id=str(row.hook_id),
            hook=row.hook.name,
            is_test=row.is_test,
            service_request_id=row.number,
            service_code=row.service_code,
            status=row.status,
            status_notes=row.notes,
            updated_datetime=row.changed_at,
            state="retrying" if row.is_retrying else row.state,
            attempts=row.attempts,
            answer=row.answer,
            error=row.error,
            created_at=row.created_at,
            next_at=row.next_at,
            ended_at=row.ended_at,
        )


class HookDeliveryListOut(Schema):
    """Newest first; hand `next` back as `after` for the older ones."""

    items: list[HookDeliveryOut]
    next: str | None

    @classmethod
    def of(cls, page: Page[HookDelivery]) -> Self:
        return cls(items=[HookDeliveryOut.of(row) for row in page.rows], next=page.next_cursor)

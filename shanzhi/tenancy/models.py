"""Counties, and the two tables that every write of every county uses: idempotency keys and the outbox."""

from typing import ClassVar

from django.db import models

from shanzhi.tenancy.base import CountyManager, CountyModel, CountyQuerySet
from shanzhi.tenancy.constraints import CountyForeignConstraint
from shanzhi.tenancy.fields import CountyForeignKey, CountyIdField, CountyOneToOneField, PathField, is_county_model

__all__ = [
    "County",
    "CountyForeignConstraint",
    "CountyForeignKey",
    "CountyIdField",
    "CountyManager",
    "CountyModel",
    "CountyOneToOneField",
    "CountyQuerySet",
    "IdempotencyKey",
    "OutboxDelivery",
    "OutboxEvent",
    "PathField",
    "is_county_model",
]


class County(models.Model):
    """A county of this installation. `id` is the six-digit code under which it joined: set once, never reinterpreted.

    Official codes change; `code` follows them, `id` does not (tenancy rule 3).
    """

    id = models.IntegerField(primary_key=True, verbose_name="加入时的区划代码")
    code = models.CharField("现行区划代码", max_length=6)
    name = models.CharField("名称", max_length=50)
    joined_at = models.DateTimeField("加入时间")
    is_active = models.BooleanField("启用", default=True)

    class Meta:
        ordering: ClassVar[list[str]] = ["id"]
        verbose_name = "县（市、区）"

    def __str__(self) -> str:
        return self.name


class IdempotencyKey(CountyModel):
    """One key of a client: the same key twice gives the same result and one row. Kept 90 days."""

    key = models.CharField(max_length=64)
    actor_id = models.BigIntegerField()
    operation = models.CharField(max_length=60)
    body_digest = models.CharField(max_length=64)
    result_id = models.BigIntegerField()
    created_at = models.DateTimeField()

    class Meta(CountyModel.Meta):
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["county_id", "key"], name="idempotency_key")
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["county_id", "created_at"], name="idempotency_age")
        ]


class OutboxEvent(CountyModel):
    """Something that happened, written in the transaction in which it happened, for whoever subscribed above."""

    code = models.CharField(max_length=60)
    subject_id = models.BigIntegerField()
    data = models.JSONField(default=dict)
    at = models.DateTimeField()
    delivered_at = models.DateTimeField(null=True)

    class Meta(CountyModel.Meta):
        indexes: ClassVar[list[models.Index]] = [
            models.Index(
                fields=["county_id", "at"], name="outbox_undelivered", condition=models.Q(delivered_at__isnull=True)
            )
        ]


class OutboxDelivery(CountyModel):
    """That one subscriber has taken an event up; written in the same transaction as its effect."""

    event = CountyForeignKey(OutboxEvent, on_delete=models.CASCADE)
    subscriber = models.CharField(max_length=120)
    at = models.DateTimeField()

    class Meta(CountyModel.Meta):
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["county_id", "event", "subscriber"], name="outbox_delivery_once")
        ]

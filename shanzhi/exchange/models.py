"""Addresses that are told of changes, what was told to them, and reports that came through Open311."""

from typing import Any, ClassVar

from django.db import models

from shanzhi.cases.models import Case
from shanzhi.tenancy.fields import EncryptedTextField
from shanzhi.tenancy.models import CountyForeignKey, CountyModel


class Hook(CountyModel):
    """An address of another system that is told when the status of a public case changes.

    `failures` counts attempts that failed one after the other; at `hooks.FAILURES` it pauses itself. A removed one
    keeps its row, so that the log of what was sent still says where.
    """

    name = models.CharField("名称", max_length=40)
    url = models.CharField("地址", max_length=500)
    secret = EncryptedTextField("密钥")
    is_active = models.BooleanField("在推送", default=True)
    paused_why = models.CharField("暂停的原因", max_length=120, blank=True, default="")
    paused_at = models.DateTimeField("暂停时间", null=True)
    failures = models.PositiveIntegerField("接连失败次数", default=0)
    created_by = models.BigIntegerField("添加人")
    created_by_name = models.CharField("添加人姓名", max_length=40)
    created_at = models.DateTimeField("添加时间")
    removed_at = models.DateTimeField("删除时间", null=True)
    version = models.PositiveIntegerField(default=1)

    TRAIL_FIELDS: ClassVar[tuple[str, ...]] = (
        "name", "url", "is_active", "paused_why", "paused_at", "created_by", "created_at", "removed_at", "version",
    )  # fmt: skip

    class Meta(CountyModel.Meta):
        verbose_name = "推送地址"
        verbose_name_plural = "推送地址"

    def __str__(self) -> str:
        return self.name


class HookDelivery(CountyModel):
    """One change on its way to one address, with the words as they were at the change; a test has no case.

    `step` is the case's version, so that what is told of a case goes out in its order. `next_at` says when a worker
    may take it: the next attempt while it waits, the end of the lease while it is sent, nothing once it has ended.
    """

    class State(models.TextChoices):
        QUEUED = "queued", "等待推送"
        SENDING = "sending", "正在推送"
        SENT = "sent", "已送到"
        FAILED = "failed", "没有送到"

    hook = CountyForeignKey(Hook, on_delete=models.PROTECT, related_name="deliveries", index=False)
    event_id = models.BigIntegerField("事件")
    case = CountyForeignKey(Case, on_delete=models.PROTECT, null=True, related_name="+", index=False)
    step = models.PositiveIntegerField("步骤", default=0)
    number = models.CharField("编号", max_length=20, blank=True, default="")
    service_code = models.CharField("类别", max_length=40, blank=True, default="")
    status = models.CharField("状态", max_length=8)
    notes = models.CharField("说明", max_length=300)
    changed_at = models.DateTimeField("变动时间")
    state = models.CharField("推送", max_length=8, choices=State.choices, default=State.QUEUED)
    attempts = models.PositiveSmallIntegerField("次数", default=0)
    next_at = models.DateTimeField("下次时间", null=True)
    answer = models.PositiveSmallIntegerField("应答码", null=True)
    error = models.CharField("没有送到的原因", max_length=120, blank=True, default="")
    created_at = models.DateTimeField("时间")
    ended_at = models.DateTimeField("结束时间", null=True)

    class Meta(CountyModel.Meta):
        verbose_name = "推送"
        verbose_name_plural = "推送"
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(fields=["county_id", "hook", "event_id"], name="hook_event_once"),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(
                fields=["county_id", "next_at"], condition=models.Q(next_at__isnull=False), name="hook_delivery_due"
            ),
            models.Index(fields=["county_id", "hook", "case", "step"], name="hook_delivery_order"),
            models.Index(fields=["county_id", "state", "-id"], name="hook_delivery_state"),
            models.Index(fields=["county_id", "ended_at"], name="hook_delivery_ended"),
        ]

    @property
    def is_test(self) -> bool:
        return self.case_id is None

    @property
    def is_retrying(self) -> bool:
        return self.state == self.State.QUEUED and self.attempts > 0

    @property
    def may_be_resent(self) -> bool:
        """What has ended, well or badly: a receiver may have lost what it had taken."""
        return self.state in (self.State.SENT, self.State.FAILED)


class Submission(CountyModel):
    """A report that came through Open311: by which key, and the mark by which a repetition is known.

    `held_id` is what was held while too much came; its case is that of the held report, once it is released. The row's
    id is the token by which the other system asks for the number.
    """

    token_id = models.BigIntegerField("令牌")
    mark = models.CharField("重复的标记", max_length=64, blank=True, default="")
    case = CountyForeignKey(Case, on_delete=models.PROTECT, null=True, related_name="+", index=False)
    held_id = models.BigIntegerField("待甄别", null=True)
    at = models.DateTimeField("时间")

    class Meta(CountyModel.Meta):
        verbose_name = "接口上报"
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(fields=["county_id", "case"], name="submission_case_once"),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["county_id", "token_id", "-at"], name="submission_token"),
            models.Index(fields=["county_id", "at"], name="submission_age"),
        ]

"""Messages inside the product: what happened that this person should know, and where to look at it."""

from typing import ClassVar

from django.db import models

from shanzhi.tenancy.models import CountyModel


class Notice(CountyModel):
    """One message to one person. `event_id` is the outbox event that it tells of: once for each recipient.

    `path` is an address inside this county, opened with the reader's own rights; a notice gives none.
    `planned` is false until its deliveries through other channels were decided.
    """

    recipient_id = models.BigIntegerField("收件人")
    title = models.CharField("标题", max_length=100)
    body = models.CharField("内容", max_length=300, blank=True)
    path = models.CharField("地址", max_length=200)
    object_type = models.CharField("对象类型", max_length=60, blank=True, default="")
    object_id = models.BigIntegerField("对象", null=True)
    created_at = models.DateTimeField("时间")
    read_at = models.DateTimeField("已读时间", null=True)
    event_id = models.BigIntegerField("事件")
    topic = models.CharField("类别", max_length=40, default="system")
    urgent = models.BooleanField("紧急", default=False)
    planned = models.BooleanField("已安排发送", default=True)

    class Meta(CountyModel.Meta):
        verbose_name = "通知"
        verbose_name_plural = "通知"
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["county_id", "event_id", "recipient_id"], name="notice_once")
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["county_id", "recipient_id", "-id"], name="notice_list"),
            models.Index(
                fields=["county_id", "recipient_id", "-id"], condition=models.Q(read_at=None), name="notice_unread"
            ),
            models.Index(fields=["county_id", "read_at"], name="notice_read"),
            models.Index(fields=["county_id", "id"], condition=models.Q(planned=False), name="notice_unplanned"),
        ]

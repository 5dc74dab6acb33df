"""What was sent outside of the product, what was not, and why."""

from typing import Any, ClassVar

from django.db import models

from shanzhi.notices.channels.kinds import channel_label
from shanzhi.notices.models.notice import Notice
from shanzhi.notices.topics import CODE, topic_label
from shanzhi.tenancy.fields import EncryptedTextField
from shanzhi.tenancy.models import CountyForeignKey, CountyModel


class Delivery(CountyModel):
    """A notice on its way through one channel, or a message to somebody who may have no account (`notice` is null).

    `next_at` says when a worker may take it: the time of the next attempt while it waits, the end of the lease while
    it is sent, nothing once it has ended. Whoever takes it counts `attempts` up in the same statement.
    `to` and `text` are kept only for messages without a notice, and only until they are sent; `path` is where a message
    of a channel with links leads, a page of this county that is the same for everybody.
    """

    class State(models.TextChoices):
        QUEUED = "queued", "等待发送"
        SENDING = "sending", "正在发送"
        SENT = "sent", "已发出"
        FAILED = "failed", "没有发出"
        SKIPPED = "skipped", "不用发"

    class Reason(models.TextChoices):
        """Why it waits, or why it was not sent at all."""

        NONE = "", ""
        QUIET = "quiet", "免打扰时间，过后再发"
        NO_ADDRESS = "no_address", "本人没有填写或没有核实地址"
        OFF = "off", "本人关了这类通知"
        CLOSED = "closed", "这个渠道没有开通"
        READ = "read", "本人已在平台里看过"
        LATE = "late", "过了时效，不再发"
        LEFT = "left", "本人已不在岗或账号停用"
        BAD_ADDRESS = "bad_address", "地址不对，没法发"

    notice = CountyForeignKey(Notice, on_delete=models.CASCADE, null=True, related_name="deliveries", index=False)
    event_id = models.BigIntegerField("事件", null=True)
    recipient_id = models.BigIntegerField("收件人", null=True)
    channel = models.CharField("渠道", max_length=12)
    topic = models.CharField("类别", max_length=40)
    urgent = models.BooleanField("紧急", default=False)
    state = models.CharField("状态", max_length=8, choices=State.choices, default=State.QUEUED)
    reason = models.CharField("原因", max_length=12, choices=Reason.choices, blank=True, default="")
    error = models.CharField("没有发出的原因", max_length=120, blank=True, default="")
    attempts = models.PositiveSmallIntegerField("次数", default=0)
    next_at = models.DateTimeField("下次时间", null=True)
    created_at = models.DateTimeField("时间")
    valid_until = models.DateTimeField("时效", null=True)
    ended_at = models.DateTimeField("结束时间", null=True)
    receipt = models.CharField("回执", max_length=128, blank=True, default="")
    to = EncryptedTextField("地址", null=True)
    to_masked = models.CharField("部分地址", max_length=120, blank=True, default="")
    to_digest = models.CharField("地址摘要", max_length=64, blank=True, default="")
    template = models.CharField("模板", max_length=30, default="notice")
    text = EncryptedTextField("内容", null=True)
    path = models.CharField("点开去哪里", max_length=120, blank=True, default="")

    class Meta(CountyModel.Meta):
        verbose_name = "消息发送"
        verbose_name_plural = "消息发送"
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(fields=["county_id", "notice", "channel"], name="delivery_once"),
            models.UniqueConstraint(
                fields=["county_id", "event_id", "channel", "to_digest"],
                condition=models.Q(notice__isnull=True, event_id__isnull=False),
                name="delivery_message_once",
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(
                fields=["county_id", "next_at"], condition=models.Q(next_at__isnull=False), name="delivery_due"
            ),
            models.Index(fields=["county_id", "state", "-id"], name="delivery_state"),
            models.Index(fields=["county_id", "recipient_id", "-id"], name="delivery_recipient"),
            models.Index(fields=["county_id", "to_digest", "-id"], name="delivery_to"),
            models.Index(fields=["county_id", "ended_at"], name="delivery_ended"),
        ]

    @property
    def channel_label(self) -> str:
        return channel_label(self.channel)

    @property
    def topic_label(self) -> str:
        return topic_label(self.topic)

    @property
    def is_retrying(self) -> bool:
        return self.state == self.State.QUEUED and self.attempts > 0

    @property
    def may_be_retried(self) -> bool:
        """Given up for good, and still of use; a code is asked for anew instead."""
        return self.state == self.State.FAILED and self.topic != CODE

    @property
    def why(self) -> str:
        """Error of the last attempt, else why it waits or was left out."""
        return self.error or str(self.Reason(self.reason).label)

"""What is counted of people without an account, so that nobody floods a county: never who they are."""

from datetime import datetime
from typing import ClassVar

from django.db import models

from shanzhi.accounts.models import User
from shanzhi.areas.models import Area
from shanzhi.cases.models.case import Case
from shanzhi.tenancy.fields import EncryptedTextField
from shanzhi.tenancy.models import CountyForeignKey, CountyModel, PathField


class Visit(CountyModel):
    """That somebody without an account did something, by the digests of their address and of their browser's mark.

    Kept only as long as it counts (`gate/admitting.py`).
    """

    act = models.CharField(max_length=12)
    address = models.CharField(max_length=64)
    device = models.CharField(max_length=64, blank=True, default="")
    at = models.DateTimeField("时间")

    class Meta(CountyModel.Meta):
        verbose_name = "公开页面的使用"
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["county_id", "act", "address", "at"], name="visit_address"),
            models.Index(fields=["county_id", "act", "device", "at"], name="visit_device"),
            models.Index(fields=["county_id", "act", "at"], name="visit_act"),
            models.Index(fields=["county_id", "at"], name="visit_at"),
        ]


class Spent(CountyModel):
    """A proof that was used, right or wrong: the unique row is what lets it be used once."""

    challenge = models.CharField(max_length=32)
    expires_at = models.DateTimeField("过期时间")

    class Meta(CountyModel.Meta):
        verbose_name = "用过的验证"
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["county_id", "challenge"], name="spent_once")
        ]
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["county_id", "expires_at"], name="spent_expires")]


class Sender(CountyModel):
    """Where a public report came from, as digests; deleted after 90 days, when nobody can be blocked by it any more.

    `village_path` is the village of the place, or the place itself above villages. `counted` are those that went
    straight through: what staff released later is no part of the rate at which reports come.
    """

    case = CountyForeignKey(Case, on_delete=models.PROTECT, related_name="senders", index=False)
    address = models.CharField(max_length=64)
    device = models.CharField(max_length=64, blank=True, default="")
    phone_index = models.CharField(max_length=64, blank=True, default="")
    village_path = PathField()
    counted = models.BooleanField(default=True)
    at = models.DateTimeField("时间")

    class Meta(CountyModel.Meta):
        verbose_name = "公开反映的来处"
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["county_id", "case"], name="sender_once")
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["county_id", "at"], name="sender_at"),
            models.Index(fields=["county_id", "village_path", "at"], name="sender_village"),
            models.Index(fields=["county_id", "device", "at"], name="sender_device"),
            models.Index(fields=["county_id", "address", "at"], name="sender_address"),
            models.Index(fields=["county_id", "phone_index", "at"], name="sender_phone"),
        ]


class Block(CountyModel):
    """Who is kept out for a while, by one digest; `area_path` is where: the place of the post that decided it.

    It ends by itself at `until`; `lifted_at` says that staff ended it before, or that a later block followed it.
    """

    class What(models.TextChoices):
        DEVICE = "device", "这个手机（浏览器）"
        PHONE = "phone", "这个电话号码"
        ADDRESS = "address", "这个网络"

    class Reason(models.TextChoices):
        FLOOD = "flood", "短时间内大量重复反映"
        ABUSE = "abuse", "辱骂、威胁"
        FALSE = "false", "多次编造不实情况"
        ADVERT = "advert", "广告、诈骗信息"

    what = models.CharField("限制什么", max_length=8, choices=What.choices)
    digest = models.CharField(max_length=64)
    reason = models.CharField("原因", max_length=8, choices=Reason.choices)
    text = models.CharField("说明", max_length=300)
    area = CountyForeignKey(Area, verbose_name="范围", on_delete=models.PROTECT, related_name="+", index=False)
    area_path = PathField()
    case = CountyForeignKey(Case, null=True, on_delete=models.PROTECT, related_name="+", index=False)
    user = CountyForeignKey(User, on_delete=models.PROTECT, related_name="+", index=False)
    by = models.CharField("谁限制的", max_length=160)
    at = models.DateTimeField("开始")
    until = models.DateTimeField("到期")
    lifted_at = models.DateTimeField("解除时间", null=True)
    lifted_by = models.CharField("谁解除的", max_length=160, blank=True, default="")
    lifted_text = models.CharField("解除原因", max_length=300, blank=True, default="")
    version = models.PositiveIntegerField(default=1)

    TRAIL_FIELDS: ClassVar[tuple[str, ...]] = (
        "what", "digest", "reason", "text", "area_id", "case_id", "user_id", "by", "at", "until", "lifted_at",
        "lifted_by", "lifted_text", "version",
    )  # fmt: skip

    @property
    def code(self) -> str:
        """How the trail calls it: by what is kept out, never by a digest."""
        return f"{self.get_what_display()}（{self.get_reason_display()}）"

    def holds(self, now: datetime) -> bool:
        return self.lifted_at is None and self.until > now

    class Meta(CountyModel.Meta):
        verbose_name = "限制"
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["county_id", "what", "digest", "area"],
                condition=models.Q(lifted_at=None),
                name="block_once",
            )
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["county_id", "digest"], name="block_digest"),
            models.Index(fields=["county_id", "area_path", "-at", "-id"], name="block_area"),
        ]


class Flood(CountyModel):
    """That reports of a place come faster than people can read them: one row, and one notice, from begin to end."""

    area = CountyForeignKey(Area, on_delete=models.PROTECT, related_name="+", index=False)
    began_at = models.DateTimeField("开始")
    ended_at = models.DateTimeField("结束", null=True)

    class Meta(CountyModel.Meta):
        verbose_name = "集中反映"
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["county_id", "area"], condition=models.Q(ended_at=None), name="flood_once")
        ]


class Held(CountyModel):
    """A public report that came while too many came: kept as it was sent, in no list, until staff looked at it.

    `body` is the report with its contact as JSON, sealed. `secret` opens the same page before and after it becomes
    `case`. `likeness` is the signature of its words (lib.likeness), hashed, so that it tells nothing of them.
    """

    class State(models.TextChoices):
        WAITING = "waiting", "待甄别"
        RELEASED = "released", "已受理登记"
        DISCARDED = "discarded", "没有登记"

    class Reason(models.TextChoices):
        FLOOD = "flood", "同样的内容大量重复"
        ADVERT = "advert", "广告、诈骗信息"
        ABUSE = "abuse", "只有辱骂，没有事情"
        EMPTY = "empty", "看不出是什么事"

    flood = CountyForeignKey(Flood, on_delete=models.PROTECT, related_name="held", index=False)
    area = CountyForeignKey(Area, on_delete=models.PROTECT, related_name="+", index=False)
    area_path = PathField()
    village_path = PathField()
    body = EncryptedTextField("反映内容")
    secret = EncryptedTextField("查询码")
    digest = models.CharField(max_length=64)
    address = models.CharField(max_length=64)
    device = models.CharField(max_length=64, blank=True, default="")
    phone_index = models.CharField(max_length=64, blank=True, default="")
    likeness = models.CharField(max_length=240, blank=True, default="")
    urgent = models.BooleanField("有人身危险", default=False)
    photos = models.PositiveSmallIntegerField("照片", default=0)
    received_at = models.DateTimeField("收到时间")
    state = models.CharField("状态", max_length=10, choices=State.choices, default=State.WAITING)
    reason = models.CharField("原因", max_length=8, choices=Reason.choices, blank=True, default="")
    text = models.CharField("说明", max_length=300, blank=True, default="")
    by = models.CharField("谁处理的", max_length=160, blank=True, default="")
    decided_at = models.DateTimeField("处理时间", null=True)
    case = CountyForeignKey(Case, null=True, on_delete=models.PROTECT, related_name="+", index=False)
    version = models.PositiveIntegerField(default=1)

    TRAIL_FIELDS: ClassVar[tuple[str, ...]] = (
        "area_id", "digest", "urgent", "photos", "received_at", "state", "reason", "text", "by", "decided_at",
        "case_id", "version",
    )  # fmt: skip

    class Meta(CountyModel.Meta):
        verbose_name = "待甄别的反映"
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["county_id", "digest"], name="held_digest_once")
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["county_id", "area_path", "state"], name="held_area"),
            models.Index(fields=["county_id", "received_at"], name="held_at"),
            models.Index(fields=["county_id", "village_path", "received_at"], name="held_village"),
            models.Index(fields=["county_id", "flood", "received_at"], name="held_flood"),
            models.Index(fields=["county_id", "device", "received_at"], name="held_device"),
        ]

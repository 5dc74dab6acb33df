"""What stands beside a case: what was covered up, who called, how it is followed, and a person's own lists."""

from typing import ClassVar

from django.db import models

from shanzhi.accounts.models import User
from shanzhi.cases.models.case import Case
from shanzhi.cases.models.step import Step
from shanzhi.files.models import StoredFile
from shanzhi.tenancy.fields import EncryptedTextField
from shanzhi.tenancy.models import CountyForeignKey, CountyModel


class Moderation(CountyModel):
    """That a text or a photo is shown otherwise than it was written; the original is kept, and never public.

    What is covered is the title, the body or the place of the case (then the case itself holds the new words), the
    words of one step, or one photo. Lifting it sets `lifted_at` and brings the original back.
    """

    class Part(models.TextChoices):
        TITLE = "title", "标题"
        BODY = "body", "反映内容"
        PLACE = "place", "地点"
        STEP = "step", "办理说明"
        PHOTO = "photo", "照片"

    case = CountyForeignKey(Case, on_delete=models.PROTECT, related_name="moderations")
    part = models.CharField("哪一处", max_length=8, choices=Part.choices)
    step = CountyForeignKey(Step, null=True, on_delete=models.PROTECT, related_name="+", index=False)
    file = CountyForeignKey(StoredFile, null=True, on_delete=models.PROTECT, related_name="+", index=False)
    original = models.TextField("原文", blank=True)
    shown = models.TextField("改为", blank=True)
    reason = models.CharField("原因", max_length=300)
    by = models.CharField("处理人", max_length=160)
    at = models.DateTimeField("时间")
    lifted_at = models.DateTimeField("撤销时间", null=True)

    class Meta(CountyModel.Meta):
        verbose_name = "内容处理"


class Contact(CountyModel):
    """Who called, came or wrote, when staff took the report down. The number is shown for a purpose, and logged."""

    case = CountyForeignKey(Case, on_delete=models.PROTECT, related_name="contacts", index=False)
    name = models.CharField("来电（来访）人", max_length=40, blank=True)
    phone = EncryptedTextField("电话", blank=True, default="")
    phone_index = models.CharField(max_length=64, blank=True, default="")
    wants_reply = models.BooleanField("要求回复", default=True)

    TRAIL_FIELDS: ClassVar[tuple[str, ...]] = ("case_id", "name", "phone_index", "wants_reply")

    @property
    def code(self) -> str:
        """How the trail calls it: never by the person's name."""
        return str(self.case_id)

    class Meta(CountyModel.Meta):
        verbose_name = "来电（来访）人"
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["county_id", "case"], name="contact_once")
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["county_id", "phone_index"], name="contact_phone")
        ]


class Receipt(CountyModel):
    """The secret by which somebody without an account follows a case: at least 60 random bits, looked up by digest.

    The reporter's is one for each case, and the only one that rates, reopens and shows what was reported. Who joins a
    case that is there already gets one of their own; `phone` is theirs, if they want to be told (the reporter's is the
    contact's). `wechat` is the OpenID of whoever holds it, if they want to be told there.
    """

    class Role(models.TextChoices):
        REPORTER = "reporter", "反映人"
        JOINED = "joined", "跟着办的人"

    case = CountyForeignKey(Case, on_delete=models.PROTECT, related_name="receipts", index=False)
    digest = models.CharField(max_length=64)
    secret = EncryptedTextField("查询码")
    role = models.CharField("是谁的", max_length=8, choices=Role.choices, default=Role.REPORTER)
    phone = EncryptedTextField("电话", blank=True, default="")
    wechat = EncryptedTextField("微信编号", blank=True, default="")
    created_at = models.DateTimeField("时间")

    TRAIL_FIELDS: ClassVar[tuple[str, ...]] = ("case_id", "digest", "role", "created_at")

    @property
    def code(self) -> str:
        """How the trail calls it: by the case, never by the secret."""
        return str(self.case_id)

    class Meta(CountyModel.Meta):
        verbose_name = "回执"
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["county_id", "case"], condition=models.Q(role="reporter"), name="receipt_once"
            ),
            models.UniqueConstraint(fields=["county_id", "digest"], name="receipt_digest_once"),
        ]
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["county_id", "case"], name="receipt_case")]


class Reveal(CountyModel):
    """That somebody had a caller's phone number shown, and what for. Written before the number is given out."""

    class Purpose(models.TextChoices):
        REPLY = "reply", "回访"
        CHECK = "check", "核实情况"
        NOTIFY = "notify", "通知办理进度"
        OTHER = "other", "其他"

    case = CountyForeignKey(Case, on_delete=models.PROTECT, related_name="reveals", index=False)
    user = CountyForeignKey(User, on_delete=models.PROTECT, related_name="+", index=False)
    by = models.CharField("谁看的", max_length=160)
    purpose = models.CharField("做什么用", max_length=8, choices=Purpose.choices)
    text = models.CharField("说明", max_length=100, blank=True)
    at = models.DateTimeField("时间")

    TRAIL_FIELDS: ClassVar[tuple[str, ...]] = ("case_id", "user_id", "by", "purpose", "text", "at")

    class Meta(CountyModel.Meta):
        verbose_name = "查看电话"
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["county_id", "case", "-at"], name="reveal_case")]


class Miss(CountyModel):
    """A wrong secret that was tried from a network address, by its digest; kept only as long as it counts."""

    source = models.CharField(max_length=64)
    at = models.DateTimeField("时间")

    class Meta(CountyModel.Meta):
        verbose_name = "查询码输错"
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["county_id", "source", "at"], name="miss_source"),
            models.Index(fields=["county_id", "at"], name="miss_at"),
        ]


class SavedFilter(CountyModel):
    """A list that a person comes back to: a name and the address of its filters.

    At most one of a person's is the one that the list opens with. A deleted one is kept until the next is deleted, so
    that it can be brought back.
    """

    user = CountyForeignKey(User, on_delete=models.CASCADE, related_name="+", index=False)
    name = models.CharField("名称", max_length=20)
    query = models.CharField("条件", max_length=1000)
    position = models.PositiveSmallIntegerField("次序", default=0)
    is_default = models.BooleanField("打开事件时先看它", default=False)
    created_at = models.DateTimeField("时间")
    deleted_at = models.DateTimeField("删除时间", null=True)

    class Meta(CountyModel.Meta):
        verbose_name = "常用清单"
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["county_id", "user", "name"],
                condition=models.Q(deleted_at=None),
                name="saved_filter_name_once",
            )
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["county_id", "user", "position"], name="saved_filter_user")
        ]


class ActBatch(CountyModel):
    """One act on many cases, as it was asked for and how far it has come.

    `rows` holds [case id, number, version, sentence] of each: the sentence is null until the case's turn has come,
    empty when it was done, and says otherwise why it was refused. `done` and `refused` count them.
    """

    user = CountyForeignKey(User, on_delete=models.PROTECT, related_name="+", index=False)
    act = models.CharField("办理", max_length=12)
    arguments = models.JSONField("内容", default=dict)
    rows = models.JSONField("事件", default=list)
    total = models.PositiveIntegerField("件数", default=0)
    done = models.PositiveIntegerField("办成", default=0)
    refused = models.PositiveIntegerField("没办成", default=0)
    job_id = models.BigIntegerField("后台任务", null=True)
    created_at = models.DateTimeField("时间")
    ended_at = models.DateTimeField("结束时间", null=True)

    class Meta(CountyModel.Meta):
        verbose_name = "批量办理"
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["county_id", "user", "-created_at"], name="act_batch_user")
        ]

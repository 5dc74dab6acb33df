"""Who looked at a resident's data, and what residents asked about their own."""

from typing import ClassVar

from django.db import models

from shanzhi.accounts.models import User
from shanzhi.people.models.residents import Resident
from shanzhi.tenancy.fields import EncryptedTextField
from shanzhi.tenancy.models import CountyForeignKey, CountyModel, PathField


class Look(CountyModel):
    """That somebody saw a resident's data, what of it, and what for. Written before it is given out.

    It can be printed for the resident (个人信息保护法 44, 45). The resident is named by the id alone: what was written
    down of the looks stays when the person's data are erased.
    """

    APPEND_ONLY: ClassVar[bool] = True

    class What(models.TextChoices):
        OPENED = "opened", "打开资料"
        REVEALED = "revealed", "显示完整号码"
        EXPORTED = "exported", "导出名册"
        PRINTED = "printed", "打印资料"
        VISITED = "visited", "走访"

    class Purpose(models.TextChoices):
        CONTACT = "contact", "联系本人"
        CASE = "case", "办理事件"
        VISIT = "visit", "走访看望"
        BENEFIT = "benefit", "办理救助、补贴"
        CHECK = "check", "核对名册"
        SELF = "self", "本人要求"
        OTHER = "other", "其他"

    resident_id = models.BigIntegerField("居民")
    user = CountyForeignKey(User, on_delete=models.PROTECT, related_name="+", index=False)
    by = models.CharField("谁看的", max_length=160)
    what = models.CharField("看了什么", max_length=10, choices=What.choices)
    fields = models.CharField("哪些内容", max_length=120, blank=True)
    purpose = models.CharField("做什么用", max_length=8, choices=Purpose.choices, blank=True)
    text = models.CharField("说明", max_length=100, blank=True)
    at = models.DateTimeField("时间")

    TRAIL_FIELDS: ClassVar[tuple[str, ...]] = (
        "resident_id",
        "user_id",
        "by",
        "what",
        "fields",
        "purpose",
        "text",
        "at",
    )

    class Meta(CountyModel.Meta):
        verbose_name = "查看居民资料"
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["county_id", "resident_id", "-at", "-id"], name="look_resident"),
            models.Index(fields=["county_id", "user", "resident_id", "-at"], name="look_user"),
        ]


class Request(CountyModel):
    """What a resident asks about the data on them: a copy, a correction, a deletion, an explanation (PIPL 44–48)."""

    class Kind(models.TextChoices):
        COPY = "copy", "查阅、复制"
        LOOKS = "looks", "查询谁看过"
        CORRECT = "correct", "更正、补充"
        ERASE = "erase", "删除"
        EXPLAIN = "explain", "解释说明"

    class State(models.TextChoices):
        OPEN = "open", "待办"
        DONE = "done", "已办"
        REFUSED = "refused", "不同意"

    resident = CountyForeignKey(Resident, on_delete=models.PROTECT, null=True, related_name="requests", index=False)
    kind = models.CharField("申请", max_length=8, choices=Kind.choices)
    text = EncryptedTextField("申请内容", blank=True, default="")
    state = models.CharField("状态", max_length=8, choices=State.choices, default=State.OPEN)
    answer = EncryptedTextField("答复", blank=True, default="")
    asked_at = models.DateTimeField("申请时间")
    taken_by = models.CharField("受理人", max_length=160)
    decided_at = models.DateTimeField("办结时间", null=True)
    decided_by = models.CharField("经办人", max_length=160, blank=True)
    path = PathField("地方路径", blank=True, default="")
    version = models.PositiveIntegerField(default=1)

    TRAIL_FIELDS: ClassVar[tuple[str, ...]] = ("resident_id", "kind", "state", "asked_at", "decided_at", "version")

    class Meta(CountyModel.Meta):
        verbose_name = "个人信息申请"
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["county_id", "resident", "-asked_at"], name="data_request_resident"),
            models.Index(fields=["county_id", "path", "state", "-asked_at"], name="data_request_place"),
        ]

    @property
    def code(self) -> str:
        return str(self.id)

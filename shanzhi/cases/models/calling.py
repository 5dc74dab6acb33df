"""Call-backs: who is asked afterwards whether the matter is really settled, drawn by lot, by somebody independent."""

from typing import ClassVar

from django.db import models

from shanzhi.accounts.models import User
from shanzhi.areas.models import Area
from shanzhi.cases.models.case import Case
from shanzhi.tenancy.models import CountyForeignKey, CountyModel


class Draw(CountyModel):
    """A random sample of the cases closed in a period at a place: the `size` first of `pool` by SHA-256 of seed and
    case, so that anybody can draw it again. `pool` is how many there were to draw from."""

    area = CountyForeignKey(Area, verbose_name="区划", on_delete=models.PROTECT, related_name="+", index=False)
    first_on = models.DateField("办结日期从")
    last_on = models.DateField("办结日期到")
    seed = models.CharField("抽签种子", max_length=32)
    size = models.PositiveIntegerField("抽中")
    pool = models.PositiveIntegerField("可抽")
    user = CountyForeignKey(User, on_delete=models.PROTECT, related_name="+", index=False)
    by = models.CharField("抽签人", max_length=160)
    at = models.DateTimeField("时间")

    TRAIL_FIELDS: ClassVar[tuple[str, ...]] = (
        "area_id", "first_on", "last_on", "seed", "size", "pool", "user_id", "by", "at",
    )  # fmt: skip

    class Meta(CountyModel.Meta):
        verbose_name = "回访抽签"
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["county_id", "-at", "-id"], name="draw_at")]

    @property
    def code(self) -> str:
        return f"{self.seed}"


class CallBack(CountyModel):
    """One call to whoever told of a case, after it was closed; never a second one about the same case.

    `satisfied` and `solved` are what the person said, both only when `state` is done. `at` is when it ended.
    """

    class State(models.TextChoices):
        WAITING = "waiting", "等回访"
        DONE = "done", "已回访"
        UNREACHABLE = "unreachable", "联系不上"
        REFUSED = "refused", "不愿回答"

    class InTime(models.TextChoices):
        YES = "yes", "有人联系过"
        NO = "no", "没有人联系"
        UNKNOWN = "unknown", "记不清"

    case = CountyForeignKey(Case, on_delete=models.PROTECT, related_name="callbacks", index=False)
    draw = CountyForeignKey(Draw, null=True, on_delete=models.PROTECT, related_name="callbacks", index=False)
    lot = models.CharField("抽签号", max_length=64, blank=True, default="")
    state = models.CharField("状态", max_length=12, choices=State.choices, default=State.WAITING)
    tries = models.PositiveSmallIntegerField("打了几次", default=0)
    contacted_in_time = models.CharField("24 小时内联系", max_length=8, choices=InTime.choices, blank=True, default="")
    solved = models.BooleanField("解决了", null=True)
    satisfied = models.BooleanField("满意", null=True)
    words = models.CharField("反映人怎么说", max_length=500, blank=True, default="")
    user = CountyForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+", index=False)
    by = models.CharField("回访人", max_length=160, blank=True, default="")
    at = models.DateTimeField("回访时间", null=True)
    tried_at = models.DateTimeField("最近一次打电话", null=True)
    opened_at = models.DateTimeField("列入时间")
    version = models.PositiveIntegerField(default=1)

    TRAIL_FIELDS: ClassVar[tuple[str, ...]] = (
        "case_id", "draw_id", "lot", "state", "tries", "contacted_in_time", "solved", "satisfied", "words", "user_id",
        "by", "at", "tried_at", "opened_at", "version",
    )  # fmt: skip

    class Meta(CountyModel.Meta):
        verbose_name = "回访"
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["county_id", "case"], name="callback_once")
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["county_id", "opened_at", "id"], name="callback_opened"),
            models.Index(fields=["county_id", "draw", "opened_at"], name="callback_draw"),
            models.Index(fields=["county_id", "at"], name="callback_at", condition=models.Q(at__isnull=False)),
        ]

    @property
    def code(self) -> str:
        """How the trail calls it."""
        return str(self.case_id)

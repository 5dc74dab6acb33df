"""Instructions, their lines (one for each receiver) and the steps of each line."""

from datetime import datetime
from typing import Any, ClassVar

from django.db import models

from shanzhi.accounts.models import Post, User
from shanzhi.areas.models import Area, Unit
from shanzhi.cases.models import Case
from shanzhi.duties.catalogue import WITH_RECEIVER, Act, State
from shanzhi.tenancy.models import CountyForeignKey, CountyModel, PathField


class DutyCounter(CountyModel):
    """The last number given out in a year."""

    year = models.PositiveIntegerField()
    last = models.PositiveIntegerField()

    class Meta(CountyModel.Meta):
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(fields=["county_id", "year"], name="duty_counter_once")
        ]


class Duty(CountyModel):
    """What is to be done, by whose order and until when. Never changed once issued: a mistake is withdrawn.

    It belongs to the issuing office, a role at a place: whoever holds that post strikes off, also a successor.
    """

    number = models.CharField("编号", max_length=12)
    title = models.CharField("事项", max_length=60)
    body = models.TextField("要求", max_length=2000)
    source = models.CharField("依据", max_length=200, blank=True, default="")
    urgent = models.BooleanField("紧急", default=False)
    due_at = models.DateTimeField("时限")
    case = CountyForeignKey(Case, null=True, on_delete=models.PROTECT, related_name="+")
    role = models.CharField("交办岗位", max_length=32)
    area = CountyForeignKey(Area, verbose_name="交办单位", on_delete=models.PROTECT, related_name="+", index=False)
    area_path = PathField("交办单位路径")
    office = models.CharField("交办单位名称", max_length=120)
    user = CountyForeignKey(User, verbose_name="交办人", on_delete=models.PROTECT, related_name="+", index=False)
    by = models.CharField("交办人姓名", max_length=160)
    issued_at = models.DateTimeField("交办时间")
    size = models.PositiveIntegerField("交给几家")

    TRAIL_FIELDS: ClassVar[tuple[str, ...]] = (
        "number", "title", "body", "source", "urgent", "due_at", "case_id", "role", "area_id", "office", "user_id",
        "by", "issued_at", "size",
    )  # fmt: skip

    class Meta(CountyModel.Meta):
        verbose_name = "交办"
        verbose_name_plural = "交办"
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(fields=["county_id", "number"], name="duty_number_once")
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["county_id", "area_path"], name="duty_path"),
            models.Index(fields=["county_id", "area", "role", "-issued_at"], name="duty_office"),
            models.Index(fields=["county_id", "-issued_at"], name="duty_issued"),
        ]

    def __str__(self) -> str:
        return self.title


class Line(CountyModel):
    """One receiver's part. It belongs to an office: a unit, or a place with one of its roles (empty: its whole office).

    So a successor inherits it. `due_at` is the receiver's own: an extension moves it. `asked_until` waits for an
    answer.
    `watch_at` is when the receiver is to be told of the limit. Overdue is `due_at < now` while the receiver has it.
    """

    duty = CountyForeignKey(Duty, on_delete=models.PROTECT, related_name="lines", index=False)
    area = CountyForeignKey(Area, null=True, on_delete=models.PROTECT, related_name="+", index=False)
    unit = CountyForeignKey(Unit, null=True, on_delete=models.PROTECT, related_name="+", index=False)
    role = models.CharField("岗位", max_length=32, blank=True, default="")
    area_path = PathField("所在区划")
    name = models.CharField("承办", max_length=120)
    state = models.CharField("状态", max_length=10, choices=State.choices, default=State.ISSUED)
    due_at = models.DateTimeField("时限")
    received_at = models.DateTimeField("签收时间", null=True)
    reported_at = models.DateTimeField("报结时间", null=True)
    ended_at = models.DateTimeField("销号或撤回时间", null=True)
    nothing = models.BooleanField("无此情况", default=False)
    result = models.TextField("办理结果", max_length=1000, blank=True, default="")
    sent_back = models.PositiveSmallIntegerField("退回几次", default=0)
    asked_until = models.DateTimeField("申请延到", null=True)
    watch_at = models.DateTimeField(null=True)
    version = models.PositiveIntegerField(default=1)
    history = models.CharField("指纹", max_length=64, default="")

    TRAIL_FIELDS: ClassVar[tuple[str, ...]] = (
        "duty_id", "area_id", "unit_id", "role", "name", "state", "due_at", "received_at", "reported_at", "ended_at",
        "nothing", "result", "sent_back", "asked_until", "version", "history",
    )  # fmt: skip

    class Meta(CountyModel.Meta):
        verbose_name = "交办清单行"
        verbose_name_plural = "交办清单行"
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(
                fields=["county_id", "duty", "area", "role"], condition=models.Q(unit__isnull=True),
                name="duty_line_area_once",
            ),
            models.UniqueConstraint(
                fields=["county_id", "duty", "unit"], condition=models.Q(area__isnull=True), name="duty_line_unit_once"
            ),
            models.CheckConstraint(
                condition=models.Q(area__isnull=True, unit__isnull=False)
                | models.Q(area__isnull=False, unit__isnull=True),
                name="duty_line_area_or_unit",
            ),
        ]  # fmt: skip
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["county_id", "duty"], name="duty_line_duty"),
            models.Index(fields=["county_id", "area_path"], name="duty_line_path"),
            models.Index(fields=["county_id", "area", "due_at"], name="duty_line_area"),
            models.Index(fields=["county_id", "unit", "due_at"], name="duty_line_unit"),
            models.Index(
                fields=["county_id", "watch_at"], condition=models.Q(watch_at__isnull=False), name="duty_line_watch"
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return self.name

    def is_late(self, at: datetime) -> bool:
        """Whether the receiver still has it after its time; what waits for the issuer is nobody's delay."""
        return self.state in WITH_RECEIVER and self.due_at < at

    @property
    def came_late(self) -> bool:
        return self.reported_at is not None and self.reported_at > self.due_at


class LineStep(CountyModel):
    """One act on a line, as it was. Never altered; `link` chains it to the one before (decision 7)."""

    APPEND_ONLY: ClassVar[bool] = True
    line = CountyForeignKey(Line, on_delete=models.PROTECT, related_name="steps", index=False)
    version = models.PositiveIntegerField()
    act = models.CharField("办理", max_length=12, choices=Act.choices)
    at = models.DateTimeField("时间")
    actor = CountyForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+", index=False)
    post = CountyForeignKey(Post, null=True, on_delete=models.PROTECT, related_name="+", index=False)
    actor_name = models.CharField(max_length=40)
    actor_title = models.CharField(max_length=120, blank=True, default="")
    text = models.TextField("说明", max_length=1000, blank=True, default="")
    nothing = models.BooleanField("无此情况", default=False)
    from_state = models.CharField(max_length=10, blank=True, default="")
    to_state = models.CharField(max_length=10)
    due_at = models.DateTimeField("时限")
    asked_until = models.DateTimeField("申请延到", null=True)
    link = models.CharField("指纹", max_length=64, default="")

    class Meta(CountyModel.Meta):
        verbose_name = "交办经过"
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(fields=["county_id", "line", "version"], name="duty_step_once")
        ]

"""Cases: what was reported, where it stands, whose turn it is, and every step as a row."""

from typing import ClassVar

from django.db import models

from shanzhi.accounts.models import Post, User
from shanzhi.areas.models import Area, Unit
from shanzhi.cases.catalogue import Category, Source, State
from shanzhi.cases.fields import TokensField
from shanzhi.tenancy.models import CountyForeignKey, CountyModel, PathField


class Case(CountyModel):
    """One matter from report to close.

    `area` is where it is (grid, village, township or county), `owner` the level in charge (village, township or
    county). `turn_area` or `turn_unit` says whose next step it is: exactly one while the case is open, neither
    afterwards. `version` is incremented by every act, by compare-and-swap. `raised` counts the levels that it was
    escalated by, and so how far it can be returned down. Coordinates are 1e-7 degree, CGCS2000.
    """

    number = models.CharField("编号", max_length=20)
    title = models.CharField("标题", max_length=60)
    body = models.TextField("情况", max_length=2000)
    category = models.CharField("类别", max_length=20, choices=Category.choices)
    place = models.CharField("地点", max_length=100, blank=True)
    lon = models.IntegerField("经度", null=True)
    lat = models.IntegerField("纬度", null=True)
    accuracy = models.PositiveIntegerField("误差（米）", null=True)
    urgent = models.BooleanField("有人身危险", default=False)
    source = models.CharField("来源", max_length=12, choices=Source.choices)
    area = CountyForeignKey(Area, verbose_name="所在区划", on_delete=models.PROTECT, related_name="+", index=False)
    area_path = PathField()
    owner = CountyForeignKey(Area, verbose_name="主办", on_delete=models.PROTECT, related_name="+", index=False)
    owner_path = PathField()
    raised = models.PositiveSmallIntegerField(default=0)
    handler_area = CountyForeignKey(Area, null=True, on_delete=models.PROTECT, related_name="+", index=False)
    handler_unit = CountyForeignKey(Unit, null=True, on_delete=models.PROTECT, related_name="+", index=False)
    turn_area = CountyForeignKey(Area, null=True, on_delete=models.PROTECT, related_name="+", index=False)
    turn_unit = CountyForeignKey(Unit, null=True, on_delete=models.PROTECT, related_name="+", index=False)
    reporter = CountyForeignKey(User, on_delete=models.PROTECT, related_name="+", index=False)
    reporter_post = CountyForeignKey(Post, null=True, on_delete=models.PROTECT, related_name="+", index=False)
    reporter_name = models.CharField("反映人", max_length=40)
    reporter_title = models.CharField("反映人岗位", max_length=120)
    state = models.CharField("状态", max_length=12, choices=State.choices, default=State.REPORTED)
    version = models.PositiveIntegerField(default=1)
    occurred_at = models.DateTimeField("发生时间")
    received_at = models.DateTimeField("收到时间")
    due_at = models.DateTimeField("办理时限", null=True)
    ended_at = models.DateTimeField("结束时间", null=True)
    history = models.CharField("经过的指纹", max_length=64, default="")

    TRAIL_FIELDS: ClassVar[tuple[str, ...]] = (
        "number", "title", "body", "category", "place", "lon", "lat", "urgent", "source", "area_id", "owner_id",
        "raised", "handler_area_id", "handler_unit_id", "turn_area_id", "turn_unit_id", "reporter_id", "state",
        "version", "occurred_at", "received_at", "due_at", "ended_at", "history",
    )  # fmt: skip

    class Meta(CountyModel.Meta):
        verbose_name = "事件"
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["county_id", "number"], name="case_number_once"),
            models.CheckConstraint(
                condition=models.Q(ended_at__isnull=False)
                | models.Q(turn_area__isnull=False, turn_unit__isnull=True)
                | models.Q(turn_area__isnull=True, turn_unit__isnull=False),
                name="case_one_turn",
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["county_id", "due_at", "id"], name="case_open_due", condition=models.Q(ended_at=None)),
            models.Index(
                fields=["county_id", "turn_area", "due_at", "id"],
                name="case_turn_area",
                condition=models.Q(ended_at=None),
            ),
            models.Index(
                fields=["county_id", "turn_unit", "due_at", "id"],
                name="case_turn_unit",
                condition=models.Q(ended_at=None, turn_unit__isnull=False),
            ),
            models.Index(fields=["county_id", "-received_at", "-id"], name="case_received"),
            models.Index(fields=["county_id", "area_path", "-received_at", "-id"], name="case_place_received"),
            models.Index(fields=["county_id", "reporter", "-received_at", "-id"], name="case_reporter"),
            models.Index(fields=["county_id", "owner_path"], name="case_owner_path"),  # for merges of areas
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def code(self) -> str:
        """The public code, e.g. 341181-2611-0203; unique in the country."""
        return f"{self.county_id:06d}-{self.number}"

    @property
    def is_open(self) -> bool:
        return self.ended_at is None


class Step(CountyModel):
    """One act on a case, as it was: who, in which post, when, why, and what it changed. Never altered.

    `link` chains it to the step before; the case's `history` is the newest link, so the trail proves all of them.
    """

    APPEND_ONLY: ClassVar[bool] = True
    case = CountyForeignKey(Case, on_delete=models.PROTECT, related_name="steps", index=False)
    version = models.PositiveIntegerField()
    act = models.CharField("办理", max_length=12)
    at = models.DateTimeField("时间")
    actor = CountyForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+", index=False)
    post = CountyForeignKey(Post, null=True, on_delete=models.PROTECT, related_name="+", index=False)
    actor_name = models.CharField(max_length=40)
    actor_title = models.CharField(max_length=120)
    text = models.TextField("说明", max_length=1000, blank=True)
    target = models.CharField("对象", max_length=120, blank=True)
    satisfied = models.BooleanField("满意", null=True)
    from_state = models.CharField(max_length=12, blank=True)
    to_state = models.CharField(max_length=12)
    was_due_at = models.DateTimeField("这一步的时限", null=True)
    due_at = models.DateTimeField("下一步的时限", null=True)
    link = models.CharField("指纹", max_length=64, default="")

    class Meta(CountyModel.Meta):
        verbose_name = "办理步骤"
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["county_id", "case", "version"], name="step_version_once")
        ]
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["county_id", "act", "-at"], name="step_act_time")]

    @property
    def is_late(self) -> bool:
        """Whether this step was done after its time limit."""
        return self.was_due_at is not None and self.at > self.was_due_at


class Assignment(CountyModel):
    """That a unit, a grid or a lower level was given a case: called → arrived → done or returned, with its clock."""

    class State(models.TextChoices):
        CALLED = "called", "已派出"
        ARRIVED = "arrived", "已接手"
        DONE = "done", "已办完"
        RETURNED = "returned", "已退回"

    case = CountyForeignKey(Case, on_delete=models.PROTECT, related_name="assignments")
    area = CountyForeignKey(Area, null=True, on_delete=models.PROTECT, related_name="+", index=False)
    unit = CountyForeignKey(Unit, null=True, on_delete=models.PROTECT, related_name="+", index=False)
    state = models.CharField("状态", max_length=10, choices=State.choices, default=State.CALLED)
    called_at = models.DateTimeField("派出时间")
    due_at = models.DateTimeField("时限")
    arrived_at = models.DateTimeField("接手时间", null=True)
    ended_at = models.DateTimeField("结束时间", null=True)

    class Meta(CountyModel.Meta):
        verbose_name = "分派"
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["county_id", "case"], condition=models.Q(ended_at=None), name="assignment_one_open"
            )
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["county_id", "unit", "case"], name="assignment_unit"),
            models.Index(fields=["county_id", "area", "case"], name="assignment_area"),
        ]


class CaseText(CountyModel):
    """The words of a case for searching: bigrams of Chinese, whole words of the rest (lib.bigrams)."""

    case = CountyForeignKey(Case, on_delete=models.PROTECT, related_name="texts", index=False)
    tokens = TokensField()

    class Meta(CountyModel.Meta):
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["county_id", "case"], name="case_text_once")
        ]


class MonthCounter(CountyModel):
    """The last case number given in a month (YYMM, Asia/Shanghai)."""

    month = models.CharField(max_length=4)
    last = models.PositiveIntegerField(default=0)

    class Meta(CountyModel.Meta):
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["county_id", "month"], name="case_month_once")
        ]

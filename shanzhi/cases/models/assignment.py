"""Whom a case was given to, and who was called to help: each with its own state and clock."""

from datetime import datetime
from typing import ClassVar

from django.db import models

from shanzhi.accounts.models import User
from shanzhi.areas.models import Area, Unit
from shanzhi.cases.models.case import Case
from shanzhi.cases.models.timed import Timed
from shanzhi.tenancy.models import CountyForeignKey, CountyModel


class Assignment(Timed):
    """That a unit, a grid or a lower level was given a case, or whistled to it (吹哨报到).

    called → arrived → done → left, or returned. Of the given ones (`lead`) at most one is open: it has the turn. The
    helpers come beside it and take no turn. `arrive_by` is by when it has to report in, the clock (Timed) by when its
    part is to be done. Whoever is called and has not reported in by then is absent; `missed_at` is when people
    were told. A whistle is one call of several: `call_id` is the step that called them.
    """

    class State(models.TextChoices):
        CALLED = "called", "已派出"
        ARRIVED = "arrived", "已到场"
        DONE = "done", "已办完"
        LEFT = "left", "已离场"
        RETURNED = "returned", "已退回"

    class Role(models.TextChoices):
        LEAD = "lead", "牵头"
        HELPER = "helper", "配合"

    case = CountyForeignKey(Case, on_delete=models.PROTECT, related_name="assignments")
    area = CountyForeignKey(Area, null=True, on_delete=models.PROTECT, related_name="+", index=False)
    unit = CountyForeignKey(Unit, null=True, on_delete=models.PROTECT, related_name="+", index=False)
    role = models.CharField("分工", max_length=8, choices=Role.choices, default=Role.LEAD)
    whistled = models.BooleanField("吹哨", default=False)
    call_id = models.BigIntegerField("哪一步叫的")
    called_by = models.CharField("谁叫的", max_length=160, blank=True)
    task = models.CharField("要做什么", max_length=300, blank=True)
    state = models.CharField("状态", max_length=10, choices=State.choices, default=State.CALLED)
    called_at = models.DateTimeField("派出时间")
    arrive_by = models.DateTimeField("报到时限", null=True)
    missed_at = models.DateTimeField("到时没来", null=True)
    arrived_at = models.DateTimeField("报到时间", null=True)
    arrived_name = models.CharField("谁来的", max_length=40, blank=True)
    done_at = models.DateTimeField("办完时间", null=True)
    result = models.CharField("办得怎样", max_length=1000, blank=True)
    ended_at = models.DateTimeField("结束时间", null=True)
    version = models.PositiveIntegerField(default=1)

    class Meta(CountyModel.Meta):
        verbose_name = "分派"
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["county_id", "case"],
                condition=models.Q(ended_at=None, role="lead", whistled=False),
                name="assignment_one_lead",
            ),
            models.UniqueConstraint(
                fields=["county_id", "case", "unit"],
                condition=models.Q(ended_at=None, unit__isnull=False),
                name="assignment_unit_once",
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["county_id", "unit", "case"], name="assignment_unit"),
            models.Index(fields=["county_id", "area", "case"], name="assignment_area"),
            models.Index(
                fields=["county_id", "unit", "case"],
                name="assignment_helping",
                condition=models.Q(ended_at=None, role="helper"),
            ),
            models.Index(
                fields=["county_id", "case"],
                name="assignment_whistled",
                condition=models.Q(ended_at=None, whistled=True),
            ),
            models.Index(
                fields=["county_id", "arrive_by"],
                name="assignment_missing",
                condition=models.Q(ended_at=None, state="called", missed_at=None, arrive_by__isnull=False),
            ),
            models.Index(
                fields=["county_id", "watch_at"],
                name="assignment_watch",
                condition=models.Q(watch_at__isnull=False),
            ),
        ]

    @property
    def who(self) -> str:
        """The unit's or the place's name."""
        target = self.unit or self.area
        return target.name if target is not None else ""

    def is_absent(self, now: datetime) -> bool:
        """Whether it should have reported in by now and has not."""
        return self.state == self.State.CALLED and self.arrive_by is not None and self.arrive_by < now


class Supervision(Timed):
    """督办: that a higher level wants an answer from the level in charge by a time of its own."""

    case = CountyForeignKey(Case, on_delete=models.PROTECT, related_name="supervisions")
    area = CountyForeignKey(Area, on_delete=models.PROTECT, related_name="+", index=False)
    step_id = models.BigIntegerField("哪一步")
    text = models.CharField("督办意见", max_length=1000)
    by = models.CharField("督办人", max_length=160)
    by_user = CountyForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+", index=False)
    opened_at = models.DateTimeField("督办时间")
    answered_at = models.DateTimeField("回复时间", null=True)
    answer = models.CharField("回复", max_length=1000, blank=True)
    answered_by = models.CharField("回复人", max_length=160, blank=True)

    class Meta(CountyModel.Meta):
        verbose_name = "督办"
        indexes: ClassVar[list[models.Index]] = [
            models.Index(
                fields=["county_id", "watch_at"], name="supervision_watch", condition=models.Q(watch_at__isnull=False)
            )
        ]


class Extension(CountyModel):
    """That more time was asked for, and what was decided; at most one is undecided for a case.

    `amount` is in the unit of the case's clock: seconds or days. Whoever asks may not grant.
    """

    class State(models.TextChoices):
        ASKED = "asked", "待审批"
        GRANTED = "granted", "已同意"
        REFUSED = "refused", "未同意"
        LAPSED = "lapsed", "已作废"

    case = CountyForeignKey(Case, on_delete=models.PROTECT, related_name="extensions")
    clock_unit = models.CharField(max_length=16)
    amount = models.PositiveIntegerField("延长")
    reason = models.CharField("理由", max_length=1000)
    state = models.CharField("状态", max_length=10, choices=State.choices, default=State.ASKED)
    asked_at = models.DateTimeField("申请时间")
    asked_by = models.CharField("申请人", max_length=160)
    asked_by_user = CountyForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+", index=False)
    by_owner = models.BooleanField("主办一级申请", default=False)
    decided_at = models.DateTimeField("审批时间", null=True)
    decided_by = models.CharField("审批人", max_length=160, blank=True)
    words = models.CharField("审批意见", max_length=1000, blank=True)

    class Meta(CountyModel.Meta):
        verbose_name = "延期申请"
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["county_id", "case"], condition=models.Q(state="asked"), name="extension_one_asked"
            )
        ]

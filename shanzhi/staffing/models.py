"""People who serve in a grid without an account, what was done with them, and how many there must be."""

from datetime import date
from typing import Any, ClassVar

from django.db import models

from shanzhi.accounts.models import User
from shanzhi.areas.models import Area
from shanzhi.staffing.catalogue import ROLES
from shanzhi.tenancy.fields import EncryptedTextField
from shanzhi.tenancy.models import CountyForeignKey, CountyModel, PathField


class Assignment(CountyModel):
    """A person in a role at a place from `valid_from` to `valid_to`, both days included; without an end until ended.

    `ended_on` is the first day on which it no longer holds, whatever the term says. Never deleted. `area_path` repeats
    the path of the area as it is now; the areas' merge job rewrites it, so the trail leaves it out.
    """

    role = models.CharField("岗位", max_length=16)
    name = models.CharField("姓名", max_length=40)
    organisation = models.CharField("单位", max_length=60, blank=True)
    phone = EncryptedTextField("电话", blank=True, default="")
    phone_index = models.CharField(max_length=64, blank=True, default="")
    area = CountyForeignKey(Area, on_delete=models.PROTECT, related_name="+", verbose_name="地方")
    area_path = PathField("区划路径")
    valid_from = models.DateField("任期开始")
    valid_to = models.DateField("任期结束", null=True, blank=True)
    source = models.CharField("任命依据", max_length=100, blank=True)
    created_at = models.DateTimeField("登记时间")
    ended_on = models.DateField("提前结束的日子", null=True, blank=True)
    version = models.PositiveIntegerField(default=1)

    TRAIL_FIELDS: ClassVar[tuple[str, ...]] = (
        "role", "name", "organisation", "phone_index", "area_id", "valid_from", "valid_to", "source", "created_at",
        "ended_on", "version",
    )  # fmt: skip

    class Meta(CountyModel.Meta):
        verbose_name = "网格人员"
        constraints: ClassVar[list[Any]] = [
            models.CheckConstraint(
                condition=models.Q(valid_to__isnull=True) | models.Q(valid_to__gte=models.F("valid_from")),
                name="assignment_term",
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["county_id", "area_path"], name="assignment_path"),
            models.Index(fields=["county_id", "name"], name="assignment_name"),
        ]

    @property
    def code(self) -> str:
        """How the trail calls it: never by the person's name."""
        return str(self.id)

    @property
    def role_label(self) -> str:
        return ROLES[self.role].label if self.role in ROLES else self.role

    def state_on(self, day: date) -> str:
        """live, coming (term not begun), over (term done) or ended (before its time)."""
        if self.ended_on is not None and day >= self.ended_on:
            return "ended"
        if day < self.valid_from:
            return "coming"
        return "over" if self.valid_to is not None and day > self.valid_to else "live"


class AssignmentAct(CountyModel):
    """What was done with an assignment, by whom and why, with the term as it was afterwards."""

    APPEND_ONLY: ClassVar[bool] = True

    class Act(models.TextChoices):
        APPOINTED = "appointed", "任命"
        CORRECTED = "corrected", "更正资料"
        TERM = "term", "变更任期"
        RENEWED = "renewed", "续任"
        ENDED = "ended", "结束任职"

    assignment = CountyForeignKey(Assignment, on_delete=models.PROTECT, related_name="acts", index=False)
    act = models.CharField("事项", max_length=10, choices=Act.choices)
    valid_from = models.DateField("任期开始")
    valid_to = models.DateField("任期结束", null=True)
    ended_on = models.DateField("提前结束的日子", null=True)
    note = models.CharField("说明", max_length=200, blank=True)
    actor_id = models.BigIntegerField("经办人")
    actor_name = models.CharField("经办人姓名", max_length=60)
    actor_post = models.CharField("岗位", max_length=120, blank=True)
    at = models.DateTimeField("时间")

    TRAIL_FIELDS: ClassVar[tuple[str, ...]] = (
        "assignment_id", "act", "valid_from", "valid_to", "ended_on", "note", "actor_id", "at",
    )  # fmt: skip

    class Meta(CountyModel.Meta):
        verbose_name = "网格人员变动"
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["county_id", "assignment", "at"], name="assignment_act_at")
        ]


class RuleEntry(CountyModel):
    """How many of a role there must be at each place of a level, or at one place, from `since` on.

    Entries are numbered through the county; of those that had begun on a day the last one counts for it. Without a
    figure (`least` null) the place, or the level, goes back to what counts without an entry.
    """

    APPEND_ONLY: ClassVar[bool] = True

    level = models.CharField("级别", max_length=10)
    role = models.CharField("岗位", max_length=16)
    area = CountyForeignKey(Area, on_delete=models.PROTECT, null=True, related_name="+", verbose_name="地方")
    number = models.PositiveIntegerField("次序")
    least = models.PositiveSmallIntegerField("至少几人", null=True)
    since = models.DateField("从哪天起")
    reason = models.CharField("原因", max_length=200)
    actor_id = models.BigIntegerField("经办人")
    actor_name = models.CharField("经办人姓名", max_length=60)
    actor_post = models.CharField("岗位", max_length=120, blank=True)
    at = models.DateTimeField("时间")

    TRAIL_FIELDS: ClassVar[tuple[str, ...]] = (
        "level", "role", "area_id", "number", "least", "since", "reason", "actor_id", "at",
    )  # fmt: skip

    class Meta(CountyModel.Meta):
        verbose_name = "配备标准"
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(fields=["county_id", "number"], name="staff_rule_once")
        ]


class PhoneShown(CountyModel):
    """That somebody had the number of one of the staff shown, and what for. Written before the number is given out."""

    APPEND_ONLY: ClassVar[bool] = True

    class Purpose(models.TextChoices):
        CASE = "case", "联系办理事件"
        ARRANGE = "arrange", "安排工作"
        URGENT = "urgent", "紧急情况"
        OTHER = "other", "其他"

    assignment = CountyForeignKey(Assignment, on_delete=models.PROTECT, related_name="shown", index=False)
    user = CountyForeignKey(User, on_delete=models.PROTECT, related_name="+", index=False)
    by = models.CharField("谁看的", max_length=160)
    purpose = models.CharField("做什么用", max_length=8, choices=Purpose.choices)
    text = models.CharField("说明", max_length=100, blank=True)
    at = models.DateTimeField("时间")

    TRAIL_FIELDS: ClassVar[tuple[str, ...]] = ("assignment_id", "user_id", "by", "purpose", "text", "at")

    class Meta(CountyModel.Meta):
        verbose_name = "查看网格人员电话"
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["county_id", "assignment", "-at"], name="staff_phone_shown")
        ]

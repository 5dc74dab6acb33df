"""Every act on a case as a row that nobody changes."""

from typing import ClassVar

from django.db import models

from shanzhi.accounts.models import Post, User
from shanzhi.cases.models.case import Case
from shanzhi.tenancy.models import CountyForeignKey, CountyModel


class Step(CountyModel):
    """One act on a case, as it was: who, in which post, when, why, and what it changed. Never altered.

    `link` chains it to the step before; the case's `history` is the newest link, so the trail proves all of them.
    """

    APPEND_ONLY: ClassVar[bool] = True
    case = CountyForeignKey(Case, on_delete=models.PROTECT, related_name="steps", index=False)
    version = models.PositiveIntegerField()
    act = models.CharField("办理", max_length=12)
    at = models.DateTimeField("时间")
    done_at = models.DateTimeField("没有信号时办的时间", null=True)
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

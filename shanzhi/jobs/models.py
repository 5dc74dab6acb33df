"""A piece of background work as its owner sees it."""

from typing import ClassVar

from django.db import models

from shanzhi.tenancy.models import CountyModel


class Job(CountyModel):
    """Queued, then run at least once; `args` hold ids and codes only, never personal data.

    Whoever runs it holds a lease that is renewed as long as the process lives; when it has run out, the job is run
    again. `attempts` counts the claims and is the number by which a runner knows that the job is still its own.
    """

    class State(models.TextChoices):
        QUEUED = "queued", "排队中"
        RUNNING = "running", "进行中"
        DONE = "done", "已完成"
        FAILED = "failed", "未完成"
        CANCELLED = "cancelled", "已取消"

    kind = models.CharField("事项", max_length=60)
    args = models.JSONField(default=dict)
    state = models.CharField("状态", max_length=10, choices=State.choices, default=State.QUEUED)
    done = models.PositiveIntegerField("已处理", default=0)
    total = models.PositiveIntegerField("总数", default=0)
    result = models.JSONField(null=True)
    error = models.CharField("原因", max_length=500, blank=True, default="")
    created_by = models.BigIntegerField("发起人")
    created_at = models.DateTimeField("发起时间")
    started_at = models.DateTimeField("开始时间", null=True)
    ended_at = models.DateTimeField("结束时间", null=True)
    cancel_requested = models.BooleanField("要求取消", default=False)
    attempts = models.PositiveSmallIntegerField(default=0)
    lease_until = models.DateTimeField()

    class Meta(CountyModel.Meta):
        verbose_name = "后台任务"
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["county_id", "created_by", "id"], name="jobs_job_owner"),
            models.Index(
                fields=["county_id", "lease_until"],
                name="jobs_job_lease",
                condition=models.Q(state__in=["queued", "running"]),
            ),
        ]

    @property
    def is_open(self) -> bool:
        return self.state in (self.State.QUEUED, self.State.RUNNING)

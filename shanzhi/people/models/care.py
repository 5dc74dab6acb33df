"""Membership of a care group. Which groups there are is data: the family `care_group` of the packs."""

from typing import Any, ClassVar

from django.db import models

from shanzhi.people.models.residents import Resident
from shanzhi.tenancy.fields import EncryptedTextField
from shanzhi.tenancy.models import CountyForeignKey, CountyModel, PathField


class Membership(CountyModel):
    """That a resident is looked after as one of a group, on [since, until). The group itself is sealed: that somebody
    is disabled, poor or ill is sensitive (PIPL 28); `group_index` is its blind index, by which a list is had.

    `path` repeats where the person lives (else where registered); whoever moves a person moves it along.
    """

    resident = CountyForeignKey(Resident, on_delete=models.PROTECT, related_name="memberships", index=False)
    group = EncryptedTextField("关爱类别")
    group_index = models.CharField(max_length=64)
    path = PathField("地方路径")
    since = models.DateField("起")
    until = models.DateField("止", null=True, blank=True)
    reason = EncryptedTextField("依据", blank=True, default="")
    ended_because = EncryptedTextField("结束原因", blank=True, default="")
    seen_on = models.DateField("上次走访", null=True, blank=True)
    due_on = models.DateField("下次走访最晚", null=True, blank=True)
    actor_name = models.CharField("登记人", max_length=60)
    actor_post = models.CharField("岗位", max_length=120, blank=True)
    created_at = models.DateTimeField("登记时间")
    version = models.PositiveIntegerField(default=1)

    TRAIL_FIELDS: ClassVar[tuple[str, ...]] = (
        "resident_id", "group_index", "since", "until", "seen_on", "due_on", "version",
    )  # fmt: skip

    class Meta(CountyModel.Meta):
        verbose_name = "关爱对象"
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(
                fields=["county_id", "resident", "group_index"],
                condition=models.Q(until__isnull=True),
                name="care_open_once",
            )
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["county_id", "group_index", "path", "id"], name="care_group_place"),
            models.Index(fields=["county_id", "path", "due_on"], name="care_due"),
            models.Index(fields=["county_id", "until", "id"], name="care_ended"),
        ]

    @property
    def code(self) -> str:
        return str(self.id)

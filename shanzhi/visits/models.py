"""A visit, and what was asked for each care group of the person."""

from typing import ClassVar

from django.db import models

from shanzhi.accounts.models import User
from shanzhi.cases.models import Case
from shanzhi.people.models import Resident
from shanzhi.tenancy.fields import EncryptedTextField
from shanzhi.tenancy.models import CountyForeignKey, CountyModel, PathField


class Visit(CountyModel):
    """That somebody went to see a resident, when, and what they found. Never altered; deleted with the resident, or
    once the last care group that it was for is not kept any more.

    `on` is the day of the visit, `done_at` the moment if it was written down without a signal, `path` where the person
    lived then. The words are sealed: they tell how somebody lives.
    """

    class Outcome(models.TextChoices):
        WELL = "well", "见到本人，一切正常"
        NEED = "need", "见到本人，有事要办"
        ABSENT = "absent", "没见到人"
        DECLINED = "declined", "本人不愿意受访"

    MET: ClassVar[frozenset[str]] = frozenset({Outcome.WELL, Outcome.NEED})

    resident = CountyForeignKey(Resident, on_delete=models.PROTECT, related_name="visits", index=False)
    user = CountyForeignKey(User, on_delete=models.PROTECT, related_name="+", index=False)
    by = models.CharField("走访人", max_length=60)
    post = models.CharField("岗位", max_length=120, blank=True)
    path = PathField("地方路径")
    on = models.DateField("走访日期")
    done_at = models.DateTimeField("离线登记的时间", null=True)
    recorded_at = models.DateTimeField("登记时间")
    outcome = models.CharField("结果", max_length=8, choices=Outcome.choices)
    note = EncryptedTextField("说明", blank=True, default="")
    case = CountyForeignKey(Case, on_delete=models.PROTECT, null=True, related_name="+", index=False)

    TRAIL_FIELDS: ClassVar[tuple[str, ...]] = (
        "resident_id", "user_id", "by", "post", "on", "done_at", "recorded_at", "outcome", "case_id",
    )  # fmt: skip

    class Meta(CountyModel.Meta):
        verbose_name = "走访"
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["county_id", "resident", "-on", "-id"], name="visit_resident"),
            models.Index(fields=["county_id", "path", "-on", "-id"], name="visit_place"),
            models.Index(fields=["county_id", "user", "-on", "-id"], name="visit_user"),
        ]

    @property
    def code(self) -> str:
        """How the trail calls it: never by a name."""
        return str(self.id)

    @property
    def met(self) -> bool:
        """Whether the person was seen: only then the next visit is due later."""
        return self.outcome in self.MET


class Asked(CountyModel):
    """That a visit was for a care group, with the answers to the group's questions as JSON, sealed."""

    visit = CountyForeignKey(Visit, on_delete=models.CASCADE, related_name="asked", index=False)
    membership_id = models.BigIntegerField("关爱登记")
    group = EncryptedTextField("关爱类别")
    group_index = models.CharField(max_length=64)
    answers = EncryptedTextField("回答", default="{}")

    class Meta(CountyModel.Meta):
        verbose_name = "走访的关爱类别"
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["county_id", "visit", "group_index"], name="visit_asked_once")
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["county_id", "membership_id", "id"], name="visit_asked_member")
        ]

"""Who is related to whom, and whom to call: beyond what somebody is to the head of the household."""

from typing import Any, ClassVar

from django.db import models
from django.db.models import F, Q

from shanzhi.people.models.residents import Resident
from shanzhi.tenancy.fields import EncryptedTextField
from shanzhi.tenancy.models import CountyForeignKey, CountyModel


class Kin(CountyModel):
    """What somebody is to a resident, on [since, until): another resident (`other`), or a name with a phone.

    A guardian answers for a minor or somebody who can't act alone (民法典 27, 28); `is_contact` is who is called first.
    """

    class Tie(models.TextChoices):
        PARENT = "parent", "父母"
        SPOUSE = "spouse", "配偶"
        CHILD = "child", "子女"
        GRANDPARENT = "grandparent", "祖父母、外祖父母"
        GRANDCHILD = "grandchild", "孙子女、外孙子女"
        SIBLING = "sibling", "兄弟姐妹"
        RELATIVE = "relative", "其他亲属"
        OTHER = "other", "邻居、朋友等"

    resident = CountyForeignKey(Resident, on_delete=models.PROTECT, related_name="kin", index=False)
    other = CountyForeignKey(
        Resident, on_delete=models.PROTECT, null=True, blank=True, related_name="kin_of", index=False
    )
    name = models.CharField("姓名", max_length=60, blank=True, default="")
    phone = EncryptedTextField("电话", blank=True, default="")
    tie = models.CharField("关系", max_length=12, choices=Tie)
    is_guardian = models.BooleanField("监护人", default=False)
    is_contact = models.BooleanField("联系人", default=False)
    since = models.DateField("起")
    until = models.DateField("止", null=True, blank=True)
    note = models.CharField("说明", max_length=200, blank=True, default="")
    actor_name = models.CharField("登记人", max_length=60)
    actor_post = models.CharField("岗位", max_length=120, blank=True)
    created_at = models.DateTimeField("登记时间")
    version = models.PositiveIntegerField(default=1)

    TRAIL_FIELDS: ClassVar[tuple[str, ...]] = (
        "resident_id", "other_id", "tie", "is_guardian", "is_contact", "since", "until", "version",
    )  # fmt: skip

    class Meta(CountyModel.Meta):
        verbose_name = "亲属和联系人"
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(
                fields=["county_id", "resident", "other"],
                condition=Q(until__isnull=True, other__isnull=False),
                name="kin_open_once",
            ),
            models.CheckConstraint(
                condition=Q(other__isnull=False, name="") | (Q(other__isnull=True) & ~Q(name="")), name="kin_somebody"
            ),
            models.CheckConstraint(condition=Q(other__isnull=True) | ~Q(other=F("resident")), name="kin_another"),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["county_id", "resident", "id"], name="kin_resident"),
            models.Index(fields=["county_id", "other", "id"], name="kin_other"),
        ]

"""Dwellings and households."""

from typing import Any, ClassVar

from django.db import models

from shanzhi.areas.models import Area
from shanzhi.files.models import StoredFile
from shanzhi.tenancy.fields import EncryptedTextField
from shanzhi.tenancy.models import CountyForeignKey, CountyModel, PathField


class Dwelling(CountyModel):
    """A home with its place: 以房定人. `road` (group, estate, building) is clear text, `door` is sealed.

    `address_index` is the blind index of both in one form (`numbers`): one open dwelling a place and address.
    The position is in 1e-7 degree of CGCS2000. Torn down is `gone_on`; a dwelling is never deleted.
    """

    class Use(models.TextChoices):
        OWN = "own", "自住"
        LET = "let", "出租"
        EMPTY = "empty", "空置"
        SHARED = "shared", "集体居住"
        TRADE = "trade", "经营"

    area = CountyForeignKey(Area, on_delete=models.PROTECT, related_name="+", verbose_name="网格或村")
    area_path = PathField("区划路径")
    road = models.CharField("组、路、小区", max_length=60, blank=True)
    door = EncryptedTextField("门牌、房号", blank=True, default="")
    address_index = models.CharField(max_length=64)
    use = models.CharField("用途", max_length=8, choices=Use.choices, default=Use.OWN)
    lon = models.IntegerField("经度", null=True, blank=True)
    lat = models.IntegerField("纬度", null=True, blank=True)
    photo = CountyForeignKey(StoredFile, on_delete=models.PROTECT, null=True, blank=True, related_name="+", index=False)
    gone_on = models.DateField("拆除日期", null=True, blank=True)
    created_at = models.DateTimeField("登记时间")
    version = models.PositiveIntegerField(default=1)

    TRAIL_FIELDS: ClassVar[tuple[str, ...]] = (
        "area_id", "road", "address_index", "use", "lon", "lat", "photo_id", "gone_on", "version",
    )  # fmt: skip

    class Meta(CountyModel.Meta):
        verbose_name = "房屋"
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(
                fields=["county_id", "area", "address_index"],
                condition=models.Q(gone_on__isnull=True),
                name="dwelling_address_once",
            )
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["county_id", "area_path", "road", "id"], name="dwelling_place")
        ]


class HouseholdNumber(CountyModel):
    """How many households a year has had numbered."""

    year = models.PositiveIntegerField()
    last = models.PositiveIntegerField()

    class Meta(CountyModel.Meta):
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(fields=["county_id", "year"], name="household_number_year")
        ]


class Household(CountyModel):
    """People who are one household in the register or who live as one. Its head is whose `relation` is that.

    `number` is the county's own, counted up; the number of a household book is a personal number and is not kept.
    """

    class Kind(models.TextChoices):
        FAMILY = "family", "家庭户"
        COLLECTIVE = "collective", "集体户"

    number = models.CharField("户编号", max_length=20)
    kind = models.CharField("户别", max_length=10, choices=Kind.choices, default=Kind.FAMILY)
    area = CountyForeignKey(Area, on_delete=models.PROTECT, related_name="+", verbose_name="网格或村")
    area_path = PathField("区划路径")
    opened_on = models.DateField("立户日期")
    closed_on = models.DateField("销户日期", null=True, blank=True)
    created_at = models.DateTimeField("登记时间")
    version = models.PositiveIntegerField(default=1)

    TRAIL_FIELDS: ClassVar[tuple[str, ...]] = ("number", "kind", "area_id", "opened_on", "closed_on", "version")

    class Meta(CountyModel.Meta):
        verbose_name = "户"
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(fields=["county_id", "number"], name="household_number_once")
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["county_id", "area_path", "id"], name="household_place")
        ]

"""A resident, and where a resident lived and was registered on any day."""

from typing import Any, ClassVar

from django.db import models

from shanzhi.areas.models import Area
from shanzhi.people.catalogue import Change, Papers, Population, Relation, Sex
from shanzhi.people.models.places import Dwelling, Household
from shanzhi.tenancy.fields import EncryptedTextField
from shanzhi.tenancy.models import CountyForeignKey, CountyModel, PathField


class Whereabouts(CountyModel):
    """Where somebody lives and is registered; either may be outside of the county (`…_elsewhere` names it then).

    A place inside is a village or grid, with its path; a path is empty where the place is outside.
    """

    lives = CountyForeignKey(Area, on_delete=models.PROTECT, null=True, related_name="+", index=False)
    lives_path = PathField("居住地路径", blank=True, default="")
    lives_elsewhere = models.CharField("县外居住地", max_length=80, blank=True, default="")
    registered = CountyForeignKey(Area, on_delete=models.PROTECT, null=True, related_name="+", index=False)
    registered_path = PathField("户籍地路径", blank=True, default="")
    registered_elsewhere = models.CharField("县外户籍地", max_length=80, blank=True, default="")
    dwelling = CountyForeignKey(Dwelling, on_delete=models.PROTECT, null=True, related_name="+", index=False)
    household = CountyForeignKey(Household, on_delete=models.PROTECT, null=True, related_name="+", index=False)
    relation = models.CharField("与户主关系", max_length=1, choices=Relation.choices, blank=True, default="")

    WHERE: ClassVar[tuple[str, ...]] = (
        "lives_id", "lives_elsewhere", "registered_id", "registered_elsewhere", "dwelling_id", "household_id",
        "relation",
    )  # fmt: skip

    class Meta(CountyModel.Meta):
        abstract = True


class Resident(Whereabouts):
    """A person whom the county knows, with what holds today; the open `Stay` says the same and since when.

    Whoever died or moved away for good has no place any more; `last_path` is where they were last, by which their page
    is still found, and is empty for everybody else.

    The name is clear, is searched by `name`, `given` and `last` (from the second and third character on) and by the
    initials of its pinyin, and is masked outside of the scope that may see it. Numbers are sealed and found by their
    blind index. Nobody is in the register twice under one paper.
    """

    name = PathField("姓名", max_length=40)  # bytewise, as a path: a prefix is one range
    given = PathField(max_length=40, blank=True, default="")
    last = PathField(max_length=40, blank=True, default="")
    initials = PathField("拼音首字母", max_length=40, blank=True, default="")
    sex = models.CharField("性别", max_length=1, choices=Sex.choices, default=Sex.UNKNOWN)
    born_on = models.DateField("出生日期", null=True, blank=True)
    papers = models.CharField("证件", max_length=8, choices=Papers.choices, default=Papers.ID_CARD)
    paper_number = EncryptedTextField("证件号码", blank=True, default="")
    paper_index = models.CharField(max_length=64, blank=True, default="")
    phone = EncryptedTextField("电话", blank=True, default="")
    phone_index = models.CharField(max_length=64, blank=True, default="")
    population = models.CharField("人口类别", max_length=8, choices=Population.choices)
    died_on = models.DateField("去世日期", null=True, blank=True)
    gone_on = models.DateField("迁出或去世的日子", null=True, blank=True)
    last_path = PathField("最后所在地路径", blank=True, default="")
    source = models.BigIntegerField("导入批次", null=True)
    created_at = models.DateTimeField("登记时间")
    version = models.PositiveIntegerField(default=1)

    TRAIL_FIELDS: ClassVar[tuple[str, ...]] = (
        "name", "sex", "born_on", "papers", "paper_index", "phone_index", "population", "died_on", "gone_on",
        *Whereabouts.WHERE, "version",
    )  # fmt: skip

    class Meta(CountyModel.Meta):
        verbose_name = "居民"
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(
                fields=["county_id", "paper_index"],
                condition=~models.Q(paper_index=""),
                name="resident_paper_once",
            )
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["county_id", "lives_path", "name", "id"], name="resident_lives"),
            models.Index(fields=["county_id", "registered_path", "name", "id"], name="resident_registered"),
            models.Index(
                fields=["county_id", "last_path", "name", "id"],
                name="resident_last_place",
                condition=~models.Q(last_path=""),
            ),
            models.Index(fields=["county_id", "name", "id"], name="resident_name"),
            models.Index(fields=["county_id", "given", "id"], name="resident_given"),
            models.Index(fields=["county_id", "last", "id"], name="resident_last", condition=~models.Q(last="")),
            models.Index(fields=["county_id", "initials", "id"], name="resident_initials"),
            models.Index(
                fields=["county_id", "phone_index"], name="resident_phone", condition=~models.Q(phone_index="")
            ),
            models.Index(fields=["county_id", "dwelling"], name="resident_dwelling"),
            models.Index(fields=["county_id", "household"], name="resident_household"),
        ]

    @property
    def code(self) -> str:
        """How the trail and addresses call a person: never by name or number."""
        return str(self.id)


class Stay(Whereabouts):
    """What held of a resident's whereabouts on [since, until); without an end it holds today.

    A person's stays follow one another without a gap from the first known day, so that for each day there is exactly
    one; the last is open. A death or moving away for good is a stay without places. What was wrong is corrected by a
    stay that replaces it (`void`), never by altering it. Two changes on one day leave a stay that held for no day.
    """

    resident = CountyForeignKey(Resident, on_delete=models.PROTECT, related_name="stays", index=False)
    since = models.DateField("起")
    until = models.DateField("止", null=True)
    population = models.CharField("人口类别", max_length=8, choices=Population.choices)
    change = models.CharField("变更", max_length=12, choices=Change.choices)
    note = models.CharField("说明", max_length=200, blank=True, default="")
    void = models.BooleanField("已更正", default=False)
    actor_name = models.CharField("经办人", max_length=60)
    actor_post = models.CharField("岗位", max_length=120, blank=True)
    recorded_at = models.DateTimeField("登记时间")

    TRAIL_FIELDS: ClassVar[tuple[str, ...]] = (
        "resident_id", "since", "until", "population", "change", "void", *Whereabouts.WHERE,
    )  # fmt: skip

    class Meta(CountyModel.Meta):
        verbose_name = "居住和户籍变更"
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(
                fields=["county_id", "resident"],
                condition=models.Q(until__isnull=True, void=False),
                name="stay_open_once",
            ),
            models.CheckConstraint(
                condition=models.Q(until__isnull=True) | models.Q(until__gte=models.F("since")), name="stay_order"
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["county_id", "resident", "since", "id"], name="stay_resident"),
            models.Index(fields=["county_id", "lives_path", "since"], name="stay_lives"),
            models.Index(fields=["county_id", "registered_path", "since"], name="stay_registered"),
        ]

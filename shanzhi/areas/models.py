"""Places: the official register of divisions, a county's own tree of areas with its history, and units in them."""

from typing import ClassVar

from django.db import models

from shanzhi.areas.codes import GRID_LENGTH, NAME_LENGTH, Kind
from shanzhi.areas.codes import Level as DivisionLevel
from shanzhi.areas.paths import ROOT
from shanzhi.tenancy.models import CountyForeignKey, CountyModel, PathField


class Division(models.Model):
    """A row of the official register, for the whole country; what a county works with is its own tree of `Area`.

    Never deleted: an abolished division keeps its row and names its successor, so that an old code still answers.
    """

    class Status(models.TextChoices):
        CURRENT = "current", "现行"
        ABOLISHED = "abolished", "已撤销"

    code = models.CharField("区划代码", max_length=12, primary_key=True)
    name = models.CharField("名称", max_length=NAME_LENGTH)
    level = models.CharField("级别", max_length=10, choices=DivisionLevel.choices)
    parent_code = models.CharField("上级代码", max_length=12, blank=True)
    kind = models.CharField("类别", max_length=16, choices=Kind.choices, blank=True)
    status = models.CharField("状态", max_length=10, choices=Status.choices, default=Status.CURRENT)
    successor_code = models.CharField("并入代码", max_length=12, blank=True)

    class Meta:
        verbose_name = "官方区划"
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["parent_code", "code"], name="division_parent"),
            models.Index(fields=["level"], name="division_upper", condition=~models.Q(level="village")),
            models.Index(fields=["status"], name="division_gone", condition=models.Q(status="abolished")),
        ]

    def __str__(self) -> str:
        return self.name


class Area(CountyModel):
    """A place of a county in force on [valid_from, valid_to). Its path moves with it, its code may change.

    `issued` counts the ordinals given to children, so that no ordinal (and no path) is ever used twice.
    """

    class Level(models.TextChoices):
        COUNTY = "county", "县级"
        TOWNSHIP = "township", "乡级"
        VILLAGE = "village", "村级"
        GRID = "grid", "网格"

    TRAIL_FIELDS: ClassVar[tuple[str, ...]] = (
        "level",
        "code",
        "name",
        "parent_id",
        "path",
        "kind",
        "valid_from",
        "valid_to",
        "successor_id",
    )

    level = models.CharField("级别", max_length=10, choices=Level.choices)
    code = models.CharField("代码", max_length=GRID_LENGTH)
    name = models.CharField("名称", max_length=NAME_LENGTH)
    parent = CountyForeignKey("self", verbose_name="上级", null=True, on_delete=models.PROTECT, related_name="children")
    ordinal = models.PositiveIntegerField("序号", default=1)
    path = PathField("路径", default=ROOT)
    kind = models.CharField("类别", max_length=16, choices=Kind.choices, blank=True)
    valid_from = models.DateField("启用日期")
    valid_to = models.DateField("撤销日期", null=True)
    successor = CountyForeignKey(
        "self", verbose_name="并入", null=True, on_delete=models.PROTECT, related_name="merged"
    )
    issued = models.PositiveIntegerField(default=0, editable=False)
    version = models.PositiveIntegerField(default=1)

    class Meta(CountyModel.Meta):
        verbose_name = "区划"
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["county_id", "path"], name="area_path_once"),
            models.UniqueConstraint(
                fields=["county_id", "code"], condition=models.Q(valid_to__isnull=True), name="area_code_once"
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["county_id", "code"], name="area_code")]

    def __str__(self) -> str:
        return self.name

    @property
    def is_open(self) -> bool:
        """Whether the place has not been abolished."""
        return self.valid_to is None


class HistoryEntry(CountyModel):
    """What every entry of a history says of the act behind it: since when, why, by whom, noted when."""

    number = models.PositiveIntegerField("次序")
    reason = models.CharField("原因", max_length=200, blank=True)
    valid_from = models.DateField("起")
    actor_name = models.CharField("经办人", max_length=60)
    actor_post = models.CharField("岗位", max_length=120, blank=True)
    recorded_at = models.DateTimeField("登记时间")

    class Meta(CountyModel.Meta):
        abstract = True


class AreaVersion(HistoryEntry):
    """What a place was called and where it belonged on [valid_from, valid_to), and the act that made it so.

    An abolition is a row of no length: it dates the act and is never the answer for a day.
    """

    class Act(models.TextChoices):
        OPENED = "opened", "建立"
        IMPORTED = "imported", "按官方区划导入"
        RENAMED = "renamed", "改名"
        RECODED = "recoded", "改代码"
        MOVED = "moved", "改隶属"
        RECEIVED = "received", "随并入改隶属"
        MERGED = "merged", "并入"
        ABOLISHED = "abolished", "撤销"

    area = CountyForeignKey(Area, on_delete=models.PROTECT, related_name="versions")
    act = models.CharField("变更", max_length=10, choices=Act.choices)
    code = models.CharField("代码", max_length=GRID_LENGTH)
    name = models.CharField("名称", max_length=NAME_LENGTH)
    parent = CountyForeignKey(Area, null=True, on_delete=models.PROTECT, related_name="+")
    valid_to = models.DateField("止", null=True)

    class Meta(CountyModel.Meta):
        verbose_name = "区划沿革"
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["county_id", "area", "number"], name="area_version_once")
        ]
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["county_id", "code"], name="area_version_code")]


class PathMove(CountyModel):
    """That a subtree hangs elsewhere since a merge or a move: what the rewriting of other tables' paths reads.

    Kept for good, and cheap to run again: an old path never comes back, so a late row is found by the next sweep.
    """

    area = CountyForeignKey(Area, on_delete=models.PROTECT, related_name="+")
    old = PathField()
    new = PathField()
    exact = models.BooleanField(default=False)
    act_id = models.BigIntegerField("同一次变更")
    created_at = models.DateTimeField()
    swept_at = models.DateTimeField(null=True)
    rewritten = models.PositiveIntegerField(default=0)

    class Meta(CountyModel.Meta):
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["county_id", "act_id"], name="path_move_act"),
            models.Index(fields=["county_id", "created_at"], name="path_move_age"),
        ]


class Unit(CountyModel):
    """A department or a centre of a township or county, in force on [valid_from, valid_to)."""

    class Kind(models.TextChoices):
        DEPARTMENT = "department", "部门"
        CENTRE = "centre", "中心"

    TRAIL_FIELDS: ClassVar[tuple[str, ...]] = ("area_id", "kind", "code", "name", "valid_from", "valid_to")

    area = CountyForeignKey(Area, verbose_name="所属区划", on_delete=models.PROTECT, related_name="units")
    kind = models.CharField("类别", max_length=10, choices=Kind.choices)
    code = models.CharField("代码", max_length=20)
    name = models.CharField("名称", max_length=NAME_LENGTH)
    valid_from = models.DateField("启用日期")
    valid_to = models.DateField("撤销日期", null=True)
    version = models.PositiveIntegerField(default=1)

    class Meta(CountyModel.Meta):
        verbose_name = "部门和中心"
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["county_id", "code"], name="unit_code_once"),
            models.UniqueConstraint(
                fields=["county_id", "area", "name"], condition=models.Q(valid_to__isnull=True), name="unit_name_once"
            ),
        ]

    def __str__(self) -> str:
        return self.name


class UnitVersion(HistoryEntry):
    """An act on a unit, with the name that it has had since."""

    class Act(models.TextChoices):
        ADDED = "added", "设立"
        RENAMED = "renamed", "改名"
        RECEIVED = "received", "随区划并入"
        CLOSED = "closed", "撤销"

    unit = CountyForeignKey(Unit, on_delete=models.PROTECT, related_name="versions")
    act = models.CharField("变更", max_length=10, choices=Act.choices)
    name = models.CharField("名称", max_length=NAME_LENGTH)

    class Meta(CountyModel.Meta):
        verbose_name = "部门沿革"
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["county_id", "unit", "number"], name="unit_version_once")
        ]


class DivisionImport(CountyModel):
    """A file of divisions sent by a county: checked first, applied when a person says so. Its rows stay in it."""

    class State(models.TextChoices):
        CHECKING = "checking", "正在检查"
        CHECKED = "checked", "已检查，等待导入"
        REFUSED = "refused", "文件无法读取"
        APPLYING = "applying", "正在导入"
        APPLIED = "applied", "已导入"

    TRAIL_FIELDS: ClassVar[tuple[str, ...]] = ("name", "file_id", "state", "counts")

    file = CountyForeignKey("files.StoredFile", on_delete=models.PROTECT, related_name="+")
    name = models.CharField("文件名", max_length=200)
    state = models.CharField("状态", max_length=10, choices=State.choices, default=State.CHECKING)
    job_id = models.BigIntegerField("后台任务", null=True)
    effective_on = models.DateField("生效日期")
    problem = models.CharField("无法读取的原因", max_length=300, blank=True)
    notes = models.JSONField(default=list)
    counts = models.JSONField(default=dict)
    plan = models.JSONField(default=dict)
    header = models.JSONField(default=list)
    created_by_name = models.CharField("上传人", max_length=60)
    created_by_post = models.CharField("岗位", max_length=120, blank=True)
    created_at = models.DateTimeField()
    applied_at = models.DateTimeField(null=True)
    version = models.PositiveIntegerField(default=1)

    @property
    def is_working(self) -> bool:
        """Whether a job has to do the next step."""
        return self.state in (self.State.CHECKING, self.State.APPLYING)

    class Meta(CountyModel.Meta):
        verbose_name = "区划导入"
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["county_id", "-created_at"], name="division_import_newest")
        ]


class ImportFault(CountyModel):
    """One bad row of a file, with the sentence that says how to mend it; the first 10,000 of a file are kept."""

    source = CountyForeignKey(DivisionImport, on_delete=models.CASCADE, related_name="faults", index=False)
    number = models.PositiveIntegerField("行号")
    column = models.CharField("列", max_length=10)
    sentence = models.CharField("问题", max_length=300)
    raw = models.CharField("原行", max_length=2100)

    class Meta(CountyModel.Meta):
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["county_id", "source", "number"], name="import_fault_once")
        ]


class Outline(CountyModel):
    """Where a place lay on [valid_from, valid_to). Never altered: a new outline ends the one before.

    `shape` is polygons → rings → [longitude, latitude] in whole units of 1e-7 degree of CGCS2000 (`lib.shapes`), the
    four sides are the rectangle around it. Outlines of one act share `act_id`.
    """

    class Source(models.TextChoices):
        DRAWN = "drawn", "在地图上画"
        IMPORTED = "imported", "按文件导入"
        DERIVED = "derived", "随区划变更"

    TRAIL_FIELDS: ClassVar[tuple[str, ...]] = ("area_id", "shape", "valid_from", "valid_to", "source", "synthetic")

    area = CountyForeignKey(Area, verbose_name="区划", on_delete=models.PROTECT, related_name="outlines")
    shape = models.JSONField("边界")
    west = models.IntegerField("西")
    south = models.IntegerField("南")
    east = models.IntegerField("东")
    north = models.IntegerField("北")
    square_metres = models.BigIntegerField("面积（平方米）")
    points = models.PositiveIntegerField("点数")
    valid_from = models.DateField("起")
    valid_to = models.DateField("止", null=True)
    source = models.CharField("来源", max_length=10, choices=Source.choices)
    synthetic = models.BooleanField("示意边界（合成）", default=False)
    reason = models.CharField("原因", max_length=200)
    actor_name = models.CharField("经办人", max_length=60)
    actor_post = models.CharField("岗位", max_length=120, blank=True)
    recorded_at = models.DateTimeField("登记时间")
    act_id = models.BigIntegerField("同一次变更")

    class Meta(CountyModel.Meta):
        verbose_name = "边界"
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["county_id", "area"], condition=models.Q(valid_to__isnull=True), name="outline_open_once"
            )
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["county_id", "act_id"], name="outline_act"),
            models.Index(fields=["county_id", "area", "valid_from"], name="outline_day"),
        ]


class HouseholdCount(CountyModel):
    """How many households a place had on a day, as a ledger outside of this system has it. Never altered: whoever has
    a better number states it again, and of one day the last statement counts. Numbers of one act share `act_id`.
    """

    TRAIL_FIELDS: ClassVar[tuple[str, ...]] = ("area_id", "number", "on", "source")

    area = CountyForeignKey(Area, on_delete=models.PROTECT, related_name="household_counts", index=False)
    number = models.PositiveIntegerField("户数")
    on = models.DateField("截至")
    source = models.CharField("来源", max_length=60)
    actor_name = models.CharField("登记人", max_length=60)
    actor_post = models.CharField("岗位", max_length=120, blank=True)
    recorded_at = models.DateTimeField("登记时间")
    act_id = models.BigIntegerField("同一次登记")

    class Meta(CountyModel.Meta):
        verbose_name = "户数"
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["county_id", "area", "-on", "-id"], name="household_count_newest"),
            models.Index(fields=["county_id", "act_id"], name="household_count_act"),
        ]


class MapStamp(CountyModel):
    """Another number whenever an outline of the county changes: what processes keep in memory is then built anew."""

    number = models.BigIntegerField()

    class Meta(CountyModel.Meta):
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["county_id"], name="map_stamp_once")
        ]


class OutlineImport(CountyModel):
    """A file of outlines: checked when it was sent, applied when a person says so. What was found stays in it."""

    class State(models.TextChoices):
        CHECKED = "checked", "已检查，等待导入"
        REFUSED = "refused", "文件无法读取"
        APPLIED = "applied", "已导入"

    TRAIL_FIELDS: ClassVar[tuple[str, ...]] = ("name", "file_id", "state", "counts")

    file = CountyForeignKey("files.StoredFile", on_delete=models.PROTECT, related_name="+")
    name = models.CharField("文件名", max_length=200)
    state = models.CharField("状态", max_length=10, choices=State.choices)
    datum = models.CharField("坐标系", max_length=10)
    effective_on = models.DateField("生效日期")
    problem = models.CharField("无法读取的原因", max_length=300, blank=True)
    counts = models.JSONField(default=dict)
    findings = models.JSONField(default=list)
    created_by_name = models.CharField("上传人", max_length=60)
    created_by_post = models.CharField("岗位", max_length=120, blank=True)
    created_at = models.DateTimeField()
    applied_at = models.DateTimeField(null=True)
    version = models.PositiveIntegerField(default=1)

    class Meta(CountyModel.Meta):
        verbose_name = "边界导入"
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["county_id", "-created_at"], name="outline_import_newest")
        ]

"""A population list that was sent: checked first, taken in when a person says so."""

from typing import ClassVar

from django.db import models

from shanzhi.files.models import StoredFile
from shanzhi.people.catalogue import Population
from shanzhi.people.models.rights import Look
from shanzhi.tenancy.fields import EncryptedTextField
from shanzhi.tenancy.models import CountyForeignKey, CountyModel, PathField


class RegisterImport(CountyModel):
    """A file with what was found in it. Good rows go in, bad rows come back as a file to mend and to send again."""

    class State(models.TextChoices):
        CHECKING = "checking", "正在检查"
        MAPPING = "mapping", "等待对应列"
        CHECKED = "checked", "已检查，等待导入"
        REFUSED = "refused", "文件无法读取"
        APPLYING = "applying", "正在导入"
        APPLIED = "applied", "已导入"
        CANCELLED = "cancelled", "已取消"

    TRAIL_FIELDS: ClassVar[tuple[str, ...]] = ("name", "file_id", "state", "counts")

    file = CountyForeignKey(StoredFile, on_delete=models.PROTECT, null=True, related_name="+")  # until it is forgotten
    name = models.CharField("文件名", max_length=200)
    path = PathField("导入范围")
    state = models.CharField("状态", max_length=10, choices=State.choices, default=State.CHECKING)
    job_id = models.BigIntegerField("后台任务", null=True)
    as_of = models.DateField("名册日期")
    header = models.JSONField("表头", default=list)
    samples = models.JSONField("遮住的样例", default=list)
    columns = models.JSONField("列对应", default=dict)
    so_far = models.JSONField("已导入的行", default=dict)  # by each batch; `counts` say it once it is over
    problem = models.CharField("无法读取的原因", max_length=300, blank=True)
    counts = models.JSONField(default=dict)
    created_by = models.BigIntegerField("上传人")
    created_by_name = models.CharField("上传人姓名", max_length=60)
    created_by_post = models.CharField("岗位", max_length=120, blank=True)
    created_at = models.DateTimeField()
    applied_at = models.DateTimeField(null=True)
    version = models.PositiveIntegerField(default=1)

    class Meta(CountyModel.Meta):
        verbose_name = "人口名册导入"
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["county_id", "path", "-created_at"], name="register_import_newest")
        ]

    @property
    def is_working(self) -> bool:
        return self.state in (self.State.CHECKING, self.State.APPLYING)


class RegisterFault(CountyModel):
    """One bad row with the sentence that says how to mend it. The row itself is sealed: it is somebody's data."""

    source = CountyForeignKey(RegisterImport, on_delete=models.CASCADE, related_name="faults", index=False)
    number = models.PositiveIntegerField("行号")
    column = models.CharField("列", max_length=40)
    sentence = models.CharField("问题", max_length=300)
    raw = EncryptedTextField("原行")

    class Meta(CountyModel.Meta):
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["county_id", "source", "number"], name="register_fault_once")
        ]


class RegisterExport(CountyModel):
    """A list of people that was taken out: who, what for, how much of it. The file is its maker's, for a day."""

    class State(models.TextChoices):
        WORKING = "working", "正在导出"
        DONE = "done", "已导出"
        OVER = "over", "文件已过期"

    TRAIL_FIELDS: ClassVar[tuple[str, ...]] = (
        "file_id", "state", "population", "purpose", "text", "whole", "count", "created_by",
    )  # fmt: skip

    file = CountyForeignKey(StoredFile, on_delete=models.PROTECT, null=True, related_name="+")
    path = PathField("导出范围")
    place = models.CharField("地方", max_length=60)
    population = models.CharField("人口类别", max_length=8, choices=Population.choices, blank=True)
    purpose = models.CharField("用途", max_length=8, choices=Look.Purpose.choices)
    text = models.CharField("用途说明", max_length=100)
    whole = models.BooleanField("显示完整号码", default=False)
    ending = models.CharField("格式", max_length=4)
    state = models.CharField("状态", max_length=10, choices=State.choices, default=State.WORKING)
    count = models.PositiveIntegerField("人数", default=0)
    job_id = models.BigIntegerField("后台任务", null=True)
    created_by = models.BigIntegerField("导出人")
    created_by_name = models.CharField("导出人姓名", max_length=60)
    created_by_post = models.CharField("岗位", max_length=120, blank=True)
    created_at = models.DateTimeField("导出时间")
    expires_at = models.DateTimeField("文件保留到")
    version = models.PositiveIntegerField(default=1)

    class Meta(CountyModel.Meta):
        verbose_name = "人口名册导出"
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["county_id", "path", "-created_at"], name="register_export_newest"),
            models.Index(fields=["county_id", "created_by", "-created_at"], name="register_export_owner"),
            models.Index(fields=["county_id", "state", "expires_at"], name="register_export_over"),
        ]


class Mapping(CountyModel):
    """Which column of a list is what, remembered by the heads of its columns."""

    signature = models.CharField("表头摘要", max_length=64)
    columns = models.JSONField("列对应", default=dict)
    used_at = models.DateTimeField()

    class Meta(CountyModel.Meta):
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["county_id", "signature"], name="register_mapping_once")
        ]

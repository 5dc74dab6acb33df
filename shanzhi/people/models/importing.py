"""A population list that was sent: checked first, taken in when a person says so."""

from typing import ClassVar

from django.db import models

from shanzhi.files.models import StoredFile
from shanzhi.tenancy.fields import EncryptedTextField
from shanzhi.tenancy.models import CountyForeignKey, CountyModel, PathField


class RegisterImport(CountyModel):
    """A file with what was found in it. Good rows go in, bad rows come back as a file to mend and to send again."""

    class State(models.TextChoices):
        CHECKING = "checking", "正在检查"
        CHECKED = "checked", "已检查，等待导入"
        REFUSED = "refused", "文件无法读取"
        APPLYING = "applying", "正在导入"
        APPLIED = "applied", "已导入"
        CANCELLED = "cancelled", "已取消"

    TRAIL_FIELDS: ClassVar[tuple[str, ...]] = ("name", "file_id", "state", "counts")

    file = CountyForeignKey(StoredFile, on_delete=models.PROTECT, related_name="+")
    name = models.CharField("文件名", max_length=200)
    path = PathField("导入范围")
    state = models.CharField("状态", max_length=10, choices=State.choices, default=State.CHECKING)
    job_id = models.BigIntegerField("后台任务", null=True)
    as_of = models.DateField("名册日期")
    header = models.JSONField("表头", default=list)
    columns = models.JSONField("列对应", default=dict)
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


class Mapping(CountyModel):
    """Which column of a list is what, remembered by the heads of its columns."""

    signature = models.CharField("表头摘要", max_length=64)
    columns = models.JSONField("列对应", default=dict)
    used_at = models.DateTimeField()

    class Meta(CountyModel.Meta):
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["county_id", "signature"], name="register_mapping_once")
        ]

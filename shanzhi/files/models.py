"""Files that belong to a county. The bytes lie sealed on disk (`storage.py`), the row says what they are and whose."""

from pathlib import Path
from typing import BinaryIO, ClassVar

from django.db import models
from django.urls import reverse

from shanzhi.files import storage
from shanzhi.tenancy.models import CountyModel


class FileKind(models.TextChoices):
    PHOTO = "photo", "照片"
    UPLOAD = "upload", "上传的文件"
    EXPORT = "export", "导出的文件"


class StoredFile(CountyModel):
    """A draft of its uploader until it is attached, once and for good, to a record.

    A photo's place is in 1e-7 degree of WGS 84, as its camera wrote it; `size` and
    `sha256` are of the bytes before they are sealed.
    """

    TRAIL_FIELDS: ClassVar[tuple[str, ...]] = (
        "kind",
        "name",
        "content_type",
        "size",
        "sha256",
        "owner_type",
        "owner_id",
        "created_by",
        "created_at",
        "lon",
        "lat",
        "taken_at",
    )

    kind = models.CharField("类型", max_length=10, choices=FileKind.choices)
    name = models.CharField("文件名", max_length=120)
    content_type = models.CharField("格式", max_length=100)
    size = models.BigIntegerField("大小（字节）")
    sha256 = models.CharField("摘要", max_length=64)
    width = models.IntegerField("宽", null=True)
    height = models.IntegerField("高", null=True)
    owner_type = models.CharField("所属类型", max_length=60, blank=True, default="")
    owner_id = models.BigIntegerField("所属记录", null=True)
    created_by = models.BigIntegerField("上传人", null=True)
    device = models.CharField("没有账号的人的浏览器", max_length=64, blank=True, default="")
    created_at = models.DateTimeField("上传时间")
    lon = models.IntegerField("经度", null=True)
    lat = models.IntegerField("纬度", null=True)
    taken_at = models.DateTimeField("拍摄时间", null=True)

    class Meta(CountyModel.Meta):
        verbose_name = "文件"
        verbose_name_plural = "文件"
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["county_id", "owner_type", "owner_id", "id"], name="file_owner"),
            models.Index(
                fields=["county_id", "created_by", "created_at"], condition=models.Q(owner_id=None), name="file_draft"
            ),
            models.Index(
                fields=["county_id", "device"],
                condition=models.Q(owner_id=None) & ~models.Q(device=""),
                name="file_device_draft",
            ),
        ]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                condition=models.Q(owner_type="", owner_id=None)
                | (~models.Q(owner_type="") & ~models.Q(owner_id=None)),
                name="file_owner_whole",
            ),
            models.CheckConstraint(
                condition=models.Q(lon=None, lat=None) | (~models.Q(lon=None) & ~models.Q(lat=None)),
                name="file_place_whole",
            ),
        ]

    @property
    def is_photo(self) -> bool:
        return self.kind == FileKind.PHOTO

    @property
    def is_draft(self) -> bool:
        return self.owner_id is None

    @property
    def url(self) -> str:
        """Where it is shown or downloaded; answers to whoever may see its owner."""
        return reverse("files:file", args=[self.county_id, self.id])

    @property
    def thumb_url(self) -> str:
        return f"{self.url}?size=thumb"

    def path(self, size: str = storage.WHOLE) -> Path:
        return storage.path_of(self.county_id, self.id, size)

    def open(self, size: str = storage.WHOLE) -> BinaryIO:
        """The kept bytes; see `storage.read` for what it raises."""
        return storage.read(self.path(size))

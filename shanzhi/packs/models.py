"""Definitions as data: how a county handles things, in versions that are never altered."""

from typing import ClassVar

from django.db import models

from shanzhi.accounts.models import User
from shanzhi.tenancy.models import CountyForeignKey, CountyModel

CODE_LENGTH = 40
TITLE_LENGTH = 80
NOTE_LENGTH = 200


class Definition(CountyModel):
    """One thing that a county has defined: its family, its code, and which of its versions counts now.

    `digest`, `origin` and `pack` are those of the current version; `history` is the newest link of the versions' chain,
    so the trail's entry for the definition proves them all. A retired one keeps its versions and can come back.
    """

    family = models.CharField("种类", max_length=CODE_LENGTH)
    code = models.CharField("代码", max_length=CODE_LENGTH)
    title = models.CharField("名称", max_length=TITLE_LENGTH, blank=True)
    current_number = models.PositiveIntegerField("现行版本", default=0)
    current_id = models.BigIntegerField("现行版本的编号", null=True)
    digest = models.CharField("内容的指纹", max_length=64, blank=True)
    origin = models.CharField("来源", max_length=8, blank=True)
    pack = models.CharField("规则包", max_length=CODE_LENGTH, blank=True)
    changed_at = models.DateTimeField("最近变更", null=True)
    retired_at = models.DateTimeField("停用时间", null=True)
    version = models.PositiveIntegerField(default=0)
    history = models.CharField("版本的指纹", max_length=64, blank=True)

    TRAIL_FIELDS: ClassVar[tuple[str, ...]] = (
        "family", "code", "title", "current_number", "current_id", "digest", "origin", "pack", "changed_at",
        "retired_at", "version", "history",
    )  # fmt: skip

    class Meta(CountyModel.Meta):
        verbose_name = "办事规则"
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["county_id", "family", "code"], name="definition_once")
        ]

    def __str__(self) -> str:
        return self.title or self.code

    @property
    def is_retired(self) -> bool:
        return self.retired_at is not None


class Version(CountyModel):
    """What a definition said from one publication to the next. Records point to the version under which they began.

    `body` holds what differs from the schema's defaults; `digest` is SHA-256 over its canonical form; `link` chains it
    to the version before.
    """

    class Origin(models.TextChoices):
        PACK = "pack", "装入"
        EDITED = "edited", "本地修改"

    APPEND_ONLY: ClassVar[bool] = True
    definition = CountyForeignKey(Definition, on_delete=models.PROTECT, related_name="versions", index=False)
    family = models.CharField("种类", max_length=CODE_LENGTH)
    code = models.CharField("代码", max_length=CODE_LENGTH)
    number = models.PositiveIntegerField("版本")
    title = models.CharField("名称", max_length=TITLE_LENGTH)
    body = models.JSONField("内容")
    digest = models.CharField("指纹", max_length=64)
    origin = models.CharField("来源", max_length=8, choices=Origin.choices)
    pack = models.CharField("规则包", max_length=CODE_LENGTH, blank=True)
    note = models.CharField("为什么改", max_length=NOTE_LENGTH, blank=True)
    published_at = models.DateTimeField("发布时间")
    published_by = CountyForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+", index=False)
    published_by_name = models.CharField("发布人", max_length=60)
    published_by_post = models.CharField("岗位", max_length=120, blank=True)
    link = models.CharField("链", max_length=64)

    class Meta(CountyModel.Meta):
        verbose_name = "规则版本"
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["county_id", "definition", "number"], name="definition_version_once")
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["county_id", "family", "code", "number"], name="definition_version_code")
        ]

    def __str__(self) -> str:
        return f"{self.title} 第 {self.number} 版"

"""The trail of a county: what was done, by whom, when, and proof that nothing of it was altered since.

No table here holds a personal value: an entry names ids and a salted digest of the record's declared fields.
"""

from datetime import datetime
from typing import ClassVar

from django.db import models

from shanzhi.lib.canonical import canonical
from shanzhi.lib.merkle import leaf_hash
from shanzhi.tenancy.models import CountyForeignKey, CountyModel


class Entry(CountyModel):
    """One act on one object, or one bulk act on up to 1,000 objects of a type (`size` > 0, `object_id` 0).

    `leaf` = SHA-256(0x00 ‖ canonical columns): whoever alters a column must alter the leaf, and then it no longer is
    the one that was sealed.
    """

    APPEND_ONLY: ClassVar[bool] = True
    at = models.DateTimeField("时间")
    actor_id = models.BigIntegerField("经手人", null=True)
    post_id = models.BigIntegerField("岗位", null=True)
    code = models.CharField("事项", max_length=80)
    object_type = models.CharField("对象类别", max_length=60)
    object_id = models.BigIntegerField("对象")
    version = models.IntegerField("对象版本", default=0)
    size = models.PositiveSmallIntegerField("批量条数", default=0)
    digest = models.BinaryField(max_length=32)
    leaf = models.BinaryField(max_length=32)

    class Meta(CountyModel.Meta):
        verbose_name = "留痕记录"
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["county_id", "at", "id"], name="trail_entry_time"),
            models.Index(fields=["county_id", "object_id", "at", "id"], name="trail_entry_object"),
            models.Index(fields=["county_id", "actor_id", "at", "id"], name="trail_entry_actor"),
        ]

    def computed_leaf(self) -> bytes:
        """The leaf that the columns as they are now give."""
        columns = (
            self.county_id,
            self.id,
            self.at,
            self.actor_id,
            self.post_id,
            self.code,
            self.object_type,
            self.object_id,
            self.version,
            self.size,
            bytes(self.digest),
        )
        return leaf_hash(canonical(columns))


class Salt(CountyModel):
    """The secret half of an object's digests; destroyed with the object's data, after which nobody can guess them."""

    object_type = models.CharField(max_length=60)
    object_id = models.BigIntegerField()
    value = models.BinaryField(max_length=16)

    class Meta(CountyModel.Meta):
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["county_id", "object_type", "object_id"], name="trail_salt_object")
        ]


class Batch(CountyModel):
    """The members of a bulk entry, packed: each an object's id, version and digest, in the order of their ids.

    The entry's digest is the Merkle root over the members, so they need no leaves of their own.
    """

    APPEND_ONLY: ClassVar[bool] = True
    entry_id = models.BigIntegerField()
    object_type = models.CharField(max_length=60)
    first_id = models.BigIntegerField()
    last_id = models.BigIntegerField()
    members = models.BinaryField()

    class Meta(CountyModel.Meta):
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["county_id", "entry_id"], name="trail_batch_entry")
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["county_id", "object_type", "first_id"], name="trail_batch_range")
        ]


class Seal(CountyModel):
    """A closed group of entries: the Merkle root over their leaves, chained to the seal before by its digest."""

    APPEND_ONLY: ClassVar[bool] = True
    number = models.PositiveIntegerField("编号")
    root = models.BinaryField(max_length=32)
    count = models.PositiveIntegerField("条数")
    previous = models.BinaryField(max_length=32)
    digest = models.BinaryField(max_length=32)
    sealed_at = models.DateTimeField("封存时间")

    class Meta(CountyModel.Meta):
        verbose_name = "封存"
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["county_id", "number"], name="trail_seal_number")
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["county_id", "sealed_at"], name="trail_seal_time")
        ]

    @property
    def root_hex(self) -> str:
        return bytes(self.root).hex()

    @property
    def digest_hex(self) -> str:
        return bytes(self.digest).hex()

    @property
    def previous_hex(self) -> str:
        return bytes(self.previous).hex()

    @property
    def root_parts(self) -> list[str]:
        """In eights, between which a page may break the line."""
        return _eights(self.root_hex)

    @property
    def digest_parts(self) -> list[str]:
        return _eights(self.digest_hex)

    @property
    def previous_parts(self) -> list[str]:
        return _eights(self.previous_hex)

    def computed_digest(self) -> bytes:
        return seal_digest(
            county_id=self.county_id,
            number=self.number,
            root=bytes(self.root),
            count=self.count,
            previous=bytes(self.previous),
            sealed_at=self.sealed_at,
        )


def _eights(text: str) -> list[str]:
    return [text[at : at + 8] for at in range(0, len(text), 8)]


def seal_digest(*, county_id: int, number: int, root: bytes, count: int, previous: bytes, sealed_at: datetime) -> bytes:
    """What the next seal and the copies outside the database refer to."""
    return leaf_hash(canonical(("seal", county_id, number, root, count, previous, sealed_at)))


class SealItem(CountyModel):
    """That an entry with this leaf lies under a seal, at this place (from 0).

    `entry_id` is no foreign key on purpose: its check would lock each sealed entry, and an entry that somebody
    removed must still be nameable.
    """

    APPEND_ONLY: ClassVar[bool] = True
    seal = CountyForeignKey(Seal, on_delete=models.PROTECT, index=False)
    entry_id = models.BigIntegerField()
    position = models.PositiveIntegerField()
    leaf = models.BinaryField(max_length=32)

    class Meta(CountyModel.Meta):
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["county_id", "entry_id"], name="trail_item_entry"),
            models.UniqueConstraint(fields=["county_id", "seal", "position"], name="trail_item_place"),
        ]


class Check(CountyModel):
    """One verification of the whole trail of a county, with what it found."""

    started_at = models.DateTimeField("开始时间")
    ended_at = models.DateTimeField("结束时间")
    entries = models.PositiveIntegerField("留痕记录")
    objects_checked = models.PositiveIntegerField("对象")
    seals = models.PositiveIntegerField("封存")
    erased = models.PositiveIntegerField("已依法删除")
    finding_count = models.PositiveIntegerField("问题")
    findings = models.JSONField(default=list)

    class Meta(CountyModel.Meta):
        verbose_name = "核对"
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["county_id", "ended_at"], name="trail_check_time")
        ]

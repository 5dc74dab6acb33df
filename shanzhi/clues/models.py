"""Tables of their own, to which nothing outside of this app points. Every text in them is sealed with the clues' key.

What stands in clear is what lists are entered by: ids, numbers drawn at random, states, times and the officers.
"""

import secrets
from typing import Any, ClassVar

from django.db import models

from shanzhi.accounts.models import User
from shanzhi.clues.catalogue import SHAPES, TOLD, Act, State
from shanzhi.clues.fields import SealedField
from shanzhi.tenancy.fields import CountyIdField
from shanzhi.tenancy.models import CountyForeignKey, CountyModel

NUMBER = 8  # signs of a clue's number: at random, so that none of them tells how many there are


def random_id() -> int:
    """An id that tells neither when nor after which other one it was made: it stands in addresses."""
    return secrets.randbelow(2**62) + 1


class ClueOfficer(CountyModel):
    """A person named to the clue desk, from one moment to another. Leads read and assign what they are not barred from.

    Who is on the desk is no secret and lies in the county's trail. Never deleted.
    """

    user = CountyForeignKey(User, on_delete=models.PROTECT, related_name="+", verbose_name="人员")
    lead = models.BooleanField("牵头", default=False)
    appointed_at = models.DateTimeField("任命时间")
    appointed_by = models.BigIntegerField("任命人", null=True)
    ended_at = models.DateTimeField("结束时间", null=True)
    ended_by = models.BigIntegerField("结束人", null=True)
    reason = models.CharField("结束原因", max_length=200, blank=True)
    version = models.IntegerField("版本", default=0)

    TRAIL_FIELDS: ClassVar[tuple[str, ...]] = (
        "user_id", "lead", "appointed_at", "appointed_by", "ended_at", "ended_by", "reason", "version",
    )  # fmt: skip

    class Meta(CountyModel.Meta):
        verbose_name = "线索专办员"
        verbose_name_plural = "线索专办员"
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(
                fields=["county_id", "user"], condition=models.Q(ended_at__isnull=True), name="clue_officer_once"
            )
        ]


class Clue(CountyModel):
    """What somebody handed in. Its texts never change; `state`, `version` and `last_at` follow its steps.

    Nothing says who handed it in but what they wrote of themselves. `secret` is the receipt's.
    """

    id = CountyIdField(primary_key=True, default=random_id, editable=False)
    number = models.CharField("编号", max_length=NUMBER)
    received_at = models.DateTimeField("收到时间")
    state = models.CharField("状态", max_length=12, choices=State.choices, default=State.RECEIVED)
    last_at = models.DateTimeField("最近办理")
    version = models.IntegerField("版本", default=0)
    secret = SealedField("查询码")
    secret_mark = models.CharField("查询码摘要", max_length=64)
    body = SealedField("内容")
    place = SealedField("地点")
    whom = SealedField("反映的人")
    name = SealedField("举报人称呼")
    phone = SealedField("举报人电话")

    class Meta(CountyModel.Meta):
        verbose_name = "线索"
        verbose_name_plural = "线索"
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(fields=["county_id", "number"], name="clue_number"),
            models.UniqueConstraint(fields=["county_id", "secret_mark"], name="clue_secret"),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["county_id", "state", "received_at", "id"], name="clue_state"),
            models.Index(fields=["county_id", "received_at", "id"], name="clue_received"),
        ]

    @property
    def shown_number(self) -> str:
        """7K2M-9QPA."""
        return f"{self.number[:4]}-{self.number[4:]}"

    @property
    def shape(self) -> str:
        return SHAPES[self.state]

    @property
    def told(self) -> str:
        return TOLD[self.state]


class Bar(CountyModel):
    """That a person may never know of a clue; `who` is a keyed digest: nothing says whom somebody fears."""

    clue = CountyForeignKey(Clue, on_delete=models.CASCADE, related_name="bars")
    who = models.CharField(max_length=64)

    class Meta(CountyModel.Meta):
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(fields=["county_id", "clue", "who"], name="clue_bar_once")
        ]


class Assignee(CountyModel):
    """An officer to whom a clue is assigned now; one that was before they were named (anew) counts for nothing."""

    clue = CountyForeignKey(Clue, on_delete=models.CASCADE, related_name="assignees")
    user = CountyForeignKey(User, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta(CountyModel.Meta):
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(fields=["county_id", "clue", "user"], name="clue_assignee_once")
        ]


class Step(CountyModel):
    """One thing that was done to or read of a clue, by whom (nobody: by its informant) and when.

    `serial` counts all steps of the county without a gap, `seal` is the keyed digest over everything that the step says
    (and the clue, in its first): neither can be altered, taken out or made up without the clues' key.
    """

    clue = CountyForeignKey(Clue, on_delete=models.CASCADE, related_name="steps")
    serial = models.BigIntegerField()
    act = models.CharField(max_length=10, choices=Act.choices)
    state = models.CharField(max_length=12, choices=State.choices)
    actor_id = models.BigIntegerField(null=True)
    at = models.DateTimeField()
    note = SealedField(null=True)
    told = SealedField(null=True)
    facts = SealedField(null=True)
    seal = models.CharField(max_length=64)

    class Meta(CountyModel.Meta):
        constraints: ClassVar[list[Any]] = [models.UniqueConstraint(fields=["county_id", "serial"], name="clue_serial")]


class Head(CountyModel):
    """How many steps a county has, with a keyed digest of that number; one row, locked by whoever writes a step."""

    name = models.CharField(max_length=10)
    last = models.BigIntegerField()
    seal = models.CharField(max_length=64, null=True)

    class Meta(CountyModel.Meta):
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(fields=["county_id", "name"], name="clue_head_once")
        ]


class Once(CountyModel):
    """A key under which something was done, both as keyed digests: the house's own table of keys is everybody's."""

    key = models.CharField(max_length=64)
    body = models.CharField(max_length=64)
    result_id = models.BigIntegerField()
    at = models.DateTimeField()

    class Meta(CountyModel.Meta):
        constraints: ClassVar[list[Any]] = [models.UniqueConstraint(fields=["county_id", "key"], name="clue_once")]
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["county_id", "at"], name="clue_once_age")]


class Knock(CountyModel):
    """How often one address did something within an hour: a keyed digest that leads to no clue, soon gone."""

    source = models.CharField(max_length=64)
    last = models.IntegerField()

    class Meta(CountyModel.Meta):
        constraints: ClassVar[list[Any]] = [models.UniqueConstraint(fields=["county_id", "source"], name="clue_knock")]

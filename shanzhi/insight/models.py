"""Roll-ups: whole numbers for each place of every level and each day, kept incrementally and equal to a full recount.

None of these is a record of its own: everything here follows from the cases, and `manage.py rollup --recount` makes it
anew. That is why no trail covers it.
"""

from typing import ClassVar

from django.db import models

from shanzhi.tenancy.models import CountyModel, PathField


class Touched(CountyModel):
    """A case changed in something that is counted. Written by the database itself, in the transaction of the change
    (`marking.py`), only ever inserted, and taken away by whoever has counted the case anew."""

    case_id = models.BigIntegerField("事件")


class Rolling(CountyModel):
    """How far a county is: one row, whose lock lets only one count at a time. The id is the county.

    `rules` is the version of what is counted; until it is the present one nobody reads the roll-ups. `batch` grows
    with every change of them, so that a reader of several statements sees whether they belong together.
    """

    rules = models.PositiveIntegerField(default=0)
    batch = models.PositiveBigIntegerField(default=0)
    counted_at = models.DateTimeField("最近一次汇总", null=True)
    recounted_at = models.DateTimeField("最近一次重算", null=True)


class Counted(CountyModel):
    """What a case contributes at present, as it was counted last. The id is the case's; `facts` is `Share.text`."""

    path = PathField()
    shown = models.CharField("只有哪些岗位能看", max_length=400, blank=True, default="")
    facts = models.CharField("计入的各项", max_length=200, blank=True, default="")


class PlaceDay(CountyModel):
    """The facts of a place, with everything below it, on one day of China; one row for each group of roles that may
    see the kinds counted in it (`Case.seen_by`), empty for everybody. `up` is the path of the place above."""

    path = PathField()
    up = PathField()
    shown = models.CharField("只有哪些岗位能看", max_length=400, blank=True, default="")
    day = models.DateField("日期")
    reported = models.IntegerField("上报", default=0)
    accepted = models.IntegerField("受理", default=0)
    due = models.IntegerField("应办结", default=0)
    finished = models.IntegerField("应办结里已办结", default=0)
    in_time = models.IntegerField("按期办结", default=0)
    to_contact = models.IntegerField("应联系", default=0)
    contacted = models.IntegerField("联系", default=0)
    dispatched = models.IntegerField("派遣", default=0)
    accurate = models.IntegerField("一次派准", default=0)
    returned = models.IntegerField("退回", default=0)
    closed = models.IntegerField("办结", default=0)
    reopened = models.IntegerField("返工", default=0)
    rated = models.IntegerField("反映人评价", default=0)
    satisfied = models.IntegerField("反映人评价满意", default=0)
    ended = models.IntegerField("结束", default=0)
    called = models.IntegerField("回访到", default=0)
    solved = models.IntegerField("回访说解决了", default=0)
    called_satisfied = models.IntegerField("回访满意", default=0)
    waiting = models.IntegerField("这天收到、现在在办", default=0)
    paused = models.IntegerField("这天收到、现在挂账", default=0)
    endless = models.IntegerField("这天收到、现在不限时", default=0)
    running = models.IntegerField("这天到期、现在在办", default=0)

    class Meta(CountyModel.Meta):
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["county_id", "path", "day", "shown"], name="place_day_once")
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["county_id", "up", "day"], name="place_day_up"),
            models.Index(
                fields=["county_id", "up", "path"],
                name="place_day_standing",
                condition=~models.Q(waiting=0) | ~models.Q(running=0),
            ),
        ]


class PlacePair(CountyModel):
    """Cases that their reporter rated on one day and that were called back on another or the same: within a period
    that has both they are one, and what was said on the phone counts. Few."""

    path = PathField()
    up = PathField()
    shown = models.CharField("只有哪些岗位能看", max_length=400, blank=True, default="")
    rated_on = models.DateField("评价日期")
    called_on = models.DateField("回访日期")
    pairs = models.IntegerField("两样都有", default=0)
    pairs_satisfied = models.IntegerField("评价满意", default=0)

    class Meta(CountyModel.Meta):
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["county_id", "path", "called_on", "rated_on", "shown"], name="place_pair_once"
            )
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["county_id", "up", "called_on"], name="place_pair_up"),
        ]

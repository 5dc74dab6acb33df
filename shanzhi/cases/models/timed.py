"""The clock that a case, an assignment and a supervision each carry."""

from typing import ClassVar

from django.db import models

from shanzhi.lib.clocks import Unit
from shanzhi.tenancy.models import CountyModel


class Timed(CountyModel):
    """One clock: `allowed` and `spent` in whole seconds (the two hour units) or whole days (the two day units).

    It runs while `running_since` is set; `due_at` follows from it, from what is left and from the calendar. Late is
    `due_at < now`, never a stored mark. `watch_at` is when the watcher looks next (half, due, three times the time
    allowed; or the end of a suspension), `warned` how many of the three it has told of.
    """

    clock_unit = models.CharField("时限单位", max_length=16, choices=[(u.value, u.value) for u in Unit], blank=True)
    allowed = models.PositiveIntegerField("时限", default=0)
    spent = models.PositiveIntegerField("已用", default=0)
    running_since = models.DateTimeField("起算", null=True)
    due_at = models.DateTimeField("到期", null=True)
    watch_at = models.DateTimeField("下次查看", null=True)
    warned = models.PositiveSmallIntegerField("已提醒", default=0)

    CLOCK: ClassVar[tuple[str, ...]] = (
        "clock_unit", "allowed", "spent", "running_since", "due_at", "watch_at", "warned",
    )  # fmt: skip

    class Meta(CountyModel.Meta):
        abstract = True

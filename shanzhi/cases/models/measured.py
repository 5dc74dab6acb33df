"""What the rates are counted from: moments of a case's way, kept by its acts so that nobody reads its steps for it."""

from typing import ClassVar

from django.db import models

from shanzhi.cases.models.timed import Timed


class Measured(Timed):
    """Set by the engine with the act itself (`services/measuring.py`); every one follows from the steps.

    `reachable`: somebody can be called about it (left a number, or is a resident with an account). `close_by` is by
    when the result of handling is due in the present round; a suspended case has none to be counted. A round begins
    with the acceptance, anew when the case is reopened or its reporter is not satisfied. `dispatches` are those of
    the round, `redispatched` that one round had several. `handled_at` is the last result that still stands, `closed_at`
    the first closing, `satisfied` the last rating by the reporter.
    """

    reachable = models.BooleanField("有人可联系", default=False)
    accepted_at = models.DateTimeField("受理时间", null=True)
    close_by = models.DateTimeField("应办结时间", null=True)
    dispatched_at = models.DateTimeField("首次派遣时间", null=True)
    dispatches = models.PositiveSmallIntegerField("本轮派遣次数", default=0)
    redispatched = models.BooleanField("改派过", default=False)
    handed_back = models.BooleanField("被承办方退回过", default=False)
    handled_at = models.DateTimeField("处理完毕时间", null=True)
    closed_at = models.DateTimeField("首次办结时间", null=True)
    contacted_at = models.DateTimeField("首次联系上的时间", null=True)
    rated_at = models.DateTimeField("评价时间", null=True)
    satisfied = models.BooleanField("满意", null=True)

    MEASURES: ClassVar[tuple[str, ...]] = (
        "reachable", "accepted_at", "close_by", "dispatched_at", "dispatches", "redispatched", "handed_back",
        "handled_at", "closed_at", "contacted_at", "rated_at", "satisfied",
    )  # fmt: skip

    class Meta(Timed.Meta):
        abstract = True


def measure_indexes() -> list[models.Index]:
    """One for each moment that a rate counts by; those of the public page of a village begin with the village."""
    county = {"case_close_by": "close_by", "case_dispatched": "dispatched_at", "case_closed": "closed_at"}
    county |= {"case_rated": "rated_at"}
    village = {"case_village_close_by": "close_by", "case_village_closed": "closed_at"}
    village |= {"case_village_rated": "rated_at"}
    places = [(name, ["county_id"], column) for name, column in county.items()]
    places += [(name, ["county_id", "village_path"], column) for name, column in village.items()]
    return [
        models.Index(fields=[*first, column], name=name, condition=models.Q((f"{column}__isnull", False)))
        for name, first, column in places
    ]

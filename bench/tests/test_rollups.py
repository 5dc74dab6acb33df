"""The measurement of the roller does what it says: acts that are really counted, and a limit that is written."""

from django.db import connection
from django.utils import timezone

from bench.__main__ import NAMES
from bench.report import TARGETS
from bench.rolling import BARE, act, bare, measured
from bench.rollups import result_of
from shanzhi.insight.models import PlaceDay, Touched
from shanzhi.insight.tests.proof import built
from shanzhi.lib.times import local
from tests.cast import Cast, report


def test_acts_are_rolled_and_a_recount_agrees(cast: Cast) -> None:
    for _ in range(3):
        report(cast)
    built()
    report(cast)
    now = timezone.now()
    said = measured(at=now, acts=3)
    assert (said["acts"], said["cases"], said["agrees"]) == (3, 4, True)
    assert said["seconds"] > 0 < said["bare_s"]
    assert not Touched.objects.exists()
    county = PlaceDay.objects.get(path=cast.areas["county"].path, day=local(now).date())
    assert (county.reported, county.closed, county.rated, county.satisfied) == (4, 3, 3, 3)


def test_an_act_leaves_a_mark_for_each_case(cast: Cast) -> None:
    built()
    ids = [report(cast).id for _ in range(2)]
    before = Touched.objects.count()
    act(ids, at=timezone.now())
    assert Touched.objects.count() - before == 2


def test_the_limit_leaves_nothing_behind(cast: Cast) -> None:
    assert bare([report(cast).id]) > 0
    assert BARE not in connection.introspection.table_names()


def test_the_target_is_the_issues() -> None:
    said = {"acts": 1000, "seconds": 1.0, "bare_s": 0.1, "cases": 5, "rows": 9, "recount_s": 0.1, "agrees": True}
    result = result_of({**said, "batches": 1})
    assert (result.rows_per_s, result.limit_per_s, result.ratio) == (1000, 10_000, 0.1)
    assert result.missed() == []
    assert result_of({**said, "seconds": 4.0, "batches": 1}).missed() == list(TARGETS["rollup"])
    assert "rollup" in NAMES

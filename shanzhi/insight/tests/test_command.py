"""`manage.py rollup`: up to date, or counted anew with what differed; for one county or all."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from shanzhi.insight.models import PlaceDay, Rolling, Touched
from shanzhi.insight.services import recount
from shanzhi.insight.tests.proof import built
from shanzhi.tenancy.context import county
from shanzhi.tenancy.models import County
from tests.cast import Cast, build_cast, report

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def town() -> Cast:
    row = County.objects.create(id=341181, code="341181", name="天长市", joined_at=timezone.now())
    return build_cast(row)


def said(*arguments: str) -> str:
    out = StringIO()
    call_command("rollup", *arguments, stdout=out)
    return out.getvalue()


def rows() -> int:
    """A day of four places for the report, and one for its limit, if that is another day."""
    with county(341181):
        return PlaceDay.objects.count()


def test_the_first_time_rolls_nothing_and_a_recount_builds_all(town: Cast) -> None:
    with county(341181):
        report(town)
    assert said() == "341181：汇总了 0 处变动。\n"
    first = said("--recount")
    assert first == f"341181：重算了 1 件事件、{rows()} 行汇总，第一次汇总。\n"
    with county(341181):
        report(town)
    assert said("--county", "341181") == "341181：汇总了 1 处变动。\n"
    assert said("--recount") == f"341181：重算了 2 件事件、{rows()} 行汇总，全部相符。\n"


def test_what_differed_is_said_with_the_exit_code(town: Cast) -> None:
    with county(341181):
        report(town)
        built()
        PlaceDay.objects.filter(path=town.areas["t1"].path, reported=1).update(closed=3)
    out = StringIO()
    with pytest.raises(SystemExit) as ended:
        call_command("rollup", "--recount", stdout=out)
    assert ended.value.code == 1
    assert "{'closed': 3} is {'closed': 0}" in out.getvalue()
    assert "0 件和 1 行不符，已更正" in out.getvalue()
    assert "全部相符" in said("--recount")


def test_a_county_that_there_is_not(town: Cast) -> None:
    with pytest.raises(CommandError, match="没有这个县"):
        said("--county", "999999")


def test_another_countys_rows_are_left_alone(town: Cast) -> None:
    other = County.objects.create(id=410927, code="410927", name="台前县", joined_at=timezone.now())
    there = build_cast(other)
    with county(410927):
        report(there)
        built()
    with county(341181):
        report(town)
        assert recount(at=timezone.now()).cases == 1
        assert Rolling.objects.count() == 1
    with county(410927):
        assert not Touched.objects.exists()
        assert PlaceDay.objects.get(path=there.areas["county"].path, reported__gt=0).reported == 1
    assert said("--recount", "--county", "410927").startswith("410927：重算了 1 件")

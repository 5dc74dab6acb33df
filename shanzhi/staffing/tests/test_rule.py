"""How many there must be: by whom it is changed, for a level or one place, and what stays of it."""

from datetime import timedelta
from typing import Any

import pytest

from shanzhi.lib.errors import Conflict, Forbidden, Invalid, NotFound, Stale
from shanzhi.staffing import services
from shanzhi.staffing.models import RuleEntry
from shanzhi.staffing.selectors import rule_entries, rule_on
from shanzhi.staffing.tests.conftest import NOW, TODAY
from shanzhi.trail.models import Entry
from tests.cast import Cast


def change(cast: Cast, by: str = "county_centre", **changes: Any) -> RuleEntry:
    level = "" if "place" in changes else "village"
    call = {"role": "police", "level": level, "least": 1, "reason": "一村一警", "at": NOW, **changes}
    return services.rule_set(actor=cast.actor(by), **call)


def test_a_level_is_ruled_by_the_county_with_a_reason_and_a_trail(cast: Cast) -> None:
    row = change(cast)
    assert (row.number, row.since, row.reason, row.area_id) == (1, TODAY, "一村一警", None)
    assert rule_on(TODAY).needs("village") == {"police": 1}
    assert Entry.objects.filter(code="staffing.rule.changed").count() == 1
    assert change(cast, least=2).number == 2
    assert [entry.least for entry in rule_entries()] == [2, 1]


def test_a_place_has_its_own_and_may_go_back(cast: Cast) -> None:
    grid = cast.areas["g1"]
    row = change(cast, "command_centre", role="worker", place=grid.code, least=3, reason="专属网格")
    assert (row.level, row.area_id) == ("grid", grid.id)
    assert rule_on(TODAY).least("grid", "worker", grid.id) == 3
    assert rule_on(TODAY).least("grid", "worker", cast.areas["g2"].id) == 1
    change(cast, "command_centre", role="worker", place=grid.code, least=0, reason="由村里兼")
    assert "worker" not in rule_on(TODAY).needs("grid", grid.id)
    change(
        cast, "command_centre", role="worker", place=grid.code, least=None, reason="取消", at=NOW + timedelta(hours=1)
    )
    assert rule_on(TODAY).least("grid", "worker", grid.id) == 1


def test_a_level_goes_back_to_the_default(cast: Cast) -> None:
    change(cast, role="instructor", level="grid", least=5)
    change(cast, role="instructor", level="grid", least=None, reason="恢复")
    assert rule_on(TODAY).least("grid", "instructor") == 2
    change(cast)
    change(cast, least=None, reason="取消")
    assert rule_on(TODAY).needs("village") == {}


def test_a_township_rules_its_own_places_only(cast: Cast) -> None:
    with pytest.raises(Forbidden) as error:
        change(cast, "command_centre")
    assert "县指挥中心" in error.value.message
    with pytest.raises(NotFound):
        change(cast, "command_centre", role="worker", place=cast.areas["g3"].code, least=2)
    for role in ("township_officer", "county_leader", "system_admin"):
        with pytest.raises(Forbidden):
            change(cast, role)
    assert not RuleEntry.objects.exists()


@pytest.mark.parametrize(
    ("changes", "field", "words"),
    [
        ({"least": 100}, "least", "0 到 99"),
        ({"least": -1}, "least", "0 到 99"),
        ({"role": "leader"}, "what", "不设网格长"),
        ({"role": "secretary"}, "what", "不设村支部书记"),
        ({"role": "king"}, "what", "请选级别和岗位"),
        ({"level": ""}, "what", "请选级别和岗位"),
        ({"reason": "  "}, "reason", "请写明"),
        ({"reason": "长" * 201}, "reason", "200 字"),
    ],
)
def test_what_is_wrong_is_said_beside_its_field(cast: Cast, changes: Any, field: str, words: str) -> None:
    with pytest.raises(Invalid) as error:
        change(cast, **changes)
    assert words in error.value.fields[field][0]


def test_a_role_that_the_place_can_not_have_is_told_of_the_place(cast: Cast) -> None:
    with pytest.raises(Invalid) as error:
        change(cast, role="chief", place=cast.areas["g1"].code)
    assert "网格不设总网格长" in error.value.fields["place"][0]


def test_what_counts_already_and_what_was_changed_since_are_conflicts(cast: Cast) -> None:
    change(cast, seen=0)
    with pytest.raises(Conflict) as error:
        change(cast)
    assert error.value.code == "rule_same"
    with pytest.raises(Stale):
        change(cast, least=2, seen=0)
    assert services.rule_count() == 1
    assert change(cast, least=2, seen=1).number == 2
    with pytest.raises(Conflict):
        change(cast, role="worker", place=cast.areas["g1"].code, least=None)


def test_the_same_key_changes_it_once(cast: Cast) -> None:
    assert change(cast, key="k").id == change(cast, key="k").id
    assert RuleEntry.objects.count() == 1

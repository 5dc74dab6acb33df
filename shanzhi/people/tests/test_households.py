"""Households: opened, joined, left, another head, split, merged, closed; every member's history says so."""

from datetime import date, timedelta
from typing import Any

import pytest

from shanzhi.lib.errors import Conflict, Forbidden, Invalid, NotFound, Stale
from shanzhi.people.catalogue import Relation
from shanzhi.people.models import Household, Resident
from shanzhi.people.selectors.homes import household_members, household_page, households_offered
from shanzhi.people.services import (
    head_change,
    household_close,
    household_join,
    household_leave,
    household_merge,
    household_split,
)
from shanzhi.people.tests.world import ago, happen, household, resident, stays, today
from shanzhi.trail.models import Entry
from tests.cast import Cast


def fresh(row: Any) -> Any:
    return type(row).objects.get(id=row.id)


def join(cast: Cast, home: Household, row: Resident, relation: str, *, by: str = "village_clerk", **said: Any) -> Any:
    said = {"on": today(), **said}
    return household_join(actor=cast.actor(by), number=home.id, resident=row.id, relation=relation, **said)


def leave(cast: Cast, row: Resident, *, by: str = "village_clerk", **said: Any) -> Resident:
    said = {"on": today(), "version": fresh(row).version, **said}
    return household_leave(actor=cast.actor(by), resident=row.id, **said)


def head(cast: Cast, home: Household, row: Resident, *, by: str = "village_clerk", **said: Any) -> Household:
    said = {"on": today(), "version": fresh(home).version, **said}
    return head_change(actor=cast.actor(by), number=home.id, head=row.id, **said)


def split(cast: Cast, home: Household, members: dict[Resident, str], **said: Any) -> Household:
    by = said.pop("by", "village_clerk")
    said = {"on": today(), "version": fresh(home).version, **said}
    ids = {row.id: relation for row, relation in members.items()}
    return household_split(actor=cast.actor(by), number=home.id, members=ids, **said)


def merge(cast: Cast, home: Household, into: Household, **said: Any) -> Household:
    by = said.pop("by", "village_clerk")
    said = {"on": today(), "version": fresh(home).version, **said}
    return household_merge(actor=cast.actor(by), number=home.id, into=into.id, **said)


def close(cast: Cast, home: Household, **said: Any) -> Household:
    by = said.pop("by", "village_clerk")
    said = {"on": today(), "version": fresh(home).version, **said}
    return household_close(actor=cast.actor(by), number=home.id, **said)


def relations(home: Household) -> dict[str, str]:
    return dict(Resident.objects.filter(household=home).values_list("name", "relation"))


class Family:
    """A head, a wife and two grown children in one household."""

    def __init__(self, cast: Cast) -> None:
        self.man, self.wife = resident(cast, name="张大"), resident(cast, name="李妻")
        self.son, self.girl = resident(cast, name="张儿"), resident(cast, name="张女")
        members = {self.man: "0", self.wife: "1", self.son: "2", self.girl: "3"}
        self.home = household(cast, members)


@pytest.fixture
def family(cast: Cast) -> Family:
    return Family(cast)


def test_numbers_count_up_within_a_year(cast: Cast) -> None:
    numbers = [household(cast).number for _ in range(3)]
    year = today().year
    assert numbers == [f"{year}-000001", f"{year}-000002", f"{year}-000003"]
    with pytest.raises(Invalid):
        household(cast, kind="crowd")
    assert household(cast, kind="collective").number == f"{year}-000004"  # the refused one was given back


def test_opened_with_its_members(cast: Cast, family: Family) -> None:
    assert relations(family.home) == {"张大": "0", "李妻": "1", "张儿": "2", "张女": "3"}
    assert stays(family.wife) == [(ago(400), ago(300), "first"), (ago(300), None, "household")]
    assert family.home.area_path == cast.areas["g1"].path
    assert Entry.objects.filter(code="people.household.opened").count() == 1
    assert Entry.objects.filter(code="people.resident.household").count() == 4


@pytest.mark.parametrize(
    ("said", "field"),
    [
        ({"place": "t1"}, "place"), ({"kind": "crowd"}, "kind"), ({"on": today() + timedelta(days=1)}, "on"),
        ({"on": date(1800, 1, 1)}, "on"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_said_beside_its_field(cast: Cast, said: dict[str, Any], field: str) -> None:
    with pytest.raises(Invalid) as refused:
        household(cast, **said)
    assert list(refused.value.fields) == [field]
    assert not Household.objects.exists()


def test_members_must_be_here_and_alive(cast: Cast) -> None:
    dead, foreign = resident(cast), resident(cast, by="other_clerk", place="g3", name="外村")
    happen(cast, dead, "died")
    for row in (dead, foreign):
        with pytest.raises(Invalid) as refused:
            household(cast, {row: "0"}, on=today())
        assert list(refused.value.fields) == ["members"]
    one, two = resident(cast, name="甲"), resident(cast, name="乙")
    with pytest.raises(Invalid, match="已经有户主"):
        household(cast, {one: "0", two: "0"}, on=today())
    with pytest.raises(Invalid, match="与户主的关系"):
        household(cast, {one: "9"}, on=today())
    assert not Household.objects.exists()


def test_nobody_is_in_a_household_before_they_are_known(cast: Cast) -> None:
    row = resident(cast, on=ago(100))
    with pytest.raises(Invalid, match="不能早于那一天") as refused:
        household(cast, {row: "0"}, on=ago(200))
    assert list(refused.value.fields) == ["on"]


def test_somebody_joins_and_is_something_else_later(cast: Cast, family: Family) -> None:
    old = resident(cast, name="张母")
    joined = join(cast, family.home, old, "5", key="k")
    assert (joined.household, joined.relation) == (family.home, "5")
    assert join(cast, family.home, old, "5", key="k").version == 2
    assert join(cast, family.home, old, "6").relation == "6"
    with pytest.raises(Invalid, match="已经是“祖父母、外祖父母”"):
        join(cast, family.home, old, "6")
    with pytest.raises(Invalid, match="已经有户主"):
        join(cast, family.home, old, "0")
    with pytest.raises(Invalid, match="不在你辖区"):
        household_join(
            actor=cast.actor("village_clerk"), number=family.home.id, resident=5, relation="8", on=today()
        )  # fmt: skip


def test_who_comes_from_another_household_leaves_it(cast: Cast, family: Family) -> None:
    other = household(cast)
    join(cast, other, family.girl, "0")
    assert relations(family.home) == {"张大": "0", "李妻": "1", "张儿": "2"}
    assert relations(other) == {"张女": "0"}


def test_somebody_leaves(cast: Cast, family: Family) -> None:
    row = leave(cast, family.girl, key="k")
    assert (row.household, row.relation, row.lives) == (None, "", cast.areas["g1"])
    leave(cast, family.girl, version=2, key="k")
    with pytest.raises(Conflict, match="不在任何户里"):
        leave(cast, family.girl)
    with pytest.raises(Stale):
        leave(cast, family.son, version=1)
    with pytest.raises(Invalid):
        leave(cast, family.son, on=ago(301))


def test_another_head_and_what_the_others_are_to_them(cast: Cast, family: Family) -> None:
    said = {family.man.id: "5", family.wife.id: "5"}
    row = head(cast, family.home, family.son, relations=said, key="k")
    assert relations(row) == {"张儿": "0", "张大": "5", "李妻": "5", "张女": "8"}
    assert row.version == 2
    assert head(cast, family.home, family.son, relations=said, version=1, key="k").version == 2
    assert Entry.objects.filter(code="people.household.head", object_id=row.id).count() == 1


def test_a_head_is_one_of_the_household(cast: Cast, family: Family) -> None:
    stranger = resident(cast, name="外人")
    with pytest.raises(Invalid) as refused:
        head(cast, family.home, stranger)
    assert list(refused.value.fields) == ["head"]
    for relation in ("0", "x"):
        with pytest.raises(Invalid) as refused:
            head(cast, family.home, family.son, relations={family.man.id: relation})
        assert list(refused.value.fields) == ["relations"]
    assert relations(family.home)["张大"] == "0"
    with pytest.raises(Stale):
        head(cast, family.home, family.son, version=5)


def test_a_household_without_its_head_can_have_another(cast: Cast, family: Family) -> None:
    happen(cast, family.man, "died")
    assert relations(family.home) == {"李妻": "1", "张儿": "2", "张女": "3"}
    head(cast, family.home, family.wife, relations={family.son.id: "2", family.girl.id: "3"})
    assert relations(family.home) == {"李妻": "0", "张儿": "2", "张女": "3"}


def test_some_become_a_household_of_their_own(cast: Cast, family: Family) -> None:
    new = split(cast, family.home, {family.son: "0", family.girl: "7"}, key="k")
    assert relations(new) == {"张儿": "0", "张女": "7"}
    assert relations(family.home) == {"张大": "0", "李妻": "1"}
    assert (new.area_id, new.opened_on, new.kind) == (family.home.area_id, today(), "family")
    assert fresh(family.home).version == 2
    assert split(cast, family.home, {family.son: "0", family.girl: "7"}, version=1, key="k").id == new.id
    assert Household.objects.count() == 2


def test_what_no_split_is(cast: Cast, family: Family) -> None:
    all_of_them = {family.man: "0", family.wife: "1", family.son: "2", family.girl: "3"}
    stranger = resident(cast, name="外人")
    for members, word in (
        ({}, "选要分出去的人"), ({stranger: "0"}, "选要分出去的人"), (all_of_them, "至少要留一个人"),
        ({family.son: "2"}, "只能有一个"), ({family.son: "0", family.girl: "0"}, "只能有一个"),
    ):  # fmt: skip
        with pytest.raises(Invalid, match=word):
            split(cast, family.home, members)
    assert Household.objects.count() == 1


def test_two_households_become_one(cast: Cast, family: Family) -> None:
    widow = resident(cast, name="王寡")
    other = household(cast, {widow: "0"})
    target = merge(cast, other, family.home, relations={widow.id: "5"}, key="k")
    assert target.id == family.home.id
    assert relations(target)["王寡"] == "5"
    other = fresh(other)
    assert (other.closed_on, other.version) == (today(), 2)
    assert merge(cast, other, family.home, relations={widow.id: "5"}, version=1, key="k").id == target.id
    with pytest.raises(Conflict, match="已经销户"):
        merge(cast, other, family.home)
    with pytest.raises(Invalid, match="并入自己"):
        merge(cast, family.home, family.home)
    with pytest.raises(Invalid, match="没有找到这一户"):
        merge(cast, family.home, other)


def test_nobody_brings_a_second_head_along(cast: Cast, family: Family) -> None:
    widow = resident(cast, name="王寡")
    other = household(cast, {widow: "0"})
    with pytest.raises(Invalid, match="已经有户主"):
        merge(cast, other, family.home, relations={widow.id: "0"})
    assert fresh(other).closed_on is None
    merge(cast, other, family.home)
    assert relations(family.home)["王寡"] == Relation.OTHER


def test_a_household_is_closed_when_nobody_is_in_it(cast: Cast, family: Family) -> None:
    with pytest.raises(Conflict, match="还有 4 人"):
        close(cast, family.home)
    empty = household(cast)
    with pytest.raises(Invalid, match="不能早于立户日期"):
        close(cast, empty, on=ago(301))
    closed = close(cast, empty, key="k")
    assert (closed.closed_on, closed.version) == (today(), 2)
    assert close(cast, empty, version=1, key="k").version == 2
    with pytest.raises(Conflict, match="已经销户"):
        close(cast, empty)
    with pytest.raises(Invalid, match="已经销户"):
        join(cast, empty, family.girl, "0")


def test_who_may_write(cast: Cast, family: Family) -> None:
    for who, error in (("other_clerk", NotFound), ("auditor", NotFound), ("branch_secretary", Forbidden),
                       ("command_centre", Forbidden)):  # fmt: skip
        for act in (
            lambda who=who: join(cast, family.home, family.girl, "8", by=who),
            lambda who=who: head(cast, family.home, family.son, by=who),
            lambda who=who: split(cast, family.home, {family.son: "0"}, by=who),
            lambda who=who: merge(cast, family.home, family.home, by=who),
            lambda who=who: close(cast, family.home, by=who),
            lambda who=who: leave(cast, family.son, by=who),
        ):
            with pytest.raises(error):
                act()
    with pytest.raises(Forbidden):
        household(cast, place="g3")
    head(cast, family.home, family.son, by="township_officer")
    leave(cast, family.girl, by="grid_worker")


def test_lists_say_head_and_number_of_people(cast: Cast, family: Family) -> None:
    empty, closed = household(cast, place="g4"), household(cast)
    close(cast, closed)
    clerk = cast.actor("village_clerk")
    rows = household_page(clerk, cast.areas["v1"]).rows
    assert [(one.row.id, one.head, one.people) for one in rows] == [(family.home.id, "张大", 4), (empty.id, "", 0)]
    assert [one.row.id for one in household_page(clerk, cast.areas["v1"], closed=True).rows] == [closed.id]
    assert not household_page(cast.actor("other_clerk"), cast.areas["county"]).rows
    assert [(row.id, name) for row, name in households_offered(clerk, cast.areas["v1"])] == [
        (family.home.id, "张大"), (empty.id, ""),
    ]  # fmt: skip


def test_who_lives_out_of_reach_is_masked_in_the_household(cast: Cast, family: Family) -> None:
    code = cast.areas["g3"].code
    happen(cast, family.girl, "moved", lives=code)
    happen(cast, family.girl, "registered", registered=code)
    members = household_members(cast.actor("village_clerk"), family.home)
    assert [(one.name, one.seen) for one in members] == [("张大", True), ("李妻", True), ("张儿", True), ("张*", False)]
    seen = household_members(cast.actor("county_centre"), family.home)
    assert [one.name for one in seen] == ["张大", "李妻", "张儿", "张女"]


def test_nobody_is_in_a_household_before_it_was_opened(cast: Cast, family: Family) -> None:
    """Else a past day would count people of a household that there was not yet."""
    late, old = household(cast, on=ago(10)), resident(cast, name="张母")
    for act in (
        lambda: join(cast, late, old, "0", on=ago(11)), lambda: merge(cast, family.home, late, on=ago(11)),
    ):  # fmt: skip
        with pytest.raises(Invalid, match="不能早于这一户的立户日期") as refused:
            act()
        assert list(refused.value.fields) == ["on"]
    assert relations(late) == {}
    assert fresh(family.home).closed_on is None
    assert join(cast, late, old, "0", on=ago(10)).household == late


def test_a_household_that_is_merged_is_not_closed_before_it_was_opened(cast: Cast, family: Family) -> None:
    empty = household(cast, on=ago(10))
    with pytest.raises(Invalid, match="不能早于立户日期"):
        merge(cast, empty, family.home, on=ago(11))
    assert fresh(empty).closed_on is None
    merge(cast, empty, family.home, on=ago(10))
    assert fresh(empty).closed_on == ago(10)

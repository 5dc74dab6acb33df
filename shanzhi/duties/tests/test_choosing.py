"""To whom it can go: groups, places, names and codes, narrowed to a role; and who holds the offices now."""

from typing import Any

import pytest
from django.utils import timezone

from shanzhi.access.actor import Actor
from shanzhi.accounts.models import Post
from shanzhi.areas.models import Area, Unit
from shanzhi.duties.choosing import (
    Receiver,
    group_choices,
    issuing_posts,
    levels_of,
    place_choices,
    reach_for,
    receivers_named,
    role_choices,
)
from shanzhi.duties.models import Duty, Line
from shanzhi.duties.offices import given_to, holders, is_issuer, issuers_of, receivers_of
from shanzhi.duties.tests.world import issue, line_at
from shanzhi.lib.errors import Forbidden, Invalid
from tests.cast import Cast


def names(found: list[Receiver]) -> list[str]:
    return [one.name for one in found]


def test_what_a_township_offers(cast: Cast, county_a: Any) -> None:
    reach = reach_for(cast.actor("township_officer"))
    assert group_choices(reach) == [
        ("villages", "全部村（社区） 2 个"), ("grids", "全部网格 3 个"), ("units", "全部部门和中心 1 个"),
    ]  # fmt: skip
    assert [label for _, label in place_choices(reach)] == ["张庄村", "李庄村", "东镇城建中心"]
    assert [role for role, _ in role_choices(reach)] == [
        "village_clerk", "branch_secretary", "grid_worker", "grid_leader",
    ]  # fmt: skip


def test_what_a_county_offers(cast: Cast, county_a: Any) -> None:
    reach = reach_for(cast.actor("county_leader"))
    assert [label for _, label in group_choices(reach)] == [
        "全部乡镇（街道） 2 个", "全部部门和中心 1 个", "东镇全部村（社区）2 个", "西镇全部村（社区）1 个",
    ]  # fmt: skip
    assert [label for _, label in place_choices(reach)] == ["东镇", "西镇", "县住建局"]
    assert "township_officer" in dict(role_choices(reach))


def test_groups_are_expanded_into_one_each_and_none_twice(cast: Cast, county_a: Any) -> None:
    reach = reach_for(cast.actor("township_officer"))
    found = receivers_named(reach, groups=["villages", "grids"], places=[cast.areas["v1"].code], names="李庄村\n")
    assert names(found) == ["张庄村", "张庄村 第一网格", "张庄村 第二网格", "李庄村", "李庄村 第一网格"]
    assert levels_of(found) == "2 个村（社区）、3 个网格"


def test_a_group_of_one_township(cast: Cast, county_a: Any) -> None:
    reach = reach_for(cast.actor("county_leader"))
    west = cast.areas["t2"].code
    assert names(receivers_named(reach, groups=[f"villages:{west}", f"units:{west}"])) == ["王庄村", "西镇水务站"]


@pytest.mark.parametrize(
    ("word", "name"),
    [
        ("张庄村", "张庄村"), (" 张庄村 ", "张庄村"), ("张庄村 第一网格", "张庄村 第一网格"),
        ("张庄村第一网格", "张庄村 第一网格"), ("镇城建中心", "东镇城建中心"), ("东镇城建中心", "东镇城建中心"),
        ("CODE", "张庄村"), ("UNIT", "东镇城建中心"),
    ],
)  # fmt: skip
def test_names_and_codes(cast: Cast, county_a: Any, word: str, name: str) -> None:
    word = word.replace("CODE", cast.areas["v1"].code).replace("UNIT", cast.units["t1"].code)
    assert names(receivers_named(reach_for(cast.actor("township_officer")), names=word)) == [name]


def test_a_name_of_several_is_asked_back(cast: Cast, county_a: Any) -> None:
    with pytest.raises(Invalid) as refused:
        receivers_named(reach_for(cast.actor("township_officer")), names="第一网格\n外星村")
    said = refused.value.fields["names"]
    assert said[0] == "叫“第一网格”的有 2 个（张庄村 第一网格、李庄村 第一网格…），请写代码或带上村名。"
    assert said[1] == "“外星村”不在你能交办的范围内，请核对名称或代码。"


@pytest.mark.parametrize("group", ["nonsense", "villages:999999999999", "townships", "units:341181102000"])
def test_a_group_that_is_not_offered(cast: Cast, county_a: Any, group: str) -> None:
    with pytest.raises(Invalid) as refused:
        receivers_named(reach_for(cast.actor("township_officer")), groups=[group])
    assert list(refused.value.fields) == ["groups"]


def test_a_role_narrows_all_or_says_where_it_is_not(cast: Cast, county_a: Any) -> None:
    reach = reach_for(cast.actor("township_officer"))
    assert names(receivers_named(reach, groups=["grids"], role="grid_worker"))[0] == "张庄村 第一网格 网格员"
    for groups in (["villages"], ["units"]):
        with pytest.raises(Invalid) as refused:
            receivers_named(reach, groups=groups, role="grid_worker")
        assert list(refused.value.fields) == ["role"]


def test_closed_places_are_not_offered(cast: Cast, county_a: Any) -> None:
    day = timezone.localdate()
    Area.objects.filter(id=cast.areas["v2"].id).update(valid_to=day)
    Unit.objects.filter(id=cast.units["t1"].id).update(valid_to=day)
    reach = reach_for(cast.actor("township_officer"))
    assert [label for _, label in place_choices(reach)] == ["张庄村"]


@pytest.mark.parametrize("who", ["village_clerk", "grid_worker", "auditor", "department_handler"])
def test_whoever_has_no_issuing_post(cast: Cast, county_a: Any, who: str) -> None:
    assert issuing_posts(cast.actor(who)) == []
    with pytest.raises(Forbidden):
        reach_for(cast.actor(who))


# --- offices --------------------------------------------------------------------------------------------------------


def test_who_holds_an_office_now(cast: Cast, county_a: Any) -> None:
    duty = issue(cast, "v1", "v2", "g1", "u:t1")
    found = holders(list(duty.lines.all()), at=timezone.now())
    by_name = {line.name: found.get((line.area_id, line.unit_id, line.role)) for line in duty.lines.all()}
    assert by_name == {
        "张庄村": ["赵村文", "赵村支"], "李庄村": None, "张庄村 第一网格": ["赵网格", "赵网格"], "东镇城建中心": ["赵部门"],
    }  # fmt: skip
    narrow = issue(cast, "v1", role="village_clerk")
    line = narrow.lines.get()
    assert holders([line], at=timezone.now())[line.area_id, None, "village_clerk"] == ["赵村文"]


def test_a_successor_inherits_what_is_open(cast: Cast, county_a: Any) -> None:
    """The old clerk's term ends; whoever holds the post then has the line, and is told."""
    line = line_at(cast, issue(cast, "v1", role="village_clerk"))
    at = timezone.now()
    assert receivers_of(line, at=at) == {cast["village_clerk"].user.pk}
    Post.objects.filter(id=cast["village_clerk"].post.id).update(revoked_at=at)
    Post.objects.create(
        user=cast["other_clerk"].user, role="village_clerk", area=cast.areas["v1"], area_path=cast.areas["v1"].path,
        valid_from=timezone.localdate(), granted_at=at,
    )  # fmt: skip
    assert receivers_of(line, at=at) == {cast["other_clerk"].user.pk}
    assert list(Line.objects.filter(given_to(cast.actor("other_clerk")))) == [line]
    assert not Line.objects.filter(given_to(cast.actor("village_clerk"))).exists()


def test_the_issuing_office_is_role_and_place(cast: Cast, county_a: Any) -> None:
    duty = issue(cast)
    fresh = Duty.objects.select_related("area").get(id=duty.id)
    assert issuers_of(fresh, at=timezone.now()) == {cast["township_officer"].user.pk}
    for who, does in (("township_officer", True), ("command_centre", False), ("other_officer", False)):
        assert any(is_issuer(post, duty) for post in cast.actor(who).posts) is does


def test_the_system_has_no_office(cast: Cast, county_a: Any) -> None:
    issue(cast)
    assert not Line.objects.filter(given_to(Actor.system(341181))).exists()

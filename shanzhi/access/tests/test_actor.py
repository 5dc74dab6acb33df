"""Scope: the union of what posts reach, and the post under which somebody acts."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shanzhi.access.actor import Actor, ActorPost, PathRange, merged, unit_place
from shanzhi.access.permissions import ADMINISTRATORS, PERMISSIONS, ROLES, SELF, known, permission
from shanzhi.cases import permissions
from shanzhi.lib.errors import Forbidden

PATHS = st.lists(
    st.text("01", min_size=1, max_size=4).map(lambda digits: "".join(f"000{d}" for d in digits)), max_size=8
)


def post(role: str, path: str, *, unit: int | None = None, number: int = 1) -> ActorPost:
    return ActorPost(
        id=number, role=role, label=ROLES[role].label, area_id=hash(path), area_path=path, area_level="village",
        area_name="张庄村", unit_id=unit, unit_name="镇城建中心" if unit else "",
    )  # fmt: skip


def actor(*posts: ActorPost) -> Actor:
    return Actor(user_id=1, name="王桂兰", county_id=341181, posts=posts)


@given(PATHS, st.text("01", min_size=1, max_size=4))
def test_merged_ranges_cover_exactly_the_subtrees(paths: list[str], digits: str) -> None:
    path = "".join(f"000{d}" for d in digits)
    ranges = merged(paths)
    assert any(path in part for part in ranges) == any(path.startswith(top) for top in paths)
    assert all(not (a.lo in b or b.lo in a) for a in ranges for b in ranges if a is not b)


def test_a_range_is_half_open_and_holds_its_own_top() -> None:
    part = PathRange.below("00010002")
    assert "00010002" in part
    assert "0001000200ZZ" in part
    assert "00010003" not in part
    assert "0001" not in part


def test_scope_is_the_union_of_the_posts_that_carry_the_permission() -> None:
    clerk, worker, handler = (
        post("village_clerk", "000100010001"),
        post("grid_worker", "000100020001"),
        post("department_handler", "00010003", unit=9),
    )
    scope = actor(clerk, worker, handler).scope(permissions.HANDLE)
    assert scope.covers("0001000100010004")
    assert scope.covers("000100020001")
    assert not scope.covers("00010003")
    assert scope.unit_ids == {9}
    assert actor(worker).scope(permissions.ACCEPT).ranges == ()
    assert not actor(worker).scope(permissions.ACCEPT)


def test_the_nearest_post_acts() -> None:
    far, near = post("village_clerk", "0001", number=1), post("village_clerk", "000100010001", number=2)
    somebody = actor(far, near)
    assert somebody.post_for(permissions.ACCEPT, path="0001000100010001") is near
    assert somebody.post_for(permissions.ACCEPT, path="00010002") is far
    assert somebody.post_for(permissions.ACCEPT, path="0002") is None
    assert somebody.post_for(permissions.ACCEPT, unit_id=3) is None


def test_refusals() -> None:
    with pytest.raises(Forbidden):
        actor(post("grid_worker", "0001")).require(permissions.ACCEPT)
    assert actor(post("grid_worker", "0001")).can(SELF)
    assert not actor().can(SELF)
    assert not Actor.anonymous(341181).is_member


def test_the_system_may_everything_everywhere() -> None:
    system = Actor.system(341181)
    system.require(permissions.ACCEPT)
    assert system.scope(permissions.ACCEPT).covers("0001")
    assert system.is_member


def test_titles_name_place_and_post() -> None:
    assert post("village_clerk", "0001").title == "张庄村 村文书"
    assert post("department_handler", "0001", unit=1).title == "张庄村镇城建中心 部门经办人"


@pytest.mark.parametrize(
    ("level", "area", "unit", "called"),
    [
        ("township", "杨村镇", "城建中心", "杨村镇城建中心"),
        ("township", "杨村镇", "杨村镇城建中心", "杨村镇城建中心"),
        ("township", "东镇", "镇城建中心", "东镇城建中心"),
        ("township", "仁和集镇", "综治中心", "仁和集镇综治中心"),
        ("county", "天长市", "住建局", "住建局"),
        ("county", "天长市", "市住建局", "市住建局"),
    ],
)
def test_a_unit_below_the_county_is_called_with_its_area(level: str, area: str, unit: str, called: str) -> None:
    assert unit_place(level, area, unit) == called


def test_own_posts_greet_before_those_one_stands_in_for() -> None:
    own = post("grid_worker", "000100010001", number=5)
    stood = replace(post("village_clerk", "00010001", number=2), stand_in=True)
    somebody = actor(stood, own)
    assert somebody.main_post is own
    assert somebody.own.posts == (own,)
    assert somebody.can(permissions.ACCEPT)
    assert not somebody.own.can(permissions.ACCEPT)
    assert not somebody.own.scope(permissions.ACCEPT)


def test_the_three_administrators_share_no_permission_that_writes() -> None:
    for code, declared in PERMISSIONS.items():
        held = declared.roles & ADMINISTRATORS
        if not code.endswith((".view", ".self")) and code != "trail.verify":
            assert len(held) <= 1, code


def test_declarations_are_checked_at_import() -> None:
    with pytest.raises(ValueError, match="twice"):
        permission(permissions.VIEW, "again", roles=("auditor",))
    with pytest.raises(ValueError, match="unknown roles"):
        permission("access.test", "x", roles=("emperor",))
    with pytest.raises(ValueError, match="not declared"):
        known("access.nothing")

"""Whom somebody is to visit: by the groups' plans, within their posts, each person once, the most urgent first."""

from datetime import timedelta
from typing import Any

import pytest

from shanzhi.people.models import Membership
from shanzhi.people.services import membership_end
from shanzhi.people.tests.world import GROUP, ago, member, today
from shanzhi.visits.planning import due_count, group_choices, person_page, plan_of
from shanzhi.visits.tests.world import VISITORS, define, due, groups, make, membership
from tests.cast import Cast


def names(cast: Cast, who: str = "grid_worker", state: str = "due", **more: Any) -> list[str]:
    page = person_page(cast.actor(who), state=state, today=today(), **more)
    return [one.resident.name for one in page.rows]


def test_within_a_week_and_the_latest_first(cast: Cast) -> None:
    groups(cast)
    for name, days, order in (("张三", 3, 101), ("李四", -5, 102), ("王五", 8, 103), ("赵六", 7, 104)):
        due(cast, name=name, order=order, on=today() + timedelta(days=days))
    assert names(cast) == ["李四", "张三", "赵六"]
    assert names(cast, state="all") == ["李四", "张三", "赵六", "王五"]
    assert due_count(cast.actor("grid_worker"), today()) == 1


@pytest.mark.parametrize(
    ("who", "found"),
    [("grid_worker", 1), ("village_clerk", 1), ("township_officer", 1), ("other_worker", 0), ("branch_secretary", 0)],
)
def test_each_post_sees_those_whom_its_role_visits_there(cast: Cast, who: str, found: int) -> None:
    groups(cast)
    due(cast, on=ago(1))
    assert len(names(cast, who)) == found


def test_somebody_in_two_groups_is_one_row_at_the_more_urgent_one(cast: Cast) -> None:
    groups(cast)
    define(
        cast, "poor", {**GROUP, "label": "低保对象", "class": "income", "visited_by": VISITORS, "visit_every_days": 90}
    )
    row = due(cast, on=today() + timedelta(days=4))
    poor = member(cast, row, "poor")
    Membership.objects.filter(id=poor.id).update(due_on=ago(3))
    other = due(cast, name="李四", order=102, on=today())
    page = person_page(cast.actor("grid_worker"), state="due", today=today())
    assert [(one.resident.id, one.labels) for one in page.rows] == [
        (row.id, "低保对象、独居老人"), (other.id, "独居老人"),
    ]  # fmt: skip
    assert names(cast, group="alone") == ["李四", "张小平"]
    assert [one.group.code for one in plan_of(cast.actor("grid_worker"), row)] == ["poor", "alone"]
    make(cast, row, answers={("alone", "health"): "好"})
    assert names(cast) == ["李四"], "one visit was for both"


def test_pages_go_on_where_they_stopped(cast: Cast) -> None:
    groups(cast)
    for order in range(101, 106):
        due(cast, name=f"人{order}", order=order, on=ago(order - 100))
    actor = cast.actor("grid_worker")
    first = person_page(actor, state="due", today=today(), size=2)
    second = person_page(actor, state="due", today=today(), size=2, cursor=first.next_cursor or "")
    third = person_page(actor, state="due", today=today(), size=2, cursor=second.next_cursor or "")
    seen = [one.resident.name for page in (first, second, third) for one in page.rows]
    assert seen == ["人105", "人104", "人103", "人102", "人101"]
    assert third.next_cursor is None


def test_whoever_left_the_group_is_gone_and_a_group_without_plan_sends_nobody(cast: Cast) -> None:
    groups(cast)
    row = due(cast, on=ago(1))
    one = membership(row)
    membership_end(actor=cast.actor("village_clerk"), number=one.id, version=one.version, until=today(), reason="搬走")
    assert names(cast, state="all") == []
    assert [code for code, _ in group_choices(cast.actor("township_officer"))] == ["alone"]
    assert group_choices(cast.actor("county_leader")) == []


def test_names_of_a_strict_group_are_masked_in_lists(cast: Cast) -> None:
    define(cast, "watch", {**GROUP, "label": "严重精神障碍患者", "class": "health", "sensitivity": "strict",
                           "visited_by": VISITORS})  # fmt: skip
    groups(cast)
    row = due(cast)
    member(cast, row, "watch")
    [one] = person_page(cast.actor("grid_worker"), state="all", today=today()).rows
    assert (one.shown_name, one.masked) == ("张*平", "张*平")


def test_statements_do_not_grow_with_people(cast: Cast, django_assert_num_queries: Any) -> None:
    groups(cast)
    actor = cast.actor("grid_worker")
    due(cast, on=ago(1))
    person_page(actor, state="due", today=today())
    with django_assert_num_queries(4):
        person_page(actor, state="due", today=today())
    for order in range(102, 112):
        due(cast, name=f"人{order}", order=order, on=ago(2))
    with django_assert_num_queries(4):
        assert len(person_page(actor, state="due", today=today()).rows) == 11

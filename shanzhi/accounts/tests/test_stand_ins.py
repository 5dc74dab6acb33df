"""代班: who may hand which list to whom and for how long, what the substitute may then do, and how it ends."""

from datetime import date, datetime, timedelta

import pytest
from django.utils import timezone
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from shanzhi.access.permissions import SELF
from shanzhi.accounts import selectors, services
from shanzhi.accounts.models import Post, StandIn, User
from shanzhi.accounts.tests.factories import (
    Town,
    actor_of,
    hand,
    make_post,
    make_user,
    person,
    post_of,
    statements,
    today,
)
from shanzhi.lib.errors import Conflict, Forbidden, Invalid, NotFound, Stale
from shanzhi.lib.times import local
from shanzhi.tenancy.models import OutboxEvent
from shanzhi.trail.models import Entry


def test_the_substitute_has_the_post_beside_the_own_one(town: Town, worker: User, clerk: User) -> None:
    hand(town, worker, worker, clerk)
    with statements(1):
        actor = actor_of(town, clerk)
    own, stood = actor.posts
    assert (own.role, own.stand_in, own.title) == ("village_clerk", False, "小关社区 村文书")
    assert (stood.id, stood.role, stood.stand_in) == (post_of(worker).id, "grid_worker", True)
    assert stood.title == "小关社区 第四网格 网格员（代）"
    assert actor.scope(SELF).area_ids == {town.areas["village"].id, town.areas["grid"].id}
    assert actor.main_post == own
    assert [post.id for post in actor.own.posts] == [own.id]
    assert [post.stand_in for post in actor_of(town, worker).posts] == [False], "the absent person keeps the post"


def test_own_posts_come_first_even_below(town: Town, worker: User, clerk: User) -> None:
    hand(town, clerk, clerk, make_peer(town))
    peer = User.objects.get(name="赵邻")
    actor = actor_of(town, peer)
    assert actor.main_post is not None
    assert actor.main_post.role == "branch_secretary"
    assert not actor.works_on_phone


def make_peer(town: Town) -> User:
    return person(town, "branch_secretary", "village", "赵邻")


@pytest.mark.parametrize(("days_from_now", "stands_in"), [(0, False), (1, True), (3, True), (4, False)])
def test_only_on_its_days(town: Town, worker: User, clerk: User, days_from_now: int, stands_in: bool) -> None:
    hand(town, worker, worker, clerk, after=1, days=3)
    at = timezone.now() + timedelta(days=days_from_now)
    assert any(post.stand_in for post in actor_of(town, clerk, at).posts) is stands_in
    told = selectors.users_with("grid_worker", area=town.areas["grid"], at=at)
    assert (clerk.pk in told) is stands_in


def test_notices_reach_both(town: Town, worker: User, clerk: User) -> None:
    hand(town, worker, worker, clerk)
    with statements(1):
        told = selectors.users_with("grid_worker", area=town.areas["grid"], exact=True)
    assert told == sorted([worker.pk, clerk.pk])
    assert selectors.users_with("grid_worker", area=town.areas["far"]) == []
    unit = person(town, "department_handler", "centre", "刘勇")
    hand(town, unit, unit, person(town, "township_officer", "town", "周镇"))
    assert len(selectors.users_with("department_handler", unit=town.units["centre"])) == 2
    clerk.is_active = False
    clerk.save()
    assert selectors.users_with("grid_worker", area=town.areas["grid"]) == [worker.pk]


def test_the_list_goes_on_when_the_holder_is_disabled(town: Town, worker: User, clerk: User) -> None:
    hand(town, worker, worker, clerk)
    worker.is_active = False
    worker.save()
    assert selectors.users_with("grid_worker", area=town.areas["grid"]) == [clerk.pk]


def test_it_ends_with_the_post_of_either(town: Town, worker: User, clerk: User) -> None:
    standin = hand(town, worker, worker, clerk)
    own = post_of(clerk)
    Post.objects.filter(id=own.id).update(valid_to=today() - timedelta(days=1), valid_from=date(2020, 1, 1))
    assert actor_of(town, clerk).posts == (), "without a post of one's own one stands in for nobody"
    assert selectors.users_with("grid_worker", area=town.areas["grid"]) == [worker.pk]
    Post.objects.filter(id=own.id).update(valid_to=None)
    assert len(actor_of(town, clerk).posts) == 2
    services.post_revoke(actor=town.system, post_id=standin.post_id, version=0, reason="调离")
    assert [post.stand_in for post in actor_of(town, clerk).posts] == [False]
    row = selectors.standin_row(actor_of(town, clerk), standin, at=timezone.now())
    assert (row.state, row.may_end) == ("ended", False)


def candidates(town: Town, post: Post) -> set[str]:
    return {one.name for one in selectors.substitutes_for(post, at=timezone.now())}


def test_who_may_stand_in(town: Town, worker: User, clerk: User, officer: User) -> None:
    person(town, "grid_leader", "grid", "同格")
    person(town, "grid_worker", "far", "远格")
    person(town, "village_clerk", "other", "远村")
    person(town, "resident", "village", "居民甲")
    both = person(town, "branch_secretary", "village", "管员")
    make_post(town, both, "system_admin", "county")
    gone = person(town, "branch_secretary", "village", "停用")
    gone.is_active = False
    gone.save()
    assert candidates(town, post_of(worker)) == {"同格", "李文"}
    assert candidates(town, post_of(clerk)) == {"吴镇"}
    person(town, "township_officer", "east", "邻镇")
    person(town, "county_leader", "county", "县长")
    assert candidates(town, post_of(officer)) == {"邻镇", "县长"}


def test_a_unit_is_stood_in_for_by_its_area_and_its_sisters(town: Town, officer: User) -> None:
    handler = person(town, "department_handler", "centre", "刘勇")
    person(town, "department_handler", "dept", "县局")
    person(town, "department_handler", "centre", "同站")
    assert candidates(town, post_of(handler)) == {"吴镇", "同站"}


def test_a_watcher_takes_a_peer_only(town: Town, clerk: User) -> None:
    watcher = person(town, "supervisor", "village", "监督")
    assert candidates(town, post_of(watcher)) == set()
    person(town, "supervisor", "village", "同监")
    assert candidates(town, post_of(watcher)) == {"同监"}
    with pytest.raises(Invalid) as refused:
        hand(town, watcher, watcher, clerk)
    assert "substitute" in refused.value.fields


@pytest.mark.parametrize(
    ("role", "place", "may"),
    [
        ("village_clerk", "village", True),
        ("branch_secretary", "village", True),
        ("township_officer", "town", True),
        ("command_centre", "county", True),
        ("security_admin", "county", True),
        ("village_clerk", "other", False),
        ("township_officer", "east", False),
        ("grid_leader", "grid", False),
        ("system_admin", "county", False),
        ("county_leader", "county", False),
    ],
)
def test_who_arranges_it_for_a_colleague(
    town: Town, worker: User, clerk: User, role: str, place: str, may: bool
) -> None:
    somebody = person(town, role, place, "安排人")
    if may:
        assert hand(town, somebody, worker, clerk).created_by == somebody.pk
    else:
        with pytest.raises(NotFound):
            hand(town, somebody, worker, clerk)


def test_what_one_stands_in_for_is_not_handed_on(town: Town, worker: User, clerk: User, officer: User) -> None:
    neighbour = person(town, "branch_secretary", "village", "赵邻")
    hand(town, officer, clerk, officer)
    with pytest.raises(NotFound):
        hand(town, neighbour, officer, neighbour)
    leader = person(town, "grid_leader", "grid", "同格")
    hand(town, worker, worker, leader)
    with pytest.raises(NotFound):
        hand(town, leader, worker, clerk, after=10)
    # an office's right comes from its own post, not from one that it stands in for
    peer = person(town, "accountant", "village", "会计")
    hand(town, clerk, clerk, peer, after=20)
    later = timezone.now() + timedelta(days=21)
    assert any(post.role == "village_clerk" for post in actor_of(town, peer, later).posts)
    with pytest.raises(NotFound):
        selectors.handed_post_get_for(actor_of(town, peer, later), post_of(worker).id)


@pytest.mark.parametrize("role", ["resident", "volunteer", "system_admin", "security_admin", "audit_admin"])
def test_some_posts_are_nobody_elses(town: Town, clerk: User, role: str) -> None:
    somebody = person(town, role, "county" if role.endswith("admin") else "village", "某人")
    with pytest.raises(Conflict) as refused:
        hand(town, somebody, somebody, clerk)
    assert refused.value.code == "post_not_handed"


@pytest.mark.parametrize(
    ("after", "days", "field"),
    [
        (-1, 3, "valid_from"),
        (0, 0, "valid_to"),
        (0, 61, "valid_to"),
        (181, 1, "valid_from"),
        (0, 60, ""),
        (180, 60, ""),
    ],
)
def test_days_that_do_not_fit(town: Town, worker: User, clerk: User, after: int, days: int, field: str) -> None:
    if not field:
        assert hand(town, worker, worker, clerk, after=after, days=days).id
        return
    with pytest.raises(Invalid) as refused:
        hand(town, worker, worker, clerk, after=after, days=days)
    assert list(refused.value.fields) == [field]
    assert not StandIn.objects.exists()


def test_the_posts_own_term_is_kept(town: Town, worker: User, clerk: User) -> None:
    Post.objects.filter(user=worker).update(valid_to=today() + timedelta(days=2))
    hand(town, worker, worker, clerk, days=3)
    with pytest.raises(Invalid, match="任期以内"):
        hand(town, worker, worker, clerk, after=2, days=2)


@pytest.mark.parametrize("reason", ["", "  ", "长" * 201])
def test_a_reason_is_asked_for(town: Town, worker: User, clerk: User, reason: str) -> None:
    with pytest.raises(Invalid) as refused:
        hand(town, worker, worker, clerk, reason=reason)
    assert list(refused.value.fields) == ["reason"]


def test_nobody_and_oneself_are_no_substitutes(town: Town, worker: User, outsider: User) -> None:
    for somebody in (worker, outsider, make_user(town, "无岗")):
        with pytest.raises(Invalid) as refused:
            hand(town, worker, worker, somebody)
        assert list(refused.value.fields) == ["substitute"]


@hypothesis_settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=25)
@given(spans=st.lists(st.tuples(st.integers(0, 30), st.integers(1, 10)), min_size=1, max_size=6))
def test_never_two_on_one_day(town: Town, worker: User, clerk: User, spans: list[tuple[int, int]]) -> None:
    StandIn.objects.all().delete()
    taken: set[int] = set()
    for after, days in spans:
        wanted = set(range(after, after + days))
        if wanted & taken:
            with pytest.raises(Conflict) as refused:
                hand(town, worker, worker, clerk, after=after, days=days)
            assert refused.value.code == "standin_taken"
        else:
            hand(town, worker, worker, clerk, after=after, days=days)
            taken |= wanted
    for day in range(42):
        found = StandIn.objects.filter(selectors.standing_in(timezone.now() + timedelta(days=day)))
        assert found.count() == (day in taken)


def test_it_ends_early_and_the_days_are_free_again(town: Town, worker: User, clerk: User) -> None:
    standin = hand(town, worker, worker, clerk)
    with pytest.raises(Stale):
        services.standin_end(actor=actor_of(town, worker), standin_id=standin.id, version=7)
    with pytest.raises(Forbidden):
        leader = person(town, "grid_leader", "grid", "同格")
        other = hand(town, leader, leader, worker)
        services.standin_end(actor=actor_of(town, worker), standin_id=other.id, version=0)
    done = services.standin_end(actor=actor_of(town, worker), standin_id=standin.id, version=0)
    assert (done.version, done.ended_by) == (1, worker.pk)
    assert not any(post.stand_in for post in actor_of(town, clerk).posts)
    with pytest.raises(Conflict, match="已经结束"):
        services.standin_end(actor=actor_of(town, worker), standin_id=standin.id, version=1)
    hand(town, worker, worker, clerk)


def test_an_office_ends_it_and_a_stranger_does_not_know_of_it(town: Town, worker: User, clerk: User) -> None:
    standin = hand(town, worker, worker, person(town, "grid_leader", "grid", "同格"))
    with pytest.raises(NotFound):
        services.standin_end(actor=actor_of(town, person(town, "village_clerk", "other", "远村")), standin_id=standin.id,
                             version=0)  # fmt: skip
    services.standin_end(actor=actor_of(town, clerk), standin_id=standin.id, version=0)


def test_trail_events_and_keys(town: Town, worker: User, clerk: User) -> None:
    first = hand(town, worker, worker, clerk, key="k1")
    assert hand(town, worker, worker, clerk, key="k1").id == first.id
    with pytest.raises(Invalid):
        hand(town, worker, worker, clerk, key="k1", reason="另一个")
    services.standin_end(actor=actor_of(town, worker), standin_id=first.id, version=0, key="k2")
    services.standin_end(actor=actor_of(town, worker), standin_id=first.id, version=0, key="k2")
    codes = list(Entry.objects.filter(object_id=first.id).order_by("id").values_list("code", "actor_id"))
    assert codes == [("accounts.standin.set", worker.pk), ("accounts.standin.ended", worker.pk)]
    events = OutboxEvent.objects.filter(subject_id=first.id).order_by("id")
    data = {"post": post_of(worker).id, "holder": worker.pk, "substitute": clerk.pk}
    assert [(event.code, event.data) for event in events] == [
        ("accounts.standin.set", data),
        ("accounts.standin.ended", data),
    ]
    title, other, text = selectors.standin_words(first.id)
    assert (title, other) == ("李文替你代班", "请你替王桂兰代班")
    assert text.startswith("小关社区 第四网格 网格员，")
    assert "提前结束" in selectors.standin_words(first.id, ended=True)[2]


def test_a_step_under_it_is_named_with_the_colleague(town: Town, worker: User, clerk: User, auditor: User) -> None:
    from shanzhi.trail.selectors import EntryFilter, entry_page_for
    from shanzhi.trail.services import record

    standin = hand(town, worker, worker, clerk)
    stood = actor_of(town, clerk).posts[1]
    record(actor=actor_of(town, clerk), code="accounts.standin.ended", obj=standin, at=timezone.now(), post=stood)
    lines = entry_page_for(actor_of(town, auditor), EntryFilter(object_id=standin.id)).rows
    assert [(line.actor, line.post) for line in lines] == [
        ("李文", "代王桂兰·小关社区 第四网格 网格员"),
        ("王桂兰", "小关社区 第四网格 网格员"),
    ]


def test_a_moment_is_a_day_in_china(town: Town, worker: User, clerk: User) -> None:
    hand(town, worker, worker, clerk, after=1, days=1)
    midnight = datetime.combine(today() + timedelta(days=1), datetime.min.time(), tzinfo=local(timezone.now()).tzinfo)
    assert len(actor_of(town, clerk, midnight - timedelta(seconds=1)).posts) == 1
    assert len(actor_of(town, clerk, midnight).posts) == 2
    assert len(actor_of(town, clerk, midnight + timedelta(days=1)).posts) == 1

"""Whatever is granted and revoked: no two administrators in one person, no post twice, a whole trail."""

from datetime import date, timedelta

import pytest
from django.db import transaction
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from shanzhi.access.permissions import ADMINISTRATORS
from shanzhi.accounts import services
from shanzhi.accounts.models import Post, User
from shanzhi.accounts.tests.factories import Town, actor_of, make_user, person
from shanzhi.lib.errors import Conflict, Invalid, Stale
from shanzhi.lib.times import local
from shanzhi.trail.models import Entry
from shanzhi.trail.trails import tracked

ROLES = ("system_admin", "audit_admin", "security_admin", "county_leader", "grid_worker")
DAYS = st.integers(-3, 12)

grants = st.tuples(st.just("grant"), st.integers(0, 1), st.sampled_from(ROLES), DAYS, DAYS | st.none())
ends = st.tuples(st.just("revoke"), st.integers(0, 9), st.integers(0, 1), st.just(0), st.none())


def meets(first: Post, second: Post) -> bool:
    """Whether the terms of two posts have a day in common."""
    far = date.max
    return first.valid_from <= (second.valid_to or far) and second.valid_from <= (first.valid_to or far)


def step(town: Town, people: list[User], move: tuple, today: date) -> None:
    kind, number, what, begin, length = move
    if kind == "grant":
        start = today + timedelta(days=begin)
        end = None if length is None else start + timedelta(days=length)
        place = town.areas["grid" if what == "grid_worker" else "county"]
        services.post_grant(
            actor=town.system, user_id=people[number].pk, role=what, area=place, valid_from=start, valid_to=end
        )
    else:
        posts = list(Post.objects.filter(user__in=people).order_by("id"))
        if posts:
            post = posts[number % len(posts)]
            services.post_revoke(actor=town.system, post_id=post.id, version=what, reason="轮岗")


def check(people: list[User]) -> None:
    posts = list(Post.objects.filter(user__in=people))
    for user in people:
        held = [post for post in posts if post.user_id == user.pk and post.revoked_at is None]
        for at, post in enumerate(held):
            for other in held[at + 1 :]:
                if not meets(post, other):
                    continue
                assert (post.role, post.area_id) != (other.role, other.area_id), "the same post twice"
                assert not ({post.role, other.role} <= ADMINISTRATORS and post.role != other.role), "two in one person"
    for post in posts:
        entries = list(Entry.objects.filter(object_id=post.id).order_by("id"))
        assert [entry.version for entry in entries] == list(range(post.version + 1))
        assert (post.revoked_at is None) == (post.version == 0)
        assert tracked(Post).type == entries[-1].object_type


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(moves=st.lists(grants | ends, max_size=12))
def test_rules_hold_after_any_sequence(town: Town, moves: list[tuple]) -> None:
    today = local(timezone.now()).date()
    with transaction.atomic():
        people = [make_user(town, "甲"), make_user(town, "乙")]
        for move in moves:
            try:
                step(town, people, move, today)
            except (Conflict, Invalid, Stale):
                pass
            check(people)
        transaction.set_rollback(True)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(first=st.tuples(DAYS, st.integers(0, 9)), second=st.tuples(DAYS, st.integers(0, 9)))
def test_separation_follows_the_terms(town: Town, first: tuple[int, int], second: tuple[int, int]) -> None:
    """Two of the three, one after the other, are allowed exactly when no day is common."""
    today = local(timezone.now()).date() + timedelta(days=30)
    spans = [
        (today + timedelta(days=begin), today + timedelta(days=begin + length)) for begin, length in (first, second)
    ]
    apart = spans[0][1] < spans[1][0] or spans[1][1] < spans[0][0]
    with transaction.atomic():
        user = make_user(town)
        done = []
        for role, (begin, end) in zip(("system_admin", "audit_admin"), spans, strict=True):
            try:
                done.append(
                    services.post_grant(
                        actor=town.system,
                        user_id=user.pk,
                        role=role,
                        area=town.areas["county"],
                        valid_from=begin,
                        valid_to=end,
                    )
                )
            except Conflict:
                pass
        assert len(done) == (2 if apart else 1)
        transaction.set_rollback(True)


def test_who_lost_the_race_is_told(town: Town, worker: User) -> None:
    """Two security administrators revoke the same post: the second one saw a version that is no longer the newest."""
    first = person(town, "security_admin", "county", "赵安")
    second = person(town, "security_admin", "county", "吴安")
    post = Post.objects.get(user=worker)
    services.post_revoke(actor=actor_of(town, first), post_id=post.id, version=post.version, reason="调离")
    with pytest.raises(Stale):
        services.post_revoke(actor=actor_of(town, second), post_id=post.id, version=post.version, reason="退休")
    post.refresh_from_db()
    assert post.revoke_reason == "调离"

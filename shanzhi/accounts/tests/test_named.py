"""A permission that is held by name: known with the posts, in one statement, and never by an administrator."""

from typing import Any

import pytest
from django.utils import timezone

from shanzhi.access.permissions import PERMISSIONS, ROLES, roles_with
from shanzhi.accounts.models import Post
from shanzhi.accounts.selectors import actor_for
from shanzhi.accounts.selectors.actors import _named
from shanzhi.clues.models import ClueOfficer
from shanzhi.clues.permissions import DESK
from shanzhi.tenancy.context import county
from tests.cast import SINCE, Cast


def name(cast: Cast, who: str, **more: Any) -> ClueOfficer:
    return ClueOfficer.objects.create(user=cast[who].user, appointed_at=timezone.now(), **more)


def test_no_role_carries_it() -> None:
    assert roles_with(DESK) == frozenset()
    assert set(_named) == {DESK}
    assert DESK in PERMISSIONS


def test_whoever_is_named_holds_it_and_nobody_else(cast: Cast) -> None:
    name(cast, "village_clerk")
    holders = [who for who in cast.people if cast.actor(who).can(DESK)]
    assert holders == ["village_clerk"]
    assert cast.actor("village_clerk").granted == {DESK}


def test_it_is_nothing_of_the_posts(cast: Cast) -> None:
    """No scope comes with it, and no post under which it would be held."""
    name(cast, "village_clerk")
    actor = cast.actor("village_clerk")
    assert not actor.scope(DESK)
    assert actor.post_for(DESK, path=cast.areas["v1"].path) is None
    assert len(actor.posts) == 1
    assert actor.posts == actor.own.posts
    assert actor.own.can(DESK)


def test_it_ends(cast: Cast) -> None:
    name(cast, "village_clerk", ended_at=timezone.now())
    assert not cast.actor("village_clerk").can(DESK)


@pytest.mark.parametrize("role", ["system_admin", "security_admin", "audit_admin"])
def test_never_an_administrators(cast: Cast, role: str) -> None:
    name(cast, role)
    assert not cast.actor(role).can(DESK)
    name(cast, "village_clerk")
    area = cast.areas["county"]
    Post(
        user=cast["village_clerk"].user, role=role, area=area, area_path=area.path, valid_from=SINCE,
        granted_at=timezone.now(),
    ).save()  # fmt: skip
    assert not cast.actor("village_clerk").can(DESK)


def test_only_in_the_county_that_named(cast: Cast, cast_b: Cast) -> None:
    user = cast["village_clerk"].user
    name(cast, "village_clerk")
    with county(cast_b.county.id):
        area = cast_b.areas["v1"]
        Post(
            user=user, role="village_clerk", area=area, area_path=area.path, valid_from=SINCE,
            granted_at=timezone.now(),
        ).save()  # fmt: skip
        assert not actor_for(user=user, county_id=cast_b.county.id, at=timezone.now()).can(DESK)
    assert cast.actor("village_clerk").can(DESK)


def test_it_costs_no_statement(cast: Cast, django_assert_num_queries: Any) -> None:
    name(cast, "village_clerk")
    user, at = cast["village_clerk"].user, timezone.now()
    with django_assert_num_queries(1):
        assert actor_for(user=user, county_id=cast.county.id, at=at).can(DESK)


def test_without_a_post_nobody_is_named(cast: Cast) -> None:
    name(cast, "village_clerk")
    Post.objects.filter(user=cast["village_clerk"].user).update(revoked_at=timezone.now())
    actor = cast.actor("village_clerk")
    assert (actor.posts, actor.granted) == ((), frozenset())
    assert set(ROLES) >= {post.role for post in actor.posts}

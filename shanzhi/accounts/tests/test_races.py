"""Two people at once and a double click: one of them wins, the other is told, nothing is torn; on both databases."""

from collections.abc import Callable
from typing import Any

import pytest
from django.utils import timezone

from shanzhi.accounts import services
from shanzhi.accounts.models import AccountAct, ApiToken, Post, User
from shanzhi.accounts.tests.factories import Town, actor_of, build_town, make_post, make_user, person
from shanzhi.lib.errors import Conflict, DomainError, Invalid, Stale
from shanzhi.tenancy.context import county
from shanzhi.tenancy.models import County
from shanzhi.trail.models import Entry
from tests.racing import together

pytestmark = pytest.mark.django_db(transaction=True)
NUMBER = 341181


@pytest.fixture
def place() -> Town:
    """A committed county; every thread enters it by itself."""
    County.objects.create(id=NUMBER, code=str(NUMBER), name="天长市", joined_at=timezone.now())
    with county(NUMBER):
        return build_town(NUMBER)


def inside(work: Callable[[], Any]) -> Any:
    with county(NUMBER):
        return work()


def refusals(results: list[Any]) -> list[type[Exception]]:
    return [type(one) for one in results if isinstance(one, Exception)]


def test_two_administrator_posts_for_one_person_at_once(place: Town) -> None:
    """Two security administrators, each granting another of the three: exactly one of the grants stands."""
    user = inside(lambda: make_user(place))
    roles = ("system_admin", "audit_admin", "security_admin")
    results = together(*(lambda role=role: make_post(place, user, role, "county") for role in roles))
    assert refusals(results) == [Conflict, Conflict]
    assert inside(lambda: Post.objects.filter(user=user).count()) == 1


def test_double_click_on_a_grant(place: Town) -> None:
    user = inside(lambda: make_user(place))
    results = together(*[lambda: make_post(place, user, "grid_worker", "grid", key="one")] * 4)
    assert refusals(results) == []
    assert len({post.id for post in results}) == 1
    with county(NUMBER):
        assert Post.objects.filter(user=user).count() == 1
        assert Entry.objects.filter(code="accounts.post.granted").count() == 1


def test_same_post_by_two_people_at_once(place: Town) -> None:
    user = inside(lambda: make_user(place))
    results = together(*[lambda: make_post(place, user, "grid_worker", "grid")] * 3)
    assert refusals(results) == [Conflict, Conflict]
    assert inside(lambda: Post.objects.filter(user=user).count()) == 1


def test_same_post_revoked_by_two_at_once(place: Town) -> None:
    with county(NUMBER):
        admins = [person(place, "security_admin", "county", name) for name in ("赵安", "吴安")]
        actors = [actor_of(place, admin) for admin in admins]
        post = make_post(place, make_user(place), "grid_worker", "grid")

    def revoke(number: int) -> Post:
        return services.post_revoke(actor=actors[number], post_id=post.id, version=0, reason=f"原因{number}")

    results = together(lambda: revoke(0), lambda: revoke(1))
    assert len(refusals(results)) == 1
    assert issubclass(refusals(results)[0], Conflict)
    winner = next(number for number, one in enumerate(results) if not isinstance(one, Exception))
    with county(NUMBER):
        post.refresh_from_db()
        assert (post.version, post.revoke_reason) == (1, f"原因{winner}")
        assert Entry.objects.filter(object_id=post.id, code="accounts.post.revoked").count() == 1


def test_same_login_taken_by_two_at_once(place: Town) -> None:
    results = together(
        *(
            lambda name=name: services.user_create(actor=place.system, username="lixiaoming", name=name)
            for name in ("李小明", "李晓明", "李笑明")
        )
    )
    assert refusals(results) == [Invalid, Invalid]
    user = User.objects.get(username="lixiaoming")
    with county(NUMBER):
        assert AccountAct.objects.filter(user=user, kind="created").count() == 1


def test_password_reset_twice_at_once_gives_one_password(place: Town) -> None:
    user = inside(lambda: make_user(place))
    results = together(
        *[lambda: services.password_reset(actor=place.system, user_id=user.pk, version=0)] * 2,
    )
    assert refusals(results) == [Stale]
    done = next(one for one in results if not isinstance(one, Exception))
    user.refresh_from_db()
    assert user.check_password(done.secret)


def test_double_click_on_a_token(place: Town) -> None:
    user = inside(lambda: make_user(place))
    results = together(
        *[lambda: services.token_issue(actor=place.system, user_id=user.pk, name="同步", days=9, key="t")] * 3
    )
    assert refusals(results) == []
    assert [bool(one.secret) for one in results].count(True) == 1, "the token is shown once"
    assert ApiToken.objects.count() == 1


def test_a_refusal_leaves_nothing_behind(place: Town) -> None:
    """A service that fails half-way takes its key, its rows and its entries back."""
    user = inside(lambda: make_user(place))
    with county(NUMBER):
        entries = Entry.objects.count()
        with pytest.raises(DomainError):
            make_post(place, user, "village_clerk", "grid", key="again")
        assert Entry.objects.count() == entries
        assert make_post(place, user, "village_clerk", "village", key="again").role == "village_clerk"

"""Every page and operation of accounts × every role × (own county, other county), with the expected answers by hand."""

import pytest

from shanzhi.access.permissions import ROLES, Level
from shanzhi.accounts import services
from shanzhi.accounts.models import ApiToken, Post, User
from shanzhi.accounts.tests.factories import Town, browser, build_town, make_user, person
from shanzhi.tenancy.context import county
from shanzhi.tenancy.models import County

PLACE = {
    Level.COUNTY: "county",
    Level.TOWNSHIP: "town",
    Level.VILLAGE: "village",
    Level.GRID: "grid",
    Level.UNIT: "dept",
}
READERS = {"security_admin", "audit_admin"}
KEEPERS = {"security_admin"}
EVERYBODY = set(ROLES)
# address → who may open it; everybody else in the county gets 403, everybody from elsewhere 404.
PAGES = {
    "me/": EVERYBODY,
    "users/": READERS,
    "users/new/": KEEPERS,
    "users/{user}/": READERS,
    "users/{user}/name/": KEEPERS,
    "users/{user}/posts/": KEEPERS,
    "users/{user}/tokens/": KEEPERS,
    "users/{user}/password-resets/": KEEPERS,
    "users/{user}/unlocks/": KEEPERS,
    "users/{user}/signouts/": KEEPERS,
    "users/{user}/disablements/": KEEPERS,
    "users/{user}/enablements/": KEEPERS,
    "users/{user}/totp-removals/": KEEPERS,
    "posts/{post}/revocations/": KEEPERS,
    "tokens/{token}/revocations/": KEEPERS,
}
OPERATIONS = {"posts": READERS, "posts/{post}": READERS, "users": READERS, "users/{user}": READERS}
OF_ONE = [path for path in PAGES if "{" in path]


@pytest.fixture
def ids(town: Town) -> dict[str, int]:
    """An account with a post and a token, the target of every act."""
    target = person(town, "resident", "village", "目标人")
    services.token_issue(actor=town.system, user_id=target.pk, name="测试", days=1)
    return {"user": target.pk, "post": Post.objects.get(user=target).id, "token": ApiToken.objects.get().pk}


def holder(town: Town, role: str) -> User:
    return person(town, role, PLACE[ROLES[role].levels[0]], "角色人")


@pytest.mark.parametrize("role", sorted(ROLES))
def test_pages_and_operations_by_role(town: Town, ids: dict[str, int], role: str) -> None:
    client = browser(holder(town, role))
    found = {path: client.get(town.url(path.format(**ids))).status_code for path in PAGES}
    assert found == {path: 200 if role in allowed else 403 for path, allowed in PAGES.items()}
    called = {path: client.get(town.api(path.format(**ids))).status_code for path in OPERATIONS}
    assert called == {path: 200 if role in allowed else 403 for path, allowed in OPERATIONS.items()}


@pytest.mark.parametrize("role", sorted(READERS | {"county_leader"}))
def test_everything_of_this_county_is_absent_for_another(
    town: Town, ids: dict[str, int], county_b: County, role: str
) -> None:
    with county(county_b.id):
        there = build_town(county_b.id)
        client = browser(holder(there, role))
    for path in PAGES:
        assert client.get(town.url(path.format(**ids))).status_code == 404
    for path in OPERATIONS:
        assert client.get(town.api(path.format(**ids))).status_code == 404
    if role == "security_admin":  # under the own address, another county's ids lead nowhere
        for path in OF_ONE:
            assert client.get(there.url(path.format(**ids))).status_code == 404
        assert client.get(there.api("posts/{post}".format(**ids))).status_code == 404


def test_anonymous_is_sent_to_the_login_or_gets_401(town: Town, ids: dict[str, int]) -> None:
    client = browser()
    for path in PAGES:
        answer = client.get(town.url(path.format(**ids)))
        assert answer.status_code == 302
        assert answer["Location"].startswith("/accounts/login/?next=")
    for path in OPERATIONS:
        assert client.get(town.api(path.format(**ids))).status_code == 401


def test_person_without_a_post_finds_nothing(town: Town, ids: dict[str, int]) -> None:
    client = browser(make_user(town))
    for path in PAGES:
        assert client.get(town.url(path.format(**ids))).status_code == 404


def test_ids_that_do_not_exist(town: Town, security: User) -> None:
    client = browser(security)
    nothing = {"user": 999_999_999, "post": 999_999_999_999_999_999, "token": 999_999_999}
    huge = dict.fromkeys(nothing, 10**30)
    for path in OF_ONE:
        assert client.get(town.url(path.format(**nothing))).status_code == 404
        assert client.get(town.url(path.format(**huge))).status_code == 404


@pytest.mark.parametrize("path", sorted(PAGES))
def test_writing_to_a_page_that_only_reads_is_refused(
    town: Town, ids: dict[str, int], security: User, path: str
) -> None:
    answer = browser(security).delete(town.url(path.format(**ids)))
    assert answer.status_code == 405

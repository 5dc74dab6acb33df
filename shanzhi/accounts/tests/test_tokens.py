"""API tokens: issued and shown once, kept as a digest, refused in every way that a key can be wrong."""

import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from shanzhi.accounts import services
from shanzhi.accounts.models import AccountAct, ApiToken, User
from shanzhi.accounts.selectors import token_user
from shanzhi.accounts.tests.factories import Town, actor_of, browser, make_post, make_user, statements, words
from shanzhi.lib.errors import Conflict, Forbidden, Invalid
from shanzhi.tenancy.context import county
from shanzhi.trail.models import Entry


def issue(town: Town, user: User, **changes: object) -> str:
    values: dict[str, object] = {"name": "县平台同步", "days": 30} | changes
    return services.token_issue(actor=town.system, user_id=user.pk, **values).secret  # type: ignore[arg-type]


def call(town: Town, token: str, path: str = "posts", scheme: str = "Bearer"):
    return Client().get(town.api(path), headers={"Authorization": f"{scheme} {token}"})


def test_issue_on_the_page_shows_it_once(town: Town, security: User, worker: User) -> None:
    client, where = browser(security), town.url(f"users/{worker.pk}/tokens/")
    assert "有效期" in words(client.get(where))
    body = {"name": "县平台同步", "days": "90", "idempotency_key": "t1"}
    answer = client.post(where, body)
    shown = re.search(r'<code class="num">(sz_[^<]+)</code>', words(answer))
    assert shown is not None
    assert "no-store" in answer["Cache-Control"]
    assert len(shown[1]) > 40
    assert shown[1] not in words(client.post(where, body))
    row = ApiToken.objects.get()
    assert row.county_id == town.number
    assert timedelta(days=89) < row.expires_at - timezone.now() <= timedelta(days=90)
    page = words(client.get(town.url(f"users/{worker.pk}/")))
    assert "县平台同步" in page
    assert shown[1] not in page
    act = AccountAct.objects.get(kind="token_issued")
    assert act.token_id == row.pk
    assert Entry.objects.filter(object_id=act.id, code="accounts.user.token_issued").exists()


def test_only_a_digest_is_stored(town: Town, worker: User) -> None:
    token = issue(town, worker)
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT * FROM {ApiToken._meta.db_table}")
        stored = repr(cursor.fetchall())
    assert token not in stored
    assert token.removeprefix("sz_") not in stored


def test_token_acts_with_the_posts_of_the_day(town: Town, security: User) -> None:
    token = issue(town, security)
    assert call(town, token).status_code == 200
    assert call(town, token, scheme="bearer").status_code == 200
    body = {"user_id": str(make_user(town).pk), "role": "grid_worker", "area_code": town.areas["grid"].code}
    headers = {"Authorization": f"Bearer {token}"}
    made = Client(enforce_csrf_checks=True).post(town.api("posts"), body, "application/json", headers=headers)
    assert made.status_code == 201
    second = make_user(town)
    make_post(town, second, "security_admin", "county")
    post = actor_of(town, security).posts[0]
    services.post_revoke(actor=actor_of(town, second), post_id=post.id, version=0, reason="调离")
    assert call(town, token).status_code == 404


@pytest.mark.parametrize("token", ["", "sz_", "sz_wrong", "wrong", "sz_" + "x" * 5000, "sz_é"])
def test_wrong_tokens_are_401(town: Town, token: str) -> None:
    answer = call(town, token)
    assert (answer.status_code, answer.json()["code"]) == (401, "unauthenticated")
    assert answer["Content-Type"] == "application/problem+json"


def test_other_schemes_and_no_token_are_401(town: Town, security: User) -> None:
    token = issue(town, security)
    assert call(town, token, scheme="Basic").status_code == 401
    assert Client().get(town.api("posts")).status_code == 401


def test_session_does_not_count_beside_an_authorization(town: Town, security: User) -> None:
    client = browser(security)
    assert client.get(town.api("posts"), headers={"Authorization": "Basic abc"}).status_code == 401
    assert client.get(town.api("posts"), headers={"Authorization": "Bearer sz_x"}).status_code == 401


def test_expired_revoked_and_disabled_are_401(town: Town, security: User, auditor: User) -> None:
    expired = issue(town, security)
    ApiToken.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    assert call(town, expired).status_code == 401
    revoked = issue(town, security)
    services.token_revoke(actor=town.system, token_id=ApiToken.objects.latest("id").pk)
    assert call(town, revoked).status_code == 401
    disabled = issue(town, auditor)
    assert call(town, disabled).status_code == 200
    services.user_disable(actor=actor_of(town, security), user_id=auditor.pk, version=0, reason="离职")
    assert call(town, disabled).status_code == 401


def test_token_is_for_one_county(town: Town, security: User, outsider: User) -> None:
    with county(outsider.home_county):
        there = services.token_issue(
            actor=actor_of(Town(outsider.home_county), outsider).system(outsider.home_county),
            user_id=outsider.pk,
            name="别县",
            days=30,
        ).secret
    assert call(town, there).status_code == 404
    assert (
        Client().get(f"/api/v1/{outsider.home_county}/posts", headers={"Authorization": f"Bearer {there}"}).status_code
        == 200
    )
    make_post(town, security, "auditor", "county")
    assert (
        Client()
        .get(f"/api/v1/{outsider.home_county}/posts", headers={"Authorization": f"Bearer {issue(town, security)}"})
        .status_code
        == 404
    )


def test_token_opens_no_page(town: Town, security: User) -> None:
    headers = {"Authorization": f"Bearer {issue(town, security)}"}
    assert Client().get(town.url("users/"), headers=headers).status_code == 302


def test_call_with_a_token_costs_three_statements_before_the_work(town: Town, security: User) -> None:
    token = issue(town, security)
    call(town, token)
    with statements(4):  # token and person, posts, ids of the list, its rows
        call(town, token)


def test_revoke_on_the_page(town: Town, security: User, worker: User, outsider: User) -> None:
    token = issue(town, worker)
    row = ApiToken.objects.get()
    where = town.url(f"tokens/{row.pk}/revocations/")
    client = browser(security)
    assert "县平台同步" in words(client.get(where))
    for user, status in ((worker, 403), (outsider, 404)):
        assert browser(user).post(where, {}).status_code == status
    assert browser(outsider).post(f"/{outsider.home_county}/tokens/{row.pk}/revocations/").status_code == 404
    for _ in range(2):
        assert client.post(where, {"idempotency_key": "v1"}).status_code == 302
    assert call(town, token).status_code == 401
    again = client.post(where, {"idempotency_key": "v2"})
    assert again.status_code == 409
    assert "已经撤销" in words(again)


@pytest.mark.parametrize(
    ("changes", "field"), [({"name": " "}, "name"), ({"days": 0}, "days"), ({"days": 400}, "days")]
)
def test_faults(town: Town, worker: User, changes: dict[str, object], field: str) -> None:
    with pytest.raises(Invalid) as caught:
        issue(town, worker, **changes)
    assert list(caught.value.fields) == [field]


def test_fault_on_the_page_is_422(town: Town, security: User, worker: User) -> None:
    answer = browser(security).post(town.url(f"users/{worker.pk}/tokens/"), {"name": "", "days": "90"})
    assert answer.status_code == 422
    assert "请写明令牌用在哪里" in words(answer)


def test_who_may_issue(town: Town, auditor: User, security: User, worker: User) -> None:
    with pytest.raises(Forbidden):
        services.token_issue(actor=actor_of(town, auditor), user_id=worker.pk, name="x", days=1)
    with pytest.raises(Conflict):
        services.token_issue(actor=actor_of(town, security), user_id=security.pk, name="x", days=1)
    User.objects.filter(pk=worker.pk).update(is_active=False)
    with pytest.raises(Conflict):
        issue(town, worker)


@given(st.text(max_size=80))
def test_digest_is_stable_and_never_the_token(text: str) -> None:
    digest = ApiToken.digest_of(text)
    assert len(digest) == 64
    assert digest == ApiToken.digest_of(text)
    assert digest != text


def test_token_user_knows_person_and_county(town: Town, worker: User) -> None:
    token = issue(town, worker)
    assert token_user(token, at=timezone.now()) == (worker, town.number)
    assert token_user(token, at=timezone.now() + timedelta(days=31)) is None

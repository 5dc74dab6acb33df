"""Three administrators (等保 level 3): three persons, nobody helps oneself, system has no part, audit only reads."""

from itertools import permutations

import pytest

from shanzhi.access.permissions import ADMINISTRATORS
from shanzhi.accounts import services
from shanzhi.accounts.models import Post, User
from shanzhi.accounts.tests.factories import Town, actor_of, browser, make_post, make_user, person, words
from shanzhi.lib.errors import Conflict, Forbidden


@pytest.mark.parametrize(("first", "second"), sorted(permutations(sorted(ADMINISTRATORS), 2)))
def test_one_person_never_holds_two_of_them(town: Town, first: str, second: str) -> None:
    user = make_user(town)
    make_post(town, user, first, "county")
    with pytest.raises(Conflict) as caught:
        make_post(town, user, second, "county")
    assert caught.value.code == "administrators_apart"
    assert "三个人分别担任" in caught.value.message


def test_after_the_first_was_revoked_the_second_is_possible(town: Town, security: User) -> None:
    user = make_user(town)
    post = make_post(town, user, "audit_admin", "county")
    services.post_revoke(actor=actor_of(town, security), post_id=post.id, version=0, reason="轮岗")
    make_post(town, user, "system_admin", "county")


def test_bulk_grants_keep_them_apart_too(town: Town) -> None:
    from django.utils import timezone

    user = make_user(town)
    rows = [services.NewPost(user, role, area=town.areas["county"]) for role in ("system_admin", "audit_admin")]
    with pytest.raises(Conflict):
        services.posts_bulk_grant(actor=town.system, rows=rows, at=timezone.now())
    assert not Post.objects.filter(user=user).exists()


def test_nobody_grants_or_revokes_own_posts(town: Town, security: User) -> None:
    actor = actor_of(town, security)
    with pytest.raises(Conflict) as caught:
        services.post_grant(actor=actor, user_id=security.pk, role="county_leader", area=town.areas["county"])
    assert caught.value.code == "own_post"
    post = Post.objects.get(user=security)
    answer = browser(security).post(town.url(f"posts/{post.id}/revocations/"), {"version": 0, "reason": "x"})
    assert answer.status_code == 409
    assert "不能给自己授予或撤销岗位" in words(answer)
    post.refresh_from_db()
    assert post.revoked_at is None


def test_two_security_administrators_may_change_each_other(town: Town, security: User) -> None:
    second = person(town, "security_admin", "county", "吴安")
    post = Post.objects.get(user=security)
    services.post_revoke(actor=actor_of(town, second), post_id=post.id, version=0, reason="调离")
    assert not actor_of(town, security).posts


@pytest.mark.parametrize("act", ["password-resets", "signouts", "disablements", "totp-removals"])
def test_own_account_is_kept_by_somebody_else(town: Town, security: User, act: str) -> None:
    where = town.url(f"users/{security.pk}/{act}/")
    answer = browser(security).post(where, {"version": 0, "reason": "x"})
    assert answer.status_code == 409
    assert "不能在这里处理自己的账号" in words(answer)
    page = words(browser(security).get(town.url(f"users/{security.pk}/")))
    assert "停用账号" not in page
    assert "这是自己的账号" in page


def test_system_administrator_has_no_part(town: Town, worker: User) -> None:
    system = person(town, "system_admin", "county", "周系")
    client = browser(system)
    for path in ("users/", "users/new/", f"users/{worker.pk}/", f"users/{worker.pk}/posts/"):
        assert client.get(town.url(path)).status_code == 403
    for path in ("posts", "users", f"users/{worker.pk}"):
        assert client.get(town.api(path)).status_code == 403
    with pytest.raises(Forbidden):
        services.user_create(actor=actor_of(town, system), username="abcd", name="甲")


def test_audit_administrator_only_reads(town: Town, auditor: User, worker: User) -> None:
    client = browser(auditor)
    page = words(client.get(town.url("users/")))
    assert "只能查看" in page
    assert "新建账号" not in page
    detail = words(client.get(town.url(f"users/{worker.pk}/")))
    for button in ("重置密码", "停用账号", "授予岗位", "撤销岗位", "发放令牌"):
        assert button not in detail
    for path in ("users/new/", f"users/{worker.pk}/posts/", f"users/{worker.pk}/tokens/", f"users/{worker.pk}/name/"):
        assert client.get(town.url(path)).status_code == 403
        assert client.post(town.url(path), {}).status_code == 403
    for act in ("password-resets", "unlocks", "signouts", "disablements", "enablements", "totp-removals"):
        assert client.post(town.url(f"users/{worker.pk}/{act}/"), {"version": 0}).status_code == 403
    body = {"user_id": str(worker.pk), "role": "grid_leader", "area_code": town.areas["grid"].code}
    assert client.post(town.api("posts"), body, "application/json").status_code == 403

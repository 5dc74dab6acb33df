"""Accounts: the list with its filters and search, making one, and every act on one."""

import re
from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from shanzhi.accounts import lockout, selectors, services
from shanzhi.accounts.models import AccountAct, ApiToken, Post, User
from shanzhi.accounts.selectors import UserFilter
from shanzhi.accounts.tests.factories import (
    PASSWORD,
    Town,
    actor_of,
    browser,
    log_in,
    make_post,
    make_user,
    person,
    statements,
    words,
)
from shanzhi.lib.errors import Forbidden, Invalid, Stale
from shanzhi.tenancy.context import county
from shanzhi.trail.models import Entry

NEW = {"name": "李小明", "username": "LiXiaoming", "idempotency_key": "n1"}


def names(town: Town, user: User, **wanted: str) -> list[str]:
    page = selectors.user_list_for(actor_of(town, user), UserFilter(**wanted), at=timezone.now())
    return [row.user.name for row in page.rows]


def test_list_shows_people_with_posts_and_state(town: Town, security: User, worker: User) -> None:
    make_user(town, "无岗人")
    page = words(browser(security).get(town.url("users/")))
    for part in ("王桂兰", "小关社区 第四网格 网格员", "无岗人", "没有岗位", "新建账号", "人员和岗位"):
        assert part in page


def test_filters(town: Town, security: User, worker: User) -> None:
    far = person(town, "grid_worker", "far", "陈远")
    make_user(town, "无岗人")
    User.objects.filter(pk=far.pk).update(is_active=False)
    assert names(town, security, role="grid_worker") == ["陈远", "王桂兰"]
    assert names(town, security, path=town.areas["town"].path) == ["王桂兰"]
    assert names(town, security, state="disabled") == ["陈远"]
    assert names(town, security, state="vacant") == ["无岗人"]
    assert names(town, security, text="桂") == ["王桂兰"]
    assert names(town, security, text=worker.username.upper()) == ["王桂兰"]
    client = browser()
    for _ in range(5):
        log_in(client, worker, "wrong")
    assert names(town, security, state="locked") == ["王桂兰"]
    assert "已锁定" in words(browser(security).get(town.url("users/?state=locked")))


def test_search_leaves_no_name_in_the_address(town: Town, security: User, worker: User) -> None:
    client = browser(security)
    answer = client.post(town.url("users/searches/"), {"text": "王桂兰"})
    assert answer["Location"] == town.url("users/")
    page = words(client.get(answer["Location"]))
    assert "小关社区 第四网格 网格员" in page
    assert "赵安</a>" not in page
    assert not re.search(r'href="[^"]*王桂兰', page)
    assert "没有符合条件的人" in words(client.get(town.url("users/?role=accountant")))
    client.post(town.url("users/searches/"), {"text": ""})
    assert "赵安</a>" in words(client.get(town.url("users/")))
    assert client.get(town.url("users/searches/")).status_code == 405


def test_pages_of_fifty(town: Town, security: User) -> None:
    at = timezone.now()
    rows = [services.NewUser(f"bulk{number:03}", f"人{number:03}") for number in range(120)]
    services.users_bulk_create(actor=town.system, rows=rows, at=at)
    seen: list[str] = []
    address = town.url("users/")
    client = browser(security)
    for _ in range(3):
        page = words(client.get(address))
        seen += re.findall(r">(人\d{3})</a>", page)
        following = re.search(r'href="(\?after=[\w.:%-]+)" rel="next"', page)
        address = town.url("users/") + (following[1] if following else "")
    assert len(seen) == len(set(seen)) == 120
    actor = actor_of(town, security)
    first = selectors.user_list_for(actor, UserFilter(), at=at)
    second = selectors.user_list_for(actor, UserFilter(), at=at, cursor=first.next_cursor or "")
    back = selectors.user_list_for(actor, UserFilter(), at=at, cursor=second.previous_cursor or "")
    assert [row.user.pk for row in back.rows] == [row.user.pk for row in first.rows]


def test_statements_do_not_grow_with_rows(town: Town, security: User) -> None:
    actor, at = actor_of(town, security), timezone.now()
    for number in range(12):
        person(town, name=f"人{number}")
    with statements(3):
        page = selectors.user_list_for(actor, UserFilter(), at=at)
    assert len(page.rows) == 13


def test_people_of_another_county_are_not_there(town: Town, security: User, outsider: User) -> None:
    client = browser(security)
    assert "孙外" not in words(client.get(town.url("users/")))
    for path in ("", "posts/", "name/", "password-resets/", "tokens/"):
        assert client.get(town.url(f"users/{outsider.pk}/{path}")).status_code == 404
    assert client.get(town.api(f"users/{outsider.pk}")).status_code == 404
    assert client.get(town.url("users/999999/")).status_code == 404


def test_create_shows_the_password_once(town: Town, security: User) -> None:
    client = browser(security)
    answer = client.post(town.url("users/new/"), NEW)
    shown = re.search(r'<code class="num">([^<]+)</code>', words(answer))
    assert shown is not None
    assert "no-store" in answer["Cache-Control"]
    user = User.objects.get(username="lixiaoming")
    assert user.check_password(shown[1])
    assert user.must_change_password
    assert user.home_county == town.number
    again = words(client.post(town.url("users/new/"), NEW))
    assert shown[1] not in again
    assert "只显示一次" in again
    assert User.objects.filter(username="lixiaoming").count() == 1
    act = AccountAct.objects.get(user=user)
    assert Entry.objects.filter(object_id=act.id, code="accounts.user.created", actor_id=security.pk).exists()


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"name": ""}, "请填姓名"),
        ({"username": ""}, "请填登录账号"),
        ({"username": "李小明"}, "3 到 32 位小写字母"),
        ({"username": "ab"}, "3 到 32 位小写字母"),
    ],
)
def test_create_refuses_with_a_sentence_at_the_field(
    town: Town, security: User, changes: dict[str, str], sentence: str
) -> None:
    answer = browser(security).post(town.url("users/new/"), NEW | changes)
    assert answer.status_code == 422
    assert sentence in words(answer)


def test_taken_login(town: Town, security: User, worker: User) -> None:
    answer = browser(security).post(town.url("users/new/"), NEW | {"username": worker.username})
    assert answer.status_code == 422
    assert "已经有人用了" in words(answer)
    with pytest.raises(Invalid):
        services.user_create(actor=town.system, username=worker.username, name="甲")


def test_detail_tells_everything_about_an_account(town: Town, security: User, worker: User) -> None:
    log_in(browser(), worker)
    services.user_rename(actor=actor_of(town, security), user_id=worker.pk, version=0, name="王桂芳")
    page = words(browser(security).get(town.url(f"users/{worker.pk}/")))
    for part in (
        "王桂芳",
        "小关社区 第四网格 网格员",
        "在任",
        "Windows 电脑，Edge 浏览器",
        "更正姓名",
        "建立账号",
        "赵安",
        "系统",
    ):
        assert part in page


def test_rename_page_and_stale_version(town: Town, security: User, worker: User) -> None:
    client, where = browser(security), town.url(f"users/{worker.pk}/name/")
    assert 'value="王桂兰"' in words(client.get(where))
    assert client.post(where, {"name": "王桂芳", "version": 0}).status_code == 302
    worker.refresh_from_db()
    assert (worker.name, worker.version) == ("王桂芳", 1)
    stale = client.post(where, {"name": "别人", "version": 0})
    assert stale.status_code == 409
    assert "刚刚有人更新了" in words(stale)
    assert client.post(where, {"name": "", "version": 1}).status_code == 422


def test_reset_password(town: Town, security: User, worker: User) -> None:
    signed_in = browser()
    log_in(signed_in, worker)
    locked = browser(ip="10.0.0.7")
    for _ in range(5):
        log_in(locked, worker, "wrong")
    now = timezone.now()
    token = ApiToken.objects.create(
        user=worker, county_id=341181, name="同步", digest="d" * 64, created_at=now, expires_at=now + timedelta(days=9)
    )
    client, where = browser(security), town.url(f"users/{worker.pk}/password-resets/")
    assert "马上作废" in words(client.get(where))
    answer = client.post(where, {"version": 0, "idempotency_key": "r1"})
    shown = re.search(r'<code class="num">([^<]+)</code>', words(answer))
    assert shown is not None
    assert signed_in.get(town.url("me/")).status_code == 302
    assert log_in(locked, worker, shown[1]).status_code == 302, "the lock is lifted too"
    worker.refresh_from_db()
    assert worker.must_change_password
    token.refresh_from_db()
    assert token.revoked_at is not None, "a token is a password too"
    assert shown[1] not in words(client.post(where, {"version": 0, "idempotency_key": "r1"}))
    worker.refresh_from_db()
    assert worker.check_password(shown[1]), "sent twice, it is done once"
    assert client.post(where, {"version": 0, "idempotency_key": "r2"}).status_code == 409


def test_unlock(town: Town, security: User, worker: User) -> None:
    client = browser()
    for _ in range(5):
        log_in(client, worker, "wrong")
    admin = browser(security)
    assert "解除锁定" in words(admin.get(town.url(f"users/{worker.pk}/")))
    assert admin.post(town.url(f"users/{worker.pk}/unlocks/"), {}).status_code == 302
    assert lockout.locked_until(worker.username, at=timezone.now()) is None
    assert log_in(client, worker).status_code == 302


def test_sign_out_everywhere(town: Town, security: User, worker: User) -> None:
    client = browser()
    log_in(client, worker)
    assert browser(security).post(town.url(f"users/{worker.pk}/signouts/"), {}).status_code == 302
    assert client.get(town.url("me/")).status_code == 302


def test_disable_and_enable(town: Town, security: User, worker: User) -> None:
    client = browser()
    log_in(client, worker)
    admin, base = browser(security), town.url(f"users/{worker.pk}/")
    bare = admin.post(f"{base}disablements/", {"version": 0, "reason": ""})
    assert bare.status_code == 422
    assert admin.post(f"{base}disablements/", {"version": 0, "reason": "离职"}).status_code == 302
    assert client.get(town.url("me/")).status_code == 302
    assert log_in(client, worker).status_code == 422
    assert not actor_of(town, User.objects.get(pk=worker.pk)).posts
    page = words(admin.get(base))
    assert "账号已停用" in page
    assert "恢复账号" in page
    assert admin.post(f"{base}disablements/", {"version": 1, "reason": "再停"}).status_code == 409
    assert admin.post(f"{base}enablements/", {"version": 1}).status_code == 302
    assert admin.post(f"{base}enablements/", {"version": 2}).status_code == 409
    assert log_in(browser(), worker).status_code == 302
    kinds = list(AccountAct.objects.filter(user=worker).order_by("at", "id").values_list("kind", flat=True))
    assert kinds == ["created", "disabled", "enabled"]


def test_take_off_the_second_factor(town: Town, security: User, worker: User) -> None:
    from allauth.mfa.models import Authenticator

    Authenticator.objects.create(user=worker, type="totp", data={"secret": "x"})
    admin, where = browser(security), town.url(f"users/{worker.pk}/totp-removals/")
    assert "手机丢失" in words(admin.get(where))
    assert admin.post(where, {"reason": "手机丢失"}).status_code == 302
    assert not Authenticator.objects.exists()


def test_unknown_act_is_not_found(town: Town, security: User, worker: User) -> None:
    assert browser(security).get(town.url(f"users/{worker.pk}/promotions/")).status_code == 404


def test_account_kept_elsewhere_can_get_posts_but_not_be_managed(town: Town, security: User, county_b) -> None:
    user = make_user(town, "跨县人")
    make_post(town, user, "auditor", "county")
    User.objects.filter(pk=user.pk).update(home_county=county_b.id)
    with pytest.raises(Forbidden) as caught:
        services.user_disable(actor=actor_of(town, security), user_id=user.pk, version=0, reason="x")
    assert caught.value.code == "account_of_other_county"
    page = words(browser(security).get(town.url(f"users/{user.pk}/")))
    assert "由外县管理" in page
    assert "停用账号" not in page
    make_post(town, user, "county_leader", "county")


def test_json_twin_of_the_list(town: Town, security: User, worker: User) -> None:
    client = browser(security)
    body = client.get(town.api("users"), {"role": "grid_worker"}).json()
    assert [(row["name"], row["state"], row["posts"][0]["place"]) for row in body["items"]] == [
        ("王桂兰", "active", "小关社区 第四网格")
    ]
    assert body["next"] is None
    assert client.get(town.api(f"users/{worker.pk}")).json() == body["items"][0]
    assert client.get(town.api("users"), {"state": "odd"}).status_code == 422
    assert browser(worker).get(town.api("users")).status_code == 403
    assert browser().get(town.api("users")).status_code == 401


def test_stale_service(town: Town, security: User, worker: User) -> None:
    with pytest.raises(Stale):
        services.user_rename(actor=actor_of(town, security), user_id=worker.pk, version=4, name="甲")


def test_command_makes_the_first_security_administrator(town: Town, capsys: pytest.CaptureFixture[str]) -> None:
    call_command("security_admin", str(town.number), "first.admin", "郑安")
    password = re.search(r"initial password (\S+)", capsys.readouterr().out)
    assert password is not None
    user = User.objects.get(username="first.admin")
    assert user.check_password(password[1])
    with county(town.number):
        assert Post.objects.get(user=user).role == "security_admin"
    with pytest.raises(CommandError):
        call_command("security_admin", str(town.number), "first.admin", "郑安")
    with pytest.raises(CommandError):
        call_command("security_admin", "999999", "second.admin", "郑安")
    assert user.check_password(PASSWORD) is False


@pytest.mark.parametrize("cursor", ["²", "9" * 19, "9" * 5000])
def test_cursors_that_are_none_begin_at_the_top(town: Town, security: User, worker: User, cursor: str) -> None:
    client = browser(security)
    for name in ("after", "before"):
        assert worker.name in words(client.get(town.url("users/"), {name: cursor}, follow=True))

"""Granting and revoking posts: on the page, through the API, and what is refused."""

from datetime import date, datetime, timedelta

import pytest
from django.db import IntegrityError
from django.db.transaction import atomic
from django.utils import timezone

from shanzhi.access.permissions import ROLES, Level
from shanzhi.accounts import selectors, services
from shanzhi.accounts.models import Post, User
from shanzhi.accounts.tests.factories import (
    SINCE,
    Town,
    actor_of,
    browser,
    make_post,
    make_user,
    person,
    words,
)
from shanzhi.lib.errors import Conflict, Forbidden, Invalid, NotFound, Stale
from shanzhi.lib.times import local
from shanzhi.tenancy.context import county
from shanzhi.trail.models import Entry


def today() -> date:
    return local(timezone.now()).date()


@pytest.fixture
def newcomer(town: Town) -> User:
    return make_user(town, "李明")


def form(town: Town, **changes: object) -> dict[str, object]:
    base = {"role": "grid_worker", "town": town.areas["town"].code, "valid_from": today().isoformat(), "valid_to": ""}
    return base | {"place": f"area:{town.areas['grid'].code}", "idempotency_key": "k1"} | changes


def test_grant_on_the_page_in_two_steps(town: Town, security: User, newcomer: User) -> None:
    client, where = browser(security), town.url(f"users/{newcomer.pk}/posts/")
    assert "列出可选的地点" in words(client.get(where))
    asks = client.get(where, {"role": "grid_worker"})
    assert asks.status_code == 422
    assert "请先选镇街" in words(asks)
    step = words(client.get(where, {"role": "grid_worker", "town": town.areas["town"].code}))
    assert "小关社区 第四网格" in step
    assert "第一网格" not in step, "grids of the other township are not offered"
    answer = client.post(where, form(town))
    assert answer["Location"] == town.url(f"users/{newcomer.pk}/")
    post = Post.objects.get(user=newcomer)
    assert (post.role, post.area_id, post.area_path) == ("grid_worker", town.areas["grid"].id, town.areas["grid"].path)
    assert post.granted_by == security.pk
    assert "已授予李明“网格员”岗位" in words(client.get(answer["Location"]))


def test_grant_leaves_an_entry_in_the_trail(town: Town, security: User, newcomer: User) -> None:
    post = services.post_grant(
        actor=actor_of(town, security), user_id=newcomer.pk, role="grid_worker", area=town.areas["grid"]
    )
    entry = Entry.objects.get(object_id=post.id)
    assert (entry.code, entry.actor_id, entry.object_type) == ("accounts.post.granted", security.pk, "accounts.post")
    assert entry.post_id == actor_of(town, security).posts[0].id


def test_double_click_grants_once(town: Town, security: User, newcomer: User) -> None:
    client, where = browser(security), town.url(f"users/{newcomer.pk}/posts/")
    for _ in range(2):
        assert client.post(where, form(town)).status_code == 302
    assert Post.objects.filter(user=newcomer).count() == 1
    reused = client.post(where, form(town, role="grid_leader"))
    assert reused.status_code == 422
    assert "重复提交标识已用于另一次操作" in words(reused)


@pytest.mark.parametrize("role", sorted(ROLES))
def test_each_role_fits_its_levels_and_no_other(town: Town, newcomer: User, role: str) -> None:
    keys = {Level.COUNTY: "county", Level.TOWNSHIP: "town", Level.VILLAGE: "village", Level.GRID: "grid"}
    for level, key in keys.items():
        if level in ROLES[role].levels:
            assert make_post(town, newcomer, role, key).area_path == town.areas[key].path
        else:
            with pytest.raises(Invalid) as caught:
                make_post(town, newcomer, role, key)
            assert caught.value.code == "place_wrong"


def test_post_in_a_unit(town: Town, security: User, newcomer: User) -> None:
    client, where = browser(security), town.url(f"users/{newcomer.pk}/posts/")
    assert "市住建局" in words(client.get(where, {"role": "department_handler"}))
    unit = town.units["dept"]
    client.post(where, form(town, role="department_handler", place=f"unit:{unit.id}"))
    post = Post.objects.get(user=newcomer)
    assert (post.unit_id, post.area_id, post.area_path) == (unit.id, None, town.areas["county"].path)
    actor = actor_of(town, newcomer)
    assert actor.posts[0].title == "市住建局 部门经办人"
    assert actor.scope("access.self").unit_ids == {unit.id}


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"valid_to": SINCE}, "term_wrong"),
        ({"valid_from": date(2027, 1, 2), "valid_to": date(2027, 1, 1)}, "term_wrong"),
        ({"role": "mayor"}, "role_unknown"),
        ({"area": None}, "place_wrong"),
    ],
)
def test_what_does_not_fit_is_refused(town: Town, newcomer: User, changes: dict[str, object], code: str) -> None:
    values: dict[str, object] = {"role": "grid_worker", "area": town.areas["grid"]} | changes
    with pytest.raises(Invalid) as caught:
        services.post_grant(actor=town.system, user_id=newcomer.pk, **values)  # type: ignore[arg-type]
    assert caught.value.code == code
    assert not Post.objects.filter(user=newcomer).exists()


def test_abolished_place_is_refused(town: Town, newcomer: User) -> None:
    area = town.areas["grid"]
    area.valid_to = today()
    area.save()
    with pytest.raises(Invalid):
        make_post(town, newcomer, "grid_worker", "grid")
    assert selectors.place_of(f"area:{area.code}") == (None, None)


def test_same_post_twice_in_meeting_terms(town: Town, newcomer: User) -> None:
    make_post(town, newcomer, "grid_worker", "grid", valid_to=today() + timedelta(days=10))
    with pytest.raises(Conflict) as caught:
        make_post(town, newcomer, "grid_worker", "grid", valid_from=today() + timedelta(days=10))
    assert caught.value.code == "post_twice"
    make_post(town, newcomer, "grid_worker", "grid", valid_from=today() + timedelta(days=11))
    make_post(town, newcomer, "grid_leader", "grid")


def test_term_begins_and_ends_with_the_day_in_china(town: Town, newcomer: User) -> None:
    make_post(town, newcomer, "grid_worker", "grid", valid_from=date(2030, 1, 1), valid_to=date(2030, 1, 31))

    def holds(text: str) -> bool:
        return bool(actor_of(town, newcomer, datetime.fromisoformat(text)).posts)

    assert not holds("2029-12-31T23:59:59+08:00")
    assert holds("2030-01-01T00:00:00+08:00")
    assert holds("2030-01-31T23:59:59+08:00")
    assert not holds("2030-02-01T00:00:00+08:00")


def test_disabled_account_gets_no_post(town: Town, newcomer: User) -> None:
    User.objects.filter(pk=newcomer.pk).update(is_active=False)
    with pytest.raises(Conflict) as caught:
        make_post(town, newcomer, "grid_worker", "grid")
    assert caught.value.code == "account_disabled"


def test_revoke_on_the_page(town: Town, security: User, worker: User) -> None:
    post = Post.objects.get(user=worker)
    client, where = browser(security), town.url(f"posts/{post.id}/revocations/")
    assert "小关社区 第四网格 网格员" in words(client.get(where))
    bare = client.post(where, {"version": post.version, "reason": " "})
    assert bare.status_code == 422
    assert "请写明原因" in words(bare)
    body = {"version": post.version, "reason": "调离本镇", "idempotency_key": "k2"}
    for _ in range(2):
        assert client.post(where, body)["Location"] == town.url(f"users/{worker.pk}/")
    post.refresh_from_db()
    assert (post.revoke_reason, post.revoked_by, post.version) == ("调离本镇", security.pk, 1)
    entry = Entry.objects.get(object_id=post.id, code="accounts.post.revoked")
    assert entry.version == 1
    assert not actor_of(town, worker).posts
    assert "调离本镇" in words(client.get(town.url(f"users/{worker.pk}/")))


def test_stale_version_is_refused_with_409(town: Town, security: User, worker: User) -> None:
    post = Post.objects.get(user=worker)
    where = town.url(f"posts/{post.id}/revocations/")
    answer = browser(security).post(where, {"version": 7, "reason": "调离"})
    assert answer.status_code == 409
    assert "刚刚有人更新了" in words(answer)
    assert browser(security).post(where, {"reason": "调离"}).status_code == 409, "never seen is stale too"
    with pytest.raises(Stale):
        services.post_revoke(actor=actor_of(town, security), post_id=post.id, version=3, reason="调离")


def test_revoking_what_is_over(town: Town, security: User, worker: User) -> None:
    post = Post.objects.get(user=worker)
    actor = actor_of(town, security)
    services.post_revoke(actor=actor, post_id=post.id, version=0, reason="调离")
    with pytest.raises(Conflict):
        services.post_revoke(actor=actor, post_id=post.id, version=1, reason="再次")


def test_right_is_lost_at_once(town: Town, security: User, worker: User) -> None:
    client = browser(worker)
    assert client.get(town.url("me/")).status_code == 200
    post = Post.objects.get(user=worker)
    services.post_revoke(actor=actor_of(town, security), post_id=post.id, version=0, reason="调离")
    assert client.get(town.url("me/")).status_code == 404


def test_json_twin(town: Town, security: User, newcomer: User) -> None:
    client = browser(security)
    listed = client.get(town.api("posts"), {"role": "security_admin"}).json()
    assert [row["user_name"] for row in listed["items"]] == ["赵安"]
    body = {"user_id": str(newcomer.pk), "role": "grid_worker", "area_code": town.areas["grid"].code}
    for _ in range(2):
        made = client.post(town.api("posts"), body, "application/json", headers={"Idempotency-Key": "a1"})
        assert made.status_code == 201, made.content
    post = made.json()
    assert post["state"] == "live"
    assert post["place"] == "小关社区 第四网格"
    assert Post.objects.filter(user=newcomer).count() == 1
    one = town.api(f"posts/{post['id']}")
    assert client.get(one).json() == post
    end = f"{one}/revocations"
    assert client.post(end, {"reason": "调离", "version": 5}, "application/json").json()["code"] == "stale"
    done = client.post(end, {"reason": "调离", "version": 0}, "application/json")
    assert (done.status_code, done.json()["state"]) == (200, "revoked")
    assert client.get(town.api("posts"), {"area": town.areas["town"].code}).json()["items"] == []
    everything = client.get(town.api("posts"), {"area": town.areas["town"].code, "all": "true"}).json()
    assert [row["id"] for row in everything["items"]] == [post["id"]]


@pytest.mark.parametrize(
    ("query", "status"), [({"area": "999999999999"}, 422), ({"after": "x"}, 422), ({"role": "x" * 40}, 422)]
)
def test_api_refuses_what_it_can_not_read(town: Town, security: User, query: dict[str, str], status: int) -> None:
    assert browser(security).get(town.api("posts"), query).status_code == status


def test_wrong_role_is_403_and_other_county_404(
    town: Town, security: User, worker: User, auditor: User, outsider: User
) -> None:
    post = Post.objects.get(user=worker)
    where, api = town.url(f"posts/{post.id}/revocations/"), town.api(f"posts/{post.id}")
    body = {"reason": "x", "version": 0}
    other = person(town, "system_admin", "county", "周系")
    for user, status in ((worker, 403), (auditor, 403), (other, 403), (outsider, 404)):
        client = browser(user)
        assert client.post(where, body).status_code == status
        assert client.post(f"{api}/revocations", body, "application/json").status_code == status
    assert browser(auditor).get(api).status_code == 200
    assert browser(worker).get(api).status_code == 403
    foreign = browser(outsider)
    assert foreign.get(f"/{outsider.home_county}/posts/{post.id}/revocations/").status_code == 404
    assert browser().post(where, body)["Location"].startswith("/accounts/login/")
    assert browser().post(f"{api}/revocations", body, "application/json").status_code == 401
    post.refresh_from_db()
    assert post.revoked_at is None


def test_services_refuse_without_the_permission(town: Town, auditor: User, worker: User, outsider: User) -> None:
    grant = {"user_id": worker.pk, "role": "grid_leader", "area": town.areas["grid"]}
    with pytest.raises(Forbidden):
        services.post_grant(actor=actor_of(town, auditor), **grant)
    with pytest.raises(NotFound):
        services.post_grant(actor=actor_of(town, outsider), **grant)
    with county(outsider.home_county), pytest.raises(NotFound):
        selectors.user_get_for(
            selectors.actor_for(user=outsider, county_id=outsider.home_county, at=timezone.now()), worker.pk
        )


def test_form_opened_long_ago_asks_for_the_password(town: Town, security: User, newcomer: User) -> None:
    where = town.url(f"users/{newcomer.pk}/posts/")
    assert browser(security, ago=timedelta(minutes=20)).get(where).status_code == 302
    assert browser(security, ago=timedelta(minutes=20)).post(where, form(town)).status_code == 302
    assert Post.objects.filter(user=newcomer).count() == 1, "who opened it in time may send it for half an hour"
    late = browser(security, ago=timedelta(minutes=31)).post(
        where, form(town, role="grid_leader", idempotency_key="k9")
    )
    assert late["Location"].startswith("/accounts/reauthenticate/")
    assert Post.objects.filter(user=newcomer).count() == 1


def test_database_itself_refuses_a_post_without_a_place(town: Town, newcomer: User) -> None:
    post = Post(user=newcomer, role="resident", area_path="0001", valid_from=SINCE, granted_at=timezone.now())
    with pytest.raises(IntegrityError), atomic():
        post.save()

"""The API of posts and accounts: pages of lists, filters, refusals as problem+json, sessions with and without CSRF."""

from datetime import date, timedelta

import pytest
from django.utils import timezone

from shanzhi.accounts import services
from shanzhi.accounts.models import Post, User
from shanzhi.accounts.tests.factories import Town, browser, make_post, make_user, person, statements
from shanzhi.config.api import api


@pytest.fixture
def many(town: Town) -> list[Post]:
    """A hundred and thirty volunteers of one village."""
    at = timezone.now()
    people = [services.NewUser(f"volunteer{number}", f"志愿者{number}") for number in range(130)]
    users = services.users_bulk_create(actor=town.system, rows=people, at=at)
    rows = [services.NewPost(user, "volunteer", area=town.areas["village"]) for user in users]
    return services.posts_bulk_grant(actor=town.system, rows=rows, at=at)


def test_posts_come_a_hundred_at_a_time(town: Town, security: User, many: list[Post]) -> None:
    client = browser(security)
    first = client.get(town.api("posts"), {"role": "volunteer"}).json()
    assert len(first["items"]) == 100
    second = client.get(town.api("posts"), {"role": "volunteer", "after": first["next"]}).json()
    assert len(second["items"]) == 30
    assert second["next"] is None
    seen = [row["id"] for row in first["items"] + second["items"]]
    assert len(set(seen)) == 130
    assert seen == sorted(seen, key=int)


def test_accounts_come_fifty_at_a_time(town: Town, security: User, many: list[Post]) -> None:
    client = browser(security)
    seen: list[str] = []
    after = ""
    while after is not None:
        page = client.get(town.api("users"), {"role": "volunteer", "after": after}).json()
        seen += [row["id"] for row in page["items"]]
        after = page["next"]
    assert len(seen) == len(set(seen)) == 130


def test_lists_cost_the_same_for_one_and_a_hundred(town: Town, security: User, many: list[Post]) -> None:
    client = browser(security)
    client.get(town.api("posts"))
    for query in ({"role": "security_admin"}, {"role": "volunteer"}):
        with statements(5):  # session, person, posts of the person, ids, rows
            client.get(town.api("posts"), query)


def test_a_post_in_full(town: Town, security: User, worker: User) -> None:
    row = browser(security).get(town.api("posts"), {"role": "grid_worker"}).json()["items"][0]
    post = Post.objects.get(user=worker)
    assert row == {
        "id": str(post.id),
        "user_id": str(worker.pk),
        "user_name": "王桂兰",
        "role": "grid_worker",
        "role_label": "网格员",
        "place": "小关社区 第四网格",
        "area_code": town.areas["grid"].code,
        "unit_id": None,
        "valid_from": post.valid_from.isoformat(),
        "valid_to": None,
        "state": "live",
        "revoked_at": None,
        "revoke_reason": "",
        "version": 0,
    }


def test_post_in_a_unit(town: Town, security: User) -> None:
    user, unit = make_user(town, "刘勇"), town.units["dept"]
    body = {"user_id": str(user.pk), "role": "department_handler", "unit_id": str(unit.id), "valid_to": "2030-12-31"}
    made = browser(security).post(town.api("posts"), body, "application/json")
    assert made.status_code == 201
    assert (made.json()["unit_id"], made.json()["place"]) == (str(unit.id), "市住建局")
    assert Post.objects.get(user=user).valid_to == date(2030, 12, 31)


@pytest.mark.parametrize(
    ("changes", "code", "status"),
    [
        ({"role": "mayor"}, "role_unknown", 422),
        ({"area_code": "1"}, "place_wrong", 422),
        ({"area_code": None}, "place_wrong", 422),
        ({"valid_to": "2001-01-01"}, "term_wrong", 422),
        ({"user_id": "999999999"}, "not_found", 404),
        ({"user_id": "abc"}, "invalid", 422),
        ({"valid_from": "gestern"}, "invalid", 422),
        ({"role": "system_admin", "area_code": "county"}, "administrators_apart", 409),
    ],
)
def test_refusals_of_a_grant(
    town: Town, security: User, auditor: User, changes: dict[str, str | None], code: str, status: int
) -> None:
    body: dict[str, str | None] = {
        "user_id": str(auditor.pk),
        "role": "grid_worker",
        "area_code": town.areas["grid"].code,
    } | changes
    if body["area_code"] == "county":
        body["area_code"] = town.areas["county"].code
    answer = browser(security).post(town.api("posts"), body, "application/json")
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert answer["Content-Type"] == "application/problem+json"
    assert Post.objects.filter(user=auditor).count() == 1


def test_own_post_is_refused(town: Town, security: User) -> None:
    body = {"user_id": str(security.pk), "role": "county_leader", "area_code": town.areas["county"].code}
    answer = browser(security).post(town.api("posts"), body, "application/json")
    assert (answer.status_code, answer.json()["code"]) == (409, "own_post")


def test_session_that_writes_needs_our_own_page(town: Town, security: User) -> None:
    client = browser(security)
    client.handler.enforce_csrf_checks = True
    body = {"user_id": str(make_user(town).pk), "role": "grid_worker", "area_code": town.areas["grid"].code}
    assert client.post(town.api("posts"), body, "application/json").status_code == 403
    client.get(town.url("users/"))
    headers = {"X-CSRFToken": client.cookies["csrf"].value}
    assert client.post(town.api("posts"), body, "application/json", headers=headers).status_code == 201


def test_session_that_was_left_open_grants_and_revokes_nothing(town: Town, security: User, worker: User) -> None:
    """As on the pages: whoever finds an unlocked browser has to know the password."""
    post = Post.objects.get(user=worker)
    grant = {"user_id": str(worker.pk), "role": "volunteer", "area_code": town.areas["grid"].code}
    revoke, where = {"reason": "调离", "version": 0}, town.api(f"posts/{post.id}/revocations")
    left = browser(security, ago=timedelta(hours=1))
    for path, body in ((town.api("posts"), grant), (where, revoke)):
        answer = left.post(path, body, "application/json")
        assert (answer.status_code, answer.json()["code"]) == (403, "confirmation_required")
    assert left.post(town.api("posts/1/revocations"), revoke, "application/json").status_code == 404
    assert Post.objects.get(user=worker).revoked_at is None
    there = browser(security, ago=timedelta(minutes=20))  # within the time for filling in a form
    assert there.post(town.api("posts"), grant, "application/json").status_code == 201
    assert there.post(where, revoke, "application/json").status_code == 200


def test_ended_posts_are_listed_on_request(town: Town, security: User, worker: User) -> None:
    post = Post.objects.get(user=worker)
    services.post_revoke(actor=town.system, post_id=post.id, version=0, reason="调离")
    make_post(town, worker, "resident", "village", valid_from=date(2040, 1, 1))
    client = browser(security)
    assert client.get(town.api("posts"), {"area": town.areas["town"].code}).json()["items"] == []
    found = client.get(town.api("posts"), {"area": town.areas["town"].code, "all": True}).json()["items"]
    assert [(row["state"], row["revoke_reason"]) for row in found] == [("revoked", "调离"), ("coming", "")]


def test_another_county_s_list_holds_nothing_of_ours(town: Town, worker: User, outsider: User) -> None:
    person(town, "auditor", "county", "审计")
    rows = browser(outsider).get(f"/api/v1/{outsider.home_county}/posts").json()["items"]
    assert [row["user_name"] for row in rows] == ["孙外"]


def test_contract_declares_every_refusal() -> None:
    paths = api.get_openapi_schema()["paths"]
    own = ("posts", "stand-ins", "users")
    ours = {path: item for path, item in paths.items() if path.split("{county}/")[-1].split("/")[0] in own}
    assert len(ours) == 9
    for path, item in ours.items():
        for method, operation in item.items():
            declared = {int(status) for status in operation["responses"]}
            assert {401, 403, 404, 422} <= declared, (path, method)
            if method == "post":
                assert {400, 409, 429} <= declared, path

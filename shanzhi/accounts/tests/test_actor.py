"""Who acts: posts and scope of a request, whom a notice reaches, and how a post is called in a timeline."""

from datetime import date, datetime, timedelta
from types import SimpleNamespace

import pytest
from django.test import Client
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from shanzhi.accounts import selectors, services
from shanzhi.accounts.models import AccountAct, Post, User
from shanzhi.accounts.permissions import VIEW
from shanzhi.accounts.tests.factories import Town, actor_of, browser, make_post, make_user, person, statements
from shanzhi.areas.registry import path_holders
from shanzhi.lib.times import SHANGHAI
from shanzhi.tenancy.context import county
from shanzhi.trail.models import Batch, Entry
from shanzhi.trail.trails import code_label, post_names, tracked


def test_actor_has_posts_places_and_scope(town: Town, worker: User) -> None:
    make_post(town, worker, "department_handler", "centre")
    actor = actor_of(town, worker)
    assert (actor.user_id, actor.name, actor.county_id) == (worker.pk, "王桂兰", town.number)
    grid, centre = actor.posts
    assert (grid.role, grid.label, grid.area_name, grid.area_level) == (
        "grid_worker",
        "网格员",
        "小关社区 第四网格",
        "grid",
    )
    assert (centre.unit_name, centre.area_name, centre.area_path) == ("镇综治中心", "杨村镇", town.areas["town"].path)
    scope = actor.scope("access.self")
    assert scope.covers(town.areas["grid"].path)
    assert not scope.covers(town.areas["village"].path)
    assert not scope.covers(town.areas["far"].path)


def test_one_statement_for_all_posts(town: Town, worker: User) -> None:
    for role in ("grid_leader", "volunteer", "resident"):
        make_post(town, worker, role, "grid")
    with statements(1):
        actor = actor_of(town, worker)
    assert len(actor.posts) == 4


def test_posts_of_another_county_do_not_count(town: Town, worker: User, outsider: User) -> None:
    assert actor_of(town, outsider).posts == ()
    assert not actor_of(town, outsider).is_member
    there = Town(outsider.home_county)
    assert [post.role for post in actor_of(there, outsider).posts] == ["security_admin"]
    assert actor_of(there, worker).posts == ()


def test_public_page_asks_nothing_about_a_stranger(town: Town) -> None:
    browser().get("/accounts/login/")
    with statements(0):
        Client().get("/accounts/login/")


def test_disabled_person_and_unknown_role_hold_nothing(town: Town, worker: User) -> None:
    post = Post.objects.get(user=worker)
    Post.objects.filter(id=post.id).update(role="abolished_role")
    assert actor_of(town, worker).posts == ()
    assert "abolished_role" in selectors.post_labels([post.id])[post.id]
    Post.objects.filter(id=post.id).update(role="grid_worker")
    worker.is_active = False
    assert actor_of(town, worker).posts == ()


def test_labels_name_person_place_and_post(town: Town, worker: User) -> None:
    grid = Post.objects.get(user=worker)
    unit = make_post(town, make_user(town, "刘勇"), "department_handler", "dept")
    with statements(1):
        labels = selectors.post_labels([grid.id, unit.id, 999, grid.id])
    assert labels == {grid.id: "王桂兰·小关社区 第四网格 网格员", unit.id: "刘勇·市住建局 部门经办人"}
    assert selectors.post_labels([]) == {}
    services.post_revoke(actor=town.system, post_id=grid.id, version=0, reason="调离")
    assert grid.id in selectors.post_labels([grid.id]), "the past keeps its names"
    assert post_names([grid.id]) == {grid.id: "王桂兰·小关社区 第四网格 网格员"}


def test_whom_a_notice_reaches(town: Town, worker: User, security: User, auditor: User) -> None:
    clerk = person(town, "village_clerk", "village", "周文")
    officer = person(town, "township_officer", "town", "吴镇")
    person(town, "township_officer", "east", "郑东")
    handler = person(town, "department_handler", "dept", "刘勇")
    grid = town.areas["grid"]
    assert selectors.users_with("grid_worker", area=grid) == [worker.pk]
    assert selectors.users_with("township_officer", area=grid) == [officer.pk]
    assert selectors.users_with("township_officer", area_path=grid.path, exact=True) == []
    assert selectors.users_with("village_clerk", area=town.areas["village"], exact=True) == [clerk.pk]
    assert selectors.users_with("village_clerk", area=town.areas["other"]) == []
    assert selectors.users_with("department_handler", unit=town.units["dept"]) == [handler.pk]
    assert selectors.users_with("department_handler", unit_id=town.units["centre"].id) == []
    assert selectors.users_with("department_handler", area=grid) == [], "a unit is not above an area"
    assert selectors.users_with(VIEW) == sorted([security.pk, auditor.pk])
    User.objects.filter(pk=worker.pk).update(is_active=False)
    assert selectors.users_with("grid_worker", area=grid) == []
    assert selectors.users_with("grid_worker", at=timezone.now() - timedelta(days=900)) == []


@given(
    begin=st.dates(date(2025, 1, 1), date(2027, 12, 31)),
    length=st.integers(0, 400) | st.none(),
    moment=st.datetimes(datetime(2024, 6, 1), datetime(2029, 1, 1), timezones=st.just(SHANGHAI)),
)
def test_state_of_a_post_follows_its_term(begin: date, length: int | None, moment: datetime) -> None:
    end = None if length is None else begin + timedelta(days=length)
    post = Post(valid_from=begin, valid_to=end)
    day = moment.date()
    expected = "coming" if day < begin else "ended" if end is not None and day > end else "live"
    assert post.state_on(day) == expected
    post.revoked_at = moment
    assert post.state_on(day) == "revoked"


def test_bulk_loading_of_a_thousand(town: Town, django_assert_max_num_queries) -> None:
    at = timezone.now()
    people = [services.NewUser(f"worker{number}", f"网格员{number}", "Demo-2026-pass") for number in range(1000)]
    with django_assert_max_num_queries(50):
        users = services.users_bulk_create(actor=town.system, rows=people, at=at)
        rows = [services.NewPost(user, "grid_worker", area=town.areas["grid"]) for user in users]
        posts = services.posts_bulk_grant(actor=town.system, rows=rows, at=at)
    assert len(posts) == 1000
    assert users[0].check_password("Demo-2026-pass")
    assert users[0].password == users[-1].password, "one password is hashed once"
    assert len(actor_of(town, users[500]).posts) == 1
    assert AccountAct.objects.filter(kind="created").count() == 1000
    entries = Entry.objects.filter(code="accounts.post.granted")
    assert [entry.size for entry in entries] == [1000]
    assert Batch.objects.filter(entry_id=entries[0].id).exists()


def test_bulk_without_password_waits_for_one(town: Town) -> None:
    [user] = services.users_bulk_create(actor=town.system, rows=[services.NewUser("Later", "甲")], at=timezone.now())
    assert user.username == "later"
    assert not user.has_usable_password()


def test_digest_of_a_post_covers_what_matters(town: Town, worker: User) -> None:
    post = Post.objects.get(user=worker)
    known, salt = tracked(Post), b"salt"
    before = known.digest(post, salt)
    post.area_path = "0001ZZZZ"
    assert known.digest(post, salt) == before, "the merge job rewrites the path"
    for name, value in (("role", "auditor"), ("valid_to", date(2030, 1, 1)), ("revoke_reason", "x"), ("version", 9)):
        old = getattr(post, name)
        setattr(post, name, value)
        assert known.digest(post, salt) != before
        setattr(post, name, old)


def test_merge_job_knows_the_path_and_the_trail_the_words() -> None:
    assert any((holder.model, holder.field) == ("accounts.Post", "area_path") for holder in path_holders())
    assert code_label("accounts.post.granted") == "授予岗位"
    assert code_label("accounts.user.unlocked") == "解除锁定"


def test_first_page_survives_a_county_that_left(town: Town, worker: User, monkeypatch: pytest.MonkeyPatch) -> None:
    assert selectors.first_page(worker) == town.url("home/")
    assert selectors.first_page(SimpleNamespace(home_county=None)) == "/"
    assert selectors.first_page(SimpleNamespace(home_county=999999)) == "/"
    with county(town.number):
        assert selectors.totp_required(worker) is False


def test_strings_of_rows(town: Town, worker: User) -> None:
    post, act = Post.objects.get(user=worker), AccountAct.objects.filter(user=worker).first()
    assert str(worker) == "王桂兰"
    assert str(post).startswith("网格员 ")
    assert str(act) == "建立账号"

"""Passwords: the rule, the first one that must go, one's own change, and that other sessions end with the old one."""

import pytest
from django.core.exceptions import ValidationError
from hypothesis import given
from hypothesis import strategies as st

from shanzhi.accounts import services
from shanzhi.accounts.models import AccountAct, User
from shanzhi.accounts.tests.factories import PASSWORD, Town, browser, log_in, make_post, make_user, words
from shanzhi.accounts.validators import SENTENCE, PasswordRule, initial_password
from shanzhi.lib.errors import Invalid
from shanzhi.trail.models import Entry

CHANGE = "/accounts/password/change/"
NEW = "Guanli-2027x"


def change(client, old: str = PASSWORD, new: str = NEW, again: str | None = None):
    return client.post(CHANGE, {"oldpassword": old, "password1": new, "password2": new if again is None else again})


@pytest.mark.parametrize(
    "weak",
    ["Short-1", "alllowercase", "lowerand123456", "12345678901", "Password123", "wangguilan-A1x", "王桂兰Abc12345"],
)
def test_weak_passwords_are_refused_with_the_one_sentence(weak: str) -> None:
    user = User(username="wangguilan", name="王桂兰")
    with pytest.raises(ValidationError) as caught:
        PasswordRule().validate(weak, user)
    assert caught.value.messages == [SENTENCE]


@pytest.mark.parametrize("good", [PASSWORD, NEW, "善治平台-Abc123", "correct horse 1 Battery"])
def test_good_passwords_pass(good: str) -> None:
    PasswordRule().validate(good, User(username="wangguilan", name="王桂兰"))


@given(st.text(alphabet="abcdefghijklmnop0123456789", max_size=40))
def test_two_classes_are_never_enough(text: str) -> None:
    with pytest.raises(ValidationError):
        PasswordRule().validate(text)


def test_initial_passwords_pass_the_rule_and_can_be_read_aloud() -> None:
    made = {initial_password() for _ in range(300)}
    assert len(made) == 300
    for word in made:
        PasswordRule().validate(word)
        assert not set(word) & set("0O1lIi")


def test_initial_password_must_be_changed_before_anything_else(town: Town) -> None:
    user = make_user(town, must_change=True)
    make_post(town, user, "grid_worker", "grid")
    client = browser()
    log_in(client, user)
    answer = client.get(town.url("me/"))
    assert answer["Location"] == f"{CHANGE}?next={town.url('me/').replace('/', '%2F')}"
    assert "先换一个自己的密码" in words(client.get(answer["Location"]))
    assert client.get(town.api("posts")).json()["code"] == "password_change_required"
    done = client.post(
        answer["Location"],
        {"oldpassword": PASSWORD, "password1": NEW, "password2": NEW, "next": town.url("me/")},
    )
    assert done["Location"] == town.url("me/")
    assert client.get(town.url("me/")).status_code == 200
    user.refresh_from_db()
    assert not user.must_change_password


def test_change_ends_the_other_sessions_and_keeps_this_one(town: Town, worker: User) -> None:
    here, elsewhere = browser(), browser(ip="10.0.0.9")
    log_in(here, worker)
    log_in(elsewhere, worker)
    assert change(here).status_code == 302
    assert here.get(town.url("me/")).status_code == 200
    assert elsewhere.get(town.url("me/")).status_code == 302
    assert log_in(browser(), worker).status_code == 422
    assert log_in(browser(), worker, NEW).status_code == 302


def test_change_leaves_a_row_and_an_entry_in_the_trail(worker: User) -> None:
    change(browser(worker))
    act = AccountAct.objects.get(user_id=worker.pk, kind="password_changed")
    entry = Entry.objects.get(object_id=act.id)
    assert (entry.code, entry.actor_id) == ("accounts.user.password_changed", worker.pk)


@pytest.mark.parametrize(
    ("old", "new", "again", "sentence"),
    [
        ("wrong", NEW, NEW, "现在的密码不对"),
        (PASSWORD, "weak", "weak", "密码至少 10 位"),
        (PASSWORD, NEW, "Other-2027xx", "两遍新密码不一样"),
        (PASSWORD, PASSWORD, PASSWORD, "不能和现在的密码相同"),
        ("", "", "", "请填现在的密码"),
    ],
)
def test_faults_are_named_at_their_field(worker: User, old: str, new: str, again: str, sentence: str) -> None:
    answer = change(browser(worker), old, new, again)
    assert answer.status_code == 422
    assert sentence in words(answer)
    worker.refresh_from_db()
    assert worker.check_password(PASSWORD)


def test_guessing_the_old_password_is_slowed_down(worker: User) -> None:
    client = browser(worker)
    for _ in range(4):
        assert change(client, "wrong").status_code == 422
    assert change(client, "wrong").status_code == 429
    assert change(client).status_code == 429


def test_anonymous_is_sent_to_the_login(db: None) -> None:
    answer = browser().get(CHANGE)
    assert answer.status_code == 302
    assert answer["Location"].startswith("/accounts/login/")


def test_password_check_for_commands() -> None:
    with pytest.raises(Invalid) as caught:
        services.password_check("short")
    assert caught.value.fields == {"password": [SENTENCE]}
    services.password_check(NEW)

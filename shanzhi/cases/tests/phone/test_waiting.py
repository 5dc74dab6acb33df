"""The page of what waits, who is signed in, and the secret of the queue's key."""

import base64
from typing import Any

import pytest
from django.test import Client

from shanzhi.tenancy.keyring import forget_keys
from tests.cast import Cast

WAITING, WHO, KEY = "/341181/waiting/", "/341181/waiting/who/", "/341181/waiting/key/"


def secret(client: Client) -> str:
    answer = client.post(KEY)
    assert answer.status_code == 200
    assert answer["Cache-Control"] == "no-store"
    return str(answer.json()["secret"])


def test_everybody_of_the_county_has_the_page(cast: Cast) -> None:
    page = cast["grid_worker"].client().get(WAITING)
    assert page.status_code == 200
    assert "data-waiting-list" in page.content.decode()
    assert "没有打开脚本" in page.content.decode()


def test_a_stranger_and_another_county_have_not(cast: Cast, cast_b: Cast, client: Client) -> None:
    assert client.get(WAITING).status_code == 302
    assert cast_b["grid_worker"].client().get(WAITING).status_code == 404


def test_the_strip_stands_on_the_pages_of_a_phone(cast: Cast) -> None:
    client = cast["grid_worker"].client()
    for path in ("/341181/home/", "/341181/notices/", "/341181/me/"):
        page = client.get(path).content.decode()
        assert "data-strip" in page, path
        assert f'href="{WAITING}">查看' in page


def test_who_is_here_is_told_to_anybody(cast: Cast, client: Client) -> None:
    nobody = client.get(WHO)
    assert (nobody.status_code, nobody.json()) == (200, {"user": None, "token": ""})
    person = cast["grid_worker"]
    told = person.client().get(WHO)
    assert told.json()["user"] == str(person.user.pk)
    assert told.json()["token"]
    assert told["Cache-Control"] == "no-store"


def test_the_token_is_good_for_a_form(cast: Cast) -> None:
    person = cast["grid_worker"]
    client = Client(enforce_csrf_checks=True)
    client.force_login(person.user)
    assert client.post(KEY).status_code == 403
    token = client.get(WHO).json()["token"]
    assert client.post(KEY, headers={"X-CSRFToken": token}).status_code == 200


def test_each_person_has_a_secret_of_their_own_that_stays(cast: Cast) -> None:
    worker, leader = cast["grid_worker"].client(), cast["grid_leader"].client()
    first = secret(worker)
    assert len(base64.b64decode(first)) == 32
    assert secret(worker) == first
    assert secret(cast["grid_worker"].client()) == first, "on another phone too"
    assert secret(leader) != first


def test_a_changed_password_and_a_new_key_leave_the_secret(cast: Cast, settings: Any, tmp_path: Any) -> None:
    settings.SHANZHI_KEY_FILE = tmp_path / "fields.json"
    forget_keys()
    person = cast["grid_worker"]
    first = secret(person.client())
    person.user.set_password("Another-password-2")
    person.user.save()
    from_file = settings.SHANZHI_KEY_FILE.read_text()
    assert base64.b64decode(first).hex() not in from_file
    assert secret(person.client()) == first
    forget_keys()


@pytest.mark.parametrize("path", [KEY])
def test_the_secret_is_for_the_signed_in_person_only(cast: Cast, cast_b: Cast, client: Client, path: str) -> None:
    assert client.post(path).status_code == 302
    assert cast_b["grid_worker"].client().post(path).status_code == 404
    assert cast["grid_worker"].client().get(path).status_code == 405

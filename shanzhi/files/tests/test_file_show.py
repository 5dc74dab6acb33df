"""Who gets a file, and what a browser may do with it."""

from io import BytesIO

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from PIL import Image

from shanzhi.files import storage
from shanzhi.files.guards import register
from shanzhi.files.registry import may_see
from shanzhi.files.services import files_attach, photo_store, upload_store
from shanzhi.files.tests import pictures
from shanzhi.files.tests.factories import (
    NOW,
    OWNER_TYPE,
    actor_of,
    draft,
    member,
    person,
    record_of_something,
    signed_in,
)
from shanzhi.tenancy.context import county


@pytest.fixture
def me(county_a):
    return member()


@pytest.fixture
def photo(me):
    return photo_store(actor=actor_of(me), upload=pictures.upload(pictures.camera(800, 400)), at=NOW)


@pytest.fixture
def browser(me):
    return signed_in(me)


def body(response):
    return b"".join(response.streaming_content)


def test_the_uploader_sees_the_draft_without_its_metadata(browser, photo):
    response = browser.get(photo.url)
    assert response.status_code == 200
    data = body(response)
    image = Image.open(BytesIO(data))
    assert (image.format, image.size) == ("JPEG", (800, 400))
    assert not image.getexif()
    assert b"SECRET" not in data


def test_the_thumbnail_is_small(browser, photo):
    assert Image.open(BytesIO(body(browser.get(photo.thumb_url)))).size == (320, 160)
    assert Image.open(BytesIO(body(browser.get(f"{photo.url}?size=../../x")))).size == (800, 400)


def test_headers_of_a_photo(browser, photo):
    response = browser.get(photo.url)
    assert response["Content-Type"] == "image/jpeg"
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Content-Security-Policy"].startswith("sandbox; default-src 'none'")
    assert response["Cache-Control"] == "private, max-age=3600"
    assert response["Cross-Origin-Resource-Policy"] == "same-origin"
    assert "attachment" not in response["Content-Disposition"]
    assert int(response["Content-Length"]) == photo.size


@pytest.mark.parametrize("name", ["册.csv", "evil.html", "x.svg", "a.xlsx"])
def test_everything_else_is_a_download_and_never_a_page(browser, me, name):
    upload = pictures.upload(pictures.HTML, name, "text/html")
    file = upload_store(actor=actor_of(me), upload=upload, kind="export", at=NOW)
    response = browser.get(file.thumb_url)
    assert response["Content-Disposition"].startswith("attachment")
    assert response["Content-Type"].split(";")[0] not in {"text/html", "image/svg+xml"}
    assert response["X-Content-Type-Options"] == "nosniff"
    assert body(response) == pictures.HTML


def test_what_the_browser_has_is_not_sent_again(browser, photo):
    etag = browser.get(photo.url)["ETag"]
    response = browser.get(photo.url, headers={"If-None-Match": etag})
    assert (response.status_code, response.content) == (304, b"")
    assert response["Content-Security-Policy"].startswith("sandbox")
    assert browser.get(photo.thumb_url, headers={"If-None-Match": etag}).status_code == 200


def test_not_even_304_for_a_stranger(browser, photo, county_a):
    etag = browser.get(photo.url)["ETag"]
    response = signed_in(member("李*")).get(photo.url, headers={"If-None-Match": etag})
    assert response.status_code == 404


def test_anonymous_is_led_to_the_login(photo):
    response = Client().get(photo.url)
    assert response.status_code == 302
    assert "login" in response["Location"]


def test_a_draft_is_nobody_elses(photo):
    assert signed_in(member("刘一")).get(photo.url).status_code == 404


def test_a_person_without_a_post_here_gets_404(photo):
    assert signed_in(member("无岗", posted=False)).get(photo.url).status_code == 404


def test_in_another_county_it_is_absent(browser, photo, me, county_b):
    with county(county_b.id):
        other = member("外县")
    assert signed_in(other).get(photo.url.replace("341181", "410927")).status_code == 404
    assert signed_in(other).get(photo.url).status_code == 404
    assert browser.get(photo.url.replace("341181", "410927")).status_code == 404


@pytest.mark.parametrize("number", ["1", str(2**63 - 1), str(2**63), "9" * 30])
def test_ids_that_never_were(browser, number):
    assert browser.get(f"/341181/files/{number}/").status_code == 404


def test_the_owners_guard_decides_once_it_is_attached(browser, me, photo):
    friend, asked = member("刘一"), []
    owner = record_of_something()
    files_attach(actor=actor_of(me), ids=[photo.id], owner=owner)
    assert browser.get(photo.url).status_code == 404  # nobody answers for this kind of record

    def guard(actor, owner_id):
        asked.append(owner_id)
        return actor.user_id == friend.id

    register(OWNER_TYPE, guard)
    assert signed_in(friend).get(photo.url).status_code == 200
    assert browser.get(photo.url).status_code == 404  # its uploader no longer sees the record
    assert set(asked) == {owner.id}


def test_a_guard_is_registered_once(guards):
    def first(actor, owner_id):
        return True

    register("x.y", first)
    register("x.y", first)
    with pytest.raises(ValueError, match="already"):
        register("x.y", lambda actor, owner_id: True)
    assert may_see(person(), "x.y", 1)
    assert not may_see(person(), "x.z", 1)


def test_only_get(browser, photo):
    for method in (browser.post, browser.put, browser.delete):
        assert method(photo.url).status_code == 405


def test_lost_bytes_are_a_404_and_a_line_in_the_log(browser, photo, caplog):
    storage.remove(photo.county_id, photo.id)
    assert browser.get(photo.url).status_code == 404
    assert "missing on the disk" in caplog.text


def test_statements_of_serving(browser, me, photo):
    browser.get(photo.url)
    with CaptureQueriesContext(connection) as caught:
        body(browser.get(photo.url))
    files = [row for row in caught if "files_storedfile" in row["sql"]]
    assert len(files) == 1


def test_the_api_says_what_is_known_and_gives_the_bytes(browser, me, photo):
    answer = browser.get(f"/api/v1/341181/files/{photo.id}")
    assert answer.status_code == 200
    data = answer.json()
    assert data["id"] == str(photo.id)
    assert data["lon"] == pytest.approx(pictures.PLACE[0], abs=1e-6)
    assert data["attached"] is False
    response = browser.get(f"/api/v1/341181/files/{photo.id}/content?size=thumb")
    assert Image.open(BytesIO(body(response))).size == (320, 160)
    assert response["Content-Security-Policy"].startswith("sandbox")


def test_the_api_refuses_as_the_page_does(photo):
    stranger, path = signed_in(member("刘一")), f"/api/v1/341181/files/{photo.id}"
    for address in (path, f"{path}/content", "/api/v1/341181/files/12345"):
        refusal = stranger.get(address)
        assert (refusal.status_code, refusal["Content-Type"]) == (404, "application/problem+json")
        assert refusal.json()["code"] == "not_found"
        assert Client().get(address).status_code == 401
    assert stranger.get(path).json()["detail"] == stranger.get("/api/v1/341181/files/12345").json()["detail"]


def test_a_draft_of_the_system_is_not_anonymous_property(county_a):
    assert draft(person(0)).created_by == 0
    assert Client().get(f"/341181/files/{draft(person(0), seed=2).id}/").status_code == 302

"""The address where a picker leaves photos: page and API do the same."""

import json
from uuid import uuid4

import pytest
from django.test import Client

from shanzhi.files import services
from shanzhi.files.models import StoredFile
from shanzhi.files.tests import pictures
from shanzhi.files.tests.factories import member, signed_in

pytestmark = pytest.mark.filterwarnings("ignore::PIL.Image.DecompressionBombWarning")


@pytest.fixture
def browser(county_a):
    return signed_in(member())


def leave(browser, address, data=None, **more):
    photo = pictures.upload(pictures.camera() if data is None else data)
    headers = more.pop("headers", {})
    return browser.post(address, {"photo": photo, **more}, headers=headers)


both = pytest.mark.parametrize("address", ["/341181/files/", "/api/v1/341181/files"], ids=["page", "api"])


@both
def test_a_photo_becomes_a_draft(browser, address):
    response = leave(browser, address)
    assert response.status_code == 201
    answer, file = response.json(), StoredFile.objects.get()
    assert answer["id"] == str(file.id)
    assert (answer["width"], answer["height"]) == (200, 100)
    assert answer["lon"] == pytest.approx(pictures.PLACE[0], abs=1e-6)
    assert answer["taken_at"].startswith("2026-11-20T")
    assert browser.get(answer["thumb_url"]).status_code == 200
    assert file.is_draft


@both
def test_the_same_key_once(browser, address):
    key = uuid4().hex
    first, again = (leave(browser, address, headers={"Idempotency-Key": key}) for _ in range(2))
    assert (first.status_code, again.status_code) == (201, 201)
    assert first.json()["id"] == again.json()["id"]
    assert StoredFile.objects.count() == 1
    other = leave(browser, address, pictures.picture(), headers={"Idempotency-Key": key})
    assert (other.status_code, other.json()["code"]) == (422, "idempotency_key_reused")


@both
@pytest.mark.parametrize(
    ("data", "code"),
    [
        (pictures.PROGRAM, "photo_kind"),
        (pictures.png_bomb(), "photo_too_many_pixels"),
        ("照片".encode() * 1_700_000, "photo_kind"),
        (pictures.picture(kind="GIF"), "photo_kind"),
        (pictures.noise(300, 300)[:-9000], "photo_broken"),
        (pictures.picture() + b"\0" * 12 * 1024**2, "photo_too_large"),
    ],
    ids=["program", "bomb", "text", "gif", "truncated", "large"],
)
def test_what_is_no_photo_is_one_sentence(browser, address, data, code):
    response = leave(browser, address, data)
    assert response.status_code == 422
    assert response["Content-Type"] == "application/problem+json"
    assert response.json()["code"] == code
    assert response.json()["detail"].endswith("。")
    assert not StoredFile.objects.exists()


@both
def test_without_a_file(browser, address):
    response = browser.post(address, {})
    assert response.status_code == 422
    assert response["Content-Type"] == "application/problem+json"


@both
def test_zero_bytes(browser, address):
    response = leave(browser, address, b"")
    assert (response.status_code, response.json()["code"]) == (422, "photo_empty")


@both
def test_beyond_the_limit_of_unused_photos(browser, address, monkeypatch):
    monkeypatch.setattr(services, "DRAFT_LIMIT", 1)
    assert leave(browser, address).status_code == 201
    response = leave(browser, address, pictures.picture())
    assert (response.status_code, response.json()["code"]) == (429, "photo_drafts")


def test_anonymous(county_a):
    assert leave(Client(), "/341181/files/").status_code == 302
    assert leave(Client(), "/api/v1/341181/files").status_code == 401
    assert not StoredFile.objects.exists()


@both
def test_without_a_post_here(county_a, address):
    assert leave(signed_in(member("无岗", posted=False)), address).status_code == 404


def test_the_page_needs_the_csrf_token(county_a):
    client = signed_in(member())
    client.handler.enforce_csrf_checks = True
    assert leave(client, "/341181/files/").status_code == 403
    assert leave(client, "/api/v1/341181/files").status_code in {401, 403}
    assert not StoredFile.objects.exists()


def test_what_the_phone_read_before_it_shrank_the_photo(browser):
    meta = json.dumps({"lon": 118.9, "lat": 32.7, "taken_at": "2026-11-20T15:20:00"})
    answer = leave(browser, "/341181/files/", pictures.picture(), photo_meta=meta).json()
    assert (answer["lon"], answer["lat"]) == (118.9, 32.7)
    plain = leave(browser, "/341181/files/", pictures.picture(50, 50), photo_meta="{not json").json()
    assert (plain["lon"], plain["taken_at"]) == (None, None)
    api = leave(browser, "/api/v1/341181/files", pictures.picture(60, 60), lon="118.9", lat="32.7").json()
    assert api["lon"] == 118.9
    assert leave(browser, "/api/v1/341181/files", pictures.picture(60, 60), lon="999", lat="1").status_code == 422

"""Bad input through the whole house, on pages and API: the right status, one plain Chinese sentence, nothing written,
nothing leaked."""

import json
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from shanzhi.cases.models import Case
from shanzhi.files.models import StoredFile
from shanzhi.files.tests.pictures import HTML, PROGRAM, SVG, jpeg_bomb, picture, png_bomb, upload, webp_bomb
from shanzhi.tenancy.context import county
from shanzhi.tenancy.models import County
from tests.bad import CASES, CHINESE, NEW, A, B, api, body, form, nothing_written, sentence
from tests.cast import Cast, build_cast, report
from tests.endpoints import pages


@pytest.fixture
def worker(cast: Cast) -> Client:
    return cast["grid_worker"].client()


@pytest.fixture
def clerk(cast: Cast) -> Client:
    return cast["village_clerk"].client()


# ---- photos

NO_PHOTOS = {
    "program": PROGRAM, "page": HTML, "drawing": SVG, "png of 100 megapixels": png_bomb(),
    "jpeg of 400 megapixels": jpeg_bomb(), "webp of 256 megapixels": webp_bomb(), "cut short": picture()[:300],
    "empty": b"", "photo that is a page too": picture() + HTML, "photo of 13 megabytes": picture() + bytes(13 * 2**20),
}  # fmt: skip


@pytest.mark.parametrize("data", NO_PHOTOS.values(), ids=NO_PHOTOS)
def test_what_is_no_photo_is_refused_beside_the_good_one(cast: Cast, worker: Client, data: bytes) -> None:
    response = worker.post(NEW, form(cast, photos=[upload(picture(), "好.jpg"), upload(data, "现场.jpg")]))
    page = response.content.decode()
    assert response.status_code == 422
    assert "第 2 张：" in page
    assert "路口井盖断裂，晚上没有路灯。" in page  # what was typed is still there
    assert StoredFile.objects.count() == 1  # the good one is kept for the next try
    assert f'value="{StoredFile.objects.get().id}"' in page
    nothing_written()


def test_what_hangs_behind_a_photo_is_not_kept(cast: Cast, worker: Client) -> None:
    assert worker.post(NEW, form(cast, photos=[upload(picture() + PROGRAM)])).status_code == 302
    assert b"DOS mode" not in StoredFile.objects.get().open().read()


@pytest.mark.parametrize("data", [PROGRAM, png_bomb(), jpeg_bomb(), b"", SVG], ids=lambda data: str(len(data)))
def test_the_api_refuses_it_in_one_sentence(worker: Client, data: bytes) -> None:
    response = worker.post(f"/api/v1/{A}/files", {"photo": upload(data)})
    assert response.status_code == 422
    assert "照片" in sentence(response)
    assert StoredFile.objects.count() == 0


# ---- text

TEN_MEGABYTES = "长" * (10 * 1024 * 1024 // 3)


def test_ten_megabytes_of_text_are_one_sentence_on_a_page(cast: Cast, worker: Client) -> None:
    for multipart in (True, False):
        sent = form(cast, body=TEN_MEGABYTES)
        kind = {} if multipart else {"content_type": "application/x-www-form-urlencoded"}
        data: Any = sent if multipart else "&".join(f"{name}={value}" for name, value in sent.items())
        response = worker.post(NEW, data, **kind)
        assert response.status_code == 413
        assert sentence(response) == "文字太多，没有收下，请返回上一页删减后再发一次。"
    nothing_written()


def test_ten_megabytes_of_text_are_one_sentence_in_the_api(cast: Cast, worker: Client) -> None:
    response = api(worker, CASES, body(cast, body=TEN_MEGABYTES))
    assert response.status_code == 413
    assert response.json()["code"] == "too_long"
    assert sentence(response) == "文字太多，没有收下，请返回上一页删减后再发一次。"
    nothing_written()


def test_a_text_that_is_a_little_too_long_says_by_how_much(cast: Cast, worker: Client) -> None:
    response = worker.post(NEW, form(cast, body="长" * 2001))
    assert response.status_code == 422
    assert "最多写 2000 字，现在 2001 字，请删减。" in response.content.decode()
    assert api(worker, CASES, body(cast, body="长" * 2001)).status_code == 422
    nothing_written()


def test_a_form_with_thousands_of_fields_is_refused(cast: Cast, worker: Client) -> None:
    response = worker.post(NEW, {**form(cast), **{f"x{number}": "1" for number in range(2_100)}})
    assert response.status_code == 400
    assert sentence(response)
    nothing_written()


@pytest.mark.parametrize("field", ["body", "place", "area", "kind", "idempotency_key", "lon", "township"])
def test_a_nul_in_a_form_is_refused(cast: Cast, worker: Client, field: str) -> None:
    response = worker.post(NEW, form(cast, **{field: f"{form(cast).get(field, '')}\0"}))
    assert response.status_code in (302, 422), field
    if response.status_code == 302:
        assert field == "township"  # which nobody reads at a grid
    else:
        nothing_written()


@pytest.mark.parametrize("bad", ["\\u0000", "\\ud800", "\\udc00\\ud800"])
@pytest.mark.parametrize("field", ["body", "place", "title", "area", "solved"])
def test_nul_and_halves_of_characters_in_json_are_refused_by_name(
    cast: Cast, worker: Client, field: str, bad: str
) -> None:
    sent = json.dumps(body(cast, **{field: "MARK"})).replace("MARK", f"井盖{bad}")
    response = api(worker, CASES, sent)
    assert response.status_code == 422
    assert list(response.json()["fields"]) == [field]
    assert "不能保存的字符" in sentence(response)
    nothing_written()


@pytest.mark.parametrize(
    "sent", [b"", b"{", b"[]", b"null", b'"x"', b"\xff\xfe", b"[" * 100_000, b'{"body": NaN}', b'{"version": 1e999}']
)
def test_a_body_that_is_no_json_object_is_refused(worker: Client, sent: bytes) -> None:
    response = api(worker, CASES, sent)
    assert response.status_code in (400, 422)
    assert sentence(response)
    nothing_written()


# ---- addresses

NAMES = """q tab state kind source area sort after before cursor case pane page role due township since until limit
size next code kind level"""
JUNK = ["%00", "x" * 2_000, "%ff%fe", "%27%3B--", "9" * 400, "-1", "%E4%BA%95" * 200]  # no address is over 64 kB


@pytest.mark.parametrize("junk", JUNK, ids=range(len(JUNK)))
def test_no_query_breaks_a_page_or_a_list(cast_outside: Cast, junk: str) -> None:
    with county(A):
        report(cast_outside)
    clients = {
        role: cast_outside[role].client() for role in ("village_clerk", "system_admin", "security_admin", "audit_admin")
    }
    query = "&".join(f"{name}={junk}" for name in NAMES.split())
    listed = [page.path for page in pages() if "<" not in page.path.replace("<county:county>", "")]
    broken = []
    for path in {*listed, "/api/v1/<county:county>/cases", "/api/v1/<county:county>/areas"}:
        for role, client in clients.items():
            response = client.get(f"{path.replace('<county:county>', str(A))}?{query}")
            # The answer of the health page itself is that something is bad: here no worker runs.
            if response.status_code >= 500 and (path, response.status_code) != ("/health/", 503):
                broken.append((path, role, response.status_code))
    assert broken == []


ODD = ["%00", "\ud7ff", "..%2f..", "341181101201%00", "999999999999", "9" * 300, "%ff"]


@pytest.mark.parametrize("odd", ODD, ids=range(len(ODD)))
def test_no_address_breaks_a_page(cast: Cast, clerk: Client, odd: str) -> None:
    for path in (
        f"/{odd}/", f"/{A}/cases/{odd}/", f"/{A}/areas/{odd}/", f"/{A}/units/{odd}/", f"/{A}/files/{odd}/",
        f"/{A}/jobs/{odd}/", f"/api/v1/{A}/cases/{odd}", f"/api/v1/{A}/areas/{odd}", f"/api/v1/{odd}/cases",
        f"/api/v1/{A}/portal/townships/{odd}/counts", f"/api/v1/{A}/files/{odd}",
    ):  # fmt: skip
        response = clerk.get(path)
        assert response.status_code in (404, 422), (path, response.status_code)
        assert sentence(response)


def test_what_does_not_exist_and_what_is_not_yours_read_the_same(
    cast: Cast, counties: dict[int, County], clerk: Client
) -> None:
    """Another county, an unknown county, a case of another village, a case that never was: nobody can tell which."""
    foreign = build_cast(counties[B])
    with county(B):
        theirs = report(foreign)
    other = report(cast, by="other_worker", place="g3")
    answers = [
        clerk.get(path)
        for path in (
            f"/{A}/cases/{other.number}/", f"/{A}/cases/2001-9999/", f"/{B}/cases/{theirs.number}/",
            f"/{B}/home/", "/999999/home/",
        )
    ]  # fmt: skip
    assert {answer.status_code for answer in answers} == {404}
    assert len({sentence(answer) for answer in answers}) == 1
    for answer in answers:
        assert theirs.title not in answer.content.decode()
    for path in (f"/api/v1/{B}/cases", f"/api/v1/{B}/cases/{theirs.number}", "/api/v1/999999/cases"):
        response = clerk.get(path)
        assert response.status_code == 404
        assert response.json()["code"] == "not_found"
        assert len({sentence(response), sentence(answers[0])}) == 1
    posted = api(clerk, f"/api/v1/{B}/cases", body(cast))
    assert posted.status_code == 404
    assert Case.objects.count() == 1


def test_a_wrong_code_and_an_abolished_area_are_mistakes_in_the_field(cast: Cast, worker: Client) -> None:
    gone = cast.areas["g1"]
    for code in ("999999999999999", cast.areas["g3"].code, ""):
        response = worker.post(NEW, form(cast, area=code))
        assert response.status_code == 422
        assert "路口井盖断裂，晚上没有路灯。" in response.content.decode()
    for code in ("999999999999999", "", "341181"):
        response = api(worker, CASES, body(cast, area=code))
        assert response.status_code == 422, code
        assert "area" in response.json()["fields"]
    gone.valid_to = timezone.localdate()
    gone.save()
    response = worker.post(NEW, form(cast))
    assert response.status_code == 422
    assert "已撤销" in response.content.decode()
    response = api(worker, CASES, body(cast))
    assert response.status_code in (404, 422)
    assert CHINESE.search(sentence(response))
    nothing_written()

"""One village, one code: what it holds, who prints it, and what is on the sheets."""

import re
from io import BytesIO
from typing import Any

import pytest
import segno
from django.test import Client

from shanzhi.cases.tests.pages import text_of
from shanzhi.portal.permissions import QR
from shanzhi.portal.tests.village.world import VILLAGE, A, get, village
from shanzhi.portal.village import codes
from tests.cast import Cast

pytestmark = pytest.mark.django_db
SITE = "https://shanzhi.example.cn"
PRINTERS = ("village_clerk", "branch_secretary", "township_officer", "command_centre", "county_centre")


@pytest.fixture(autouse=True)
def without_second_factors(settings: Any) -> None:
    settings.SHANZHI_REQUIRE_TOTP = False


@pytest.fixture
def site(settings: Any) -> None:
    settings.MESSAGES = {**settings.MESSAGES, "site": SITE}


def drawn(address: str) -> str:
    """What a scanner would have to see: the same code, made by itself."""
    out = BytesIO()
    code = segno.make(address, error="q", micro=False)
    colours = {"dark": "#000", "light": "#fff"}
    code.save(out, kind="svg", scale=8, border=4, omitsize=True, xmldecl=False, title=address, **colours)
    return out.getvalue().decode()


def test_the_picture_holds_the_address_of_the_village(cast: Cast, site: None) -> None:
    answer = get(village(rest="qr.svg"))
    assert answer["Content-Type"] == "image/svg+xml"
    assert answer["Cache-Control"] == "public, max-age=3600"
    assert answer.content.decode() == drawn(f"{SITE}/{A}/villages/{VILLAGE}/")


def test_without_a_site_the_host_that_was_asked(cast: Cast, settings: Any) -> None:
    settings.MESSAGES = {**settings.MESSAGES, "site": ""}
    assert (
        "<title>http://testserver/341181/villages/341181101201/</title>" in get(village(rest="qr.svg")).content.decode()
    )


def test_a_picture_needs_no_style_and_no_script(cast: Cast) -> None:
    picture = get(village(rest="qr.svg")).content.decode()
    assert not re.search(r"style=|<script|href|\son\w+=", picture)


def test_it_can_be_read_with_a_quarter_scratched() -> None:
    code = segno.make(f"{SITE}/{A}/villages/{VILLAGE}/", error="q", micro=False)
    assert code.error in ("Q", "H")
    assert code.default_border_size == 4


def test_every_code_is_another(cast: Cast) -> None:
    assert get(village(rest="qr.svg")).content != get(village("341181101202", "qr.svg")).content


@pytest.mark.parametrize("name", ["poster", "stickers"])
class TestSheets:
    def test_offices_of_the_place_and_above(self, cast: Cast, name: str) -> None:
        for who in (*PRINTERS, "system_admin"):
            assert cast[who].client().get(village(rest=f"{name}/")).status_code == 200, who

    def test_nobody_else(self, cast: Cast, name: str) -> None:
        for who in ("county_leader", "accountant", "supervisor", "auditor"):
            assert cast[who].client().get(village(rest=f"{name}/")).status_code == 403, who
        for who in ("other_clerk", "other_officer", "grid_worker"):
            assert cast[who].client().get(village(rest=f"{name}/")).status_code == 404, who
        assert "/accounts/login/" in Client().get(village(rest=f"{name}/"))["Location"]

    def test_only_villages_have_one(self, cast: Cast, name: str) -> None:
        assert cast["system_admin"].client().get(village("341181101000", f"{name}/")).status_code == 404

    def test_what_is_on_it(self, cast: Cast, site: None, name: str) -> None:
        page = cast["village_clerk"].client().get(village(rest=f"{name}/")).content.decode()
        copies = {"poster": 1, "stickers": codes.STICKERS}[name]
        assert page.count('src="data:image/svg') == copies
        assert page.count("扫码反映、查进度") == copies
        assert page.count("张庄村</b>" if name == "stickers" else "<h1>张庄村</h1>") == copies
        assert "style=" not in page


def test_the_poster_says_where_it_leads(cast: Cast, site: None) -> None:
    words = text_of(cast["village_clerk"].client().get(village(rest="poster/")))
    assert f"{SITE}/{A}/villages/{VILLAGE}/" in words
    assert "天长市东镇" in words
    assert "12345" in words


class TestList:
    path = f"/{A}/villages/codes/"

    def test_the_villages_of_the_own_place(self, cast: Cast) -> None:
        def rows(who: str, **query: str) -> set[str]:
            page = cast[who].client().get(self.path, query).content.decode()
            return set(re.findall(r"/villages/(\d{12})/poster/", page))

        assert rows("village_clerk") == {VILLAGE}
        assert rows("township_officer") == {VILLAGE, "341181101202"}
        assert rows("system_admin") == {VILLAGE, "341181101202", "341181102203"}
        assert rows("system_admin", q="王庄") == {"341181102203"}
        assert rows("system_admin", q="没有的") == set()

    def test_it_is_in_the_menu_of_those_who_may(self, cast: Cast) -> None:
        assert f'href="{self.path}"' in cast["village_clerk"].client().get(f"/{A}/cases/").content.decode()
        assert f'href="{self.path}"' not in cast["auditor"].client().get(f"/{A}/cases/").content.decode()

    def test_others_are_refused(self, cast: Cast) -> None:
        assert cast["auditor"].client().get(self.path).status_code == 403


def test_the_way_from_the_page_of_the_village(cast: Cast) -> None:
    for who, there in (("village_clerk", True), ("other_clerk", False), ("auditor", False)):
        page = get(village(), cast[who].client()).content.decode()
        assert (f'href="{village(rest="poster/")}"' in page) is there, who
    assert village(rest="poster/") not in get(village()).content.decode()


def test_the_way_from_the_area_s_own_page(cast: Cast) -> None:
    page = cast["system_admin"].client().get(f"/{A}/areas/{VILLAGE}/").content.decode()
    assert f'href="{village()}"' in page
    assert (
        village("341181101000") not in cast["system_admin"].client().get(f"/{A}/areas/341181101000/").content.decode()
    )


def test_the_permission_is_of_offices_and_of_the_system_s_administrator(cast: Cast) -> None:
    assert cast.actor("system_admin").can(QR)
    assert not cast.actor("security_admin").can(QR)

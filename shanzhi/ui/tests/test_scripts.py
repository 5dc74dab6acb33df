"""The scripts in a real browser, under the real policy; every answer comes from Django without a server."""

import os
import warnings
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.contrib.staticfiles import finders
from django.test import Client
from PIL import Image, TiffImagePlugin

from shanzhi.ui.tests.addresses import by_itself  # noqa: F401 -- a fixture

playwright = pytest.importorskip("playwright.sync_api")
NAMED = os.environ.get("SHANZHI_CHROMIUM")
CHROMIUM = Path(NAMED or "/usr/bin/chromium")
DIST = Path(__file__).resolve().parents[1] / "static/ui/dist/phone.js"
HOST = "https://shanzhi.test"
TYPES = {".js": "text/javascript", ".css": "text/css", ".svg": "image/svg+xml"}
pytestmark = [
    pytest.mark.browser,
    pytest.mark.usefixtures("by_itself"),
]


def lacking() -> str:
    """What these tests lack on this machine, in one loud line; empty if nothing."""
    if not CHROMIUM.exists():
        return f"SCRIPTS NOT TESTED: no browser at {CHROMIUM}; install chromium or name one in SHANZHI_CHROMIUM"
    return (
        "" if DIST.exists() else "SCRIPTS NOT TESTED: the front end is not built; `make test` and `make run` build it"
    )


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    """`make test` names the browser that it found or installed: then nothing may be missing."""
    if missing := lacking():
        warnings.warn(missing, stacklevel=1)
        (pytest.fail if NAMED else pytest.skip)(missing)
    with playwright.sync_playwright() as made:
        opened = made.chromium.launch(executable_path=str(CHROMIUM), args=["--no-sandbox"])
        yield opened
        opened.close()


class Site:
    """Answers a browser's requests from the test client and the static files; keeps what was posted."""

    def __init__(self) -> None:
        self.client = Client(SERVER_NAME="shanzhi.test")
        self.posts: list[Any] = []
        self.offline = False

    def __call__(self, route: Any) -> None:
        request = route.request
        address = urlsplit(request.url)
        if address.path.startswith("/static/"):
            found = finders.find(address.path.removeprefix("/static/"))
            body = Path(str(found)).read_bytes() if found else b""
            route.fulfill(status=200 if found else 404, body=body, content_type=TYPES.get(Path(address.path).suffix))
            return
        if self.offline:
            route.abort()
            return
        if request.method == "POST":
            self.posts.append(SimpleNamespace(path=address.path, body=request.post_data_buffer or b"",
                                              headers=request.headers))  # fmt: skip
        get = request.url.removeprefix(HOST)
        if address.path == "/sent/":
            response = self.client.get("/sent/")
        elif request.method == "POST":
            response = self.client.post(get)
        else:
            response = self.client.get(get)
        headers = {name: value for name, value in response.items() if name.lower() != "set-cookie"}
        route.fulfill(status=response.status_code, body=bytes(response.content), headers=headers)


@pytest.fixture
def site() -> Site:
    return Site()


@pytest.fixture
def page(browser: Any, site: Site) -> Iterator[Any]:
    context = browser.new_context(
        base_url=HOST, viewport={"width": 1440, "height": 900}, permissions=[], locale="zh-CN"
    )
    context.route("**/*", site)
    opened = context.new_page()
    opened.set_default_timeout(8000)
    wrong: list[str] = []
    opened.on("pageerror", lambda error: wrong.append(str(error)))
    opened.on("console", lambda message: wrong.append(message.text) if "Content Security" in message.text else None)
    yield opened
    context.close()
    assert not wrong


def photo(width: int = 2400, height: int = 1200, *, place: bool = False) -> dict[str, Any]:
    exif = Image.Exif()
    if place:
        gps = exif.get_ifd(0x8825)
        gps.update({1: "N", 2: (32.0, 41.0, 24.0), 3: "E", 4: (118.0, 54.0, 0.0)})
        exif.get_ifd(0x8769)[0x9003] = "2026:11:20 15:20:00"
        exif[0x8825] = gps
        exif[0x8769] = exif.get_ifd(0x8769)
        assert TiffImagePlugin
    out = BytesIO()
    Image.effect_noise((width, height), 80).convert("RGB").save(out, "JPEG", exif=exif.tobytes(), quality=90)
    return {"name": "IMG_1.jpg", "mimeType": "image/jpeg", "buffer": out.getvalue()}


def pick(page: Any, *photos: dict[str, Any]) -> None:
    page.locator("input.photo-in").nth(1).set_input_files(list(photos))


def chosen(page: Any) -> list[dict[str, Any]]:
    """Size and pixels of what the form would send."""
    return page.evaluate("""() => Promise.all(Array.from(document.querySelectorAll("input.photo-in"))
        .flatMap((input) => Array.from(input.files))
        .map(async (file) => { const image = await createImageBitmap(file);
            return { name: file.name, size: file.size, width: image.width, height: image.height }; }))""")


def test_photos_are_shrunk_shown_and_can_be_taken_off(page: Any) -> None:
    page.goto("/report/")
    big = photo()
    pick(page, big)
    page.wait_for_selector("[data-photos] .photo img")
    (one,) = chosen(page)
    assert (one["width"], one["height"]) == (1600, 800)
    assert one["size"] < len(big["buffer"])
    assert page.inner_text("[data-photos-count]") == "1 张，最多 3 张"
    pick(page, photo(300, 200))
    page.wait_for_selector("[aria-label='删除第 2 张']")
    assert len(chosen(page)) == 2
    page.click("[aria-label='删除第 1 张']")
    assert [one["width"] for one in chosen(page)] == [300]


def test_no_more_photos_than_there_is_room_for(page: Any) -> None:
    page.goto("/report/")
    pick(page, *(photo(40, 40) for _ in range(5)))
    page.wait_for_selector("[aria-label='删除第 3 张']")
    assert len(chosen(page)) == 3
    assert "有 2 张没有放进来" in page.inner_text("[data-photos-note]")
    assert page.locator("label.photo-add:visible").count() == 0


def test_a_photo_says_where_and_when_before_it_is_shrunk(page: Any) -> None:
    page.goto("/report/")
    pick(page, photo(2000, 1000, place=True))
    page.wait_for_selector("[data-photos] .photo img")
    meta = page.evaluate("JSON.parse(document.querySelector('[data-photos-meta]').value)")
    assert meta == [{"lat": 32.69, "lon": 118.9, "taken_at": "2026-11-20T15:20:00"}]
    assert page.input_value("[data-lon]") == "118.9000000"
    assert "按照片里的位置填的" in page.inner_text("[data-place-note]")


def test_a_file_that_is_no_picture_is_left_to_the_server(page: Any) -> None:
    page.goto("/report/")
    pick(page, {"name": "x.jpg", "mimeType": "image/jpeg", "buffer": b"MZ not a picture"})
    page.wait_for_selector("[data-photos] .photo")
    names = page.evaluate("Array.from(document.querySelectorAll('input.photo-in')[0].files).map((file) => file.size)")
    assert names == [16]


def test_the_position_is_taken_at_the_tap(page: Any) -> None:
    page.context.grant_permissions(["geolocation"])
    page.context.set_geolocation({"latitude": 32.6897, "longitude": 118.9012, "accuracy": 12})
    page.goto("/report/")
    assert page.input_value("[data-lon]") == ""
    page.click("text=取当前位置")
    page.wait_for_selector("text=误差约 12 米")
    assert (page.input_value("[data-lon]"), page.input_value("[data-lat]")) == ("118.9012000", "32.6897000")
    assert page.inner_text("[data-locate-label]") == "改位置"


def test_a_draft_survives_a_lost_session(page: Any, site: Site) -> None:
    page.goto("/report/")
    key = page.input_value("[name=idempotency_key]")
    page.fill("textarea", "井盖断成两半")
    page.check("[name=danger]")
    pick(page, photo(60, 40))
    page.wait_for_selector("[data-photos] .photo img")
    page.wait_for_selector("text=已存在手机")
    page.wait_for_timeout(300)
    page.goto("/parts/")
    page.goto("/report/")
    page.wait_for_selector("[data-photos] .photo img")
    assert page.input_value("textarea") == "井盖断成两半"
    assert page.is_checked("[name=danger]")
    assert page.input_value("[name=idempotency_key]") == key, "sending it again is the same act"
    assert len(chosen(page)) == 1


def test_the_server_confirms_and_the_draft_is_gone(page: Any, site: Site) -> None:
    page.goto("/report/")
    page.fill("textarea", "井盖断成两半")
    page.click("text=上报给小关社区")
    page.wait_for_selector("text=已上报")
    page.wait_for_load_state()  # what is read is there before the scripts have run
    assert page.evaluate("Object.keys(localStorage)") == []
    page.goto("/report/")
    assert page.input_value("textarea") == ""


def test_without_signal_the_form_stays_and_is_kept(page: Any, site: Site) -> None:
    page.goto("/report/")
    page.fill("textarea", "井盖断成两半")
    page.context.set_offline(True)
    page.click("text=上报给小关社区")
    page.wait_for_selector("#flashes >> text=已存在手机里")
    assert site.posts == []
    assert page.inner_text("button[form=report]") == "上报给小关社区"
    page.context.set_offline(False)
    page.wait_for_selector("#flashes >> text=有信号了")
    page.click("text=上报给小关社区")
    page.wait_for_selector("text=已上报")


def test_an_old_draft_is_thrown_away(page: Any) -> None:
    page.goto("/report/")
    page.fill("textarea", "旧的")
    page.wait_for_selector("text=已存在手机")
    page.evaluate("""() => { const key = Object.keys(localStorage)[0]; const kept = JSON.parse(localStorage[key]);
        kept.at -= 8 * 24 * 3600 * 1000; localStorage[key] = JSON.stringify(kept); }""")
    page.goto("/parts/")
    assert page.evaluate("Object.keys(localStorage)") == []


def test_a_double_click_sends_once_and_says_so(page: Any, site: Site) -> None:
    page.goto("/report/")
    page.fill("textarea", "一次")
    page.evaluate("""() => { const button = document.querySelector("button[form=report]");
        button.click(); button.click(); button.click(); }""")
    page.wait_for_selector("text=已上报")
    assert [post.path for post in site.posts] == ["/sent/"]


def test_a_busy_button_keeps_its_width_and_comes_back(page: Any, site: Site) -> None:
    page.goto("/report/")
    site.offline = True
    page.evaluate("document.querySelector('form').addEventListener('submit', (event) => event.preventDefault())")
    page.evaluate("""() => { const form = document.querySelector("#report"); window.wide =
        document.querySelector("button[form=report]").offsetWidth; form.setAttribute("hx-post", "/x/"); }""")
    page.click("text=上报给小关社区")
    page.wait_for_selector("button[aria-busy=true]")
    assert page.inner_text("button[form=report]") == "正在上报…"
    assert page.evaluate("document.querySelector('button[form=report]').offsetWidth >= window.wide - 1")
    page.evaluate(
        "document.querySelector('#report').dispatchEvent(new CustomEvent('htmx:afterRequest',{bubbles:true}))"
    )
    assert page.inner_text("button[form=report]") == "上报给小关社区"


def test_j_and_k_walk_enter_opens_slash_searches(page: Any) -> None:
    page.goto("/work/")
    page.keyboard.press("j")
    page.keyboard.press("j")
    page.wait_for_selector("text=第 2 件")
    assert page.locator("[aria-current=true]").count() == 1
    assert page.locator("[data-row]").nth(1).get_attribute("aria-current") == "true"
    page.keyboard.press("k")
    page.wait_for_selector("text=第 1 件")
    page.keyboard.press("/")
    assert page.evaluate("document.activeElement.hasAttribute('data-slash')")
    page.keyboard.type("jk")
    assert page.evaluate("document.activeElement.value") == "jk"


def test_on_a_narrow_screen_the_row_opens_a_page(page: Any) -> None:
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto("/work/")
    page.locator("[data-open]").first.click()
    page.wait_for_selector("text=单独一页")
    assert page.url == f"{HOST}/case/1/"


def test_ticked_rows_bring_the_batch_bar(page: Any) -> None:
    page.goto("/work/")
    assert not page.is_visible("[data-batch]")
    page.locator(".ck").nth(0).check()
    page.locator(".ck").nth(2).check()
    assert page.inner_text("[data-batch] b") == "已选 2 件"
    page.click("text=取消选择")
    assert not page.is_visible("[data-batch]")


def test_a_refusal_is_a_sentence_and_nothing_is_swapped(page: Any, site: Site) -> None:
    page.goto("/work/")
    page.click("#stale")
    page.wait_for_selector("#flashes >> text=王桂兰刚刚办结了这一件，请刷新后再看。")
    assert page.inner_text("#case") == "在左边选一件"
    assert site.posts[0].headers["x-csrftoken"] == "t0ken"
    page.click("[aria-label='收起这条消息']")
    assert page.inner_text("#flashes").strip() == ""


def test_what_is_filled_in_wrongly_comes_back(page: Any) -> None:
    page.goto("/work/")
    page.click("#wrong")
    page.wait_for_selector("#case >> text=填的内容要改")


def test_a_lost_session_keeps_the_page_and_offers_the_login(page: Any) -> None:
    page.goto("/work/")
    page.click("#lost")
    link = page.wait_for_selector("#flashes a")
    assert link.get_attribute("target") == "_blank"
    assert link.get_attribute("href") == "/accounts/login/?next=%2Fwork%2F"
    assert page.inner_text("#case") == "在左边选一件"


def test_after_the_login_elsewhere_the_page_goes_on_with_a_new_token(page: Any) -> None:
    page.goto("/work/")
    page.evaluate("document.querySelector('meta[name=csrf-token]').content = 'old'")
    page.click("#lost")
    page.wait_for_selector("[data-flash=session]")
    page.evaluate("window.dispatchEvent(new Event('focus'))")
    page.wait_for_selector("[data-flash=session]", state="detached")
    assert page.evaluate("document.querySelector('meta[name=csrf-token]').content") == "t0ken"


def test_leaving_a_phone_with_a_draft_asks_first(page: Any, site: Site) -> None:
    page.goto("/report/")
    page.fill("textarea", "井盖断成两半")
    page.wait_for_selector("text=已存在手机")
    page.goto("/leave/")
    page.click("text=退出登录")
    page.click("text=先不退出，去上报")
    assert site.posts == []
    assert page.evaluate("Object.keys(localStorage).length") == 1
    page.click("text=退出登录")
    page.click("text=删掉并退出")
    page.wait_for_selector("text=已上报")
    assert [post.path for post in site.posts] == ["/sent/"]


def test_leaving_without_a_draft_asks_nothing(page: Any, site: Site) -> None:
    page.goto("/leave/")
    page.click("text=退出登录")
    page.wait_for_selector("text=已上报")


def test_without_signal_nothing_is_lost(page: Any, site: Site) -> None:
    page.goto("/work/")
    site.offline = True
    page.click("#stale")
    page.wait_for_selector("#flashes >> text=现在没有信号")


def test_photos_open_over_the_page(page: Any) -> None:
    page.goto("/parts/")
    page.locator("[data-viewer] a.photo").first.click()
    page.wait_for_selector("dialog.viewer[open] >> text=第 1 张，共 2 张")
    page.keyboard.press("ArrowRight")
    page.wait_for_selector("text=第 2 张，共 2 张")
    page.keyboard.press("Escape")
    assert page.locator("dialog.viewer[open]").count() == 0


def test_one_filter_is_open_at_a_time(page: Any) -> None:
    page.goto("/parts/")
    page.click("summary:has-text('村（社区）')")
    page.click("summary:has-text('收到日期')")
    assert page.locator("details[data-menu][open]").count() == 1
    page.keyboard.press("Escape")
    assert page.locator("details[data-menu][open]").count() == 0


@pytest.mark.parametrize("width", [390, 768, 1440])
def test_nothing_is_wider_than_the_screen(page: Any, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 900})
    for address in ("/parts/", "/report/", "/work/"):
        page.goto(address)
        assert page.evaluate("document.documentElement.scrollWidth") <= width, address


@pytest.mark.parametrize(("address", "width"), [("/parts/", 1440), ("/parts/", 390), ("/report/", 390)])
def test_no_rule_of_access_is_broken(page: Any, address: str, width: int) -> None:
    axe = Path(__file__).resolve().parents[3] / "node_modules/axe-core/axe.min.js"
    if not axe.exists():
        pytest.skip("axe-core is not installed")
    page.set_viewport_size({"width": width, "height": 900})
    page.goto(address)
    # The policy forbids scripts in the page; the driver's own evaluation is not one.
    page.evaluate(axe.read_text(encoding="utf-8"))
    found = page.evaluate("axe.run(document, {resultTypes: ['violations']})")
    told = [f"{one['id']}: {one['nodes'][0]['html'][:160]}" for one in found["violations"]]
    assert not told, "\n".join(told)

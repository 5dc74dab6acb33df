"""The pages that the design system has itself, and those for when something goes wrong."""

import re
from html.parser import HTMLParser

import pytest
from django.template.loader import render_to_string
from django.test import Client, RequestFactory

from shanzhi.ui.context import ELDER_COOKIE
from shanzhi.ui.tests.addresses import by_itself  # noqa: F401 -- a fixture

ERRORS = [400, 403, 404, 409, 413, 422, 429, 500]
pytestmark = pytest.mark.usefixtures("by_itself")
LATIN = re.compile(r"[A-Za-z]{2,}")


class Words(HTMLParser):
    """The text that a person reads."""

    def __init__(self) -> None:
        super().__init__()
        self.silent = 0
        self.words: list[str] = []

    def handle_starttag(self, tag: str, attrs: object) -> None:
        self.silent += tag in ("script", "style", "kbd")

    def handle_endtag(self, tag: str) -> None:
        self.silent -= tag in ("script", "style", "kbd")

    def handle_data(self, data: str) -> None:
        if not self.silent:
            self.words.append(data)


def words_of(html: str) -> str:
    parser = Words()
    parser.feed(html)
    return " ".join(" ".join(parser.words).split())


@pytest.fixture
def parts(client: Client) -> str:
    response = client.get("/parts/")
    assert response.status_code == 200
    return str(response.content, "utf-8")


def test_anybody_may_open_the_parts(parts: str) -> None:
    for words in ("部件一览", "按钮", "时限", "经过", "数", "没有要办的事", "表单和出错汇总", "四种字号"):
        assert words in parts


@pytest.mark.parametrize("density", ["ui-desk", "ui-phone", "ui-public", "ui-elder"])
def test_four_densities(parts: str, density: str) -> None:
    assert f'class="panel demo {density}"' in parts


@pytest.mark.parametrize("kind", ["ok", "soon", "late", "paused", "done", "donelate"])
def test_every_clock(parts: str, kind: str) -> None:
    assert f"clock-{kind}" in parts


@pytest.mark.parametrize("shape", ["new", "run", "check", "hold", "back", "done"])
def test_every_state(parts: str, shape: str) -> None:
    assert f"state-{shape}" in parts


@pytest.mark.parametrize(
    "part",
    ["btn-primary", "btn-busy", "btn-off", "btn-danger", "person", "tl-now", "tl-late", "proc", "vote", "tile",
     "masked", "money-in", "blank", "skel", "note-red", "flash", "table-cards", "card-a", "wr-on", "batch",
     "error-summary", "field-error", "choice", "flt-on", "proof", "bar", "photo-add", "strip-off", "tabbar", "actbar",
     "pager", "crumb"],
)  # fmt: skip
def test_every_part(parts: str, part: str) -> None:
    assert re.search(rf'class="[^"]*\b{part}\b', parts)


def test_plain_chinese_only(parts: str) -> None:
    found = set(LATIN.findall(words_of(parts))) - {"px"}
    found = {word for word in found if not re.fullmatch(r"[0-9a-f]+", word)}
    assert not found
    for banned in ("确定 ", "提交", "操作成功"):
        assert banned not in words_of(parts)


def test_ids_are_unique(parts: str) -> None:
    ids = re.findall(r'\sid="([^"]+)"', parts)
    twice = {name for name in ids if ids.count(name) > 1} - {"job"}
    assert not twice


def test_the_filter_bar_of_the_parts_page_follows_the_address(client: Client) -> None:
    html = str(client.get("/parts/?village=2").content, "utf-8")
    assert "村（社区）：小关社区" in html


def test_offline(client: Client) -> None:
    html = str(client.get("/parts/offline/").content, "utf-8")
    assert "现在没有信号" in html
    assert "已存在手机里" in html


def size(client: Client, value: str, target: str = "/parts/") -> object:
    return client.post("/parts/text-size/", {"size": value, "next": target})


def test_large_letters_are_kept_in_this_browser(client: Client) -> None:
    response = size(client, "big")
    assert (response.status_code, response["Location"]) == (302, "/parts/")  # type: ignore[attr-defined]
    assert client.cookies[ELDER_COOKIE].value == "big"
    size(client, "normal")
    assert client.cookies[ELDER_COOKIE].value == ""


def test_the_size_of_letters_needs_no_token() -> None:
    strict = Client(enforce_csrf_checks=True)
    assert strict.post("/parts/text-size/", {"size": "big", "next": "/parts/"}).status_code == 302


@pytest.mark.parametrize("target", ["https://elsewhere.example/", "//elsewhere.example", "javascript:alert(1)", ""])
def test_it_leads_nowhere_else(client: Client, target: str) -> None:
    assert size(client, "big", target)["Location"] == "/"  # type: ignore[index]


def test_letters_are_changed_by_a_form_only(client: Client) -> None:
    assert client.get("/parts/text-size/").status_code == 405
    assert client.post("/parts/").status_code == 405


@pytest.mark.parametrize("status", ERRORS)
def test_an_error_page_is_a_sentence_that_says_what_to_do(status: int) -> None:
    html = render_to_string(f"{status}.html", {}, request=RequestFactory().get("/341181/cases/"))
    said = re.search(r'data-error="([^"]+)"', html)
    assert said
    assert said.group(1).endswith("。")
    assert not LATIN.findall(words_of(html))
    assert str(status) not in words_of(html)
    assert 'href="/"' in html


@pytest.mark.parametrize("status", [status for status in ERRORS if status != 500])
def test_the_sentence_of_the_refusal_is_shown(status: int) -> None:
    sentence = "王桂兰刚刚办结了这一件，请刷新后再看。"
    html = render_to_string(f"{status}.html", {"message": sentence}, request=RequestFactory().get("/"))
    assert words_of(html).count(sentence) == 1
    assert f'data-error="{sentence}"' in html


def test_the_page_of_a_crash_needs_no_request() -> None:
    html = render_to_string("500.html", {"number": "7F2C"})
    assert "编号 7F2C" in html
    assert "之前存下的都在" in html


def test_a_message_is_escaped() -> None:
    html = render_to_string("409.html", {"message": '"><script>'}, request=RequestFactory().get("/"))
    assert "<script>" not in html.replace("<script src", "")


def test_a_page_that_was_open_too_long() -> None:
    html = render_to_string("ui/csrf.html", {"back": "/341181/cases/new/"}, request=RequestFactory().get("/"))
    assert "放得太久了" in html
    assert 'href="/341181/cases/new/"' in html


def test_paper() -> None:
    html = render_to_string("ui/print.html", {}, request=RequestFactory().get("/"))
    assert 'class="ui-print"' in html
    assert "dist/print.css" in html

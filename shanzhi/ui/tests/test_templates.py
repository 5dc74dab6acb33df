"""Rules for every template of the house: nothing that the content security policy would stop, no icon that is missing.

Rules of words: verbs on buttons, no 确定 or 提交 alone, a name of ours never with spaces round its middle dot.
"""

import re
from pathlib import Path

import pytest
from django.conf import settings

from shanzhi.ui.nav import registered
from shanzhi.ui.templatetags.ui import CLOCK_ICONS

PACKAGE = Path(settings.ROOT) / "shanzhi"
UI = PACKAGE / "ui"
TEMPLATES = sorted(PACKAGE.glob("*/templates/**/*.html"))
COMMENT = re.compile(r"\{#.*?#\}|\{% comment %\}.*?\{% endcomment %\}|<!--.*?-->", re.DOTALL)
BANNED_WORDS = ("操作成功", "操作失败", ">确定<", ">提交<", ">确认<", ">OK<")


def text_of(path: Path) -> str:
    return COMMENT.sub("", path.read_text(encoding="utf-8"))


def sprite() -> set[str]:
    return set(re.findall(r'<symbol id="i-([a-z0-9-]+)"', (UI / "static/ui/icons.svg").read_text(encoding="utf-8")))


every_template = pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: str(path.relative_to(PACKAGE)))


def test_there_are_templates() -> None:
    assert len(TEMPLATES) > 40


@every_template
def test_no_inline_style(path: Path) -> None:
    assert not re.search(r"\sstyle\s*=|<style", text_of(path))


@every_template
def test_no_inline_script(path: Path) -> None:
    text = text_of(path)
    assert not re.search(r"<script(?![^>]*\ssrc=)[^>]*>", text)
    assert not re.search(r"\son[a-z]+\s*=\s*[\"']", text)
    assert "javascript:" not in text
    assert not re.search(r"hx-on|hx-vals=[\"']js:|hx-trigger=[\"'][^\"']*\[", text), "htmx would need eval"


@every_template
def test_nothing_from_elsewhere(path: Path) -> None:
    found = re.findall(r"(?:src|href|action|xlink:href)=[\"'](?:https?:)?//[^\"']+", text_of(path))
    assert not found


@every_template
def test_plain_words(path: Path) -> None:
    text = text_of(path)
    assert not [words for words in BANNED_WORDS if words in text]
    assert not re.search(r"[\u4e00-\u9fff] · [\u4e00-\u9fff]", text), "the Chinese middle dot is wide already"


@every_template
def test_icons_are_in_the_sprite(path: Path) -> None:
    used = set(re.findall(r'\{% icon "([^"]+)"', text_of(path)))
    used |= set(re.findall(r'\{% blank "([^"]+)"', text_of(path)))
    used |= set(re.findall(r'(?:icon|action_icon)="([a-z0-9-]+)"', text_of(path)))
    assert used <= sprite(), used - sprite()


@every_template
def test_pictures_have_words(path: Path) -> None:
    assert not [tag for tag in re.findall(r"<img[^>]*>", text_of(path)) if " alt=" not in tag]


@every_template
def test_buttons_that_are_only_an_icon_have_a_name(path: Path) -> None:
    for tag in re.findall(r'<(?:a|button|summary)[^>]*class="[^"]*icon-btn[^"]*"[^>]*>', text_of(path), re.DOTALL):
        assert "aria-label" in tag, tag


@every_template
def test_forms_that_change_something_carry_a_token(path: Path) -> None:
    for form in re.findall(r"<form[^>]*method=\"post\".*?</form>", text_of(path), re.DOTALL):
        assert "csrf_token" in form or "ui:text-size" in form, form[:200]


def test_icons_of_the_code_are_in_the_sprite() -> None:
    used = set(CLOCK_ICONS.values()) | {item.icon for item in registered()}
    for script in (UI / "frontend/js").glob("*.js"):
        used |= set(re.findall(r'icon\("([a-z0-9-]+)"', script.read_text(encoding="utf-8")))
    for code in PACKAGE.glob("*/nav.py"):
        used |= set(re.findall(r'NavItem\(\s*"[^"]+",\s*"([a-z0-9-]+)"', code.read_text(encoding="utf-8")))
    assert used <= sprite() | {"-"}, used - sprite()


def test_the_sprite_is_what_the_list_says() -> None:
    lines = (UI / "frontend/icons.txt").read_text(encoding="utf-8").splitlines()
    names = {line.strip() for line in lines if line.strip() and not line.startswith("#")}
    own = {path.stem for path in (UI / "frontend/icons").glob("*.svg")}
    assert names | own == sprite()
    assert {"whistle", "manhole", "bamboo"} <= own


def test_the_sprite_is_small_and_carries_nothing_else() -> None:
    text = (UI / "static/ui/icons.svg").read_text(encoding="utf-8")
    assert len(text) < 60_000
    assert not re.search(r"<script|<style|on[a-z]+=|href=", text)

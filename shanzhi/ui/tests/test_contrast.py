"""High contrast: a choice of this browser that goes with any size of letters, and holds 7:1."""

import re

import pytest
from django.test import Client

from shanzhi.ui.context import CONTRAST_COOKIE, CONTRAST_VALUE, ELDER_COOKIE, ELDER_VALUE
from shanzhi.ui.tests.test_shell import DESK, PHONE, Person, page, registry, request_of
from shanzhi.ui.tests.test_styles import CSS, TEXT_PAIRS, contrast, read, tokens

__all__ = ["registry"]  # a fixture
AAA_TEXT = 7.0
HIGH = {CONTRAST_COOKIE: CONTRAST_VALUE}
ACT = "/parts/text-size/"


def high() -> dict[str, str]:
    """The names that the mode gives other values, over the usual ones."""
    block = re.search(r"\.ui-contrast \{([^}]*)\}", read(CSS / "contrast.css"))
    assert block is not None
    return tokens() | dict(re.findall(r"--sz-([a-z0-9-]+):\s*(#[0-9a-f]{3,6});", block[1]))


@pytest.mark.parametrize(("text", "ground"), TEXT_PAIRS)
def test_every_pair_is_seven_to_one(text: str, ground: str) -> None:
    assert contrast(high()[text], high()[ground]) >= AAA_TEXT, (text, ground)


@pytest.mark.parametrize("edge", ["line", "line-2", "field", "accent-line", "red-line", "amber-line"])
def test_every_edge_is_seen(edge: str) -> None:
    assert contrast(high()[edge], high()["surface"]) >= AAA_TEXT


def test_every_colour_has_a_value_of_its_own() -> None:
    """A token that the mode forgets would keep the pale one."""
    same = {name for name, value in tokens().items() if high()[name] == value}
    assert same == {"surface"}  # white already


@pytest.mark.usefixtures("registry")
@pytest.mark.parametrize("base", ["ui/public.html", "ui/phone.html", "ui/desk.html"])
def test_on_every_base(base: str) -> None:
    person = None if "public" in base else Person(phone=True)
    assert re.search(r'<body class="[^"]* ui-contrast"', page(base, request_of(person, **HIGH)))
    assert "ui-contrast" not in page(base, request_of(person))


def test_with_large_letters() -> None:
    html = page("ui/public.html", request_of(None, **HIGH, **{ELDER_COOKIE: ELDER_VALUE}))
    assert 'class="ui-elder ui-contrast"' in html
    assert "标准色" in html
    assert "标准字" in html


def test_the_button_says_what_it_does() -> None:
    assert "高对比" in page("ui/public.html", request_of(None))


def test_it_is_kept_and_given_up(client: Client) -> None:
    answer = client.post(ACT, {"contrast": "high", "next": "/parts/"})
    assert (answer.status_code, answer["Location"]) == (302, "/parts/")
    assert client.cookies[CONTRAST_COOKIE].value == "high"
    client.post(ACT, {"contrast": "normal", "next": "/parts/"})
    assert client.cookies[CONTRAST_COOKIE].value == ""


def test_one_choice_leaves_the_other(client: Client) -> None:
    client.post(ACT, {"size": "big"})
    client.post(ACT, {"contrast": "high"})
    assert client.cookies[ELDER_COOKIE].value == "big"
    client.post(ACT, {"size": "normal"})
    assert client.cookies[CONTRAST_COOKIE].value == "high"


def test_what_is_neither_counts_as_usual(client: Client) -> None:
    client.post(ACT, {"contrast": "high"})
    client.post(ACT, {"contrast": "<script>"})
    assert client.cookies[CONTRAST_COOKIE].value == ""


def test_a_stranger_s_page_needs_no_token() -> None:
    assert Client(enforce_csrf_checks=True).post(ACT, {"contrast": "high"}).status_code == 302


def test_both_densities_are_tried() -> None:
    assert {DESK, PHONE} == {"desk", "phone"}

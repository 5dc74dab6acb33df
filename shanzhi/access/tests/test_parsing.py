"""Text that no database can keep is refused with the field's name, before anything else looks at it."""

import json
from typing import Any

import pytest
from django.http import QueryDict
from django.test import RequestFactory
from hypothesis import given
from hypothesis import strategies as st

from shanzhi.access.parsing import UNKEEPABLE, TextParser, keepable
from shanzhi.lib.errors import Invalid


def parsed(body: Any) -> Any:
    request = RequestFactory().post("/api/v1/341181/cases", json.dumps(body), content_type="application/json")
    return TextParser().parse_body(request)


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"title": "井盖\0断裂"}, "title"),
        ({"title": "井盖\ud800"}, "title"),
        ({"photos": ["1", "\udfff"]}, "photos"),
        ({"deep": {"list": [{"inner": "\0"}]}}, "inner"),
        ({"\0": "x"}, "body"),
        (["a", "\0"], "body"),
        ("\0", "body"),
    ],
)
def test_what_cannot_be_kept_is_refused_by_name(body: Any, field: str) -> None:
    with pytest.raises(Invalid) as refusal:
        parsed(body)
    assert refusal.value.code == "text_invalid"
    assert refusal.value.fields == {field: [UNKEEPABLE]}


def test_a_whole_character_beyond_the_basic_plane_is_kept() -> None:
    assert parsed({"name": "𠮷家村😀\t\n"}) == {"name": "𠮷家村😀\t\n"}


@given(st.recursive(st.none() | st.booleans() | st.integers() | st.text().filter(keepable), st.lists, max_leaves=8))
def test_everything_else_passes_unchanged(body: Any) -> None:
    assert parsed({"body": body}) == {"body": body}


@given(st.text())
def test_what_is_kept_can_be_encoded(text: str) -> None:
    if keepable(text):
        assert text.encode().decode() == text


def test_queries_and_forms_are_looked_at_too() -> None:
    request = RequestFactory().get("/")
    with pytest.raises(Invalid) as refusal:
        TextParser().parse_querydict(QueryDict("q=%00&tab=open"), [], request)
    assert refusal.value.fields == {"q": [UNKEEPABLE]}
    assert TextParser().parse_querydict(QueryDict("state=a&state=b&q=x"), ["state"], request) == {
        "state": ["a", "b"],
        "q": "x",
    }

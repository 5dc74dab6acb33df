"""Text of an API request as every database can keep it: without NUL and without halves of characters."""

import json
from collections.abc import Iterator
from typing import Any, Final

from django.http import HttpRequest
from django.utils.datastructures import MultiValueDict
from ninja.parser import Parser

from shanzhi.lib.errors import Invalid

UNKEEPABLE: Final = "文字里有不能保存的字符（空字符或残缺的字符），请删掉后重发。"


class TextParser(Parser):
    """Raises Invalid `text_invalid`, which names the field: PostgreSQL keeps no NUL, and UTF-8 no lone surrogate."""

    def parse_body(self, request: HttpRequest) -> dict[str, Any]:
        body = json.loads(request.body)
        _check(body)
        return body  # type: ignore[no-any-return]

    def parse_querydict(
        self, data: MultiValueDict[str, Any], list_fields: list[str], request: HttpRequest
    ) -> dict[str, Any]:
        _check(dict(data.lists()))
        return super().parse_querydict(data, list_fields, request)


def _check(value: Any) -> None:
    for name, text in _texts(value):
        if not keepable(text) or not keepable(name):
            field = name if keepable(name) else "body"
            raise Invalid(UNKEEPABLE, code="text_invalid", fields={field: [UNKEEPABLE]})


def keepable(text: str) -> bool:
    """Whether the text can be stored and sent back."""
    return "\0" not in text and not any("\ud800" <= character <= "\udfff" for character in text)


def _texts(value: Any, name: str = "body") -> Iterator[tuple[str, str]]:
    """Every string with the name of the field it stands in, names of objects included."""
    if isinstance(value, str):
        yield name, value
    elif isinstance(value, dict):
        for key, item in value.items():
            yield str(key), ""
            yield from _texts(item, str(key))
    elif isinstance(value, list):
        for item in value:
            yield from _texts(item, name)

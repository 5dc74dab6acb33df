"""Answers as GeoReport v2 has them: XML without a namespace, JSON by the Spark convention, errors as a list.

A listing is an array in JSON and `<services><service>…` in XML. What has no value is null, an empty element in XML.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final
from xml.sax.saxutils import escape

from django.http import HttpResponse

from shanzhi.lib.errors import DomainError

TYPES: Final = {"json": "application/json; charset=utf-8", "xml": "text/xml; charset=utf-8"}
HEAD: Final = '<?xml version="1.0" encoding="utf-8"?>\n'
# What an element of a list is called in XML.
ITEMS: Final = {
    "services": "service", "attributes": "attribute", "values": "value", "service_requests": "request",
    "errors": "error", "endpoints": "endpoint", "formats": "format",
}  # fmt: skip
# The standard's numbers; what it does not know is "general service error".
CODES: Final = {403: 403, 404: 404, 405: 405, 409: 409, 413: 413, 429: 429}


@dataclass(frozen=True, slots=True)
class Answer:
    """`body` is a list of rows, or one object; `root` is what XML calls it. `secret`: no cache may keep it."""

    root: str
    body: Sequence[Mapping[str, Any]] | Mapping[str, Any]
    secret: bool = False


def rendered(answer: Answer, form: str, status: int = 200) -> HttpResponse:
    """In the form that was asked for by the end of the address."""
    text = _json(answer.body) if form == "json" else f"{HEAD}{_element(answer.root, answer.body)}\n"
    response = HttpResponse(text.encode(), status=status, content_type=TYPES[form])
    response["Cache-Control"] = "no-store" if answer.secret or status >= 400 else "no-cache"
    return response


def refused(error: DomainError, form: str) -> HttpResponse:
    """A sentence for each field that has to be mended, else one for all; what was typed wrong is 400 here."""
    status = CODES.get(error.status, 400)
    sentences = [sentence for rows in error.fields.values() for sentence in rows] or [error.message]
    rows = [{"code": status, "description": sentence} for sentence in dict.fromkeys(sentences)]
    return rendered(Answer("errors", rows), form, status)


def _json(body: Any) -> str:
    return json.dumps(body, ensure_ascii=False)


def _element(name: str, value: Any) -> str:
    if value is None or value in ("", [], {}):
        return f"<{name}/>"
    if isinstance(value, Mapping):
        return f"<{name}>{''.join(_element(key, part) for key, part in value.items())}</{name}>"
    if isinstance(value, list | tuple):
        return f"<{name}>{''.join(_element(ITEMS[name], part) for part in value)}</{name}>"
    return f"<{name}>{escape(text_of(value))}</{name}>"


def text_of(value: Any) -> str:
    """A value as XML holds it; signs that XML 1.0 can't hold at all are left out."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return "".join(sign for sign in str(value) if _is_legal(sign))


def _is_legal(sign: str) -> bool:
    return sign in "\t\n\r" or " " <= sign <= "\ud7ff" or "\ue000" <= sign <= "\ufffd" or sign >= "\U00010000"

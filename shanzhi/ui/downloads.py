"""A file for whoever asked: with a Chinese name, and never opened as a page."""

from urllib.parse import quote

from django.http import HttpResponse

from shanzhi.lib.tables import FORMATS


def download(body: bytes, name: str, plain: str) -> HttpResponse:
    """The file under this name, whose ending says what it is (`FORMATS`); `plain` is for browsers without Chinese."""
    ending = name.rsplit(".", 1)[-1]
    response = HttpResponse(body, content_type=FORMATS[ending])
    response["Content-Disposition"] = f"attachment; filename=\"{plain}.{ending}\"; filename*=UTF-8''{quote(name)}"
    response["X-Content-Type-Options"] = "nosniff"
    return response

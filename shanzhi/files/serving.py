"""A kept file as an answer: what a browser may do with it is decided here, not by the file."""

import logging
from typing import Final

from django.http import FileResponse, HttpRequest, HttpResponse, HttpResponseBase
from django.utils.cache import get_conditional_response
from django.utils.http import quote_etag

from shanzhi.access.actor import Actor
from shanzhi.access.pages import not_found
from shanzhi.files import storage
from shanzhi.files.models import StoredFile
from shanzhi.files.selectors import file_get_for

logger = logging.getLogger("shanzhi.files")

# Even an answer that a browser took for a page could run nothing, load nothing and send nothing.
POLICY: Final = "sandbox; default-src 'none'; frame-ancestors 'none'"
CACHE: Final = "private, max-age=3600"


def answer(request: HttpRequest, actor: Actor, file_id: int, size: str) -> HttpResponseBase:
    """The file for whoever may see it; the one 404 for everybody else, and when the disk lost it (which is logged)."""
    file = file_get_for(actor=actor, file_id=file_id)
    try:
        return file_response(request, file, size)
    except FileNotFoundError:
        logger.exception("file %s of county %s is missing on the disk", file.id, file.county_id)
        raise not_found() from None


def file_response(request: HttpRequest, file: StoredFile, size: str = "") -> HttpResponseBase:
    """A photo is shown, everything else is downloaded; FileNotFoundError if the disk lost the bytes.

    `size` is "thumb" or anything else for the whole; only photos have thumbnails. A photo never changes, so that its
    entity tag is its digest; a private copy may be used for an hour.
    """
    name = storage.THUMB if size == "thumb" and file.is_photo else storage.WHOLE
    etag = quote_etag(f"{file.sha256[:32]}-{name}")
    unchanged = get_conditional_response(request, etag=etag)
    if unchanged is not None:
        return _guarded(unchanged, etag)
    response = FileResponse(
        file.open(name), as_attachment=not file.is_photo, filename=file.name, content_type=file.content_type
    )
    return _guarded(response, etag)


def _guarded(response: HttpResponse | FileResponse, etag: str) -> HttpResponse | FileResponse:
    response.headers["ETag"] = etag
    response.headers["Cache-Control"] = CACHE
    response.headers["Vary"] = "Cookie, Authorization"
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Content-Security-Policy"] = POLICY
    response.headers["Cross-Origin-Resource-Policy"] = "same-origin"
    return response

"""A file for whoever asked: with a Chinese name, and never opened as a page."""

from collections.abc import Callable
from datetime import datetime
from typing import Final
from urllib.parse import quote

from django.http import HttpResponse

from shanzhi.lib.papers import pdf, word
from shanzhi.lib.papers.printout import Printout
from shanzhi.lib.tables import FORMATS

PAPERS: Final[dict[str, tuple[Callable[[Printout, datetime], bytes], str]]] = {
    "docx": (word.word_of, word.MIME),
    "pdf": (pdf.pdf_of, pdf.MIME),
}


def download(body: bytes, name: str, plain: str) -> HttpResponse:
    """The file under this name, whose ending says what it is (`FORMATS`); `plain` is for browsers without Chinese."""
    ending = name.rsplit(".", 1)[-1]
    return _file(body, FORMATS[ending], name, f"{plain}.{ending}")


def paper_download(paper: Printout, kind: str, plain: str, at: datetime) -> HttpResponse:
    """The paper as Word (`docx`) or PDF (`pdf`), named after its title; `Conflict` where no Chinese face is there.

    Word for any other kind: it is what can still be mended by hand.
    """
    kind = kind if kind in PAPERS else "docx"
    make, mime = PAPERS[kind]
    return _file(make(paper, at), mime, f"{paper.title}{paper.number}.{kind}", f"{plain}.{kind}")


def _file(body: bytes, mime: str, name: str, plain: str) -> HttpResponse:
    response = HttpResponse(body, content_type=mime)
    response["Content-Disposition"] = f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(name)}"
    response["X-Content-Type-Options"] = "nosniff"
    return response

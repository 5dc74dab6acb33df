"""How much one request may carry in files: refused by its announced length, before a byte of it is put aside.

Django itself bounds the text of a form only, and reads a form to look for its token before anybody was asked to sign
in: without this bound a stranger fills the disk.
"""

from typing import Any, Final

from django.core.exceptions import RequestDataTooBig
from django.core.files.uploadhandler import FileUploadHandler

LARGEST: Final = 120 * 1024**2  # nine photos of 12 MiB each, without scripts in one form, and its text


class FilesTooBig(RequestDataTooBig):
    """More than any form of ours takes."""


class BoundedUpload(FileUploadHandler):
    """Stands first among the upload handlers and hands everything on; FilesTooBig beyond `LARGEST`."""

    def handle_raw_input(
        self, input_data: Any, META: dict[str, str], content_length: int, boundary: str, encoding: str | None = None
    ) -> None:
        if content_length > LARGEST:
            raise FilesTooBig

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes:
        return raw_data

    def file_complete(self, file_size: int) -> None:
        return None

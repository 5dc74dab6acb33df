"""Files on the wire: ids as strings (JavaScript would round them), places in degrees."""

from datetime import datetime
from typing import Self

from ninja import Schema
from pydantic import Field

from shanzhi.files.models import StoredFile


class FileOut(Schema):
    """A kept file; `url` and `thumb_url` answer to whoever may see the record that it belongs to."""

    id: str
    kind: str
    name: str
    content_type: str
    size: int
    sha256: str
    width: int | None
    height: int | None
    lon: float | None = Field(description="degrees, WGS 84")
    lat: float | None
    taken_at: datetime | None
    created_at: datetime
    attached: bool
    url: str
    thumb_url: str

    @classmethod
    def of(cls, file: StoredFile) -> Self:
        return cls(
            id=str(file.id),
            kind=file.kind,
            name=file.name,
            content_type=file.content_type,
            size=file.size,
            sha256=file.sha256,
            width=file.width,
            height=file.height,
            lon=_degrees(file.lon),
            lat=_degrees(file.lat),
            taken_at=file.taken_at,
            created_at=file.created_at,
            attached=not file.is_draft,
            url=file.url,
            thumb_url=file.thumb_url,
        )


def _degrees(number: int | None) -> float | None:
    return None if number is None else number / 10_000_000

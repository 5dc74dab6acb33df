"""Files through the API: leave a photo, read what is known of it, fetch its bytes."""

from datetime import datetime
from typing import Annotated, Any, Literal

from django.http import HttpRequest, HttpResponseBase
from django.utils import timezone
from ninja import File, Form, Header, Path, Router, Status
from ninja.files import UploadedFile

from shanzhi.access.api import REFUSALS, WRITE_REFUSALS, Problem, actor_of, operation
from shanzhi.access.permissions import SELF
from shanzhi.files.images import facts_seen
from shanzhi.files.schemas import FileOut
from shanzhi.files.selectors import file_get_for
from shanzhi.files.services import photo_store
from shanzhi.files.serving import answer

router = Router(tags=["files"])


@router.post("files", response={201: FileOut, **WRITE_REFUSALS, 503: Problem}, operation_id="photo_create")
@operation(SELF)
def photo_create(
    request: HttpRequest,
    county: Path[int],
    photo: File[UploadedFile],
    lon: Annotated[float | None, Form(ge=-180, le=180)] = None,
    lat: Annotated[float | None, Form(ge=-90, le=90)] = None,
    taken_at: Annotated[datetime | None, Form()] = None,
    idempotency_key: Annotated[str | None, Header(alias="Idempotency-Key")] = None,
) -> Status[FileOut]:
    """Leave a photo as a draft: JPEG, PNG or WebP, at most 12 MiB; attach it within a day by naming its id in a write.

    Place (degrees, WGS 84) and time count where the picture itself carries none.
    """
    now = timezone.now()
    meta = {"lon": lon, "lat": lat, "taken_at": taken_at.isoformat() if taken_at else None}
    seen = facts_seen(meta, now=now)
    file = photo_store(actor=actor_of(request), upload=photo, seen=seen, key=idempotency_key, at=now)
    return Status(201, FileOut.of(file))


@router.get("files/{int:file_id}", response={200: FileOut, **REFUSALS}, operation_id="file_get")
@operation(SELF, object=True)
def file_get(request: HttpRequest, county: Path[int], file_id: int) -> Any:
    """What is known of a file: one's own draft, or one of a record that one may see."""
    return FileOut.of(file_get_for(actor=actor_of(request), file_id=file_id))


@router.get("files/{int:file_id}/content", response={200: None, **REFUSALS}, operation_id="file_content")
@operation(SELF, object=True)
def file_content(
    request: HttpRequest, county: Path[int], file_id: int, size: Literal["whole", "thumb"] = "whole"
) -> HttpResponseBase:
    """The bytes: JPEG for a photo, else the file as it came, as a download."""
    return answer(request, actor_of(request), file_id, size)

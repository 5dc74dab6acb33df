"""Imports of population lists for programs: sent, watched, taken in."""

from datetime import date
from typing import Annotated, Any, Final

from django.http import HttpRequest
from django.utils import timezone
from ninja import File, Form, Header, Path, Query, Router, Status, UploadedFile

from shanzhi.access.api import REFUSALS, WRITE_REFUSALS, After, actor_of, operation
from shanzhi.people.importing import schemas, selectors, services
from shanzhi.people.permissions import IMPORT

router = Router(tags=["people"])
ONE: Final[dict[int, Any]] = {200: schemas.RegisterImportOut, **WRITE_REFUSALS}
Key = Annotated[str | None, Header(alias="Idempotency-Key", max_length=58)]
ImportId = Annotated[int, Path(ge=1, lt=2**63)]


@router.get("people/imports", response={200: schemas.RegisterImportListOut, **REFUSALS}, operation_id="people_imports")
@operation(IMPORT)
def import_list(request: HttpRequest, county: Path[int], after: After = "") -> Any:
    """Lists that were sent for one's places, newest first."""
    page = selectors.import_page_for(actor_of(request), cursor=after)
    items = [schemas.RegisterImportOut.of(sent) for sent in page.rows]
    return schemas.RegisterImportListOut(items=items, next=page.next_cursor)


@router.post(
    "people/imports", response={201: schemas.RegisterImportOut, **WRITE_REFUSALS}, operation_id="people_import_send"
)
@operation(IMPORT)
def import_send(
    request: HttpRequest, county: Path[int], file: File[UploadedFile], as_of: Form[date], key: Key = None
) -> Any:
    """Send a list (xlsx or csv) of a day; it is checked in the background."""
    sent = services.import_send(actor=actor_of(request), upload=file, as_of=as_of, key=key, at=timezone.now())
    return Status(201, schemas.RegisterImportOut.of(sent))


@router.get("people/imports/{int:register_import_id}", response=ONE, operation_id="people_import")
@operation(IMPORT, object=True)
def import_show(request: HttpRequest, county: Path[int], register_import_id: ImportId) -> Any:
    """A list with its state and counts."""
    sent = selectors.import_get_for(actor_of(request), register_import_id)
    return schemas.RegisterImportOut.of(sent)


@router.get(
    "people/imports/{int:register_import_id}/faults", response={200: schemas.RegisterFaultListOut, **REFUSALS},
    operation_id="people_import_faults",
)  # fmt: skip
@operation(IMPORT, object=True)
def fault_list(
    request: HttpRequest, county: Path[int], register_import_id: ImportId,
    after: Annotated[int, Query(ge=0, lt=2**31, description="`next` of the page before")] = 0,
) -> Any:  # fmt: skip
    """Bad rows in the order of the list, 50 a page."""
    sent = selectors.import_get_for(actor_of(request), register_import_id)
    faults = selectors.faults_of(sent, after=after)
    more = faults[-1].number if len(faults) == selectors.FAULTS_A_PAGE else None
    return schemas.RegisterFaultListOut(items=[schemas.RegisterFaultOut.of(one) for one in faults], next=more)


@router.post("people/imports/{int:register_import_id}/applications", response=ONE, operation_id="people_import_apply")
@operation(IMPORT, object=True)
def import_apply(
    request: HttpRequest,
    county: Path[int],
    register_import_id: ImportId,
    body: schemas.RegisterVersionIn,
    key: Key = None,
) -> Any:
    """Have the good rows of a checked list go in."""
    actor = actor_of(request)
    sent = services.import_apply(
        actor=actor,
        sent=selectors.import_get_for(actor, register_import_id),
        version=body.version,
        key=key,
        at=timezone.now(),
    )
    return schemas.RegisterImportOut.of(sent)

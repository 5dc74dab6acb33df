"""Places, units and imports through the API: the same selectors and services as the pages."""

from datetime import date
from typing import Annotated, Any, Literal

from django.http import HttpRequest
from ninja import File, Form, Header, Path, Query, Router, Status
from ninja.files import UploadedFile

from shanzhi.access.api import REFUSALS, WRITE_REFUSALS, After, actor_of, operation
from shanzhi.areas import schemas, selectors, services
from shanzhi.areas.codes import Kind
from shanzhi.areas.models import Area, Unit
from shanzhi.areas.permissions import MANAGE, VIEW
from shanzhi.areas.selectors import AreaFilter, UnitFilter
from shanzhi.lib.errors import Invalid, NotFound

router = Router(tags=["areas"])
READ: dict[int, Any] = {**REFUSALS, 422: WRITE_REFUSALS[422]}

County = Path[int]
Code = Annotated[str, Path(pattern=schemas.CODE)]
UnitCode = Annotated[str, Path(pattern=r"^\d{12}[CD]\d{3}$")]
ImportId = Annotated[int, Path(ge=1, lt=2**63)]
Key = Annotated[str | None, Header(alias="Idempotency-Key", max_length=64)]
Size = Annotated[int, Query(ge=1, le=200)]
Text = Annotated[str, Query(max_length=60)]
State = Literal["open", "closed", "all"]


def _area(request: HttpRequest, code: str) -> Area:
    """A place that the caller sees and may manage, by its present or a former code: 404 before 403."""
    area = selectors.area_get_for(actor_of(request), code, former=True)
    actor_of(request).require(MANAGE)
    return area


def _other(request: HttpRequest, code: str, field: str) -> Area:
    """A place named in a body: an unknown one is a mistake in that field."""
    try:
        return selectors.area_get(code)
    except NotFound as error:
        raise Invalid(error.message, code=error.code, fields={field: [error.message]}) from None


def _out(area: Area) -> schemas.AreaOut:
    return schemas.AreaOut.of(area, None if area.is_open else selectors.successor_of(area))


@router.get("areas", response={200: schemas.AreaListOut, **READ}, operation_id="area_list")
@operation(VIEW)
def area_list(
    request: HttpRequest,
    county: County,
    q: Text = "",
    level: Area.Level | Literal[""] = "",
    kind: Kind | Literal[""] = "",
    township: Annotated[str, Query(pattern=r"^(\d{12})?$")] = "",
    state: State = "open",
    sort: Literal["tree", "code", "name", "-valid_from"] = "tree",
    after: After = "",
    size: Size = 50,
) -> Any:
    """Areas at and below the caller's posts; `q` finds names, former names and codes."""
    wanted = AreaFilter(text=q.strip(), level=level, kind=kind, township=township, state=state, sort=sort)
    page = selectors.area_page_for(actor_of(request), wanted, cursor=after, size=size)
    rows = selectors.with_parents(page.rows)
    return schemas.AreaListOut(items=[schemas.AreaOut.of(row, row.successor) for row in rows], next=page.next_cursor)


@router.get("areas/{code}", response={200: schemas.AreaOut, **READ}, operation_id="area_get")
@operation(VIEW)
def area_get(request: HttpRequest, county: County, code: Code) -> Any:
    """One area; a former code is 404 with a sentence that names the present one."""
    return _out(selectors.area_get_for(actor_of(request), code))


@router.get("areas/{code}/versions", response={200: list[schemas.VersionOut], **READ}, operation_id="area_versions")
@operation(VIEW)
def area_versions(request: HttpRequest, county: County, code: Code, on: date | None = None) -> Any:
    """The history, newest first; with `on`, only what was in force on that day."""
    area = selectors.area_get_for(actor_of(request), code)
    if on is not None:
        return [schemas.VersionOut.of(row) for row in selectors.versions_on([area.id], on).values()]
    return [schemas.VersionOut.of(row) for row in selectors.history_of(area)]


@router.post("areas/{code}/children", response={201: schemas.AreaOut, **WRITE_REFUSALS}, operation_id="area_add")
@operation(MANAGE, object=True)
def child_create(
    request: HttpRequest, county: County, code: Code, body: schemas.AreaAddIn, key: Key = None
) -> Status[schemas.AreaOut]:
    """A township, a village or a grid directly below."""
    parent = _area(request, code)
    return Status(201, _out(services.area_add(actor=actor_of(request), parent=parent, key=key, **body.dict())))


@router.post("areas/{code}/renames", response={201: schemas.AreaOut, **WRITE_REFUSALS}, operation_id="area_rename")
@operation(MANAGE, object=True)
def rename_create(
    request: HttpRequest, county: County, code: Code, body: schemas.AreaRenameIn, key: Key = None
) -> Status[schemas.AreaOut]:
    """A new name, a new code, or both."""
    area = _area(request, code)
    return Status(201, _out(services.area_rename(actor=actor_of(request), area=area, key=key, **body.dict())))


@router.post("areas/{code}/merges", response={201: schemas.AreaOut, **WRITE_REFUSALS}, operation_id="area_merge")
@operation(MANAGE, object=True)
def merge_create(
    request: HttpRequest, county: County, code: Code, body: schemas.AreaMergeIn, key: Key = None
) -> Status[schemas.AreaOut]:
    """Abolish this area in favour of another one; records of other kinds follow in a job."""
    area, data = _area(request, code), body.dict()
    into = _other(request, data.pop("into"), "into")
    return Status(201, _out(services.area_merge(actor=actor_of(request), area=area, into=into, key=key, **data)))


@router.post("areas/{code}/moves", response={201: schemas.AreaOut, **WRITE_REFUSALS}, operation_id="area_move")
@operation(MANAGE, object=True)
def move_create(
    request: HttpRequest, county: County, code: Code, body: schemas.AreaMoveIn, key: Key = None
) -> Status[schemas.AreaOut]:
    """Under another parent of the same level; records of other kinds follow in a job."""
    area, data = _area(request, code), body.dict()
    parent = _other(request, data.pop("parent"), "parent")
    return Status(201, _out(services.area_move(actor=actor_of(request), area=area, parent=parent, key=key, **data)))


@router.post("areas/{code}/abolitions", response={201: schemas.AreaOut, **WRITE_REFUSALS}, operation_id="area_abolish")
@operation(MANAGE, object=True)
def abolition_create(
    request: HttpRequest, county: County, code: Code, body: schemas.AbolishIn, key: Key = None
) -> Status[schemas.AreaOut]:
    """End an area without a successor; 409 while anything open stands under it."""
    area = _area(request, code)
    return Status(201, _out(services.area_abolish(actor=actor_of(request), area=area, key=key, **body.dict())))


@router.get("units", response={200: schemas.UnitListOut, **READ}, operation_id="unit_list")
@operation(VIEW)
def unit_list(
    request: HttpRequest,
    county: County,
    q: Text = "",
    kind: Unit.Kind | Literal[""] = "",
    area: Annotated[str, Query(pattern=r"^(\d{12})?$")] = "",
    state: State = "open",
    after: After = "",
    size: Size = 50,
) -> Any:
    """Departments and centres of the areas that the caller sees."""
    wanted = UnitFilter(text=q.strip(), kind=kind, area=area, state=state)
    page = selectors.unit_page_for(actor_of(request), wanted, cursor=after, size=size)
    return schemas.UnitListOut(items=[schemas.UnitOut.of(row) for row in page.rows], next=page.next_cursor)


@router.get("units/{code}", response={200: schemas.UnitOut, **READ}, operation_id="unit_get")
@operation(VIEW)
def unit_get(request: HttpRequest, county: County, code: UnitCode) -> Any:
    """One department or centre, open or closed."""
    return schemas.UnitOut.of(selectors.unit_get_for(actor_of(request), code))


@router.post("areas/{code}/units", response={201: schemas.UnitOut, **WRITE_REFUSALS}, operation_id="unit_add")
@operation(MANAGE, object=True)
def unit_create(
    request: HttpRequest, county: County, code: Code, body: schemas.UnitAddIn, key: Key = None
) -> Status[schemas.UnitOut]:
    """A department or a centre of a county or township."""
    area = _area(request, code)
    unit = services.unit_add(actor=actor_of(request), area=area, key=key, **body.dict())
    return Status(201, schemas.UnitOut.of(unit))


def _unit(request: HttpRequest, code: str) -> Unit:
    unit = selectors.unit_get_for(actor_of(request), code)
    actor_of(request).require(MANAGE)
    return unit


@router.post("units/{code}/renames", response={201: schemas.UnitOut, **WRITE_REFUSALS}, operation_id="unit_rename")
@operation(MANAGE, object=True)
def unit_rename_create(
    request: HttpRequest, county: County, code: UnitCode, body: schemas.UnitRenameIn, key: Key = None
) -> Status[schemas.UnitOut]:
    """A new name; its code stays."""
    unit = services.unit_rename(actor=actor_of(request), unit=_unit(request, code), key=key, **body.dict())
    return Status(201, schemas.UnitOut.of(unit))


@router.post("units/{code}/closures", response={201: schemas.UnitOut, **WRITE_REFUSALS}, operation_id="unit_close")
@operation(MANAGE, object=True)
def unit_closure_create(
    request: HttpRequest, county: County, code: UnitCode, body: schemas.AbolishIn, key: Key = None
) -> Status[schemas.UnitOut]:
    """End a department or a centre on a day; what it has done stays under its name."""
    unit = services.unit_close(actor=actor_of(request), unit=_unit(request, code), key=key, **body.dict())
    return Status(201, schemas.UnitOut.of(unit))


@router.get("division-imports", response={200: schemas.ImportListOut, **REFUSALS}, operation_id="import_list")
@operation(MANAGE)
def import_list(request: HttpRequest, county: County) -> Any:
    """The newest fifty files."""
    rows = selectors.import_list_for(actor_of(request))[:50]
    return schemas.ImportListOut(items=[schemas.ImportOut.of(row) for row in rows])


@router.post("division-imports", response={201: schemas.ImportOut, **WRITE_REFUSALS}, operation_id="import_send")
@operation(MANAGE)
def import_create(
    request: HttpRequest, county: County, file: File[UploadedFile], on: Annotated[date, Form()], key: Key = None
) -> Status[schemas.ImportOut]:
    """Send a CSV with code, name, level, parent_code; it is checked in the background and changes nothing yet."""
    sent = services.import_send(actor=actor_of(request), upload=file, on=on, key=key)
    return Status(201, schemas.ImportOut.of(sent))


@router.get("division-imports/{import_id}", response={200: schemas.ImportOut, **READ}, operation_id="import_get")
@operation(MANAGE)
def import_get(request: HttpRequest, county: County, import_id: ImportId) -> Any:
    """State, counts and plan of a file."""
    return schemas.ImportOut.of(selectors.import_get_for(actor_of(request), import_id))


@router.get(
    "division-imports/{import_id}/faults", response={200: schemas.FaultListOut, **READ}, operation_id="import_faults"
)
@operation(MANAGE)
def import_faults(
    request: HttpRequest, county: County, import_id: ImportId, after: Annotated[int, Query(ge=0, lt=2**31)] = 0
) -> Any:
    """Fifty bad rows behind a line number."""
    sent = selectors.import_get_for(actor_of(request), import_id)
    return schemas.FaultListOut(items=[schemas.FaultOut.of(row) for row in selectors.faults_of(sent, after=after)])


@router.post(
    "division-imports/{import_id}/applications",
    response={201: schemas.ImportOut, **WRITE_REFUSALS},
    operation_id="import_apply",
)
@operation(MANAGE)
def application_create(
    request: HttpRequest, county: County, import_id: ImportId, body: schemas.VersionIn, key: Key = None
) -> Status[schemas.ImportOut]:
    """Have a checked file take effect, in the background."""
    sent = selectors.import_get_for(actor_of(request), import_id)
    return Status(
        201,
        schemas.ImportOut.of(services.import_apply(actor=actor_of(request), sent=sent, version=body.version, key=key)),
    )


@router.post(
    "division-imports/{import_id}/resumptions",
    response={201: schemas.ImportOut, **WRITE_REFUSALS},
    operation_id="import_resume",
)
@operation(MANAGE)
def resumption_create(
    request: HttpRequest, county: County, import_id: ImportId, body: schemas.VersionIn, key: Key = None
) -> Status[schemas.ImportOut]:
    """Begin a stopped check or import again."""
    sent = selectors.import_get_for(actor_of(request), import_id)
    return Status(
        201,
        schemas.ImportOut.of(services.import_resume(actor=actor_of(request), sent=sent, version=body.version, key=key)),
    )

"""Places, units and imports through the API: the same selectors and services as the pages."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from inspect import Parameter, Signature
from typing import Annotated, Any, Final, Literal

from django.http import HttpRequest
from ninja import File, Form, Header, Path, Query, Router, Schema, Status
from ninja.files import UploadedFile

from shanzhi.access.api import REFUSALS, WRITE_REFUSALS, After, actor_of, operation
from shanzhi.areas import schemas, selectors, services
from shanzhi.areas.codes import Kind
from shanzhi.areas.models import Area, DivisionImport, Unit
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


@dataclass(frozen=True, slots=True)
class Write:
    """An operation that changes one thing: find what the address names, do it with the body, show what came of it.

    `subject` is what the service calls the thing, `other` a field of the body that names a second place.
    """

    name: str
    path: str
    operation_id: str
    says: str
    body: type[Schema]
    service: Callable[..., Any]
    subject: str
    find: Callable[[HttpRequest, Any], Any]
    show: Callable[[Any], Schema]
    out: type[Schema]
    key: tuple[str, Any] = ("code", Code)
    other: str = ""
    is_object: bool = True

    def view(self) -> Callable[..., Status[Schema]]:
        """The operation as ninja reads it: its parameters come from this row of the table."""

        def write(request: HttpRequest, county: int, body: Schema, key: str | None, **named: Any) -> Status[Schema]:
            found, data = self.find(request, named[self.key[0]]), body.dict()
            if self.other:
                data[self.other] = _other(request, data[self.other], self.other)
            done = self.service(actor=actor_of(request), key=key, **{self.subject: found}, **data)
            return Status(201, self.show(done))

        kinds = {"request": HttpRequest, "county": County, self.key[0]: self.key[1], "body": self.body}
        parameters = [Parameter(name, Parameter.KEYWORD_ONLY, annotation=kind) for name, kind in kinds.items()]
        parameters[0] = parameters[0].replace(kind=Parameter.POSITIONAL_OR_KEYWORD)
        parameters.append(Parameter("key", Parameter.KEYWORD_ONLY, default=None, annotation=Key))
        write.__name__, write.__doc__ = self.name, self.says
        write.__signature__ = Signature(parameters)  # type: ignore[attr-defined]
        return operation(MANAGE, object=self.is_object)(write)


def _unit(request: HttpRequest, code: str) -> Unit:
    unit = selectors.unit_get_for(actor_of(request), code)
    actor_of(request).require(MANAGE)
    return unit


def _import(request: HttpRequest, import_id: int) -> DivisionImport:
    return selectors.import_get_for(actor_of(request), import_id)


AREA: dict[str, Any] = {"find": _area, "show": _out, "out": schemas.AreaOut}
UNIT: dict[str, Any] = {"show": schemas.UnitOut.of, "out": schemas.UnitOut}
SENT: dict[str, Any] = {
    "body": schemas.VersionIn, "subject": "sent", "find": _import, "show": schemas.ImportOut.of,
    "out": schemas.ImportOut, "key": ("import_id", ImportId), "is_object": False,
}  # fmt: skip
WRITES: Final = (
    Write("child_create", "areas/{code}/children", "area_add", "A township, a village or a grid directly below.",
          schemas.AreaAddIn, services.area_add, "parent", **AREA),
    Write("rename_create", "areas/{code}/renames", "area_rename", "A new name, a new code, or both.",
          schemas.AreaRenameIn, services.area_rename, "area", **AREA),
    Write("merge_create", "areas/{code}/merges", "area_merge",
          "Abolish this area in favour of another one; records of other kinds follow in a job.",
          schemas.AreaMergeIn, services.area_merge, "area", other="into", **AREA),
    Write("move_create", "areas/{code}/moves", "area_move",
          "Under another parent of the same level; records of other kinds follow in a job.",
          schemas.AreaMoveIn, services.area_move, "area", other="parent", **AREA),
    Write("abolition_create", "areas/{code}/abolitions", "area_abolish",
          "End an area without a successor; 409 while anything open stands under it.",
          schemas.AbolishIn, services.area_abolish, "area", **AREA),
    Write("unit_create", "areas/{code}/units", "unit_add", "A department or a centre of a county or township.",
          schemas.UnitAddIn, services.unit_add, "area", find=_area, **UNIT),
    Write("unit_rename_create", "units/{code}/renames", "unit_rename", "A new name; its code stays.",
          schemas.UnitRenameIn, services.unit_rename, "unit", find=_unit, key=("code", UnitCode), **UNIT),
    Write("unit_closure_create", "units/{code}/closures", "unit_close",
          "End a department or a centre on a day; what it has done stays under its name.",
          schemas.AbolishIn, services.unit_close, "unit", find=_unit, key=("code", UnitCode), **UNIT),
    Write("application_create", "division-imports/{import_id}/applications", "import_apply",
          "Have a checked file take effect, in the background.", service=services.import_apply, **SENT),
    Write("resumption_create", "division-imports/{import_id}/resumptions", "import_resume",
          "Begin a stopped check or import again.", service=services.import_resume, **SENT),
)  # fmt: skip

for _one in WRITES:
    router.post(_one.path, response={201: _one.out, **WRITE_REFUSALS}, operation_id=_one.operation_id)(_one.view())

"""The map of places through the API: layers, drawing, splitting, files, and which place a position lies in."""

from datetime import date
from typing import Annotated, Any, Literal

from django.http import HttpRequest
from ninja import File, Form, Header, Path, Query, Router, Status
from ninja.files import UploadedFile

from shanzhi.access.api import REFUSALS, WRITE_REFUSALS, actor_of, operation
from shanzhi.areas import selectors, services
from shanzhi.areas.mapping import importing, schemas
from shanzhi.areas.mapping.selectors import (
    collection,
    import_features,
    outline_import_get_for,
    outline_import_list_for,
)
from shanzhi.areas.models import Area, Outline
from shanzhi.areas.permissions import MANAGE, VIEW
from shanzhi.areas.schemas import CODE, AreaOut, VersionIn
from shanzhi.areas.selectors.examining import ERROR, Finding, Wish, examine
from shanzhi.lib.datums import Datum
from shanzhi.lib.errors import Invalid
from shanzhi.lib.georead import Unreadable, geometry_of, placed
from shanzhi.lib.shapes import DEGREE, as_geojson

router = Router(tags=["areas"])
READ: dict[int, Any] = {**REFUSALS, 422: WRITE_REFUSALS[422]}
County = Path[int]
Code = Annotated[str, Path(pattern=CODE)]
ImportId = Annotated[int, Path(ge=1, lt=2**63)]
Key = Annotated[str | None, Header(alias="Idempotency-Key", max_length=64)]


@router.post("areas/at", response={200: schemas.WhereaboutsOut, **WRITE_REFUSALS}, operation_id="area_at")
@operation(VIEW)
def whereabouts(request: HttpRequest, county: County, body: schemas.PositionIn) -> Any:
    """Township, village and grid of a position. On a border the lowest code; in a gap the nearest village.

    It changes nothing; it is a POST so that positions stand in no address and no log.
    """
    found = selectors.whereabouts(round(body.lon * DEGREE), round(body.lat * DEGREE))
    return schemas.WhereaboutsOut.of(found)


@router.get("outlines", response={200: schemas.CollectionOut, **READ}, operation_id="outline_list")
@operation(VIEW)
def outline_list(
    request: HttpRequest,
    county: County,
    level: Area.Level | Literal[""] = "",
    within: Annotated[str, Query(pattern=r"^(\d{12}(\d{3})?)?$")] = "",
    on: date | None = None,
) -> Any:
    """Outlines at and below the caller's posts and of the places above, as GeoJSON; with `on` those of that day."""
    wanted = selectors.OutlineFilter(level=level, within=within, on=on)
    rows = selectors.outline_list_for(actor_of(request), wanted)
    return collection([selectors.feature(row) for row in rows])


@router.get("areas/{code}/outlines", response={200: schemas.OutlineListOut, **READ}, operation_id="area_outlines")
@operation(VIEW)
def outline_history(request: HttpRequest, county: County, code: Code) -> Any:
    """Every outline that a place has had, newest first."""
    area = selectors.area_get_for(actor_of(request), code)
    rows = selectors.outline_history(area)
    return schemas.OutlineListOut(items=[schemas.OutlineOut.of(row, as_geojson(row.shape)) for row in rows])


def _wishes(body: schemas.ShapesIn) -> tuple[list[Wish], list[Finding]]:
    """The places and shapes of a body; what can't be read is a finding."""
    codes = [one.code for one in body.outlines]
    areas = {area.code: area for area in
             Area.objects.filter(code__in=codes, valid_to__isnull=True).select_related("parent")}  # fmt: skip
    wishes: list[Wish] = []
    faults: list[Finding] = []
    for one in body.outlines:
        area = areas.get(one.code)
        if area is None:
            faults.append(Finding(ERROR, "code", one.code, f"现行区划里没有代码 {one.code}，请刷新地图。"))
            continue
        try:
            put = placed(geometry_of(one.geometry))
        except Unreadable as error:
            faults.append(Finding(ERROR, "form", one.code, f"{area.name}：{error}"))
        else:
            wishes.append(Wish(area, put.shape))
    return wishes, faults


@router.post("outlines/checks", response={200: schemas.FindingListOut, **WRITE_REFUSALS}, operation_id="outline_check")
@operation(MANAGE)
def outline_check(request: HttpRequest, county: County, body: schemas.ShapesIn) -> Any:
    """What would be found about these outlines if they were saved together; nothing is saved."""
    wishes, faults = _wishes(body)
    found = [*faults, *examine(wishes).findings]
    return schemas.FindingListOut(items=[schemas.FindingOut.of(one) for one in found])


@router.post("outlines", response={201: schemas.CollectionOut, **WRITE_REFUSALS}, operation_id="outline_put")
@operation(MANAGE)
def outline_create(
    request: HttpRequest, county: County, body: schemas.OutlinesIn, key: Key = None
) -> Status[schemas.CollectionOut]:
    """New outlines of places from a day on, all or none. 409 if one of them is not the one that the caller saw."""
    wishes, faults = _wishes(body)
    if faults:
        raise Invalid(faults[0].sentence, code=f"outline_{faults[0].kind}",
                      fields={"outlines": [one.sentence for one in faults]})  # fmt: skip
    told = {one.code: int(one.seen) if one.seen else None for one in body.outlines}
    rows = services.outlines_put(
        actor=actor_of(request), wishes=wishes, seen={wish.area.id: told[wish.area.code] for wish in wishes},
        on=body.on, reason=body.reason, key=key,
    )  # fmt: skip
    return Status(201, schemas.CollectionOut(**collection([_feature(row) for row in rows])))


def _feature(row: Outline) -> dict[str, Any]:
    return selectors.feature(row)


@router.post("areas/{code}/splits", response={201: AreaOut, **WRITE_REFUSALS}, operation_id="grid_split")
@operation(MANAGE, object=True)
def split_create(
    request: HttpRequest, county: County, code: Code, body: schemas.GridSplitIn, key: Key = None
) -> Status[AreaOut]:
    """Split a grid along a line: the larger piece stays, the smaller one becomes a new grid, which is answered."""
    area = selectors.area_get_for(actor_of(request), code, former=True)
    actor_of(request).require(MANAGE)
    line = [(round(lon * DEGREE), round(lat * DEGREE)) for lon, lat in body.line]
    new = services.grid_split(
        actor=actor_of(request), area=area, version=body.version, line=line, name=body.name, reason=body.reason,
        on=body.on, key=key,
    )  # fmt: skip
    return Status(201, AreaOut.of(new))


@router.get("outline-imports", response={200: schemas.OutlineImportListOut, **REFUSALS},
            operation_id="outline_import_list")  # fmt: skip
@operation(MANAGE)
def outline_import_list(request: HttpRequest, county: County) -> Any:
    """The newest fifty files."""
    rows = outline_import_list_for(actor_of(request))[:50]
    return schemas.OutlineImportListOut(items=[schemas.OutlineImportOut.of(row) for row in rows])


@router.post("outline-imports", response={201: schemas.OutlineImportOut, **WRITE_REFUSALS},
             operation_id="outline_import_send")  # fmt: skip
@operation(MANAGE)
def outline_import_create(
    request: HttpRequest,
    county: County,
    file: File[UploadedFile],
    on: Annotated[date, Form()],
    datum: Annotated[Datum, Form()] = Datum.CGCS2000,
    key: Key = None,
) -> Status[schemas.OutlineImportOut]:
    """Send GeoJSON or a CSV with code and outline; it is checked at once and changes nothing yet."""
    sent = importing.outline_import_send(actor=actor_of(request), upload=file, datum=datum, on=on, key=key)
    return Status(201, schemas.OutlineImportOut.of(sent))


@router.get("outline-imports/{outline_import_id}", response={200: schemas.OutlineImportOut, **READ},
            operation_id="outline_import_get")  # fmt: skip
@operation(MANAGE)
def outline_import_get(request: HttpRequest, county: County, outline_import_id: ImportId) -> Any:
    """State, counts and findings of a file."""
    return schemas.OutlineImportOut.of(outline_import_get_for(actor_of(request), outline_import_id))


@router.get("outline-imports/{outline_import_id}/outlines", response={200: schemas.CollectionOut, **READ},
            operation_id="outline_import_outlines")  # fmt: skip
@operation(MANAGE)
def outline_import_outlines(request: HttpRequest, county: County, outline_import_id: ImportId) -> Any:
    """The outlines of a file that would be written, or were, as GeoJSON."""
    return collection(import_features(outline_import_get_for(actor_of(request), outline_import_id)))


@router.post(
    "outline-imports/{outline_import_id}/applications",
    response={201: schemas.OutlineImportOut, **WRITE_REFUSALS},
    operation_id="outline_import_apply",
)
@operation(MANAGE)
def outline_import_apply(
    request: HttpRequest, county: County, outline_import_id: ImportId, body: VersionIn, key: Key = None
) -> Status[schemas.OutlineImportOut]:
    """Write what is good in a checked file."""
    sent = importing.outline_import_apply(
        actor=actor_of(request), sent=outline_import_get_for(actor_of(request), outline_import_id),
        version=body.version, key=key,
    )  # fmt: skip
    return Status(201, schemas.OutlineImportOut.of(sent))

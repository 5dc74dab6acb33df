"""Definitions through the API: the same selectors and services as the pages."""

from typing import Annotated, Any, Literal

from django.http import HttpRequest
from django.utils import timezone
from ninja import Header, Path, Query, Router

from shanzhi.access.api import REFUSALS, WRITE_REFUSALS, After, actor_of, operation
from shanzhi.lib.times import local
from shanzhi.packs import schemas, selectors, services
from shanzhi.packs.calendars import calendar_from, warning_of
from shanzhi.packs.holiday_schemas import HolidaysListOut, HolidaysOut
from shanzhi.packs.holidays import FAMILY as HOLIDAYS
from shanzhi.packs.models import Version
from shanzhi.packs.permissions import EDIT, VIEW
from shanzhi.packs.selectors import DefinitionFilter

router = Router(tags=["packs"])
READ: dict[int, Any] = {**REFUSALS, 422: WRITE_REFUSALS[422]}

County = Path[int]
Family = Annotated[str, Path(pattern=r"^[a-z][a-z0-9_]{0,39}$")]
Code = Annotated[str, Path(pattern=schemas.CODE)]
Key = Annotated[str | None, Header(alias="Idempotency-Key", max_length=64)]
Size = Annotated[int, Query(ge=1, le=200)]
State = Literal["", "pack", "edited", "retired", "all"]
ONE = "definitions/{family}/{code}"


@router.get("definitions", response={200: schemas.DefinitionListOut, **READ}, operation_id="definition_list")
@operation(VIEW)
def definition_list(
    request: HttpRequest,
    county: County,
    q: Annotated[str, Query(max_length=60)] = "",
    family: Annotated[str, Query(pattern=r"^([a-z][a-z0-9_]{0,39})?$")] = "",
    state: State = "",
    after: After = "",
    size: Size = 50,
) -> Any:
    """Definitions by family and code; retired ones only if asked for."""
    wanted = DefinitionFilter(text=q.strip(), family=family, state=state)
    page = selectors.definition_page_for(actor_of(request), wanted, cursor=after, size=size)
    items = [schemas.DefinitionOut.of(row) for row in page.rows]
    return schemas.DefinitionListOut(items=items, next=page.next_cursor)


@router.get(ONE, response={200: schemas.RuleVersionOut, **READ}, operation_id="definition_get")
@operation(VIEW)
def definition_get(
    request: HttpRequest,
    county: County,
    family: Family,
    code: Code,
    number: Annotated[int | None, Query(ge=1, le=2**31 - 1)] = None,
) -> Any:
    """The version that counts, or the one asked for."""
    definition = selectors.definition_get_for(actor_of(request), family, code)
    return schemas.RuleVersionOut.of(selectors.version_at(definition, number or definition.current_number))


@router.put(ONE, response={200: schemas.RuleVersionOut, **WRITE_REFUSALS}, operation_id="definition_publish")
@operation(EDIT)
def definition_publish(
    request: HttpRequest, county: County, family: Family, code: Code, body: schemas.DefinitionIn, key: Key = None
) -> Any:
    """Publish a body; what is wrong with it comes back in `fields`, by its path."""
    version = services.definition_publish(
        actor=actor_of(request),
        family=family,
        code=code,
        body=body.body,
        origin=Version.Origin.EDITED,
        expected=body.expected,
        note=body.note,
        key=key,
    )
    return schemas.RuleVersionOut.of(version)


@router.post(
    f"{ONE}/retirements", response={200: schemas.DefinitionOut, **WRITE_REFUSALS}, operation_id="definition_retire"
)
@operation(EDIT)
def retirement_create(
    request: HttpRequest, county: County, family: Family, code: Code, body: schemas.ExpectedIn
) -> Any:
    """Nothing new begins under it; done twice it does no more."""
    return schemas.DefinitionOut.of(
        services.definition_retire(actor=actor_of(request), family=family, code=code, expected=body.expected)
    )


@router.post(
    f"{ONE}/returns", response={200: schemas.DefinitionOut, **WRITE_REFUSALS}, operation_id="definition_restore"
)
@operation(EDIT)
def return_create(request: HttpRequest, county: County, family: Family, code: Code) -> Any:
    """Let it count again, with the version that it had."""
    return schemas.DefinitionOut.of(services.definition_restore(actor=actor_of(request), family=family, code=code))


@router.get("holidays", response={200: HolidaysListOut, **READ}, operation_id="holidays_list", by_alias=True)
@operation(VIEW)
def holidays_list(request: HttpRequest, county: County) -> Any:
    """All years that have a table of days off, and how far the tables reach."""
    versions = selectors.current_versions(HOLIDAYS)
    calendar = calendar_from(versions)
    items = [HolidaysOut.of(version, selectors.body_of(version)) for version in versions]
    items.sort(key=lambda item: item.year, reverse=True)
    warning = warning_of(calendar, local(timezone.now()).date())
    return HolidaysListOut(items=items, until=calendar.until, warning=warning)

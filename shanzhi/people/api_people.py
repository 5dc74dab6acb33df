"""People and what happens to them, for programs, by the services and selectors of the pages."""

from datetime import date
from typing import Annotated, Any, Final

from django.http import HttpRequest
from django.utils import timezone
from ninja import Path, Query, Status

from shanzhi.access.api import REFUSALS, WRITE_REFUSALS, After, actor_of, operation
from shanzhi.lib.errors import Invalid
from shanzhi.people import schemas, services
from shanzhi.people.operations import AreaCode, Key, Number, router
from shanzhi.people.permissions import COUNTS, EDIT, VIEW
from shanzhi.people.selectors import area_for, resident_get_for
from shanzhi.people.selectors.counts import population_on
from shanzhi.people.selectors.residents import PeopleFilter, resident_page, stays_shown

ONE: Final[dict[int, Any]] = {200: schemas.PeopleResidentOut, **WRITE_REFUSALS}
MADE: Final[dict[int, Any]] = {201: schemas.PeopleResidentOut, **WRITE_REFUSALS}
Word = Annotated[str, Query(max_length=30)]
FIRST: Final = date(1950, 1, 1)
BAD_DAY: Final = "日期要在 1950 年到今天之间，请改日期。"


@router.get(
    "people/residents", response={200: schemas.PeopleResidentListOut, **REFUSALS}, operation_id="people_residents"
)
@operation(VIEW)
def residents(
    request: HttpRequest, county: Path[int], area: AreaCode = "", tab: Word = "lives", population: Word = "",
    sex: Word = "", age: Word = "", care: Word = "", after: After = "",
) -> Any:  # fmt: skip
    """Who lives in a place (tab lives), is registered there (registered), or was last there (last); 50 a page."""
    actor = actor_of(request)
    wanted = PeopleFilter(tab=tab, population=population, sex=sex, age=age, care=care)
    page = resident_page(actor, area_for(actor, area), wanted, today=timezone.localdate(), cursor=after)
    items = [schemas.PeopleResidentOut.of(row) for row in page.rows]
    return schemas.PeopleResidentListOut(items=items, next=page.next_cursor)


@router.post("people/residents", response=MADE, operation_id="people_resident_add")
@operation(EDIT)
def resident_add(request: HttpRequest, county: Path[int], body: schemas.PeopleResidentIn, key: Key = None) -> Any:
    """Somebody new. 409 `known_person` for a number that is known, with `resident` where the caller may see them."""
    row = services.resident_add(
        actor=actor_of(request), facts=body.facts(), whither=body.whither(), on=body.on, change=body.change, key=key
    )
    return Status(201, schemas.PeopleResidentOut.of(row))


@router.get(
    "people/residents/{int:resident_id}", response={200: schemas.PeoplePersonOut, **REFUSALS},
    operation_id="people_resident",
)  # fmt: skip
@operation(VIEW, object=True)
def resident(request: HttpRequest, county: Path[int], resident_id: Number) -> Any:
    """A person with their history; that it was opened is written down."""
    actor = actor_of(request)
    row = resident_get_for(actor, resident_id)
    services.page_opened(actor=actor, resident=row)
    stays = [schemas.PeopleStayOut.of(stay) for stay in stays_shown(row)]
    return schemas.PeoplePersonOut(**schemas.PeopleResidentOut.of(row).dict(), stays=stays)


@router.post("people/residents/{int:resident_id}/facts", response=ONE, operation_id="people_facts")
@operation(EDIT, object=True)
def facts(
    request: HttpRequest, county: Path[int], resident_id: Number, body: schemas.PeopleFactsChangeIn, key: Key = None
) -> Any:
    """Mend name, papers, phone."""
    row = services.resident_change(
        actor=actor_of(request), number=resident_id, version=body.version, facts=body.facts(),
        keep_numbers=body.keep_numbers, key=key,
    )  # fmt: skip
    return schemas.PeopleResidentOut.of(row)


@router.post("people/residents/{int:resident_id}/events", response=ONE, operation_id="people_event")
@operation(EDIT, object=True)
def event(
    request: HttpRequest, county: Path[int], resident_id: Number, body: schemas.PeopleEventIn, key: Key = None
) -> Any:
    """Moved, left, came back, moved out or in, registered elsewhere, died, on a day not before the last change."""
    row = services.resident_event(
        actor=actor_of(request), number=resident_id, version=body.version, event=body.event, on=body.on,
        whither=body.whither(), note=body.note, key=key,
    )  # fmt: skip
    return schemas.PeopleResidentOut.of(row)


@router.post("people/residents/{int:resident_id}/withdrawals", response=ONE, operation_id="people_take_back")
@operation(EDIT, object=True)
def take_back(
    request: HttpRequest, county: Path[int], resident_id: Number, body: schemas.PeopleVersionIn, key: Key = None
) -> Any:
    """The newest change never happened."""
    row = services.event_take_back(actor=actor_of(request), number=resident_id, version=body.version, key=key)
    return schemas.PeopleResidentOut.of(row)


@router.post("people/residents/{int:resident_id}/leavings", response=ONE, operation_id="people_leave")
@operation(EDIT, object=True)
def leave(
    request: HttpRequest, county: Path[int], resident_id: Number, body: schemas.PeopleDayIn, key: Key = None
) -> Any:
    """Of no household any more."""
    row = services.household_leave(
        actor=actor_of(request), resident=resident_id, version=body.version, on=body.on, key=key
    )
    return schemas.PeopleResidentOut.of(row)


@router.post(
    "people/stays/{int:stay_id}/corrections", response={200: schemas.PeopleStayOut, **WRITE_REFUSALS},
    operation_id="people_correct",
)  # fmt: skip
@operation(EDIT, object=True)
def correct(
    request: HttpRequest, county: Path[int], stay_id: Number, body: schemas.PeopleCorrectionIn, key: Key = None
) -> Any:
    """Another stay in the place of a wrong one."""
    stay = services.stay_correct(
        actor=actor_of(request), stay_id=stay_id, version=body.version, whither=body.whither(), since=body.since,
        note=body.note, key=key,
    )  # fmt: skip
    return schemas.PeopleStayOut.of(stay)


@router.get("people/counts", response={200: schemas.PeopleCountsOut, **REFUSALS}, operation_id="people_counts")
@operation(COUNTS)
def counts(request: HttpRequest, county: Path[int], area: AreaCode = "", on: date | None = None) -> Any:
    """How many people there were on a day, by residence and by registration, with the places below side by side."""
    today = timezone.localdate()
    if on is not None and not FIRST <= on <= today:
        raise Invalid(BAD_DAY, code="day_wrong", fields={"on": [BAD_DAY]})
    return schemas.PeopleCountsOut.of(population_on(area_for(actor_of(request), area, COUNTS), on or today))

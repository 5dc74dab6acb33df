"""The staffing for programs, by the services and selectors of the pages."""

from datetime import date
from typing import Annotated, Any, Final, Literal

from django.http import HttpRequest
from django.utils import timezone
from ninja import Header, Path, Query, Router, Status

from shanzhi.access.api import REFUSALS, WRITE_REFUSALS, After, actor_of, operation
from shanzhi.areas.selectors import whereabouts
from shanzhi.lib.errors import Invalid, NotFound
from shanzhi.lib.shapes import DEGREE
from shanzhi.staffing import schemas, selectors, services
from shanzhi.staffing.permissions import CONTACT, MANAGE, RULE, VIEW
from shanzhi.staffing.selectors import AsOf, StaffFilter
from shanzhi.staffing.selectors.asof import FIRST, LAST

router = Router(tags=["staffing"])
ONE: Final[dict[int, Any]] = {200: schemas.StaffAssignmentOut, **WRITE_REFUSALS}
Key = Annotated[str | None, Header(alias="Idempotency-Key", max_length=64)]
Area = Annotated[str, Query(pattern=r"^(\d{12}(\d{3})?)?$", description="code of a place; by default one's own")]
Day = Annotated[date | None, Query(description="a day past or to come; by default today")]
StaffId = Annotated[int, Path(ge=1, lt=2**63)]
State = Literal["live", "in30", "in60", "in90", "coming", "over", "ended", "all"]
Sorted = Literal["place", "name", "until", "-from"]
MOST: Final = 5_000
BAD_DAY: Final = "日期要在 2000 年到 2099 年之间，请改日期。"
NOWHERE: Final = "这个位置不在本县的网格里，请改用地方的代码。"
ASK: Final = "请给出位置（lon 和 lat），或者地方的代码（area）。"


def _asof(on: date | None) -> AsOf:
    if on is not None and not FIRST <= on <= LAST:
        raise Invalid(BAD_DAY, code="day_wrong", fields={"on": [BAD_DAY]})
    return selectors.as_of(timezone.now(), on)


def _out(row: Any) -> schemas.StaffAssignmentOut:
    return schemas.StaffAssignmentOut.of(row, selectors.as_of(timezone.now()).today)


@router.get("staffing/overview", response={200: schemas.StaffOverviewOut, **REFUSALS}, operation_id="staffing_overview")
@operation(VIEW)
def overview(request: HttpRequest, county: Path[int], area: Area = "", on: Day = None) -> Any:
    """Counts of a place and of everything directly below it, as of a day."""
    return schemas.StaffOverviewOut.of_board(selectors.board_of(selectors.area_for(actor_of(request), area), _asof(on)))


@router.get(
    "staffing/vacancies", response={200: schemas.StaffGapListOut, **REFUSALS}, operation_id="staffing_vacancies"
)
@operation(VIEW)
def gap_list(
    request: HttpRequest, county: Path[int], area: Area = "", on: Day = None,
    role: Annotated[str, Query(max_length=16)] = "", level: Annotated[str, Query(max_length=10)] = "",
) -> Any:  # fmt: skip
    """Roles that the rule asks for and that too few hold, place by place."""
    asof = _asof(on)
    standing = selectors.standing_of(selectors.area_for(actor_of(request), area), asof)
    return schemas.StaffGapListOut.of_gaps(selectors.gaps_of(standing, role=role, level=level), asof, MOST)


@router.get("staffing/people", response={200: schemas.StaffHolderListOut, **REFUSALS}, operation_id="staffing_people")
@operation(VIEW)
def people(
    request: HttpRequest, county: Path[int], area: Area = "", on: Day = None,
    role: Annotated[str, Query(max_length=16)] = "", state: State = "live", sort: Sorted = "place", after: After = "",
) -> Any:  # fmt: skip
    """Posts and assignments at and below a place, 50 a page."""
    asof, actor = _asof(on), actor_of(request)
    place = selectors.area_for(actor, area)
    wanted = StaffFilter(role=role, state=state, path=place.path, sort=sort)
    page = selectors.holder_page(actor, wanted, asof, cursor=after)
    items = [schemas.StaffHolderOut.of(one) for one in page.rows]
    return schemas.StaffHolderListOut(on=asof.day, items=items, next=page.next_cursor)


@router.post(
    "staffing/people", response={201: schemas.StaffAssignmentOut, **WRITE_REFUSALS}, operation_id="staffing_appoint"
)
@operation(MANAGE)
def appoint(request: HttpRequest, county: Path[int], body: schemas.StaffAssignmentIn, key: Key = None) -> Any:
    """Appoint somebody who needs no account. Workers and leaders of grids hold posts instead."""
    row = services.assignment_add(
        actor=actor_of(request), role=body.role, place=body.place, details=_details(body),
        term=services.Term(body.valid_from, body.valid_to), key=key, at=timezone.now(),
    )  # fmt: skip
    return Status(201, _out(row))


def _details(body: schemas.StaffDetailsIn) -> services.Details:
    return services.Details(body.name, body.organisation, body.phone, body.source)


@router.get("staffing/people/{int:staff_id}", response=ONE, operation_id="staffing_person")
@operation(VIEW, object=True)
def person(request: HttpRequest, county: Path[int], staff_id: StaffId) -> Any:
    """One assignment, the phone masked."""
    return _out(selectors.assignment_get_for(actor_of(request), staff_id))


@router.post("staffing/people/{int:staff_id}/corrections", response=ONE, operation_id="staffing_correct")
@operation(MANAGE, object=True)
def correct(
    request: HttpRequest, county: Path[int], staff_id: StaffId, body: schemas.StaffCorrectionIn, key: Key = None
) -> Any:
    """Mend what was written down of the person."""
    row = services.assignment_correct(
        actor=actor_of(request), number=staff_id, version=body.version, details=_details(body),
        keep_phone=body.keep_phone, key=key, at=timezone.now(),
    )  # fmt: skip
    return _out(row)


@router.post("staffing/people/{int:staff_id}/terms", response=ONE, operation_id="staffing_term")
@operation(MANAGE, object=True)
def set_term(
    request: HttpRequest, county: Path[int], staff_id: StaffId, body: schemas.StaffTermIn, key: Key = None
) -> Any:
    """Another term, for a reason."""
    term = services.Term(body.valid_from, body.valid_to)
    row = services.assignment_set_term(
        actor=actor_of(request), number=staff_id, version=body.version, term=term, reason=body.reason, key=key,
        at=timezone.now(),
    )  # fmt: skip
    return _out(row)


@router.post("staffing/people/{int:staff_id}/renewals", response=ONE, operation_id="staffing_renew")
@operation(MANAGE, object=True)
def renew(
    request: HttpRequest, county: Path[int], staff_id: StaffId, body: schemas.StaffRenewalIn, key: Key = None
) -> Any:
    """Go on; where the term is over, the answer is a new assignment that begins today."""
    row = services.assignment_renew(
        actor=actor_of(request), number=staff_id, version=body.version, valid_to=body.valid_to, source=body.source,
        key=key, at=timezone.now(),
    )  # fmt: skip
    return _out(row)


@router.post("staffing/people/{int:staff_id}/ends", response=ONE, operation_id="staffing_end")
@operation(MANAGE, object=True)
def end(request: HttpRequest, county: Path[int], staff_id: StaffId, body: schemas.StaffEndIn, key: Key = None) -> Any:
    """End it before its time, for a reason."""
    row = services.assignment_end(
        actor=actor_of(request), number=staff_id, version=body.version, on=body.on, reason=body.reason, key=key,
        at=timezone.now(),
    )  # fmt: skip
    return _out(row)


@router.post(
    "staffing/people/{int:staff_id}/phone", response={200: schemas.StaffPhoneOut, **WRITE_REFUSALS},
    operation_id="staffing_phone",
)  # fmt: skip
@operation(CONTACT, object=True)
def phone(
    request: HttpRequest, county: Path[int], staff_id: StaffId, body: schemas.StaffPhoneIn, key: Key = None
) -> Any:
    """The number, for a purpose that stays written down."""
    row = services.phone_show(
        actor=actor_of(request), number=staff_id, purpose=body.purpose, text=body.text, key=key, at=timezone.now()
    )
    return schemas.StaffPhoneOut(phone=row.phone)


@router.post("staffing/here", response={200: schemas.StaffHereOut, **WRITE_REFUSALS}, operation_id="staffing_here")
@operation(VIEW)
def here(request: HttpRequest, county: Path[int], body: schemas.StaffHereIn) -> Any:
    """Who is responsible for a position or a place now, from the grid up to the county.

    It changes nothing; it is a POST so that positions stand in no address and no log.
    """
    metres = 0
    if body.area:
        area = selectors.area_in(body.area)
        if area is None:
            raise NotFound
    elif body.lon is not None and body.lat is not None:
        found = whereabouts(round(body.lon * DEGREE), round(body.lat * DEGREE))
        area, metres = found.deepest, found.metres
    else:
        raise Invalid(ASK, code="nowhere", fields={"area": [ASK]})
    if area is None:
        raise Invalid(NOWHERE, code="nowhere", fields={"lon": [NOWHERE]})
    spots = selectors.responsible(area, at=timezone.now())
    return schemas.StaffHereOut(metres=metres, spots=[schemas.StaffSpotOut.of(spot) for spot in spots])


@router.get("staffing/rule", response={200: schemas.StaffRuleOut, **REFUSALS}, operation_id="staffing_rule")
@operation(VIEW)
def rule_read(request: HttpRequest, county: Path[int]) -> Any:
    """How many there must be at least."""
    rule = selectors.rule_on(selectors.as_of(timezone.now()).today)
    lines = [
        schemas.StaffRuleLine(level=level, role=role, least=least) for (level, role), least in rule.general.items()
    ]
    entries = [schemas.StaffRuleEntryOut.of(row) for row in selectors.rule_entries()[:100]]
    return schemas.StaffRuleOut(levels=lines, entries=entries)


@router.post(
    "staffing/rule", response={201: schemas.StaffRuleEntryOut, **WRITE_REFUSALS}, operation_id="staffing_rule_set"
)
@operation(RULE)
def rule_set(request: HttpRequest, county: Path[int], body: schemas.StaffRuleIn, key: Key = None) -> Any:
    """Another figure from today on; of a whole level for the county's command centre only."""
    row = services.rule_set(
        actor=actor_of(request), role=body.role, level=body.level, place=body.place, least=body.least,
        reason=body.reason, seen=body.seen, key=key, at=timezone.now(),
    )  # fmt: skip
    return Status(201, schemas.StaffRuleEntryOut.of(row))

"""Finding people for programs: the search is a body, never an address."""

from typing import Annotated, Any

from django.http import HttpRequest
from django.utils import timezone
from ninja import Path, Router, Status

from shanzhi.access.api import REFUSALS, WRITE_REFUSALS, After, actor_of, operation
from shanzhi.people.finding import schemas, selectors, services
from shanzhi.people.finding.shown import line_of
from shanzhi.people.models import Search
from shanzhi.people.permissions import VIEW

router = Router(tags=["people"])
SearchId = Annotated[int, Path(ge=1, lt=2**63)]


def _out(request: HttpRequest, kept: Search, after: str) -> schemas.PersonSearchOut:
    page = selectors.find(actor_of(request), kept.text, area=kept.area_code, cursor=after)
    today = timezone.localdate()
    items = [schemas.PersonFoundOut.of(line_of(hit, today)) for hit in page.rows]
    return schemas.PersonSearchOut(id=str(kept.id), items=items, next=page.next_cursor)


@router.post("people/searches", response={201: schemas.PersonSearchOut, **WRITE_REFUSALS}, operation_id="people_search")
@operation(VIEW)
def search(request: HttpRequest, county: Path[int], body: schemas.PersonSearchIn) -> Any:
    """Look for somebody in one's scope; the first page of whoever answers."""
    kept = services.search_keep(actor=actor_of(request), text=body.text, area=body.area)
    return Status(201, _out(request, kept, ""))


@router.get(
    "people/searches/{int:search_id}", response={200: schemas.PersonSearchOut, **REFUSALS}, operation_id="people_found"
)
@operation(VIEW, object=True)
def found(request: HttpRequest, county: Path[int], search_id: SearchId, after: After = "") -> Any:
    """A page of a search of one's own of the last hour."""
    actor = actor_of(request)
    kept = selectors.search_get_for(actor, search_id, at=timezone.now())
    actor.require(VIEW)
    return _out(request, kept, after)

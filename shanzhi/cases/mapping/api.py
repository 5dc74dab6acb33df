"""The map of cases for programs: the same selectors as the page."""

from typing import Any

from django.http import HttpRequest
from django.utils import timezone
from ninja import Path, Query, Router

from shanzhi.access.api import REFUSALS, WRITE_REFUSALS, actor_of, operation
from shanzhi.cases import permissions
from shanzhi.cases.listing import listing_of
from shanzhi.cases.mapping import schemas
from shanzhi.cases.mapping.frames import box_read
from shanzhi.cases.mapping.places import open_by_place, places_named
from shanzhi.cases.mapping.selectors import seen_on_map, whistles_on_map

router = Router()
READ: dict[int, Any] = {**REFUSALS, 422: WRITE_REFUSALS[422]}


@router.get("/cases/map", response={200: schemas.MapOut, **READ}, summary="Cases of a part of the map")
@operation(permissions.VIEW)
def case_map(request: HttpRequest, county: Path[int], query: Query[schemas.MapQuery]) -> schemas.MapOut:
    """Cases of the work list that lie in `bbox`, joined by squares of about 80 pixels at this zoom, single ones by
    themselves, and whistles to which nobody has come yet. A square is counted to 99 where the list is long."""
    actor, now = actor_of(request), timezone.now()
    box = box_read(query.bbox)
    listing = listing_of(actor, request.GET, now)
    seen = seen_on_map(actor, listing.wanted, box, query.zoom, now=now)
    return schemas.MapOut.of(seen, *whistles_on_map(actor, box, now=now), now)


@router.get("/cases/map/areas", response={200: schemas.OpenListOut, **READ}, summary="Open cases by place")
@operation(permissions.VIEW)
def case_map_areas(request: HttpRequest, county: Path[int], query: Query[schemas.AreasQuery]) -> schemas.OpenListOut:
    """Open cases in the caller's scope for each place of a level that has an outline in `bbox`, whatever the filters,
    and for each hundred households where their number was stated."""
    box = box_read(query.bbox) if query.bbox else None
    found, more = open_by_place(actor_of(request), query.level, box, now=timezone.now())
    return schemas.OpenListOut(items=[schemas.OpenOut.of(one) for one in found], more=more)


@router.post("/cases/map/places", response={200: schemas.SpotListOut, **WRITE_REFUSALS}, summary="Find a place")
@operation(permissions.VIEW)
def case_map_places(request: HttpRequest, county: Path[int], body: schemas.SpotIn) -> schemas.SpotListOut:
    """Areas by name or code, and places of cases that the caller may see. It changes nothing; it is a POST so that
    what was typed stands in no address and no log."""
    found = places_named(actor_of(request), body.text, now=timezone.now())
    return schemas.SpotListOut(items=[schemas.SpotOut.of(one) for one in found])

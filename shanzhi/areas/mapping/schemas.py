"""Shapes of the map's API. Geometries are GeoJSON in degrees of CGCS2000; ids are strings."""

from datetime import date, datetime
from typing import Annotated, Any, Self

from ninja import Schema
from pydantic import Field

from shanzhi.areas.models import Outline, OutlineImport
from shanzhi.areas.schemas import CODE, NAME, REASON, VERSION, AreaRef
from shanzhi.areas.selectors.examining import Finding
from shanzhi.areas.selectors.locating import Whereabouts

LON = Field(ge=-180, le=180, allow_inf_nan=False)
LAT = Field(ge=-90, le=90, allow_inf_nan=False)
MOST = 500


class PositionIn(Schema):
    """Degrees of CGCS2000 or WGS-84, as a phone gives them."""

    lon: float = LON
    lat: float = LAT


class WhereaboutsOut(Schema):
    """The places that hold the position. `metres` is how far the village is if none holds it, else 0."""

    township: AreaRef | None
    village: AreaRef | None
    grid: AreaRef | None
    metres: int

    @classmethod
    def of(cls, found: Whereabouts) -> Self:
        told = {level: AreaRef.of_area(area) for level, area in found.places.items()}
        return cls(
            township=told.get("township"), village=told.get("village"), grid=told.get("grid"), metres=found.metres
        )


class CollectionOut(Schema):
    """A GeoJSON FeatureCollection; `properties` of a feature: code, name, level, parent, square_metres, seen …"""

    type: str
    features: list[dict[str, Any]]


class OutlineOut(Schema):
    """An outline that a place has or had on [valid_from, valid_to)."""

    id: str
    area: AreaRef
    geometry: dict[str, Any]
    square_metres: int
    points: int
    source: str
    synthetic: bool
    reason: str
    actor: str
    valid_from: date
    valid_to: date | None
    recorded_at: datetime

    @classmethod
    def of(cls, row: Outline, geometry: dict[str, Any]) -> Self:
        return cls(
            id=str(row.id), area=AreaRef.of_area(row.area), geometry=geometry, square_metres=row.square_metres,
            points=row.points, source=row.source, synthetic=row.synthetic, reason=row.reason,
            actor=f"{row.actor_name} {row.actor_post}".strip(), valid_from=row.valid_from, valid_to=row.valid_to,
            recorded_at=row.recorded_at,
        )  # fmt: skip


class ShapeIn(Schema):
    """`seen` is the id of the outline that the caller saw there; empty: none."""

    code: str = Field(pattern=CODE)
    seen: str = Field("", pattern=r"^\d{0,19}$")
    geometry: dict[str, Any]


class ShapesIn(Schema):
    outlines: list[ShapeIn] = Field(min_length=1, max_length=MOST)


class OutlinesIn(ShapesIn):
    """All or none of them, from a day on."""

    on: date
    reason: str = REASON


class FindingOut(Schema):
    """One sentence about an outline; `severity` is error, warning or note, `geometry` shows where."""

    severity: str
    kind: str
    code: str
    sentence: str
    geometry: dict[str, Any] | None
    number: int

    @classmethod
    def of(cls, found: Finding) -> Self:
        return cls(**found.as_json())


class FindingListOut(Schema):
    items: list[FindingOut]


class OutlineListOut(Schema):
    items: list[OutlineOut]


class GridSplitIn(Schema):
    """A line through a grid, [longitude, latitude] each; the smaller piece becomes the new grid."""

    version: int = VERSION
    line: list[tuple[Annotated[float, LON], Annotated[float, LAT]]] = Field(min_length=2, max_length=200)
    name: str = NAME
    on: date
    reason: str = REASON


class OutlineImportOut(Schema):
    """A file of outlines: what it holds (`counts`) and what was found about it (at most 500 `findings`)."""

    id: str
    name: str
    state: str
    datum: str
    effective_on: date
    problem: str
    counts: dict[str, int]
    findings: list[FindingOut]
    created_at: datetime
    applied_at: datetime | None
    version: int

    @classmethod
    def of(cls, sent: OutlineImport) -> Self:
        return cls(
            id=str(sent.id), name=sent.name, state=sent.state, datum=sent.datum, effective_on=sent.effective_on,
            problem=sent.problem, counts=sent.counts, findings=[FindingOut(**one) for one in sent.findings],
            created_at=sent.created_at, applied_at=sent.applied_at, version=sent.version,
        )  # fmt: skip


class OutlineImportListOut(Schema):
    items: list[OutlineImportOut]

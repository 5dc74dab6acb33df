"""The map on the wire: degrees outside (CGCS2000), whole numbers of 1e-7 degree inside."""

from datetime import datetime
from typing import Annotated, Literal

from ninja import Schema
from pydantic import Field, StringConstraints

from shanzhi.cases.catalogue import State
from shanzhi.cases.kinds.registry import kind_of
from shanzhi.cases.mapping.frames import LENGTH
from shanzhi.cases.mapping.places import LONGEST, Found, OpenHere
from shanzhi.cases.mapping.selectors import Cluster, Seen, Whistle
from shanzhi.cases.models import Case
from shanzhi.cases.presenters import is_late
from shanzhi.lib.georead import Box
from shanzhi.lib.shapes import DEGREE

Words = Annotated[str, StringConstraints(max_length=40)]
Bbox = Annotated[str, Field(max_length=4 * LENGTH, description="west,south,east,north in degrees")]


class FilterQuery(Schema):
    """The filters of the work list, as they stand in the address of its page; what is unknown narrows nothing."""

    tab: str = Field("", max_length=20)
    q: str = Field("", max_length=100, description="words of title, text or place; two Chinese characters suffice")
    state: list[Words] = Field(default_factory=list, max_length=20)
    kind: list[Words] = Field(default_factory=list, max_length=50)
    source: list[Words] = Field(default_factory=list, max_length=20)
    mark: list[Words] = Field(default_factory=list, max_length=10)
    place: str = Field("", max_length=15, description="code of a township or village that the list may be narrowed to")
    unit: str = Field("", max_length=20)
    due: str = Field("", max_length=10)
    kin: str = Field("", max_length=10)
    received_from: str = Field("", max_length=10)
    received_to: str = Field("", max_length=10)
    close_from: str = Field("", max_length=10)
    close_to: str = Field("", max_length=10)
    closed_from: str = Field("", max_length=10)
    closed_to: str = Field("", max_length=10)


class MapQuery(FilterQuery):
    bbox: Bbox
    zoom: int = Field(ge=0, le=22, description="of a web map: how many degrees are 80 pixels")


class AreasQuery(Schema):
    level: Literal["township", "village", "grid"]
    bbox: Annotated[str, Field("", max_length=4 * LENGTH, description="west,south,east,north; empty: everywhere")] = ""


class Rectangle(Schema):
    west: float
    south: float
    east: float
    north: float

    @classmethod
    def sides(cls, box: Box) -> dict[str, float]:
        return dict(zip(("west", "south", "east", "north"), (value / DEGREE for value in box), strict=True))


class ClusterOut(Rectangle):
    """Several cases that are near each other: their middle and the rectangle around them. With `more`, at least so
    many."""

    lon: float
    lat: float
    count: int
    more: bool

    @classmethod
    def of(cls, one: Cluster) -> "ClusterOut":
        return cls(lon=one.lon / DEGREE, lat=one.lat / DEGREE, count=one.count, more=one.more, **cls.sides(one.box))


class PointOut(Schema):
    number: str
    title: str
    kind: str
    kind_label: str
    state: str
    state_label: str
    urgent: bool
    late: bool
    lon: float
    lat: float

    @classmethod
    def of(cls, case: Case, now: datetime) -> "PointOut":
        return cls(
            number=case.number, title=case.title, kind=case.kind, kind_label=kind_of(case).label, state=case.state,
            state_label=State(case.state).label, urgent=case.urgent, late=is_late(case, now),
            lon=(case.lon or 0) / DEGREE, lat=(case.lat or 0) / DEGREE,
        )  # fmt: skip


class WhistleOut(Schema):
    """A case to which units were called that have not arrived; `absent` of them should have by now."""

    number: str
    title: str
    units: list[str]
    absent: int
    lon: float
    lat: float

    @classmethod
    def of(cls, one: Whistle) -> "WhistleOut":
        case = one.case
        return cls(
            number=case.number, title=case.title, units=list(one.units), absent=one.absent,
            lon=(case.lon or 0) / DEGREE, lat=(case.lat or 0) / DEGREE,
        )  # fmt: skip


class MapOut(Schema):
    """Every case of the rectangle is in one cluster or is one of the points. With `more` there are more cases than
    `total`; with `more_whistles` more whistles than are told."""

    total: int
    more: bool
    clusters: list[ClusterOut]
    points: list[PointOut]
    whistles: list[WhistleOut]
    more_whistles: bool

    @classmethod
    def of(cls, seen: Seen, whistles: list[Whistle], more_whistles: bool, now: datetime) -> "MapOut":
        return cls(
            total=seen.total, more=seen.more, clusters=[ClusterOut.of(one) for one in seen.clusters],
            points=[PointOut.of(case, now) for case in seen.points],
            whistles=[WhistleOut.of(one) for one in whistles], more_whistles=more_whistles,
        )  # fmt: skip


class OpenOut(Schema):
    """`per_hundred`: open cases for each hundred households; null where the households are not known, or none."""

    code: str
    name: str
    count: int
    more: bool
    households: int | None
    per_hundred: float | None

    @classmethod
    def of(cls, one: OpenHere) -> "OpenOut":
        homes = one.households.number if one.households else None
        return cls(code=one.code, name=one.name, count=one.count, more=one.more, households=homes,
                   per_hundred=one.per_hundred)  # fmt: skip


class OpenListOut(Schema):
    """Open cases by place, counted to 50; with `more` there are more places than are told."""

    items: list[OpenOut]
    more: bool


class SpotIn(Schema):
    """A name, a code, or the beginning of one: in a body, so that it stands in no address and no log."""

    text: str = Field(max_length=LONGEST)


class SpotOut(Rectangle):
    """An area, or where a case is (`number`)."""

    name: str
    about: str
    number: str

    @classmethod
    def of(cls, one: Found) -> "SpotOut":
        return cls(name=one.name, about=one.about, number=one.number, **cls.sides(one.box))


class SpotListOut(Schema):
    items: list[SpotOut]

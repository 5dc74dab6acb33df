"""Who gets a case of a kind: the first route that fits its place, its time and its answers, and that has somebody."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from shanzhi.accounts.models import Post
from shanzhi.accounts.selectors import live
from shanzhi.areas.models import Area, Unit
from shanzhi.areas.paths import WIDTH
from shanzhi.cases.kinds.answers import holds
from shanzhi.cases.kinds.schema import KindBody, RouteBody
from shanzhi.cases.permissions import HANDLERS
from shanzhi.cases.places import place_name
from shanzhi.lib.clocks import Calendar
from shanzhi.lib.times import local

DEPTHS: Final = {"county": WIDTH, "township": 2 * WIDTH, "village": 3 * WIDTH, "grid": 4 * WIDTH}


@dataclass(frozen=True, slots=True)
class Target:
    """Who leads (a unit or an area, exactly one) and which units help; `user_id` if it is meant for one person.

    `auto`: it may be given there without anybody deciding. `route` is the place of the route in the kind, from 0.
    """

    route: int
    unit: Unit | None = None
    area: Area | None = None
    helpers: tuple[Unit, ...] = ()
    user_id: int | None = None
    auto: bool = False

    @property
    def lead(self) -> Unit | Area:
        target = self.unit or self.area
        assert target is not None
        return target

    @property
    def words(self) -> str:
        """城建中心，配合：供电所"""
        names = "、".join(unit.name for unit in self.helpers)
        lead = place_name(self.area) if self.area is not None else self.lead.name
        return f"{lead}，配合：{names}" if names else lead


class Directory:
    """Units, places and people by which routes are resolved, each looked up once; one for many cases, if need be."""

    def __init__(self) -> None:
        self._units: dict[str, dict[str, Unit]] = {}
        self._areas: dict[str, Area | None] = {}
        self._wheres: dict[str, str | None] = {}
        self._people: dict[tuple[str, datetime], Post | None] = {}

    def units_at(self, path: str) -> dict[str, Unit]:
        """The open units of a place by name and by code."""
        if path not in self._units:
            rows = Unit.objects.filter(area__path=path, valid_to__isnull=True).select_related("area")
            self._units[path] = {key: unit for unit in rows for key in (unit.name, unit.code)}
        return self._units[path]

    def area_at(self, path: str) -> Area | None:
        if path not in self._areas:
            rows = Area.objects.filter(path=path, valid_to__isnull=True).select_related("parent")
            self._areas[path] = rows.first()
        return self._areas[path]

    def paths_of(self, codes: Sequence[str]) -> list[str]:
        """Paths of the open places with these codes; what is abolished has none."""
        missing = [code for code in codes if code not in self._wheres]
        if missing:
            self._wheres |= dict.fromkeys(missing)
            rows = Area.objects.filter(code__in=missing, valid_to__isnull=True)
            self._wheres |= dict(rows.values_list("code", "path"))
        return [path for code in codes if (path := self._wheres[code]) is not None]

    def post_of(self, login: str, at: datetime) -> Post | None:
        """The post in which this person handles cases now."""
        if (login, at) not in self._people:
            held = Post.objects.filter(live(at), user__username=login, user__is_active=True, role__in=HANDLERS)
            self._people[login, at] = held.select_related("unit", "area__parent").order_by("id").first()
        return self._people[login, at]


def fits_time(route: RouteBody, at: datetime, calendar: Calendar) -> bool:
    """Whether a moment lies in the route's hours (end excluded) and days, on Chinese clocks."""
    here = local(at)
    if route.days != "all" and calendar.is_workday(here.date()) != (route.days == "working"):
        return False
    if not route.hours:
        return True
    begin, end = route.hours.split("-")
    return begin <= f"{here:%H:%M}" < end


def fitting(
    body: KindBody, path: str, at: datetime, calendar: Calendar, answers: Mapping[str, Any], known: Directory
) -> Iterator[tuple[int, RouteBody]]:
    """The routes whose conditions all hold, in order."""
    for number, route in enumerate(body.routes):
        if not fits_time(route, at, calendar) or not holds(route.answers, answers):
            continue
        if route.where and not any(path.startswith(top) for top in known.paths_of(route.where)):
            continue
        yield number, route


def routed(
    body: KindBody,
    path: str,
    at: datetime,
    calendar: Calendar,
    *,
    answers: Mapping[str, Any] | None = None,
    known: Directory | None = None,
) -> Target | None:
    """Where a case at this place (its area's path) goes; None if no route has anybody for it.

    At most three statements without a `known` directory, none for a kind without routes. A route whose first unit is
    not there is passed over; of its helpers those that are there come.
    """
    known = known or Directory()
    for number, route in fitting(body, path, at, calendar, answers or {}, known):
        target = _resolved(number, route, path, at, known)
        if target is not None:
            return target
    return None


def _resolved(number: int, route: RouteBody, path: str, at: datetime, known: Directory) -> Target | None:
    if route.units:
        units = known.units_at(path[: DEPTHS[route.level]])
        found = [units[name] for name in route.units if name in units]
        if not found or route.units[0] not in (found[0].name, found[0].code):
            return None
        return Target(number, unit=found[0], helpers=tuple(found[1:]), auto=route.auto)
    if route.areas:
        depth = DEPTHS[route.areas]
        area = known.area_at(path[:depth]) if len(path) >= depth else None
        return Target(number, area=area, auto=route.auto) if area is not None else None
    post = known.post_of(route.person, at)
    if post is None:
        return None
    return Target(number, unit=post.unit, area=post.area, user_id=post.user_id, auto=route.auto)

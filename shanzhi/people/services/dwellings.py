"""Dwellings: entered, changed, torn down. 以房定人: who lives where is said by the dwelling."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from django.db.transaction import atomic
from django.db.utils import IntegrityError
from django.utils import timezone

from shanzhi.access.actor import Actor
from shanzhi.areas.models import Area
from shanzhi.files.services import files_attach, files_detach
from shanzhi.lib.errors import Conflict, Stale
from shanzhi.lib.shapes import DEGREE
from shanzhi.lib.times import local
from shanzhi.people.catalogue import Change
from shanzhi.people.models import Dwelling, Resident
from shanzhi.people.numbers import address_index
from shanzhi.people.permissions import EDIT
from shanzhi.people.selectors import dwelling_get_for
from shanzhi.people.services.checking import STALE, day_checked, home_checked, post_of, refuse, tidy, within_reach
from shanzhi.people.services.history import By, go_on
from shanzhi.people.whereabouts import RELATED, Where, path_now
from shanzhi.tenancy.idempotency import claim
from shanzhi.tenancy.ids import new_id
from shanzhi.trail.services import record

ROAD: Final = 60
DOOR: Final = 60
MOST: Final = 500  # people of one dwelling that follow it at once
KNOWN: Final = "这个地址已经有房屋了，不用再登记；同一座楼的不同房间请写上房号。"


@dataclass(frozen=True, slots=True)
class Home:
    """What is said of a dwelling. The position in degrees of CGCS2000 (WGS-84 counts as the same)."""

    place: str
    road: str = ""
    door: str = ""
    use: str = Dwelling.Use.OWN
    lon: float | None = None
    lat: float | None = None

    def columns(self, area: Area) -> dict[str, Any]:
        """Checked, as columns."""
        road = tidy(self.road, ROAD, "road", "组、路、小区")
        door = tidy(self.door, DOOR, "door", "门牌、房号")
        if not road and not door:
            refuse({"road": ["请填组、路、小区，或者门牌，至少填一样。"]})
        if self.use not in Dwelling.Use.values:
            refuse({"use": ["请选房屋用途。"]})
        if (self.lon is None) != (self.lat is None):
            refuse({"lat" if self.lat is None else "lon": ["经度和纬度要一起填，或者都不填。"]})
        if self.lon is not None and self.lat is not None and not (73 <= self.lon <= 136 and 3 <= self.lat <= 54):
            refuse({"lon": ["位置不在中国境内，请核对经度（约 118）和纬度（约 32）有没有填反。"]})
        return {
            "area": area, "area_path": path_now(area), "road": road, "door": door,
            "address_index": address_index(road, door),
            "use": self.use, "lon": None if self.lon is None else round(self.lon * DEGREE),
            "lat": None if self.lat is None else round(self.lat * DEGREE),
        }  # fmt: skip


def dwelling_add(
    *, actor: Actor, home: Home, photos: tuple[int, ...] = (), key: str | None = None, at: datetime | None = None
) -> Dwelling:
    """Conflict `dwelling_known` for an address of the place that is there already."""
    at, row_id = at or timezone.now(), new_id()
    actor.require(EDIT)
    with atomic():
        earlier = claim(key=key, actor=actor, operation="people.dwelling", body=_said(home, photos), result_id=row_id)
        if earlier is not None:
            return Dwelling.objects.select_related("area__parent", "photo").get(id=earlier)
        area = _area(actor, home.place)
        row = Dwelling(id=row_id, created_at=at, **home.columns(area))
        _keep(row)
        _photo(actor, row, photos, at)
        record(actor=actor, code="people.dwelling.added", obj=row, at=at, post=post_of(actor, area.path))
    return row


def dwelling_change(
    *, actor: Actor, number: int, version: int, home: Home, photos: tuple[int, ...] = (), keep_door: bool = False,
    key: str | None = None, at: datetime | None = None,
) -> Dwelling:  # fmt: skip
    """Mend what is written of it. If it lies in another grid than was thought, whoever lives there lies there too from
    today on, as a correction. `keep_door` with an empty door keeps it: a form shows it masked."""
    at = at or timezone.now()
    dwelling_get_for(actor, number, permission=EDIT)
    with atomic():
        body = {"number": number, "version": version, "keep": keep_door, **_said(home, photos)}
        if claim(key=key, actor=actor, operation="people.dwelling_change", body=body, result_id=number) is not None:
            return Dwelling.objects.select_related("area__parent", "photo").get(id=number)
        row = _locked(actor, number, version)
        area = row.area if home.place == row.area.code else _area(actor, home.place)
        door = row.door if keep_door and not home.door.strip() else home.door
        moved = area.id != row.area_id
        for name, value in Home(home.place, home.road, door, home.use, home.lon, home.lat).columns(area).items():
            setattr(row, name, value)
        row.version += 1
        _keep(row)
        _photo(actor, row, photos, at)
        record(actor=actor, code="people.dwelling.changed", obj=row, at=at, post=post_of(actor, row.area_path))
        if moved:
            _draw_along(actor, row, at)
    return row


def dwelling_gone(
    *, actor: Actor, number: int, version: int, on: date, key: str | None = None, at: datetime | None = None
) -> Dwelling:
    """Torn down. Conflict while somebody lives there: they are moved first. The row stays."""
    at = at or timezone.now()
    dwelling_get_for(actor, number, permission=EDIT)
    with atomic():
        body = {"number": number, "version": version, "on": on}
        if claim(key=key, actor=actor, operation="people.dwelling_gone", body=body, result_id=number) is not None:
            return Dwelling.objects.select_related("area__parent", "photo").get(id=number)
        row = _locked(actor, number, version)
        day_checked(on, local(at).date())
        there = Resident.objects.filter(dwelling=row).count()
        if there:
            raise Conflict(f"这里还住着 {there} 人，请先给他们登记搬家，再登记拆除。", code="inhabited")
        row.gone_on = on
        row.version += 1
        row.save()
        record(actor=actor, code="people.dwelling.gone", obj=row, at=at, post=post_of(actor, row.area_path))
    return row


def _area(actor: Actor, code: str) -> Area:
    area = home_checked(code, "place")
    within_reach(actor, area.path, "place")
    return area


def _said(home: Home, photos: tuple[int, ...]) -> dict[str, Any]:
    return {
        "place": home.place, "address": address_index(home.road, home.door), "use": home.use, "lon": home.lon,
        "lat": home.lat, "photos": sorted(photos),
    }  # fmt: skip


def _locked(actor: Actor, number: int, version: int) -> Dwelling:
    rows = Dwelling.objects.select_related("area__parent", "photo").select_for_update(of=("self",))
    row = rows.filter(id=number, version=version).first()
    if row is None:
        raise Stale(STALE, code="stale")
    if row.gone_on is not None:
        raise Conflict("这座房屋已经拆除，不能再改。", code="dwelling_gone")
    within_reach(actor, row.area_path, "place")
    return row


def _keep(row: Dwelling) -> None:
    known = Dwelling.objects.filter(area=row.area, address_index=row.address_index, gone_on=None).exclude(id=row.id)
    conflict = Conflict(KNOWN, code="dwelling_known", fields={"door": [KNOWN]})
    found = known.first()
    if found is not None:
        conflict.more = {"dwelling": str(found.id)}
        raise conflict
    try:
        with atomic():
            row.save()
    except IntegrityError:
        raise conflict from None


def _photo(actor: Actor, row: Dwelling, photos: tuple[int, ...], at: datetime) -> None:
    """One photo; another one takes its place."""
    if not photos:
        return
    if row.photo_id is not None:
        row.photo = None
        row.save(update_fields=["photo"])
        files_detach(actor=actor, owner=row, at=at)
    row.photo = files_attach(actor=actor, ids=photos[:1], owner=row, limit=1, at=at)[0]
    row.save(update_fields=["photo"])


def _draw_along(actor: Actor, row: Dwelling, at: datetime) -> None:
    people = Resident.objects.select_related(*RELATED).select_for_update(of=("self",)).filter(dwelling=row)
    rows = list(people.order_by("id")[: MOST + 1])
    if len(rows) > MOST:
        raise Conflict(f"这里住着 {MOST} 人以上，请先分开登记房屋。", code="too_many")
    by = By(actor, post_of(actor, row.area_path), at)
    for resident in rows:
        where = Where.of(resident).living(row)
        go_on(by, resident, where, since=local(at).date(), change=Change.CORRECTED, note="房屋所在网格更正")

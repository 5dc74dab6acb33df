"""A small register and the county's tree that is opened from it, with people who hold posts in it."""

import csv
import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any, BinaryIO

from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from shanzhi.access.actor import Actor
from shanzhi.accounts.models import User
from shanzhi.accounts.tests import factories as accounts
from shanzhi.areas import services
from shanzhi.areas.models import Area, AreaVersion, Division
from shanzhi.areas.services.register import Outcome, register_import
from shanzhi.areas.source import Opener, source_open
from shanzhi.tenancy.context import county
from shanzhi.trail.models import Entry

HEADER = ("code", "name", "level", "parent_code")
SINCE = date(2024, 1, 1)
A, B = 341181, 410927
COUNTY, YANGCUN, ZHANGPU = "341181000000", "341181104000", "341181111000"
XIAOGUAN, BEIDANG, GUANGLING = "341181104001", "341181104200", "341181111200"
OTHER_COUNTY, OTHER_TOWN, OTHER_VILLAGE = "410927000000", "410927101000", "410927101200"
REASON = "天政〔2026〕3号"

UPPER = (
    ("340000000000", "安徽省", "province", ""),
    ("341100000000", "滁州市", "prefecture", "340000000000"),
    ("410000000000", "河南省", "province", ""),
    ("410900000000", "濮阳市", "prefecture", "410000000000"),
)
OURS = (
    (COUNTY, "天长市", "county", "341100000000"),
    (YANGCUN, "杨村镇", "township", COUNTY),
    (ZHANGPU, "张铺镇", "township", COUNTY),
    (XIAOGUAN, "小关社区", "village", YANGCUN),
    (BEIDANG, "北荡村", "village", YANGCUN),
    (GUANGLING, "广陵村", "village", ZHANGPU),
)
THEIRS = (
    (OTHER_COUNTY, "台前县", "county", "410900000000"),
    (OTHER_TOWN, "侯庙镇", "township", OTHER_COUNTY),
    (OTHER_VILLAGE, "后张村", "village", OTHER_TOWN),
)
REGISTER = UPPER + OURS + THEIRS
Rows = Iterable[Sequence[str]]


def csv_bytes(rows: Rows, header: Sequence[str] = HEADER, encoding: str = "utf-8") -> bytes:
    """A file as an office program writes it."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(header)
    writer.writerows(rows)
    return out.getvalue().encode(encoding)


def opener(data: bytes) -> Opener:
    """The same bytes each time they are opened."""

    def again() -> BinaryIO:
        return io.BytesIO(data)

    return again


def load(rows: Rows = REGISTER, *, dry_run: bool = False) -> Outcome:
    """Rows into the register, the way the command takes them."""
    return register_import(source_open(opener(csv_bytes(rows))), dry_run=dry_run, progress=lambda done, total: None)


def upload(data: bytes | None = None, name: str = "divisions.csv", rows: Rows = REGISTER) -> SimpleUploadedFile:
    return SimpleUploadedFile(name, csv_bytes(rows) if data is None else data, content_type="text/csv")


def changed(rows: Rows, *changes: Sequence[str], without: Iterable[str] = ()) -> list[Sequence[str]]:
    """The rows with some replaced by code, some left out, and new ones at the end."""
    new = {row[0]: row for row in changes}
    gone = set(without)
    kept = [new.pop(row[0], row) for row in rows if row[0] not in gone]
    return [*kept, *new.values()]


@dataclass
class Tree:
    """A county opened from the register."""

    number: int
    people: dict[str, User] = field(default_factory=dict)

    @property
    def system(self) -> Actor:
        return Actor.system(self.number)

    def area(self, code: str) -> Area:
        return Area.objects.filter(code=code).order_by("valid_to", "-id").select_related("parent", "successor")[0]

    def grid(self, village: str, name: str = "第一网格") -> Area:
        return services.area_add(
            actor=self.system, parent=self.area(village), name=name, reason=REASON, on=SINCE + timedelta(days=1)
        )

    def unit(self, area: str = YANGCUN, name: str = "镇综治中心", kind: str = "centre") -> Any:
        return services.unit_add(actor=self.system, area=self.area(area), kind=kind, name=name, reason=REASON, on=SINCE)

    def person(self, role: str, place: str, name: str = "王桂兰") -> User:
        """Somebody with one post at a place."""
        town = accounts.Town(self.number, areas={place: self.area(place)})
        return accounts.person(town, role, place, name)

    def actor(self, user: User, at: datetime | None = None) -> Actor:
        return accounts.actor_of(accounts.Town(self.number), user, at)

    def actor_with(self, user_id: int) -> Actor:
        """Somebody without a post, known by number alone."""
        return Actor(user_id=user_id, name="", county_id=self.number)

    def url(self, rest: str) -> str:
        return f"/{self.number}/{rest}"

    def api(self, rest: str) -> str:
        return f"/api/v1/{self.number}/{rest}"


def open_tree(number: int = A) -> Tree:
    """The county of the register, opened as of 2024."""
    with county(number):
        services.county_open(code=str(number), since=SINCE)
    return Tree(number)


def today() -> date:
    return timezone.localdate()


def act(**changes: Any) -> dict[str, Any]:
    """Day and reason of an act."""
    return {"on": today(), "reason": REASON, **changes}


def form(**changes: Any) -> dict[str, Any]:
    """The same as it is posted by a page."""
    return {"on": today().isoformat(), "reason": REASON, **changes}


def codes_of(area: Area) -> list[str]:
    """Trail codes of a place, oldest first."""
    rows = Entry.objects.filter(object_type="areas.area", object_id=area.id)
    return list(rows.order_by("id").values_list("code", flat=True))


def acts_of(area: Area) -> list[str]:
    return list(AreaVersion.objects.filter(area=area).order_by("number").values_list("act", flat=True))


def register_rows() -> list[tuple[Any, ...]]:
    """Everything in the register, for comparing before and after."""
    return list(Division.objects.order_by("code").values_list())


def tree_rows() -> list[tuple[Any, ...]]:
    """The whole tree of the current county."""
    return list(Area.objects.order_by("path").values_list("code", "name", "path", "parent_id", "valid_to", "version"))

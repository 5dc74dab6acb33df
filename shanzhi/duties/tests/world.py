"""What the tests of instructions begin with: one of the township's officer, and the way of its lines."""

from datetime import date, timedelta
from typing import Any

from django.utils import timezone

from shanzhi.access.actor import Actor
from shanzhi.areas.models import Area, Unit
from shanzhi.duties.catalogue import Act
from shanzhi.duties.choosing import Receiver
from shanzhi.duties.models import Duty, Line
from shanzhi.duties.services import Deed, Order, duty_issue, line_act
from tests.cast import Cast

WORDS = "沿河走一遍，低洼处插警示牌，结果拍照报来。"


def in_days(days: int) -> date:
    return timezone.localdate() + timedelta(days=days)


def order(**changes: Any) -> Order:
    said = {
        "title": "汛期前排查河道",
        "body": WORDS,
        "due_on": in_days(3),
        "source": "镇防汛会议（11月20日）",
        **changes,
    }
    return Order(**said)


def to(*targets: Area | Unit, role: str = "") -> list[Receiver]:
    return [Receiver(area=one, role=role) if isinstance(one, Area) else Receiver(unit=one) for one in targets]


def issue(cast: Cast, *places: str, by: str = "township_officer", role: str = "", **changes: Any) -> Duty:
    """To these areas (both villages of the township at first); names of units begin with u:."""
    names = places or ("v1", "v2")
    targets = [cast.units[name[2:]] if name.startswith("u:") else cast.areas[name] for name in names]
    more = {name: changes.pop(name) for name in ("photos", "key", "at") if name in changes}
    return duty_issue(actor=cast.actor(by), order=order(**changes), receivers=to(*targets, role=role), **more)


def line_at(cast: Cast, duty: Duty, place: str = "v1") -> Line:
    """As it is in the database now."""
    where = {"unit": cast.units[place[2:]]} if place.startswith("u:") else {"area": cast.areas[place]}
    return Line.objects.select_related("duty__area", "area").get(duty=duty, **where)


def do(actor: Actor, line: Line, act: Act | str, *, key: str | None = None, at: Any = None, **said: Any) -> Line:
    """The act upon the line as it is now."""
    version = said.pop("version", Line.objects.get(id=line.id).version)
    return line_act(
        actor=actor, line_id=line.id, act=Act(act), version=version, deed=Deed(**said), key=key, at=at
    )  # fmt: skip


def reported(cast: Cast, duty: Duty, place: str = "v1", by: str = "village_clerk") -> Line:
    """Received and reported done."""
    line = line_at(cast, duty, place)
    do(cast.actor(by), line, Act.RECEIVE)
    return do(cast.actor(by), line, Act.DONE, text="走了一遍，插了 6 块警示牌。")

"""What a kind names in its county: units, places, people and the department whose matter it is."""

from collections.abc import Iterator

from django.db.models import Q
from django.utils import timezone

from shanzhi.accounts.models import Post
from shanzhi.accounts.selectors import live
from shanzhi.areas.models import Area, Unit
from shanzhi.cases.kinds.schema import KindBody, RouteBody
from shanzhi.cases.permissions import HANDLERS
from shanzhi.packs.families import Fault, Place

LEVELS = {"township": "乡镇（街道）", "county": "县级"}
Here = tuple[str | int, ...]


def name_faults(body: KindBody, place: Place) -> Iterator[Fault]:
    """A fault for each name that stands for nothing in this county, saying what became of it."""
    for at, route in enumerate(body.routes):
        here: Here = ("routes", at)
        for number, code in enumerate(route.where):
            if place.area(code) is None:
                yield Fault((*here, "where", number), _area_gone(code))
        for number, name in enumerate(route.units):
            sentence = _unit_fault(name, route, place)
            if sentence:
                yield Fault((*here, "units", number), sentence)
        if route.person:
            sentence = _person_fault(route.person)
            if sentence:
                yield Fault((*here, "person"), sentence)
    yield from _department(body, place)


def _unit_fault(name: str, route: RouteBody, place: Place) -> str:
    """An abolished unit is always a fault; one that never was is none, if the route is optional."""
    if place.unit_named(name, route.level):
        return ""
    closed = Unit.objects.filter(Q(name=name) | Q(code=name), valid_to__isnull=False).select_related("area").first()
    if closed is not None:
        day = closed.valid_to
        when = f"{day.year}年{day.month}月{day.day}日" if day is not None else ""
        return f"“{name}”（{closed.area.name}，代码 {closed.code}）{when}已经撤销，请换成接手的部门，或去掉它。"
    elsewhere = next((unit for unit in place.units if name in (unit.name, unit.code)), None)
    if elsewhere is not None and elsewhere.level != route.level:
        where = f"它在{LEVELS.get(elsewhere.level, '别处')}"
        return f"“{name}”不在{LEVELS[route.level]}，{where}：请把“哪一级的”（level）改成 {elsewhere.level}。"
    if route.optional:
        return ""
    return f"全县没有叫“{name}”的{LEVELS[route.level]}部门：请核对名称，先设立它，或写明“当地没有就跳过”（optional: true）。"


def _area_gone(code: str) -> str:
    area = Area.objects.filter(code=code).select_related("successor").order_by("-id").first()
    if area is None:
        return f"没有代码为 {code[:20]} 的地方，请核对代码。"
    if area.successor is not None:
        return f"{area.name}（{code}）已经并入{area.successor.name}，请改成 {area.successor.code}。"
    return f"{area.name}（{code}）已经撤销，请换成现在的地方，或去掉它。"


def _person_fault(login: str) -> str:
    held = Post.objects.filter(live(timezone.now()), user__username=login, user__is_active=True, role__in=HANDLERS)
    if held.exists():
        return ""
    return f"本县没有登录账号为“{login}”、现在能处理事件的人，请核对账号，或改交给他所在的部门。"


def _department(body: KindBody, place: Place) -> Iterator[Fault]:
    if body.department and not place.unit_named(body.department, "county"):
        yield Fault(
            ("department",),
            f"没有叫“{body.department}”的县级部门，请核对名称，或先设立它。",
        )

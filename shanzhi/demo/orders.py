"""Two instructions of the first township of a demo county, with lines in every state; written by the services."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Final

from shanzhi.access.actor import Actor
from shanzhi.areas.models import Area
from shanzhi.demo.plan import CountyPlan
from shanzhi.duties.catalogue import OPEN, Act
from shanzhi.duties.choosing import Receiver
from shanzhi.duties.models import Duty, Line
from shanzhi.duties.services import Deed, Order, duty_issue, line_act
from shanzhi.lib.times import local

ActorOf = Callable[[str], Actor]
RIVERS: Final = Order(
    title="排查村内沟渠和低洼积水点",
    body="沿沟渠走一遍，堵的清、塌的围，低洼处插警示牌。清了几处、还有几处要镇里帮忙，拍照报上来。没有的报“无此情况”。",
    due_on=date.max, source="镇党委会议（防汛和冬修水利）",
)  # fmt: skip
ALONE: Final = Order(
    title="寒潮前走访独居老人",
    body="每户看取暖、看灶、看药，煤炉装没装烟囱。不安全的当天处理，处理不了的马上报镇里。",
    due_on=date.max, source="县应急办寒潮预警通知", urgent=True,
)  # fmt: skip
# What became of each line in turn: act, hours after it was issued, by whom (r receives, i issued), and the words.
WAYS: Final[tuple[tuple[tuple[Act, int, str, str], ...], ...]] = (
    ((Act.RECEIVE, 2, "r", ""), (Act.DONE, 30, "r", "清了 3 处，塌的一处已拉警戒带。"), (Act.STRIKE, 50, "i", "")),
    ((Act.RECEIVE, 3, "r", ""), (Act.PROGRESS, 26, "r", "东片走完了，西片明天走。")),
    ((Act.RECEIVE, 4, "r", ""), (Act.DONE, 40, "r", "清完了。"), (Act.SEND_BACK, 52, "i", "没有照片，请补拍后再报。")),
    ((Act.RECEIVE, 5, "r", ""), (Act.DONE, 60, "r", "")),
    ((Act.RECEIVE, 6, "r", ""), (Act.ASK, 55, "r", "挖机在别村，后天才能来。")),
    ((Act.DECLINE, 20, "r", "这条沟是水务站管的，请交给水务站。"),),
    (),
)  # fmt: skip


def orders_give(*, plan: CountyPlan, actor_of: ActorOf, areas: Mapping[str, Area]) -> set[int]:
    """Issue both and go the ways; ids of the lines that have not ended. Nothing happens after the end of the plan."""
    town = plan.townships[0]
    officers, centres = plan.seats_at("township_officer", town.code), plan.seats_at("command_centre", town.code)
    villages = [areas[village.code] for village in town.villages]
    first = town.villages[0]
    grids = [areas[grid.code] for grid in first.grids]
    if officers and villages:
        since = plan.end - timedelta(hours=78)
        _go(plan, RIVERS, since, 6, actor_of(officers[0].login), actor_of, villages, "village_clerk")
    if centres and grids:
        since = plan.end - timedelta(hours=62)
        _go(plan, ALONE, since, 2, actor_of(centres[0].login), actor_of, grids[:4], "grid_worker")
    return set(Line.objects.filter(state__in=OPEN).values_list("id", flat=True))


def _go(
    plan: CountyPlan, order: Order, since: datetime, days: int, issuer: Actor, actor_of: ActorOf,
    places: Sequence[Area], role: str,
) -> None:  # fmt: skip
    due = (local(since) + timedelta(days=days)).date()
    dated = replace(order, due_on=due)
    duty = duty_issue(actor=issuer, order=dated, receivers=[Receiver(area=one) for one in places], at=since)
    lines = Line.objects.filter(duty=duty).select_related("area").order_by("area_path")
    begin = len(WAYS) - 1 if order.urgent else 1  # the cast works at the first place: there something is open
    for line, way in zip(lines, _ways(len(places), begin), strict=True):
        assert line.area is not None
        seats = plan.seats_at(role, line.area.code)
        if seats:
            _walk(duty, line, way, since, issuer, actor_of(seats[0].login))


def _ways(number: int, begin: int) -> list[tuple[tuple[Act, int, str, str], ...]]:
    return [WAYS[(begin + index) % len(WAYS)] for index in range(number)]


def _walk(
    duty: Duty, line: Line, way: Sequence[tuple[Act, int, str, str]], since: datetime, issuer: Actor, receiver: Actor
) -> None:
    for version, (act, hours, side, words) in enumerate(way, 1):
        until = local(duty.due_at + timedelta(days=3)).date() if act is Act.ASK else None
        deed = Deed(text=words, nothing=act is Act.DONE and not words, until=until)
        line_act(
            actor=issuer if side == "i" else receiver, line_id=line.id, act=act, version=version, deed=deed,
            at=since + timedelta(hours=hours),
        )  # fmt: skip

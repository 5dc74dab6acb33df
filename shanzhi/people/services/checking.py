"""What the services of the registers share: refusing beside a field, words in one form, days that make sense."""

from datetime import date
from typing import Final

from shanzhi.access.actor import Actor, ActorPost
from shanzhi.areas.models import Area
from shanzhi.lib.errors import Forbidden, Invalid
from shanzhi.people.permissions import EDIT
from shanzhi.people.selectors import place_named

STALE: Final = "刚刚有人改过这份资料，请看最新的再改，你填的内容还在。"
ELSEWHERE: Final = 80
NOTE: Final = 200
EARLIEST: Final = date(1900, 1, 1)
Faults = dict[str, list[str]]


def refuse(faults: Faults) -> None:
    """Invalid with the first sentence, if there is any."""
    if faults:
        raise Invalid(next(iter(faults.values()))[0], code="invalid", fields=faults)


def tidy(text: str, most: int, field: str, label: str) -> str:
    """One line without doubled blanks; Invalid if it is too long."""
    text = " ".join(text.split())
    if len(text) > most:
        refuse({field: [f"{label}最多写 {most} 字，请删减。"]})
    return text


def need(text: str, field: str, sentence: str) -> str:
    if not text:
        refuse({field: [sentence]})
    return text


def day_checked(on: date, today: date, *, field: str = "on", after: date | None = None) -> date:
    """A day that was, not before `after` (the last change that is known)."""
    if on > today:
        refuse({field: ["日期不能晚于今天，请改日期。"]})
    if on < EARLIEST:
        refuse({field: ["日期的年份不对，请核对。"]})
    if after is not None and on < after:
        day = f"{after.year}年{after.month}月{after.day}日"
        refuse({field: [f"日期不能早于上一次变更（{day}）；上一次的日期写错了，请先更正那一次。"]})
    return on


def home_checked(code: str, field: str) -> Area:
    """An open village or grid of the county by its code: where people can live or be registered."""
    area = place_named(code)
    if area is None:
        refuse({field: ["没有这个代码的现行村（社区）或网格，请重新选择。"]})
    assert area is not None
    return area


def within_reach(actor: Actor, path: str, field: str) -> None:
    """Forbidden for a place that only somebody else may write into."""
    if not actor.scope(EDIT).covers(path):
        sentence = "这个地方不在你的辖区，请联系那里的村或者镇里登记。"
        raise Forbidden(sentence, code="elsewhere", fields={field: [sentence]})


def post_of(actor: Actor, path: str, permission: str = EDIT) -> ActorPost | None:
    return actor.post_for(permission, path=path) or actor.main_post


def title_of(post: ActorPost | None) -> str:
    return post.title if post is not None else ""

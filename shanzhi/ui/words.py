"""Words that the parts show: pure functions of what they are given, one unit each, so that a list reads at a glance."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from shanzhi.lib.times import SHANGHAI, local, show_datetime, show_span

SOON = timedelta(hours=4)
MINUS = "−"


@dataclass(frozen=True, slots=True)
class ClockWords:
    """`kind` chooses colour and icon of the badge: ok, soon, late, paused, done, donelate, none."""

    kind: str
    words: str


def clock(due: datetime | None, now: datetime, *, state: str = "", met_at: datetime | None = None) -> ClockWords:
    """The badge of a clock; late begins the moment after `due`, as in `due_at < now`.

    `state` "paused" stops it; "done" (or `met_at`) ends it, and then the two times are compared, not `now`.
    Warm colours only for what is due today or within four hours, and for what is late.
    """
    if state == "paused":
        return ClockWords("paused", "已暂停")
    if state == "done" or met_at is not None:
        return _ended(due, met_at)
    if due is None:
        return ClockWords("none", "不限时")
    left = due - now
    if left < timedelta(0):
        late = "刚超期" if left > timedelta(minutes=-1) else f"已超 {show_span(left)}"
        return ClockWords("late", late)
    if left < timedelta(hours=1):
        return ClockWords("soon", f"剩余{_span(left)}")
    here = local(due)
    if here.date() == local(now).date():
        return ClockWords("soon", "今天到期" if (here.hour, here.minute) == (23, 59) else f"今天 {here:%H:%M}")
    return ClockWords("soon" if left <= SOON else "ok", f"剩余 {show_span(left)}")


def _ended(due: datetime | None, met_at: datetime | None) -> ClockWords:
    if due is None or met_at is None:
        return ClockWords("done", "已办结")
    if met_at <= due:
        return ClockWords("done", "按期办结")
    return ClockWords("donelate", f"超期{_span(met_at - due)}办结")


def _span(span: timedelta) -> str:
    """With the space that a number wants before it; 不到 1 分钟 begins with a word."""
    words = show_span(span)
    return words if words.startswith("不") else f" {words}"


def when(moment: datetime, now: datetime) -> str:
    """今天 15:30, 明天 09:00, 昨天 21:46, 11月21日 15:30, 2025年11月21日 15:30."""
    here = local(moment)
    if here.date() == local(now).date() + timedelta(days=1):
        return f"明天 {here:%H:%M}"
    return show_datetime(moment, now)


def machine_time(moment: datetime) -> str:
    """The value of a `datetime` attribute, with the offset of China."""
    return moment.astimezone(SHANGHAI).isoformat(timespec="minutes")


def thousands(value: int | Decimal | float | None) -> str:
    """12,345 with the sign − for a loss; nothing counted is 无数据, never 0."""
    if value is None:
        return "无数据"
    return f"{value:,}".replace("-", MINUS)


def yuan(fen: int, *, signed: bool = False) -> str:
    """−3,860.00 from integer fen: two decimals, the unit stands in the head of the column."""
    whole, cents = divmod(abs(fen), 100)
    sign = MINUS if fen < 0 else "+" if signed and fen > 0 else ""
    return f"{sign}{whole:,}.{cents:02d}"

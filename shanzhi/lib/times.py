"""Times as people here read them, always in Asia/Shanghai; relative words only below a day."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

SHANGHAI = ZoneInfo("Asia/Shanghai")
WEEKDAYS = "一二三四五六日"


def local(moment: datetime) -> datetime:
    """The same moment on Chinese clocks; a naive time raises, because nobody knows which one it is."""
    if moment.tzinfo is None:
        raise ValueError("a naive time can't be shown")
    return moment.astimezone(SHANGHAI)


def show_date(day: date, today: date) -> str:
    """今天, 昨天, 11月21日 within the year, else 2025年11月21日."""
    if day == today:
        return "今天"
    if day == today - timedelta(days=1):
        return "昨天"
    short = f"{day.month}月{day.day}日"
    return short if day.year == today.year else f"{day.year}年{short}"


def show_datetime(moment: datetime, now: datetime) -> str:
    """今天 15:30, 昨天 15:30, 11月21日 15:30, 2025年11月21日 15:30."""
    here = local(moment)
    return f"{show_date(here.date(), local(now).date())} {here:%H:%M}"


def show_full(moment: datetime) -> str:
    """2026年11月21日 周六 15:30: for papers, where the reader's day is unknown."""
    here = local(moment)
    return f"{here.year}年{here.month}月{here.day}日 周{WEEKDAYS[here.weekday()]} {here:%H:%M}"


def show_cell(moment: datetime | None) -> str:
    """2026-11-21 15:30: for tables that a program reads; empty where nothing is known."""
    return f"{local(moment):%Y-%m-%d %H:%M}" if moment is not None else ""


def show_span(span: timedelta) -> str:
    """Largest unit only, rounded down: 3 天, 5 小时, 12 分钟; below a minute 不到 1 分钟."""
    minutes = int(abs(span).total_seconds() // 60)
    if minutes < 1:
        return "不到 1 分钟"
    if minutes < 60:
        return f"{minutes} 分钟"
    if minutes < 24 * 60:
        return f"{minutes // 60} 小时"
    return f"{minutes // (24 * 60)} 天"


def clock_words(due: datetime, now: datetime) -> str:
    """剩余 2 天, 今天 18:00 到期, 刚刚超时, 已超 3 小时; late begins the moment after `due`, as in `due_at < now`."""
    if due < now:
        return "刚刚超时" if now - due < timedelta(minutes=1) else f"已超 {show_span(now - due)}"
    if local(due).date() == local(now).date():
        return f"今天 {local(due):%H:%M} 到期"
    return f"剩余 {show_span(due - now)}"

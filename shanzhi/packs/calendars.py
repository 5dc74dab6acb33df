"""The holiday tables of a county as one calendar, on which the clocks run."""

from collections.abc import Collection, Iterable
from datetime import date, datetime
from functools import lru_cache
from typing import Final

from shanzhi.lib.clocks import Calendar
from shanzhi.lib.times import local
from shanzhi.packs.holidays import FAMILY, HolidaysBody
from shanzhi.packs.models import Version
from shanzhi.packs.selectors import body_of, current_versions
from shanzhi.tenancy.context import current

SHORT: Final = 60  # days; less of the table than this, and somebody is told


def calendar_now() -> Calendar:
    """All tables of the present county together; one statement."""
    return calendar_from(current_versions(FAMILY))


def calendar_from(versions: Iterable[Version]) -> Calendar:
    """The same from versions that were read together with others; those of other families are passed over.

    Without a table Monday to Friday. The hours of work are those of the last year that has a table.
    """
    return _known(current(), tuple(version.id for version in versions if version.family == FAMILY))


@lru_cache(maxsize=1024)
def _known(county: int, version_ids: tuple[int, ...]) -> Calendar:
    """Versions never change, so neither does what they make together."""
    return merged([body_of(version_id) for version_id in version_ids])


def merged(bodies: Collection[HolidaysBody]) -> Calendar:
    """Tables of several years as one calendar."""
    if not bodies:
        return Calendar()
    last = max(bodies, key=lambda body: body.year)
    return Calendar(
        holidays=frozenset(day for body in bodies for day in body.all_off),
        workdays=frozenset(day for body in bodies for day in body.workdays),
        sessions=last.hours,
        until=date(last.year, 12, 31),
    )


def calendar_warning(at: datetime) -> str:
    """A sentence for whoever keeps the tables, while fewer than SHORT days of them are left; else empty. One statement.

    Beyond the last table Saturdays and Sundays are off and nothing else is, so limits end too early or too late.
    """
    return warning_of(calendar_now(), local(at).date())


def warning_of(calendar: Calendar, today: date) -> str:
    """The same for a calendar that was read already."""
    if calendar.until is None:
        return "还没有节假日表，期限都按周一到周五算，请补上今年的安排。"
    if (calendar.until - today).days >= SHORT:
        return ""
    until = f"{calendar.until.year}年{calendar.until.month}月{calendar.until.day}日"
    return f"节假日表只到 {until}，之后的期限按周一到周五算，请补上新一年的安排。"

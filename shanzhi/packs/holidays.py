"""The official table of days off and of weekends that are worked instead, one a year: `holidays/2026.yaml`."""

import re
from collections.abc import Iterator
from datetime import date, time, timedelta
from typing import Annotated, Final

from pydantic import BaseModel, ConfigDict, Field, field_validator

from shanzhi.lib.times import WEEKDAYS
from shanzhi.packs.families import Family, Fault, Place, register

FAMILY: Final = "holidays"
YEARS: Final = (2000, 2199)
LONGEST: Final = 31
NAME_LENGTH: Final = 20
_SESSION: Final = re.compile(r"([01]\d|2[0-3]):([0-5]\d)-([01]\d|2[0-3]):([0-5]\d)")


class Off(BaseModel):
    """Days off in a row, both ends included."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: Annotated[str, Field(min_length=1, max_length=NAME_LENGTH)]
    first: Annotated[date, Field(alias="from")]
    last: Annotated[date, Field(alias="to")]

    @property
    def days(self) -> list[date]:
        return [self.first + timedelta(days=n) for n in range((self.last - self.first).days + 1)]

    @property
    def when(self) -> str:
        """10月1日至10月7日, or the one day."""
        ends = [f"{day.month}月{day.day}日" for day in (self.first, self.last)]
        return ends[0] if self.first == self.last else "至".join(ends)


class HolidaysBody(BaseModel):
    """One year: what is off beyond Saturday and Sunday, which of those are worked, and the hours of a working day."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    label: Annotated[str, Field(min_length=1, max_length=40)]
    year: Annotated[int, Field(ge=YEARS[0], le=YEARS[1])]
    days_off: Annotated[tuple[Off, ...], Field(min_length=1, max_length=30)]
    workdays: Annotated[tuple[date, ...], Field(max_length=60)] = ()
    sessions: Annotated[tuple[str, ...], Field(min_length=1, max_length=4)]

    @field_validator("sessions")
    @classmethod
    def _readable(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        for session in value:
            if not _SESSION.fullmatch(session):
                raise ValueError(f"上班时间“{session[:20]}”看不懂，请写成 08:30-12:00 这样，从早到晚。")
        return value

    @property
    def all_off(self) -> frozenset[date]:
        return frozenset(day for off in self.days_off for day in off.days)

    @property
    def hours(self) -> tuple[tuple[time, time], ...]:
        """The sessions as times of day."""
        return tuple((time.fromisoformat(session[:5]), time.fromisoformat(session[6:])) for session in self.sessions)


def show_day(day: date) -> str:
    """2月15日 周日: as the official notice names a day."""
    return f"{day.month}月{day.day}日 周{WEEKDAYS[day.weekday()]}"


def check(body: HolidaysBody, place: Place) -> Iterator[Fault]:
    """What a table must hold beyond its form; the paths lead to the row that is wrong."""
    yield from _faults_off(body)
    yield from _faults_work(body)
    yield from _faults_sessions(body)
    for code, coming in place.coming.get(FAMILY, {}).items():
        if code and coming == body and code != str(body.year):
            yield Fault(("year",), f"代码是“{code}”，年份是 {body.year}，两处要一致，请改正。")


def _faults_off(body: HolidaysBody) -> Iterator[Fault]:
    seen: dict[date, str] = {}
    for index, off in enumerate(body.days_off):
        here = ("days_off", index)
        if off.first > off.last:
            yield Fault((*here, "to"), f"“{off.name}”的最后一天早于第一天，请改正。")
            continue
        if (off.last - off.first).days >= LONGEST:
            yield Fault((*here, "to"), f"“{off.name}”超过 {LONGEST} 天，请核对起止日期。")
            continue
        for edge, day in (("from", off.first), ("to", off.last)):
            if day.year != body.year:
                yield Fault(
                    (*here, edge), f"“{off.name}”的{show_day(day)}不在 {body.year} 年，请改正或写到那一年的表里。"
                )
        both = next((day for day in off.days if day in seen), None)
        if both is not None:
            yield Fault((*here, "from"), f"{show_day(both)}已经算在“{seen[both]}”里，请去掉重复的日期。")
        seen.update(dict.fromkeys(off.days, off.name))


def _faults_work(body: HolidaysBody) -> Iterator[Fault]:
    off_days = {day: off.name for off in body.days_off if (off.last - off.first).days < LONGEST for day in off.days}
    seen: set[date] = set()
    for index, day in enumerate(body.workdays):
        here = ("workdays", index)
        if day.year != body.year:
            yield Fault(here, f"补班日{show_day(day)}不在 {body.year} 年，请改正。")
        elif day in off_days:
            yield Fault(here, f"{show_day(day)}既在“{off_days[day]}”里放假，又是补班日，请只留一处。")
        elif day.weekday() < 5:
            yield Fault(here, f"{show_day(day)}本来就上班，补班日只能是周六或周日，请核对。")
        elif day in seen:
            yield Fault(here, f"补班日{show_day(day)}写了两遍，请删去一处。")
        seen.add(day)


def _faults_sessions(body: HolidaysBody) -> Iterator[Fault]:
    before = time.min
    for index, (opens, closes) in enumerate(body.hours):
        if opens >= closes:
            yield Fault(("sessions", index), f"上班时间“{body.sessions[index]}”的开始要早于结束，请改正。")
        elif index and opens <= before:
            yield Fault(("sessions", index), f"上班时间“{body.sessions[index]}”要晚于前一段的结束，请改正。")
        before = max(before, closes)


HOLIDAYS: Final = register(
    Family(
        code=FAMILY,
        label="节假日",
        schema=HolidaysBody,
        title=lambda body: body.label,
        check=check,
        preview="packs/parts/holidays.html",
        order=20,
        edit_url="packs:holidays-edit",
    )
)

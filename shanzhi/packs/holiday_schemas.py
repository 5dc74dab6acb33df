"""The holiday tables on the wire."""

from datetime import date, datetime

from ninja import Schema

from shanzhi.packs.holidays import HolidaysBody, Off
from shanzhi.packs.models import Version


class HolidaysOut(Schema):
    """One year; `workdays` are the Saturdays and Sundays that are worked."""

    year: int
    label: str
    days_off: list[Off]
    workdays: list[date]
    sessions: list[str]
    number: int
    published_at: datetime

    @classmethod
    def of(cls, version: Version, body: HolidaysBody) -> "HolidaysOut":
        return cls(
            year=body.year,
            label=body.label,
            days_off=list(body.days_off),
            workdays=list(body.workdays),
            sessions=list(body.sessions),
            number=version.number,
            published_at=version.published_at,
        )


class HolidaysListOut(Schema):
    """Newest year first. `until`: the last day that a table reaches; `warning`: a sentence if that is soon or over."""

    items: list[HolidaysOut]
    until: date | None
    warning: str

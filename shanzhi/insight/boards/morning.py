"""The morning page: what has changed since yesterday morning, what is due, and what waits for this person.

Every number is that of a list, counted by the list's own query; all of them in one statement.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Final

from shanzhi.access.actor import Actor
from shanzhi.areas.models import Area
from shanzhi.cases import permissions
from shanzhi.cases.catalogue import State
from shanzhi.cases.presenters import count_words
from shanzhi.cases.selectors import CaseFilter, Due, Kin, Tab, capped_counts, case_list_for
from shanzhi.insight.boards import links
from shanzhi.insight.boards.backlog import midnight
from shanzhi.lib.clocks import Calendar
from shanzhi.lib.times import local

LONGEST: Final = 31  # days back
PLAIN: Final = Calendar()  # Monday to Friday
CHANGES: Final = {
    "report": ("新来的", "收到的事件，拆出来的分件不算。", "inbox"),
    "close": ("办结的", "办结了的事件，不管什么时候收到的。", "circle-check"),
    "reopen": ("重新办理的", "办结后又重新办理的事件。", "rotate"),
    "return": ("退回的", "被退回上一步的事件，不论退给谁。", "arrow-back-up"),
    "escalate": ("请上级办的", "请上级办的事件，由这里请上去的和请到这里的都算。", "arrow-up"),
}  # fmt: skip
Item = tuple[str, str, str, CaseFilter, dict[str, str], str]


@dataclass(frozen=True, slots=True)
class Line:
    """A number of the page: its words, how it is counted, and its list. Counted up to 1,000, as lists are."""

    code: str
    name: str
    definition: str
    icon: str
    count: int
    url: str
    tone: str = ""

    @property
    def words(self) -> str:
        return count_words(self.count)


@dataclass(frozen=True, slots=True)
class Morning:
    area: Area
    since: date
    at: datetime
    changes: list[Line]
    due: list[Line]
    mine: list[Line]


def since_of(text: str, at: datetime, calendar: Calendar = PLAIN) -> date:
    """The day that was asked for, at most a month back; else the last day of work before today: on a Monday the Friday
    before, after holidays the day before them."""
    today = local(at).date()
    days = (today - timedelta(days=back) for back in range(1, LONGEST + 1))
    usual = next((day for day in days if calendar.is_workday(day)), today - timedelta(days=1))
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return usual
    return day if today - timedelta(days=LONGEST) <= day <= today else usual


def morning_of(actor: Actor, area: Area, since: date, at: datetime) -> Morning:
    """One statement for all numbers."""
    place = area if area.level != Area.Level.COUNTY else None
    groups = (_changes(area, place, since, at), _due(area, place, at), _mine(actor, area))
    lists = {
        f"{number}-{item[0]}": case_list_for(actor, item[3], now=at)
        for number, group in enumerate(groups)
        for item in group
    }
    counts = capped_counts(lists)
    changes, due, mine = ([_line(item, counts, number) for item in group] for number, group in enumerate(groups))
    return Morning(area, since, at, changes, due, mine)


def _line(item: Item, counts: Mapping[str, int], number: int) -> Line:
    code, name, definition, _, query, icon = item
    count = counts.get(f"{number}-{code}", 0)
    tone = "red" if code in ("late", "my-late") and count else "amber" if code.endswith("today") and count else ""
    return Line(code, name, definition, icon, count, query["url"], tone)


def _changes(area: Area, place: Area | None, since: date, at: datetime) -> list[Item]:
    start = midnight(at) + (since - local(at).date())
    wanted = CaseFilter(tab=Tab.COUNTED, area=place, figure_from=start, figure_before=midnight(at) + timedelta(days=1))
    last = local(at).date()
    return [
        (act, name, definition, replace(wanted, figure=f"did_{act}"), {"url": links.done_url(area, act, since, last)},
         icon)
        for act, (name, definition, icon) in CHANGES.items()
    ]  # fmt: skip


def _due(area: Area, place: Area | None, at: datetime) -> list[Item]:
    plain = CaseFilter(tab=Tab.OPEN, area=place, kin=Kin.WHOLE)
    soon = midnight(at) + timedelta(days=1)
    ahead = {"tab": str(Tab.OPEN), "until_from": str(soon.date()), "until_to": str((soon + timedelta(days=1)).date())}
    items = (
        ("late", "已超期", "当前这一步已经过了时限的，挂账的不算。", replace(plain, tab=Tab.OVERDUE),
         {"tab": str(Tab.OVERDUE)}, "alert-triangle"),
        ("today", "今天到期", "当前这一步的时限在今天之内、还没有过的。", replace(plain, due=Due.TODAY),
         {"tab": str(Tab.OPEN), "due": Due.TODAY}, "clock-exclamation"),
        ("soon", "明后两天到期", "当前这一步的时限在明天或后天的。",
         replace(plain, until_from=soon, until_before=soon + timedelta(days=2)), ahead, "clock"),
        ("supervised", "督办没回复", "有督办还没有回复的。", replace(plain, tab=Tab.SUPERVISED),
         {"tab": str(Tab.SUPERVISED)}, "flag"),
    )  # fmt: skip
    return [
        (code, name, definition, wanted, {"url": links.list_url(area, query)}, icon)
        for code, name, definition, wanted, query, icon in items
    ]


def _mine(actor: Actor, area: Area) -> list[Item]:
    """What is this person's turn; those who only look on have nothing here."""
    if not actor.can(permissions.HANDLE):
        return []
    root = links.list_url(Area(level=Area.Level.COUNTY, county_id=area.county_id), {}).partition("?")[0]
    mine = CaseFilter(tab=Tab.MINE)
    items: tuple[tuple[str, str, str, CaseFilter, str, str], ...] = (
        ("mine", "等我办", "现在轮到你的岗位办的。", mine, "", "checklist"),
        ("my-late", "其中已超期", "轮到你办、已经过了时限的。", replace(mine, due=Due.LATE), "&due=late",
         "alert-triangle"),
        ("my-today", "其中今天到期", "轮到你办、时限在今天之内的。", replace(mine, due=Due.TODAY), "&due=today",
         "clock-exclamation"),
        ("check", "等我核查", "处理完毕、等你的岗位核查的。", replace(mine, states=[State.HANDLED]), "&state=handled",
         "eye"),
    )  # fmt: skip
    return [
        (code, name, definition, wanted, {"url": f"{root}?tab=mine{more}"}, icon)
        for code, name, definition, wanted, more, icon in items
    ]

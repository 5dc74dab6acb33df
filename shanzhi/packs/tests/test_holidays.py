"""Holiday tables: what they may hold, the calendar that they make together, the year as it is shown."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.conf import settings

from shanzhi.lib.clocks import SESSIONS, Calendar
from shanzhi.packs.calendars import calendar_from, calendar_now, calendar_warning, merged, warning_of
from shanzhi.packs.dumping import dump
from shanzhi.packs.families import FAMILIES, Place
from shanzhi.packs.faults import faults_of
from shanzhi.packs.holidays import FAMILY, HolidaysBody, check
from shanzhi.packs.reading import read
from shanzhi.packs.selectors import current_versions
from shanzhi.packs.services import checked, definition_publish, definition_retire
from shanzhi.packs.years import changes, days_of, months_of, workdays_in

inside = pytest.mark.usefixtures("county_a")
SHIPPED = (2024, 2025, 2026)


def table(year: int = 2026, **more: Any) -> dict[str, Any]:
    """A small right table."""
    return {
        "label": f"{year} 年节假日安排",
        "year": year,
        "days_off": [{"name": "国庆节", "from": f"{year}-10-01", "to": f"{year}-10-07"}],
        "workdays": [],
        "sessions": ["08:30-12:00", "14:00-17:30"],
        **more,
    }


def shipped(year: int) -> HolidaysBody:
    text = (settings.PACKS_DIR / "county" / "holidays" / f"{year}.yaml").read_text(encoding="utf-8")
    return HolidaysBody.model_validate(read(text, f"holidays/{year}.yaml").value)


def publish(system: Any, year: int = 2026, **more: Any) -> Any:
    return definition_publish(actor=system, family=FAMILY, code=str(year), body=table(year, **more), origin="edited")


def off(name: str, first: str, last: str) -> dict[str, str]:
    return {"name": name, "from": first, "to": last}


# What may stand in a table


@pytest.mark.parametrize(
    ("more", "path", "sentence"),
    [
        ({"days_off": [off("元旦", "2025-12-31", "2026-01-01")]}, ("days_off", 0, "from"), "不在 2026 年"),
        ({"days_off": [off("元旦", "2026-12-31", "2027-01-01")]}, ("days_off", 0, "to"), "1月1日 周五不在 2026 年"),
        ({"days_off": [off("春节", "2026-02-23", "2026-02-15")]}, ("days_off", 0, "to"), "早于第一天"),
        ({"days_off": [off("春节", "2026-02-15", "2026-12-23")]}, ("days_off", 0, "to"), "超过 31 天"),
        (
            {"days_off": [off("中秋节", "2026-09-25", "2026-10-01"), off("国庆节", "2026-10-01", "2026-10-07")]},
            ("days_off", 1, "from"),
            "10月1日 周四已经算在“中秋节”里",
        ),
        ({"workdays": ["2025-01-04"]}, ("workdays", 0), "不在 2026 年"),
        ({"workdays": ["2026-10-10", "2026-10-03"]}, ("workdays", 1), "既在“国庆节”里放假，又是补班日"),
        ({"workdays": ["2026-10-09"]}, ("workdays", 0), "10月9日 周五本来就上班"),
        ({"workdays": ["2026-10-10", "2026-10-10"]}, ("workdays", 1), "写了两遍"),
        ({"sessions": ["12:00-08:30"]}, ("sessions", 0), "开始要早于结束"),
        ({"sessions": ["08:30-12:00", "12:00-17:30"]}, ("sessions", 1), "晚于前一段的结束"),
        ({"sessions": ["14:00-17:30", "08:30-12:00"]}, ("sessions", 1), "晚于前一段的结束"),
    ],
)
def test_what_is_wrong_is_named_at_its_row(more: dict[str, Any], path: tuple[Any, ...], sentence: str) -> None:
    faults = list(check(HolidaysBody.model_validate(table(**more)), Place()))
    assert [fault.path for fault in faults] == [path]
    assert sentence in faults[0].sentence
    assert faults[0].sentence.endswith("。")


@pytest.mark.parametrize(
    "more",
    [
        {"year": 1999},
        {"days_off": []},
        {"sessions": []},
        {"sessions": ["8:30-12:00"]},
        {"sessions": ["08:30-24:00"]},
        {"workdays": ["soon"]},
        {"extra": 1},
        {"days_off": [{"name": "", "from": "2026-01-01", "to": "2026-01-01"}]},
    ],
)
def test_the_form_of_a_table(more: dict[str, Any]) -> None:
    with pytest.raises(ValueError):
        HolidaysBody.model_validate(table(**more))


def test_several_faults_come_together() -> None:
    body = HolidaysBody.model_validate(table(workdays=["2026-10-09", "2025-01-04"], sessions=["12:00-08:30"]))
    assert len(list(check(body, Place()))) == 3


def test_a_file_is_named_as_its_year() -> None:
    body = HolidaysBody.model_validate(table())
    assert list(check(body, Place(coming={FAMILY: {"2026": body}}))) == []
    wrong = list(check(body, Place(coming={FAMILY: {"2027": body}})))
    assert [fault.path for fault in wrong] == [("year",)]


# The shipped tables


@pytest.mark.parametrize("year", SHIPPED)
def test_the_shipped_tables_are_right_and_canonical(year: int) -> None:
    body = shipped(year)
    assert list(check(body, Place(coming={FAMILY: {str(year): body}}))) == []
    text = (settings.PACKS_DIR / "county" / "holidays" / f"{year}.yaml").read_text(encoding="utf-8")
    assert dump(body) == text
    stored = FAMILIES[FAMILY].stored(body)
    assert HolidaysBody.model_validate(stored) == body


def test_known_days_of_the_shipped_tables() -> None:
    calendar = merged([shipped(year) for year in SHIPPED])
    assert calendar.until == date(2026, 12, 31)
    assert calendar.sessions == SESSIONS
    spring = [date(2026, 2, 13) + timedelta(days=n) for n in range(18)]
    worked = [day.day for day in spring if calendar.is_workday(day)]
    assert worked == [13, 14, 24, 25, 26, 27, 28, 2], "Saturdays 14 and 28 are worked, 15 to 23 are off"
    assert [workdays_in(shipped(year)) for year in SHIPPED] == [251, 248, 248]


# The calendar of a county


@inside
@pytest.mark.django_db
class TestCalendar:
    def test_without_a_table(self) -> None:
        assert calendar_now() == Calendar()

    def test_years_together(self, system: Any) -> None:
        publish(system, 2025)
        publish(system, 2027, sessions=["09:00-17:00"], workdays=["2027-10-09"])
        calendar = calendar_now()
        assert calendar.until == date(2027, 12, 31)
        assert not calendar.is_workday(date(2025, 10, 1))
        assert calendar.is_workday(date(2027, 10, 9))
        assert [edge.hour for session in calendar.sessions for edge in session] == [9, 17], "of the last year"

    def test_one_statement_and_the_same_object(
        self, system: Any, django_assert_num_queries: Callable[..., Any]
    ) -> None:
        publish(system)
        with django_assert_num_queries(1):
            first = calendar_now()
        with django_assert_num_queries(1):
            assert calendar_now() is first
        versions = current_versions()
        with django_assert_num_queries(0):
            assert calendar_from(versions) is first

    def test_a_new_version_counts_at_once(self, system: Any) -> None:
        publish(system)
        assert calendar_now().is_workday(date(2026, 10, 8))
        publish(system, days_off=[off("国庆节", "2026-10-01", "2026-10-08")])
        assert not calendar_now().is_workday(date(2026, 10, 8))

    def test_a_retired_table_does_not_count(self, system: Any) -> None:
        publish(system)
        definition_retire(actor=system, family=FAMILY, code="2026")
        assert calendar_now().until is None

    def test_the_warning(self, system: Any) -> None:
        now = datetime(2026, 11, 21, 16, 30, tzinfo=UTC)
        assert calendar_warning(now) == "还没有节假日表，期限都按周一到周五算，请补上今年的安排。"
        publish(system)
        assert calendar_warning(now) == ("节假日表只到 2026年12月31日，之后的期限按周一到周五算，请补上新一年的安排。")
        publish(system, 2027)
        assert calendar_warning(now) == ""

    def test_a_bad_table_changes_nothing(self, system: Any) -> None:
        publish(system)
        with pytest.raises(ValueError):
            HolidaysBody.model_validate(table(sessions=["x"]))
        assert checked(FAMILY, table()).year == 2026


@pytest.mark.parametrize(
    ("today", "warned"),
    [(date(2026, 11, 1), False), (date(2026, 11, 2), True), (date(2026, 12, 31), True), (date(2027, 3, 1), True)],
)
def test_sixty_days_before_the_end(today: date, warned: bool) -> None:
    calendar = Calendar(until=date(2026, 12, 31))
    assert bool(warning_of(calendar, today)) is warned


# The year as it is shown


def test_a_year_has_all_its_days() -> None:
    months = months_of(shipped(2024))
    cells = [one for month in months for week in month.weeks for one in week]
    assert [month.number for month in months] == list(range(1, 13))
    assert all(len(week) == 7 for month in months for week in month.weeks)
    assert len([one for one in cells if one]) == 366
    for month in months:
        for week in month.weeks:
            assert all(one is None or one.day.weekday() == place for place, one in enumerate(week))


@pytest.mark.parametrize("year", SHIPPED)
def test_what_is_shown_is_what_counts(year: int) -> None:
    body = shipped(year)
    calendar = merged([body])
    assert all(one.is_worked is calendar.is_workday(one.day) for one in days_of(body))


def test_a_day_says_what_it_is() -> None:
    days = {one.day: one for one in days_of(shipped(2026))}
    assert [(days[day].mark, days[day].words) for day in map(date.fromisoformat, (
        "2026-02-14", "2026-02-15", "2026-02-24", "2026-03-01"
    ))] == [("班", "补班"), ("休", "春节放假"), ("", "上班"), ("", "周末休息")]  # fmt: skip


def test_changes_are_told_in_runs() -> None:
    before = HolidaysBody.model_validate(table())
    after = HolidaysBody.model_validate(
        table(
            days_off=[off("国庆节", "2026-10-01", "2026-10-05"), off("中秋节", "2026-09-25", "2026-09-27")],
            workdays=["2026-10-10"],
        )
    )
    told = [(one.when, one.before, one.after, one.effect) for one in changes(before, after)]
    assert told == [
        ("9月25日 周五", "上班", "中秋节放假", "不再算"),
        ("9月26日 周六 至 9月27日 周日", "周末休息", "中秋节放假", "照旧不算"),
        ("10月6日 周二 至 10月7日 周三", "国庆节放假", "上班", "改为算"),
        ("10月10日 周六", "周末休息", "补班", "改为算"),
    ]
    assert changes(after, after) == []
    assert len(changes(None, before)) == 2 + 1, "against a year without a table: two runs of days, a weekend"


def test_the_words_of_a_refused_form() -> None:
    with pytest.raises(ValueError) as caught:
        HolidaysBody.model_validate(table(sessions=["8点到12点"]))
    faults = faults_of(caught.value, HolidaysBody)  # type: ignore[arg-type]
    assert [fault.sentence for fault in faults] == ["上班时间“8点到12点”看不懂，请写成 08:30-12:00 这样，从早到晚。"]

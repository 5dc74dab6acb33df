"""Days: every figure in every period is its list's, against the period before; and what a morning looks back on."""

import itertools
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.utils import timezone

from shanzhi.cases.models import Case
from shanzhi.cases.rates.periods import LONGEST, RANGE, Period, between
from shanzhi.cases.tests.pages import act, statements, text_of
from shanzhi.insight.boards.board import Board, board_of
from shanzhi.insight.boards.morning import CHANGES, Line, morning_of, since_of
from shanzhi.insight.boards.morning import LONGEST as MORNINGS
from shanzhi.insight.boards.periods import CODES, asked, before, label_before, last_days, steps_of
from shanzhi.insight.tests.boards.test_board import behind, board, closed, world
from shanzhi.insight.tests.proof import built
from shanzhi.lib.clocks import Calendar
from shanzhi.lib.times import SHANGHAI, local
from tests.cast import Cast, report
from tests.kinds import kind_add

MORNING = "/341181/morning/"
NATIONAL_DAY = Calendar(
    holidays=frozenset(date(2026, 10, day) for day in range(1, 8)), workdays=frozenset({date(2026, 10, 10)})
)
LOOKS = (("county_leader", "county"), ("command_centre", "t1"), ("county_centre", "v2"))  # the month: test_board.py


def at_noon(year: int, month: int, day: int) -> datetime:
    return datetime(year, month, day, 12, tzinfo=SHANGHAI)


def during(cast: Cast, first: date, last: date, who: str = "county_leader", area: str = "county") -> Board:
    return board_of(cast.actor(who), cast.areas[area], Period(RANGE, first, last), timezone.now())


def opened(cast: Cast, who: str, found: Board) -> int:
    """Every figure of a board against the list behind it; how much there was to count."""
    counted = 0
    for figure in (*found.figures, *found.opinions):
        for records in figure.records:
            assert behind(cast, who, records.url) == records.count, (who, figure.code, records)
            counted += records.count
    return counted


@pytest.mark.parametrize("look", LOOKS, ids="-".join)
def test_every_number_is_its_lists_in_every_period(cast: Cast, look: tuple[str, str]) -> None:
    world(cast)
    report(cast, place="g2", by="township_officer", at=timezone.now() - timedelta(days=8))
    built()
    closed(cast, days=8)  # waits to be rolled up
    who, area = look
    today, at = timezone.localdate(), timezone.now()
    periods = [last_days(code, at) for code in ("day", "week", "year")]
    periods += [Period(RANGE, today - timedelta(days=first), today - timedelta(days=last))
                for first, last in ((3, 3), (9, 2), (400, 200))]  # fmt: skip
    boards = [board_of(cast.actor(who), cast.areas[area], period, at) for period in periods]
    assert sum(opened(cast, who, found) for found in boards) > 0
    for one in (*boards[0].limits, *boards[0].ages):
        assert behind(cast, who, one.url) == one.count, (who, one.rule.code)
    for found in boards:
        assert found.figure("closed").value.numerator <= boards[2].figure("closed").value.numerator
        assert [one.count for one in found.limits] == [one.count for one in boards[0].limits]  # of now: it stays
    for place in boards[1].places:
        for code, url in place.records.items():
            assert behind(cast, who, url) == place.values[code].numerator, (who, place.name, code)


def test_a_total_is_the_sum_of_its_places_and_days(cast: Cast) -> None:
    world(cast)
    for found in (board(cast), board(cast, "township_officer", "t1"), board(cast, "auditor", "v1")):
        for code in ("open", "overdue", "reported", "closed"):
            assert sum(place.values[code].numerator for place in found.places) == found.total[code].numerator, code
        assert sum(came for came, _ in found.days.values()) == found.figure("reported").value.numerator
        assert sum(done for _, done in found.days.values()) == found.figure("closed").value.numerator
        assert sum(one.count for one in found.limits) == sum(one.count for one in found.ages)


def test_midnight_in_china_is_where_a_day_begins(cast: Cast) -> None:
    first = datetime(2026, 3, 1, tzinfo=SHANGHAI)
    for moment in (first - timedelta(seconds=1), first, first + timedelta(hours=23, minutes=59)):
        report(cast, at=moment)
    march = during(cast, first.date(), first.date())
    assert march.figure("reported").value.numerator == 2
    assert march.figure("reported").change == 1
    assert march.days == {first.date(): (2, 0)}
    assert opened(cast, "county_leader", march) > 0


def test_the_leap_day_is_a_day(cast: Cast) -> None:
    leap = date(2024, 2, 29)
    report(cast, at=at_noon(2024, 2, 29))
    report(cast, at=at_noon(2024, 2, 28))
    found = during(cast, leap, leap)
    assert (found.figure("reported").value.numerator, found.figure("reported").change) == (1, 0)
    assert found.figure("reported").sub == "和前 1 天一样"
    assert between("2024-02-29", "2024-03-01") == Period(RANGE, leap, date(2024, 3, 1))
    assert between("2025-02-29", "2025-03-01") is None
    assert before(Period(RANGE, date(2024, 3, 1), date(2024, 3, 31))).first == date(2024, 1, 30)
    assert last_days("year", at_noon(2024, 12, 31)).first == date(2024, 1, 2)  # 365 days, in a leap year, too


def test_over_the_end_of_the_year(cast: Cast) -> None:
    for day in (at_noon(2025, 12, 31), at_noon(2026, 1, 1), at_noon(2025, 12, 30)):
        report(cast, at=day)
    found = during(cast, date(2025, 12, 31), date(2026, 1, 1))
    assert found.days == {date(2025, 12, 31): (1, 0), date(2026, 1, 1): (1, 0)}
    assert found.figure("reported").change == 1  # one on the 30th, none on the 29th
    assert found.period.words == "2025年12月31日到2026年1月1日"
    assert opened(cast, "county_leader", found) > 0


@pytest.mark.parametrize(("days", "twice"), [(62, False), (365, False), (366, True), (400, True), (1098, True)])
def test_points_of_more_than_a_year_say_which(days: int, twice: bool) -> None:
    first = date(2023, 11, 17)
    _, steps = steps_of(Period(RANGE, first, first + timedelta(days=days - 1)))
    words = [step.words for step in steps]
    assert len(set(words)) == len(words)
    assert all(("年" in one) == twice for one in words)


def test_the_longest_period_and_one_day_more() -> None:
    first = date(2020, 1, 1)
    assert between(str(first), str(first + LONGEST)) is not None
    assert between(str(first), str(first + LONGEST + timedelta(days=1))) is None
    for years in (("1999-12-31", "2000-01-01"), ("2100-12-31", "2101-01-01"), ("9999-01-01", "9999-12-31")):
        assert between(*years) is None


@pytest.mark.parametrize("code", [code for code in CODES if code != RANGE])
def test_a_named_period_is_not_moved_by_days(code: str) -> None:
    at = at_noon(2026, 11, 30)
    assert asked({"period": code, "from": "2026-01-01", "to": "2026-01-02"}, at) == (last_days(code, at), "")


def test_what_a_change_is_against() -> None:
    at = at_noon(2026, 3, 1)
    assert [label_before(last_days(code, at)) for code in CODES[:4]] == ["昨天", "前 7 天", "前 30 天", "前一年"]
    assert before(last_days("week", at)) == Period("week", date(2026, 2, 16), date(2026, 2, 22))
    for code in CODES[:4]:
        assert before(last_days(code, at)).last == last_days(code, at).first - timedelta(days=1)


def test_a_rate_changes_by_points_and_only_if_both_are_known(cast: Cast) -> None:
    today = timezone.localdate()
    for days, late in ((20, False), (20, True), (12, False)):
        closed(cast, days=days, late=late)
    halves = during(cast, today - timedelta(days=14), today - timedelta(days=7)).figure("in_time_rate")
    assert (halves.text, halves.change) == ("100", 50)
    assert halves.moved == "比前 8 天多 50.0 个百分点"
    assert halves.signed.startswith("+50")
    alone = during(cast, today - timedelta(days=24), today - timedelta(days=15)).figure("in_time_rate")
    assert (alone.text, alone.change, alone.moved, alone.signed) == ("50.0", None, "", "")
    gone = during(cast, today - timedelta(days=6), today).figure("in_time_rate")
    assert (gone.text, gone.change) == ("", None)


def test_a_past_period_says_what_is_of_now(cast: Cast) -> None:
    today = timezone.localdate()
    report(cast, at=timezone.now() - timedelta(days=40))
    report(cast)
    past = during(cast, today - timedelta(days=50), today - timedelta(days=20))
    assert (past.is_past, board(cast).is_past) == (True, False)
    assert past.figure("open").value.numerator == 1
    assert sum(one.count for one in past.limits) == 2
    client = cast["county_leader"].client()
    query = {"period": RANGE, "from": str(past.period.first), "to": str(past.period.last)}
    page = client.get("/341181/dashboard/", query).content.decode()
    assert "在办 2 件离到期还有多久" in page  # as many as the bars hold
    assert "占现在在办 2 件的" in page


@pytest.mark.parametrize(("late", "share"), [(0, "0%"), (2, "66.7%"), (3, "100%")])
def test_the_share_of_what_is_late_is_whole_only_if_all_is(cast: Cast, late: int, share: str) -> None:
    for number in range(3):
        case = report(cast)
        if number < late:
            Case.objects.filter(id=case.id).update(due_at=timezone.now() - timedelta(hours=1))
    assert board(cast).figure("overdue").sub == f"占现在在办 3 件的 {share}"


# The morning


def counts(found: Any) -> dict[str, int]:
    return {line.code: line.count for line in (*found.changes, *found.due, *found.mine)}


@pytest.mark.parametrize(
    ("today", "since"),
    [("2026-10-08", "2026-09-30"), ("2026-10-01", "2026-09-30"), ("2026-10-05", "2026-09-30"),
     ("2026-10-09", "2026-10-08"), ("2026-10-12", "2026-10-10"), ("2026-10-11", "2026-10-10"),
     ("2026-11-29", "2026-11-27"), ("2026-11-30", "2026-11-27"), ("2026-12-01", "2026-11-30")],
)  # fmt: skip
def test_a_morning_looks_back_to_the_last_day_of_work(today: str, since: str) -> None:
    at = datetime.combine(date.fromisoformat(today), datetime.min.time(), SHANGHAI) + timedelta(hours=8)
    assert str(since_of("", at, NATIONAL_DAY)) == since


def test_days_off_without_an_end_are_yesterday() -> None:
    never = Calendar(holidays=frozenset(date(2026, 1, 1) + timedelta(days=n) for n in range(365)))
    assert since_of("", at_noon(2026, 6, 10), never) == date(2026, 6, 9)


@pytest.mark.parametrize("text", ["", "2026-02-30", "9" * 400, "0001-01-01", "9999-12-31", "\0", "2026-11-30T10:00"])
def test_days_that_are_none_are_the_usual_one(text: str) -> None:
    assert since_of(text, at_noon(2026, 11, 26)) == date(2026, 11, 25)


def test_a_month_back_and_today_are_the_ends() -> None:
    at = at_noon(2026, 11, 26)
    for day in (date(2026, 11, 26), date(2026, 11, 26) - timedelta(days=MORNINGS)):
        assert since_of(str(day), at) == day


def test_the_page_knows_the_holidays_of_the_county(cast: Cast) -> None:
    today = timezone.localdate()
    off = [today - timedelta(days=back) for back in range(1, 9)]
    body = {"label": "放假", "year": today.year, "days_off": [{"name": "假", "from": off[-1], "to": off[0]}],
            "sessions": ["08:30-12:00"]}  # fmt: skip
    kind_add(str(today.year), body, family="holidays")
    usual = since_of("", timezone.now(), Calendar(holidays=frozenset(off)))
    assert (today - usual).days > len(off) - 1
    page = cast["county_leader"].client().get(MORNING).content.decode()
    assert f'value="{usual}"' in page


def test_a_morning_without_anything_is_noughts_and_no_error(cast: Cast) -> None:
    at = timezone.now()
    found = morning_of(cast.actor("county_leader"), cast.areas["county"], since_of("", at), at)
    assert set(counts(found).values()) == {0}
    assert found.mine == []
    assert [line.code for line in found.changes] == list(CHANGES)
    assert not any(line.tone for line in (*found.changes, *found.due))
    assert "1000+" in text_of(cast["county_leader"].client().get(MORNING))


def test_changes_begin_at_midnight_of_the_day_and_are_of_this_place(cast: Cast) -> None:
    at = timezone.now()
    start = datetime.combine(local(at).date() - timedelta(days=2), datetime.min.time(), SHANGHAI)
    for moment in (start - timedelta(seconds=1), start, start + timedelta(hours=30)):
        report(cast, at=moment)
    report(cast, place="g3", by="other_worker", at=start)
    for who, area, many in (("county_leader", "county", 3), ("township_officer", "t1", 2), ("other_officer", "t2", 1),
                            ("auditor", "v2", 0)):  # fmt: skip
        found = morning_of(cast.actor(who), cast.areas[area], start.date(), at)
        assert counts(found)["report"] == many, who
        assert behind(cast, who, found.changes[0].url) == many, who


def test_what_waits_is_of_this_person(cast: Cast) -> None:
    """Escalated to the township: it is the officer's turn and nobody else's."""
    case = report(cast)
    act(cast, "village_clerk", "accept", case)
    act(cast, "village_clerk", "escalate", case, text="办不了")
    at, since = timezone.now(), timezone.localdate()
    for due, late, today in ((at - timedelta(hours=1), 1, 0), (at + timedelta(days=5), 0, 0)):
        Case.objects.filter(id=case.id).update(due_at=due)
        found = counts(morning_of(cast.actor("township_officer"), cast.areas["t1"], since, at))
        assert (found["mine"], found["my-late"], found["my-today"], found["late"]) == (1, late, today, late)
    other = morning_of(cast.actor("other_officer"), cast.areas["t2"], since, at)
    assert set(counts(other).values()) == {0}
    assert len(other.mine) == 4
    assert morning_of(cast.actor("auditor"), cast.areas["county"], since, at).mine == []


def test_a_morning_costs_one_statement_however_much_there_is(cast: Cast) -> None:
    at, actor = timezone.now(), cast.actor("township_officer")
    for more in (0, 4):
        for _ in range(more):
            report(cast)
        with statements() as ran:
            morning_of(actor, cast.areas["t1"], since_of("", at), at)
        assert len(ran) == 1


def test_a_line_of_very_many_says_so() -> None:
    assert [Line("a", "a", "a", "x", many, "/").words for many in (0, 999, 1001)] == ["0", "999", "1000+"]


def test_days_of_a_plot_are_in_order(cast: Cast) -> None:
    _, steps = steps_of(last_days("year", at_noon(2026, 3, 1)))
    assert all(two.first - one.last == timedelta(days=1) for one, two in itertools.pairwise(steps))

"""Every figure has a definition and opens exactly what it counts; one more case moves it everywhere by one."""

from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.http import QueryDict
from django.test import Client
from django.utils import timezone

from shanzhi.access.indicators import indicators
from shanzhi.cases.listing import listing_of
from shanzhi.cases.models import Case
from shanzhi.cases.selectors import case_list_for
from shanzhi.cases.tests.pages import act, text_of
from shanzhi.insight.boards.board import EIGHT, TODAY, Board, Figure, board_of, crumbs_of, place_for
from shanzhi.insight.boards.periods import CODES, last_days
from shanzhi.insight.boards.showing import context_of, heads_of, ordered
from shanzhi.insight.boards.tables import PARTS, tables_of
from shanzhi.insight.tests.proof import built
from shanzhi.lib.clocks import Span
from shanzhi.lib.errors import NotFound
from shanzhi.portal.month import month_figures
from tests.cast import Cast, report

BOARD = "/341181/dashboard/"
BY = {"g1": ("grid_worker", "village_clerk"), "g3": ("other_worker", "other_clerk")}


def closed(cast: Cast, place: str = "g1", *, late: bool = False, days: int = 3) -> Case:
    at = timezone.now() - timedelta(days=days)
    by, clerk = BY[place]
    case = report(cast, place=place, by=by, at=at)
    limit = Span.parse("24 hours" if late else "60 hours")
    act(cast, clerk, "accept", case, at=at)
    act(cast, clerk, "dispatch", case, area=cast.areas[place], limit=limit, at=at)
    act(cast, by, "handle", case, text="好了", at=at + timedelta(hours=30 if late else 20))
    act(cast, clerk, "verify", case, at=at + timedelta(hours=40))
    return act(cast, clerk, "close", case, at=at + timedelta(hours=41))


def board(cast: Cast, who: str = "county_leader", area: str = "county", code: str = "month") -> Board:
    at = timezone.now()
    return board_of(cast.actor(who), cast.areas[area], last_days(code, at), at)


def behind(cast: Cast, who: str, url: str) -> int:
    now, actor = timezone.now(), cast.actor(who)
    return case_list_for(actor, listing_of(actor, QueryDict(urlsplit(url).query), now).wanted, now=now).count()


def world(cast: Cast) -> None:
    """Some of everything: late and in time, reopened, rated, called at, overdue, due today, of another township."""
    closed(cast)
    closed(cast, late=True)
    closed(cast, "g3")
    act(cast, "village_clerk", "reopen", closed(cast), text="又坏了")
    rated = closed(cast)
    Case.objects.filter(id=rated.id).update(rated_at=timezone.now(), satisfied=True)
    late, today = report(cast), report(cast)
    Case.objects.filter(id=late.id).update(due_at=timezone.now() - timedelta(hours=3))
    end = timezone.localtime().replace(hour=23, minute=59, second=59)
    Case.objects.filter(id=today.id).update(due_at=end)


@pytest.mark.parametrize("rolled", [False, True])
@pytest.mark.parametrize(("who", "area"), [("county_leader", "county"), ("township_officer", "t1"), ("auditor", "v1")])
def test_every_figure_is_defined_and_opens_exactly_its_records(cast: Cast, rolled: bool, who: str, area: str) -> None:
    world(cast)
    if rolled:
        built()
    found = board(cast, who, area)
    assert [one.code for one in found.figures] == list(EIGHT)
    moved = 0
    for figure in (*found.figures, *found.opinions):
        assert figure.name, figure.code
        assert figure.unit, figure.code
        assert len(figure.definition) > 12, figure.code
        assert figure.counts_by, figure.code
        assert figure.records, figure.code
        for records in figure.records:
            assert behind(cast, who, records.url) == records.count, (figure.code, records)
            moved += records.count
    assert moved > 10
    for one in (*found.limits, *found.ages):
        assert behind(cast, who, one.url) == one.count, one.rule.code
    for place in found.places:
        for code, url in place.records.items():
            assert behind(cast, who, url) == place.values[code].numerator, (place.name, code)


def test_a_figure_without_a_definition_or_records_is_found(cast: Cast) -> None:
    """The eight are of the registry, whose entries say all of this; the one that is not says it here."""
    for code in EIGHT:
        if code != TODAY:
            indicator = indicators()[code]
            assert indicator.definition
            assert callable(indicator.records)
    assert not {"online", "logins", "clicks", "activity"} & set(indicators())  # none is of a person's activity


@pytest.mark.parametrize("period", CODES[:4])
def test_one_more_case_closed_moves_every_place_where_the_figure_stands(cast: Cast, period: str) -> None:
    built()
    first = closed(cast)

    def everywhere() -> dict[str, int]:
        leader: Client = cast["county_leader"].client()
        url = f"{BOARD}?period={period}"
        found = leader.get(f"/api/v1/341181/dashboard?period={period}").json()
        figures = {one["code"]: one for one in found["figures"]}
        plain = board(cast, code=period)
        public = month_figures(cast.areas["v1"], timezone.localdate()).figures
        page, wall = (leader.get(one).content.decode() for one in (url, url.replace("dashboard", "wall")))
        return {
            "api": int(figures["closed"]["value"]),
            "list": behind(cast, "county_leader", figures["closed"]["records"][0]["url"]),
            "page": shown(page, "closed"), "wall": shown(wall, "closed"),
            "place": plain.places[0].values["closed"].numerator, "days": sum(done for _, done in plain.days.values()),
            "public": int(next(one.text for one in public if one.code == "closed")),
        }  # fmt: skip

    at = timezone.now()
    second = report(cast, at=at)
    before = everywhere()
    for who, name, more in (("village_clerk", "accept", {}), ("village_clerk", "handle", {"text": "好了"}),
                            ("village_clerk", "verify", {}), ("village_clerk", "close", {})):  # fmt: skip
        act(cast, who, name, second, at=at, **more)
    assert everywhere() == {name: number + 1 for name, number in before.items()}
    assert Case.objects.get(id=first.id).closed_at is not None


def shown(html: str, code: str) -> int:
    """The number of a figure as it stands on a page."""
    after = html[html.index(f'data-figure="{code}"') :]
    start = after.index("data-value>") + len("data-value>")
    return int(after[start : after.index("<", start)].replace(",", ""))


def test_change_is_against_as_many_days_before(cast: Cast) -> None:
    earlier = [closed(cast, days=9), closed(cast, days=9)]
    Case.objects.filter(id__in=[case.id for case in earlier]).update(close_by=timezone.now() - timedelta(days=2))
    closed(cast, days=3)
    week = board(cast, code="week")
    closed_figure = week.figure("closed")
    assert (closed_figure.value.numerator, closed_figure.change) == (1, -1)
    assert closed_figure.sub == "比前 7 天少 1"
    assert closed_figure.signed == "−1"
    assert week.figure("satisfied_rate").change is None
    assert week.figure("in_time_rate").sub == "应办结 3，按期 3"  # of those of nine days ago, too
    assert week.figure("overdue").change is None
    assert week.figure("in_time_rate").value.small


def test_place_and_crumbs_end_at_ones_own(cast: Cast) -> None:
    officer = cast.actor("township_officer")
    assert place_for(officer, "").name == "东镇"
    village = place_for(officer, cast.areas["v1"].code)
    assert [one.name for one in crumbs_of(officer, village)] == ["东镇", "张庄村"]
    leader = cast.actor("county_leader")
    assert [one.name for one in crumbs_of(leader, village)] == [cast.areas["county"].name, "东镇", "张庄村"]
    for code in (cast.areas["t2"].code, cast.areas["v3"].code, cast.areas["county"].code, cast.areas["g1"].code, "x"):
        with pytest.raises(NotFound):
            place_for(officer, code)


def test_places_are_sorted_with_no_value_last(cast: Cast) -> None:
    closed(cast, "g3")
    closed(cast, late=True)
    found = board(cast)
    assert [one.name for one in ordered(found, "-in_time_rate")] == ["西镇", "东镇"]
    assert [one.name for one in ordered(found, "in_time_rate")] == ["东镇", "西镇"]
    assert [one.name for one in ordered(found, "nonsense")] == ["东镇", "西镇"]
    town = board(cast, "township_officer", "t1")
    assert [one.name for one in ordered(town, "-in_time_rate")] == ["张庄村", "李庄村"]
    assert [one.name for one in ordered(town, "in_time_rate")] == ["张庄村", "李庄村"]
    heads = heads_of(found, QueryDict("sort=-open"))
    assert (heads[0].sorted, heads[0].url) == ("descending", "?sort=open#places")


def test_tables_say_what_plots_show(cast: Cast) -> None:
    world(cast)
    found = board(cast)
    tables = tables_of(found)
    assert set(tables) == set(PARTS)
    assert sum(row[1] for row in tables["days"].rows) == found.figure("reported").value.numerator  # type: ignore[misc]
    assert sum(row[1] for row in tables["limits"].rows) == found.figure("open").value.numerator  # type: ignore[misc]
    assert sum(row[1] for row in tables["ages"].rows) == found.figure("open").value.numerator  # type: ignore[misc]
    for row, url in tables["figures"].linked:
        assert url.startswith("/341181/cases/?"), row
    context = context_of(cast.actor("county_leader"), found, QueryDict(""))
    for name in ("days_plot", "limits_plot", "ages_plot", "opinions_plot"):
        assert "<svg" in context[name]


def test_nothing_at_all_is_said_and_not_zero_per_cent(cast: Cast) -> None:
    words = text_of(cast["county_leader"].client().get(BOARD))
    assert "没有超期的" in words
    assert "还没有画边界" in words
    assert "0%" not in words
    empty: Any = board(cast)
    assert empty.figure("in_time_rate").text == ""
    assert isinstance(empty.figures[0], Figure)

"""The month of a place for everybody: from records, only of public kinds, and no value said in words."""

from datetime import timedelta

from django.template.loader import render_to_string
from django.utils import timezone

from shanzhi.cases.tests.pages import act, statements
from shanzhi.lib.clocks import Span
from shanzhi.portal.month import Month, month_figures
from tests.cast import Cast, report
from tests.kinds import kind_add


def texts(month: Month) -> dict[str, str]:
    return {figure.code: figure.text for figure in month.figures}


def test_a_place_without_anything_has_counts_of_zero_and_no_rates(cast: Cast) -> None:
    month = month_figures(cast.areas["v1"], timezone.localdate())
    assert texts(month) == {"reported": "0", "closed": "0", "open": "0", "finished": "", "in_time": "", "satisfied": ""}
    html = render_to_string("portal/month.html", {"month": month})
    assert html.count("没有数") == 3
    assert "这个月没有到期要办结的，算不出。" in html
    assert "这个月还没有人评价，算不出。" in html


def test_what_happened_in_the_month(cast: Cast) -> None:
    now = timezone.now()
    kind_add("secret", {"label": "线索", "public": False})
    report(cast, kind="secret")
    report(cast)
    case = report(cast, by="resident", place="v1")
    act(cast, "village_clerk", "accept", case)
    act(cast, "village_clerk", "dispatch", case, area=cast.areas["g1"], limit=Span.parse("1 hours"))
    act(cast, "grid_worker", "handle", case, text="好了")
    act(cast, "village_clerk", "verify", case)
    act(cast, "resident", "close", case, satisfied=True)
    case.refresh_from_db()
    assert case.close_by is not None
    month = month_figures(cast.areas["v1"], timezone.localdate(case.close_by))
    found = texts(month)
    assert (found["finished"], found["in_time"]) == ("100", "100")
    month = month_figures(cast.areas["v1"], timezone.localdate(now))
    assert (texts(month)["reported"], texts(month)["closed"], texts(month)["open"]) == ("2", "1", "1")
    assert texts(month)["satisfied"] == "100"
    few = next(figure for figure in month.figures if figure.code == "satisfied")
    assert few.few
    assert few.from_words == "有评价 1 件，满意 1 件"
    html = render_to_string("portal/month.html", {"month": month})
    assert all(figure.definition in html for figure in month.figures)
    assert month_figures(cast.areas["v2"], timezone.localdate(now)).figures[0].text == "0"
    assert texts(month_figures(cast.areas["t1"], timezone.localdate(now)))["reported"] == "2"


def test_a_month_that_has_not_come_holds_nothing(cast: Cast) -> None:
    report(cast)
    month = month_figures(cast.areas["v1"], timezone.localdate() + timedelta(days=70))
    assert texts(month)["reported"] == "0"
    assert texts(month)["open"] == "1"


def test_seven_statements(cast: Cast) -> None:
    with statements() as ran:
        month_figures(cast.areas["v1"], timezone.localdate())
    assert len(ran) == 7

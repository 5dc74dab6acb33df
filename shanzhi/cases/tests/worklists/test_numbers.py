"""What people type for a number, and that it finds its case whatever the list is narrowed to."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shanzhi.cases.models import Case
from shanzhi.cases.selectors import numbers_meant
from shanzhi.cases.tests.pages import act, report, statements, text_of
from tests.cast import Cast

LIST = "/341181/cases/"
NOW = datetime(2026, 11, 21, 8, tzinfo=UTC)

MEANT = {
    "2611-0203": "2611-0203",
    " 2611-0203 ": "2611-0203",
    "２６１１－０２０３": "2611-0203",
    "2611—0203": "2611-0203",
    "2611 - 0203": "2611-0203",
    "编号2611-0203": "2611-0203",
    "No. 2611-0203": "2611-0203",
    "26110203": "2611-0203",
    "341181-2611-0203": "2611-0203",
    "3411812611-0203": "2611-0203",
    "2601-123456": "2601-123456",
    "0203": "2611-0203",
    "203": "2611-0203",
    "203号": "2611-0203",
    "7": "2611-0007",
}


@pytest.mark.parametrize("text", MEANT)
def test_the_likeliest_number_stands_first(text: str) -> None:
    assert numbers_meant(text, 341181, NOW)[0] == MEANT[text]


@pytest.mark.parametrize(
    "text", ["", "路灯", "2613-0001", "2600-0001", "410927-2611-0203", "-", "a1", "2611-", "١٢٣", "1" * 60, "0.5"]
)
def test_what_is_no_number_means_none(text: str) -> None:
    assert numbers_meant(text, 341181, NOW) == []


def test_a_bare_number_goes_back_month_by_month() -> None:
    found = numbers_meant("203", 341181, datetime(2026, 2, 10, tzinfo=UTC))
    assert found[:3] == ["2602-0203", "2601-0203", "2512-0203"]
    assert len(found) == len(set(found)) == 24


@given(st.text(max_size=40))
def test_whatever_is_typed_gives_numbers_or_nothing(text: str) -> None:
    for number in numbers_meant(text, 341181, NOW):
        month, _, count = number.partition("-")
        assert len(month) == 4
        assert count.isdigit()


def found(cast: Cast, who: str, **query: str) -> tuple[str, list[str]]:
    context = cast[who].client().get(LIST, query).context
    rows = context["cards"] if "cards" in context else context["rows"]
    return context["number"], [row.title for row in rows]


def test_a_number_finds_its_case_whatever_the_tab_and_the_filters(cast: Cast) -> None:
    done = report(cast, body="路灯不亮")
    act(cast, "village_clerk", "reject", done, text="不归村里管")
    report(cast, body="别的事")
    narrowed = {"tab": "open", "kind": "fire", "state": "accepted", "received_to": "2001-01-01"}
    for text in (done.number, done.code, done.number[-4:], str(int(done.number[-4:]))):
        assert found(cast, "village_clerk", q=text, **narrowed) == (done.number, ["路灯不亮"]), text
    words = text_of(cast["village_clerk"].client().get(LIST, {"q": done.number, "tab": "mine"}))
    assert f"编号 {done.number} 的事件" in words


def test_a_bare_number_takes_the_newest_that_there_is(cast: Cast) -> None:
    now, old = report(cast, body="这个月的"), report(cast, body="上个月的")
    year, month = 2000 + int(now.number[:2]), int(now.number[2:4])
    last = f"{(year - (month == 1)) % 100:02d}{(month - 2) % 12 + 1:02d}"
    Case.objects.filter(id=old.id).update(number=f"{last}-0777")
    assert found(cast, "village_clerk", q="777")[1] == ["上个月的"]
    Case.objects.filter(id=now.id).update(number=f"{now.number[:4]}-0777")
    assert found(cast, "village_clerk", q="777")[1] == ["这个月的"]


def test_who_may_not_see_it_finds_nothing(cast: Cast) -> None:
    case = report(cast, by="other_worker", place="g3")
    for who in ("village_clerk", "township_officer", "grid_worker", "resident"):
        assert found(cast, who, q=case.number) == ("", []), who
    assert found(cast, "county_leader", q=case.number)[0] == case.number
    assert found(cast, "other_worker", q=case.number)[0] == case.number  # the reporter, on the phone


def test_a_number_that_is_none_is_searched_for_as_words(cast: Cast) -> None:
    report(cast, body="请打 95598 报修")
    assert found(cast, "village_clerk", q="95598") == ("", ["请打 95598 报修"])


def test_looking_a_number_up_costs_no_statement_more(cast: Cast) -> None:
    case = report(cast)
    client = cast["township_officer"].client()
    for query in ({"q": case.number}, {"q": "95598"}, {"q": "井盖"}, {}):
        client.get(LIST, query)
        with statements() as ran:
            client.get(LIST, query)
        assert len(ran) <= 8, (query, ran)

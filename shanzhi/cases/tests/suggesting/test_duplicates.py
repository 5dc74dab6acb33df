"""Likely duplicates: near in place and time, like in text, of a kind that goes with it, and only what one may see."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from shanzhi.cases import services
from shanzhi.cases.catalogue import State
from shanzhi.cases.models import Case
from shanzhi.cases.suggesting.duplicates import NEAR, SHOWN, Likely, Matter, candidates, duplicates, metres
from shanzhi.cases.tests.pages import statements
from shanzhi.cases.tests.test_plans import plan, whole_tables
from tests.cast import Cast, report
from tests.kinds import kind_add

NOW = timezone.now()
TEXT = "张庄组路口的路灯不亮，晚上看不清路"
AGAIN = "路口的路灯不亮好几天了，晚上走路看不清"
HERE = {"lon": 1_189_500_000, "lat": 327_000_000}
BESIDE = {"lon": 1_189_508_000, "lat": 327_000_000}  # about 75 m to the east
AWAY = {"lon": 1_189_540_000, "lat": 327_000_000}  # about 375 m


def found(cast: Cast, *, who: str = "village_clerk", place: str = "g1", text: str = AGAIN, **more: Any) -> list[Likely]:
    at = more.pop("at", NOW)
    return duplicates(cast.actor(who), Matter(text, cast.areas[place], **more), at=at)


def numbers(cast: Cast, **more: Any) -> list[str]:
    return [one.case.number for one in found(cast, **more)]


def hours_ago(hours: float) -> Any:
    return NOW - timedelta(hours=hours)


def test_says_where_when_and_how_like(cast: Cast) -> None:
    report(cast, body=TEXT, at=hours_ago(3), **HERE)
    (one,) = found(cast, **BESIDE)
    assert one.words.split("、")[:2] == ["相距约 70 米", "3 小时前"]
    assert one.words.split("、")[2] in ("内容相近", "内容很像")
    assert one.state == "待受理"
    (one,) = found(cast, **HERE)
    assert one.words.startswith("同一地方、")
    (one,) = found(cast, text=TEXT)
    assert one.words == "同一网格、3 小时前、内容很像"
    (one,) = found(cast, place="g4", text=TEXT)
    assert one.words == "同一个村、3 小时前、内容很像"


def test_farther_than_three_hundred_metres_is_another_matter(cast: Cast) -> None:
    report(cast, body=TEXT, at=hours_ago(3), **HERE)
    assert numbers(cast, text=TEXT, **AWAY) == []


def test_another_village_is_another_matter(cast: Cast) -> None:
    report(cast, body=TEXT, by="township_officer", place="v2", at=hours_ago(3))
    assert numbers(cast, who="township_officer", text=TEXT) == []
    assert len(numbers(cast, who="township_officer", place="v2", text=TEXT)) == 1
    assert len(numbers(cast, who="township_officer", place="t1", text=TEXT)) == 1, "a desk that knows no village yet"


def test_another_text_is_another_matter(cast: Cast) -> None:
    report(cast, body="菜市场后门垃圾堆了没人拉，味道大", at=hours_ago(3), **HERE)
    assert numbers(cast, **HERE) == []


def test_older_than_thirty_days_is_another_matter(cast: Cast) -> None:
    case = report(cast, body=TEXT, at=hours_ago(1))
    Case.objects.filter(id=case.id).update(received_at=NOW - timedelta(days=31))
    assert numbers(cast) == []
    Case.objects.filter(id=case.id).update(received_at=NOW - timedelta(days=29))
    assert numbers(cast) == [case.number]


def test_what_has_ended_counts_for_a_week_and_what_was_merged_not_at_all(cast: Cast) -> None:
    case = report(cast, body=TEXT, at=hours_ago(300))
    services.case_reject(actor=cast.actor("village_clerk"), case=case, version=1, text="重复上报", at=hours_ago(24 * 6))
    assert numbers(cast) == [case.number]
    Case.objects.filter(id=case.id).update(ended_at=NOW - timedelta(days=8))
    assert numbers(cast) == []
    Case.objects.filter(id=case.id).update(ended_at=NOW, state=State.MERGED)
    assert numbers(cast) == []


def test_another_kind_is_another_matter_unless_the_words_are_nearly_the_same(cast: Cast) -> None:
    case = report(cast, body=TEXT, kind="facilities", at=hours_ago(3), **HERE)
    likely = "路灯不亮，孩子放学看不见，希望尽快修好"
    assert numbers(cast, text=likely, **HERE) == [case.number]
    assert numbers(cast, text=likely, kind="facilities", **HERE) == [case.number]
    assert numbers(cast, text=likely, kind="other", **HERE) == [case.number]
    assert numbers(cast, text=likely, kind="dispute", **HERE) == []
    assert numbers(cast, text=TEXT, kind="dispute", **HERE) == [case.number]


def test_three_at_most_the_likest_first(cast: Cast) -> None:
    for number in range(4):
        report(cast, body=AGAIN, at=hours_ago(number + 1), **HERE)
    same = report(cast, body=TEXT, at=hours_ago(9), **HERE)
    rows = found(cast, text=TEXT, **HERE)
    assert len(rows) == SHOWN
    assert rows[0].case.number == same.number


def test_the_case_itself_is_left_out(cast: Cast) -> None:
    case = report(cast, body=TEXT, at=hours_ago(3))
    matter = Matter(TEXT, cast.areas["g1"])
    assert duplicates(cast.actor("village_clerk"), matter, at=NOW, without=case.id) == []


@pytest.mark.parametrize("text", ["", "路灯", "。。。。。。", "😀😀😀😀", "\u202e\u200b\u0000" * 3, "\ud800" * 5])
def test_too_little_said_finds_nothing_and_asks_nothing(cast: Cast, text: str) -> None:
    report(cast, body=TEXT, at=hours_ago(3))
    actor = cast.actor("village_clerk")
    with statements() as made:
        assert duplicates(actor, Matter(text, cast.areas["g1"]), at=NOW) == []
    assert made == []


def test_two_thousand_characters_are_compared(cast: Cast) -> None:
    report(cast, body="路灯不亮，看不清。" * 200, at=hours_ago(3))
    assert len(numbers(cast, text="路灯不亮，看不清。" * 222)) == 1


class TestWhoSees:
    def test_a_resident_only_their_own(self, cast: Cast) -> None:
        report(cast, body=TEXT, at=hours_ago(3))
        assert numbers(cast, who="resident") == []
        own = report(cast, by="resident", body=TEXT, at=hours_ago(2))
        assert numbers(cast, who="resident") == [own.number]

    def test_officers_what_is_in_their_area(self, cast: Cast) -> None:
        case = report(cast, body=TEXT, at=hours_ago(3))
        for who in ("grid_worker", "village_clerk", "township_officer", "county_leader"):
            assert numbers(cast, who=who) == [case.number], who
        for who in ("other_clerk", "other_worker", "other_officer", "volunteer"):
            assert numbers(cast, who=who) == [], who

    def test_people_of_a_unit_what_was_given_to_it(self, cast: Cast) -> None:
        case = report(cast, by="township_officer", place="v1", body=TEXT, at=hours_ago(3))
        assert numbers(cast, who="department_handler", place="v1") == []
        officer = cast.actor("township_officer")
        case = services.case_accept(actor=officer, case=case, version=1)
        services.case_dispatch(actor=officer, case=case, version=2, unit=cast.units["t1"])
        assert numbers(cast, who="department_handler", place="v1") == [case.number]
        Case.objects.filter(id=case.id).update(handler_unit=None)  # it has gone on since
        with statements() as made:
            assert numbers(cast, who="department_handler", place="v1") == [case.number]
        assert len([one for one in made if "cases_assignment" in one]) == 1

    def test_a_confidential_kind_only_its_roles_and_whoever_reported(self, cast: Cast) -> None:
        kind_add("quiet", {"label": "不公开的事", "seen_by": ["township_officer"]})
        case = report(cast, body=TEXT, kind="quiet", at=hours_ago(3))
        assert numbers(cast, who="township_officer", kind="quiet") == [case.number]
        assert numbers(cast, who="grid_worker", kind="quiet") == [case.number], "who reported it"
        assert numbers(cast, who="village_clerk", kind="quiet") == []


def test_one_statement_for_those_who_look_after_a_place(cast: Cast) -> None:
    for number in range(5):
        report(cast, body=TEXT, at=hours_ago(number + 1))
    actor = cast.actor("village_clerk")
    with statements() as made:
        assert duplicates(actor, Matter(TEXT, cast.areas["g1"]), at=NOW)
    cases = [one for one in made if "packs_" not in one]  # the body of a kind is read once a process
    assert len(cases) == 1, made


def test_enters_by_the_index_of_places(cast: Cast) -> None:
    report(cast, body=TEXT)
    for place in ("g1", "v1", "t1", "county"):
        text = plan(candidates(cast.areas[place], at=NOW))
        assert whole_tables(text) == [], text


@given(
    st.integers(730_000_000, 1_350_000_000), st.integers(30_000_000, 539_000_000), st.integers(-27_000, 27_000),
    st.integers(-27_000, 27_000),
)  # fmt: skip
def test_metres_are_symmetric_and_right(lon: int, lat: int, east: int, north: int) -> None:
    distance = metres(lon, lat, lon + east, lat + north)
    assert distance == pytest.approx(metres(lon + east, lat + north, lon, lat))
    assert distance >= abs(north) * 0.0111
    assert metres(lon, lat, lon, lat) == 0
    assert metres(lon, lat, lon, lat + 27_100) > NEAR

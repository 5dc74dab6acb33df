"""The conditions of the list, read from an address that anybody may have typed."""

from datetime import UTC, datetime
from typing import Any

import pytest
from django.http import QueryDict
from hypothesis import given
from hypothesis import strategies as st

from shanzhi.trail.forms import NOBODY, EntryFilterForm
from shanzhi.trail.selectors import EntryFilter, people_names, person_by_login
from tests.cast import Cast

DIGITS = st.text("0123456789", min_size=1, max_size=18)


def wanted(query: str) -> EntryFilter:
    return EntryFilterForm(QueryDict(query)).wanted()


@pytest.mark.parametrize(
    ("query", "changes"),
    [
        ("", {}),
        ("code=cases.case.closed", {"code": "cases.case.closed"}),
        ("type=accounts.post", {"object_type": "accounts.post"}),
        ("q=382596963540926464", {"object_id": 382596963540926464}),
        ("q=%20%20", {}),
        ("at_from=2026-11-21", {"since": datetime(2026, 11, 20, 16, tzinfo=UTC)}),
        ("at_to=2026-11-21", {"until": datetime(2026, 11, 21, 16, tzinfo=UTC)}),
        ("at_from=2026-02-30", {}),
        ("at_from=1999-12-31&at_to=2100-01-01", {}),
        ("unknown=1&page=3", {}),
    ],
)
def test_both_days_are_whole_days_of_chinese_time(query: str, changes: dict[str, Any]) -> None:
    assert wanted(query) == EntryFilter(**changes)


@given(DIGITS)
def test_digits_are_the_id_of_an_object(text: str) -> None:
    assert wanted(f"q={text}").object_id == int(text)


@given(st.integers(2000, 2099), st.integers(1, 12), st.integers(1, 28))
def test_one_day_is_twenty_four_hours(year: int, month: int, day: int) -> None:
    day_text = f"{year}-{month:02d}-{day:02d}"
    found = wanted(f"at_from={day_text}&at_to={day_text}")
    assert found.since is not None
    assert found.until is not None
    assert (found.until - found.since).total_seconds() == 24 * 3600


@pytest.mark.django_db
def test_other_words_are_a_login_name_in_any_case(cast: Cast) -> None:
    user = cast["audit_admin"].user
    assert wanted(f"q={user.username.upper()}").actor_id == user.id
    assert wanted("q=nobody-here").actor_id == NOBODY
    assert person_by_login(user.username) == user.id
    assert person_by_login("nobody-here") is None


@pytest.mark.django_db
def test_people_are_named_and_the_unknown_left_out(cast: Cast) -> None:
    user = cast["audit_admin"].user
    assert people_names([user.id, user.id, 99]) == {user.id: user.name}
    assert people_names([]) == {}

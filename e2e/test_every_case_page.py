"""Every page of cases, on a phone and on a desk."""

import pytest

from e2e.every_case_page import CASE_STOPS, prepare_cases
from e2e.every_page import Stop
from e2e.people import People
from e2e.tour import SIZES, Tour, look, narrow, on_tour, tour

__all__ = ["on_tour", "tour"]  # fixtures
pytestmark = pytest.mark.browser
NARROW = ["whistles", "case_called", "case_of_parts", "split", "take_down", "kind_edit", "batch", "holidays_edit"]


@pytest.fixture(scope="module")
def cases(people: People) -> dict[str, str]:
    return prepare_cases(people)


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("stop", CASE_STOPS, ids=lambda stop: stop.name)
def test_page_of_cases(tour: Tour, people: People, cases: dict[str, str], stop: Stop, size: str) -> None:
    look(tour, people, cases, stop, size)


@pytest.mark.parametrize("name", NARROW)
def test_cases_between_phone_and_desk(tour: Tour, people: People, cases: dict[str, str], name: str) -> None:
    narrow(tour, people, cases, next(one for one in CASE_STOPS if one.name == name))

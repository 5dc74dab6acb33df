"""Every page but those of cases, on a phone and on a desk."""

import pytest

from e2e.every_page import STOPS, Stop, prepare
from e2e.people import People
from e2e.tour import SIZES, Tour, look, narrow, on_tour, tour

__all__ = ["on_tour", "tour"]  # fixtures
pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def prepared(people: People) -> dict[str, str]:
    return prepare(people)


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("stop", STOPS, ids=lambda stop: stop.name)
def test_page(tour: Tour, people: People, prepared: dict[str, str], stop: Stop, size: str) -> None:
    look(tour, people, prepared, stop, size)


@pytest.mark.parametrize("name", ["list", "case_in_list", "dispatch", "report", "areas", "village", "users", "trail"])
def test_between_phone_and_desk(tour: Tour, people: People, prepared: dict[str, str], name: str) -> None:
    narrow(tour, people, prepared, next(one for one in STOPS if one.name == name))

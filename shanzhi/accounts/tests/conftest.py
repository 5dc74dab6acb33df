"""Fixtures of the accounts' tests: a county with people, and the other county with an outsider."""

from collections.abc import Iterator

import pytest
from django.conf import LazySettings
from django.core.cache import cache

from shanzhi.accounts.models import User
from shanzhi.accounts.tests import factories
from shanzhi.accounts.tests.factories import Town
from shanzhi.tenancy.context import county
from shanzhi.tenancy.models import County


@pytest.fixture(autouse=True)
def _no_rates() -> Iterator[None]:
    """allauth counts attempts in the cache, which outlives a test."""
    cache.clear()
    yield
    cache.clear()


@pytest.fixture(autouse=True)
def _without_totp(settings: LazySettings) -> None:
    """Tests that are about the second factor turn it on."""
    settings.SHANZHI_REQUIRE_TOTP = False


@pytest.fixture
def town(county_a: County) -> Town:
    return factories.build_town(county_a.id)


@pytest.fixture
def security(town: Town) -> User:
    return factories.person(town, "security_admin", "county", "赵安")


@pytest.fixture
def auditor(town: Town) -> User:
    return factories.person(town, "audit_admin", "county", "钱审")


@pytest.fixture
def worker(town: Town) -> User:
    return factories.person(town)


@pytest.fixture
def outsider(county_b: County) -> User:
    """A security administrator of the other county."""
    with county(county_b.id):
        return factories.person(factories.build_town(county_b.id), "security_admin", "county", "孙外")


@pytest.fixture
def clerk(town: Town) -> User:
    return factories.person(town, "village_clerk", "village", "李文")


@pytest.fixture
def officer(town: Town) -> User:
    return factories.person(town, "township_officer", "town", "吴镇")

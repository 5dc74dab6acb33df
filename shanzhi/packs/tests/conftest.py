"""The sample family is registered in every test of this app; nothing parsed is kept from one to the next."""

from collections.abc import Iterator
from typing import Any

import pytest

from shanzhi.access.actor import Actor
from shanzhi.packs.families import Family
from shanzhi.packs.selectors import forget_bodies
from shanzhi.packs.tests import factories
from shanzhi.packs.tests.factories import A


@pytest.fixture(autouse=True)
def sample() -> Iterator[Family]:
    forget_bodies()
    with factories.sample_family() as family:
        yield family
    forget_bodies()


@pytest.fixture(autouse=True)
def _without_codes(settings: Any) -> None:
    """An administrator signs in with a password alone: second factors are the business of accounts."""
    settings.SHANZHI_REQUIRE_TOTP = False


@pytest.fixture
def system() -> Actor:
    return Actor.system(A)

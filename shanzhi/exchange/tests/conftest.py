from typing import Any

import pytest

from shanzhi.exchange.open311 import jurisdictions
from shanzhi.exchange.tests.client import Client311, key_of
from shanzhi.notices.tests.providers import HttpProvider
from tests.cast import Cast


@pytest.fixture(autouse=True)
def forget_changes() -> None:
    """What another test's county was remembered by."""
    jurisdictions._changed.clear()


@pytest.fixture
def api_key(cast: Cast) -> str:
    """A token of the first county, whose holder may report."""
    return key_of(cast)


@pytest.fixture(params=["json", "xml"])
def client(request: pytest.FixtureRequest) -> Client311:
    """The same test in both forms."""
    return Client311(form=request.param)


@pytest.fixture
def receiver(settings: Any) -> Any:
    """Another system, on this machine."""
    settings.EXCHANGE = {**settings.EXCHANGE, "private_hooks": True}
    server = HttpProvider({"/": [(200, {})]})
    yield server
    server.close()

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from shanzhi.trail.tests.factories import only_events_tracked
from shanzhi.trail.trails import Tracked


@pytest.fixture
def events() -> Iterator[Tracked]:
    with only_events_tracked() as tracked:
        yield tracked


@pytest.fixture(autouse=True)
def var_dir(settings: Any, tmp_path: Path) -> Path:
    """Bundles of a test stay with the test."""
    settings.VAR_DIR = tmp_path
    settings.SHANZHI_REQUIRE_TOTP = False
    return tmp_path

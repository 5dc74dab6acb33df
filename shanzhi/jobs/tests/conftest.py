from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from shanzhi.jobs.tests.kinds import STEPS, declared, steps


@pytest.fixture(autouse=True)
def _steps() -> Iterator[None]:
    with declared(STEPS, steps):
        yield


@pytest.fixture(autouse=True)
def var_dir(settings: Any, tmp_path: Path) -> Path:
    """What a test leaves beside the database stays with the test."""
    settings.VAR_DIR = tmp_path
    settings.SHANZHI_REQUIRE_TOTP = False
    return tmp_path

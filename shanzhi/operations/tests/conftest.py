"""Nothing that an earlier test was told is remembered."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from shanzhi.operations.health import forget_health
from tests.cast import Cast


@pytest.fixture(autouse=True)
def _fresh(settings, tmp_path: Path) -> Iterator[None]:
    settings.VAR_DIR = tmp_path / "var"
    (tmp_path / "var").mkdir()
    forget_health()
    yield
    forget_health()


@pytest.fixture
def cast(cast_outside: Cast) -> Cast:
    return cast_outside

"""Nothing that an earlier test was told is remembered."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from shanzhi.operations.health import forget_health
from shanzhi.tenancy.models import County
from tests.cast import Cast, build_cast


@pytest.fixture(autouse=True)
def _fresh(settings, tmp_path: Path) -> Iterator[None]:
    settings.VAR_DIR = tmp_path / "var"
    (tmp_path / "var").mkdir()
    forget_health()
    yield
    forget_health()


@pytest.fixture
def cast(counties: dict[int, County]) -> Cast:
    """Of the first county, which is not entered: what is asked here is asked over all, in transactions of its own."""
    return build_cast(counties[341181])

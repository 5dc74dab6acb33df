"""A desk, and the key file of each test: what one test seals no other has to open."""

from pathlib import Path
from typing import Any

import pytest

from shanzhi.clues.tests.desk import Office, office_of
from tests.cast import Cast


@pytest.fixture
def office(cast: Cast) -> Office:
    return office_of(cast)


@pytest.fixture
def own_key(tmp_path: Path, settings: Any) -> Path:
    """A key file of this test alone."""
    settings.SHANZHI_CLUE_KEY_FILE = tmp_path / "clues.json"
    return tmp_path / "clues.json"

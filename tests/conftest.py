"""For tests that start processes beside themselves: a folder for both, and an end for whatever was started."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.killing.server import Process


@pytest.fixture
def var(tmp_path: Path, settings: Any) -> Path:
    """One folder for the test and its children: photos, and the copies of the seals."""
    settings.VAR_DIR = tmp_path / "var"
    return tmp_path / "var"


@pytest.fixture
def started() -> Iterator[Callable[[Process], Process]]:
    """Processes that are killed at the end, whatever happens."""
    running: list[Process] = []

    def start(process: Process) -> Process:
        running.append(process)
        process.start()
        return process

    yield start
    for process in running:
        process.kill()

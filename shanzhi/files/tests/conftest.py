import pytest

from shanzhi.files import registry


@pytest.fixture(autouse=True)
def disk(settings, tmp_path):
    """Each test has a disk of its own."""
    settings.VAR_DIR = tmp_path
    return tmp_path


@pytest.fixture(autouse=True)
def guards(monkeypatch):
    """Guards that a test registers end with it."""
    monkeypatch.setattr(registry, "_guards", dict(registry._guards))
    return registry._guards

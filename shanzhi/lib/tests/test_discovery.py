import sys
from pathlib import Path
from types import ModuleType

import pytest

from shanzhi.lib.discovery import DomainConfig


def test_it_imports_what_is_there_and_nothing_else(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    package = tmp_path / "discovered_app"
    package.mkdir()
    (package / "__init__.py").write_text("")
    (package / "permissions.py").write_text("LOADED = True\n")
    (package / "views.py").write_text("raise AssertionError('not discovered')\n")
    monkeypatch.syspath_prepend(str(tmp_path))
    module = ModuleType("discovered_app")
    module.__path__ = [str(package)]

    class Config(DomainConfig):
        name = "discovered_app"
        label = "discovered_app"

    assert Config.default
    assert not DomainConfig.default
    Config("discovered_app", module).ready()
    assert sys.modules["discovered_app.permissions"].LOADED
    assert "discovered_app.views" not in sys.modules


def test_a_fault_in_a_discovered_module_is_not_swallowed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    package = tmp_path / "broken_app"
    package.mkdir()
    (package / "__init__.py").write_text("")
    (package / "jobs.py").write_text("import a_module_that_does_not_exist\n")
    monkeypatch.syspath_prepend(str(tmp_path))
    module = ModuleType("broken_app")
    module.__path__ = [str(package)]

    class Config(DomainConfig):
        name = "broken_app"

    with pytest.raises(ModuleNotFoundError):
        Config("broken_app", module).ready()

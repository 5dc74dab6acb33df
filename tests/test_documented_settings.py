"""An installation sets what docs/operations/settings.md lists: all of it is read, and nothing else is."""

import ast
import re

from tests.source import ROOT, code

PAGE = ROOT / "docs/operations/settings.md"
NAME = re.compile(r"\bSHANZHI_[A-Z_]+\b")
# Set by our own programs for each other; nobody installs with them.
INTERNAL = {"SHANZHI_AS_OWNER"}


def read_names() -> set[str]:
    """What the package asks the environment for: the first argument of a call, or a subscript."""
    found: set[str] = set()
    for module in code():
        if module.name.startswith("shanzhi/"):
            for node in ast.walk(module.tree):
                asked = node.args[0] if isinstance(node, ast.Call) and node.args else None
                asked = node.slice if isinstance(node, ast.Subscript) else asked
                if isinstance(asked, ast.Constant) and isinstance(asked.value, str):
                    found.update(NAME.findall(asked.value))
    return found


def documented() -> set[str]:
    return set(NAME.findall(PAGE.read_text(encoding="utf-8")))


def test_settings_are_read_at_all() -> None:
    assert {"SHANZHI_DATABASE", "SHANZHI_SECRET_KEY", "SHANZHI_HOSTS"} <= read_names()


def test_every_setting_is_documented() -> None:
    assert read_names() - INTERNAL - documented() == set()


def test_everything_documented_is_read() -> None:
    assert documented() - read_names() == set()

"""What the rules of the house read: the project's own files, with or without git."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = "shanzhi"
FOLDERS = (PACKAGE, "dev", "bench", "tests", "e2e")
MADE = {"__pycache__", "node_modules", "dist", "results", "var"}
Function = ast.FunctionDef | ast.AsyncFunctionDef


def files(*endings: str) -> list[Path]:
    """Of our own, written by a person: neither built nor installed."""
    found = [path for folder in FOLDERS for path in (ROOT / folder).rglob("*") if path.is_file()]
    found += [path for path in ROOT.iterdir() if path.is_file()]
    return sorted(p for p in found if p.suffix in endings and not MADE.intersection(p.relative_to(ROOT).parts))


def name_of(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def app_of(path: Path) -> str | None:
    """The app a file belongs to, or None outside the package."""
    parts = path.relative_to(ROOT).parts
    return parts[1] if len(parts) > 2 and parts[0] == PACKAGE else None


@dataclass(frozen=True)
class Module:
    path: Path
    text: str
    tree: ast.Module

    @property
    def name(self) -> str:
        return name_of(self.path)

    @property
    def lines(self) -> list[str]:
        return self.text.splitlines()

    @property
    def is_test(self) -> bool:
        parts = self.path.relative_to(ROOT).parts
        return (
            self.path.name.startswith("test_") or self.path.name == "conftest.py" or bool({"tests", "e2e"} & set(parts))
        )

    @property
    def is_migration(self) -> bool:
        return "migrations" in self.path.parts

    def functions(self) -> Iterator[Function]:
        for node in ast.walk(self.tree):
            if isinstance(node, Function):
                yield node


@cache
def modules() -> tuple[Module, ...]:
    """Python files without migrations, which Django writes."""
    found = []
    for path in files(".py"):
        text = path.read_text(encoding="utf-8")
        found.append(Module(path, text, ast.parse(text, name_of(path))))
    return tuple(module for module in found if not module.is_migration)


def code() -> list[Module]:
    return [module for module in modules() if not module.is_test]


def code_of_tests() -> list[Module]:
    return [module for module in modules() if module.is_test]


def imported(tree: ast.AST) -> Iterator[str]:
    """Full names of what is imported anywhere in the tree, absolute imports only."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield from (f"{node.module}.{alias.name}" for alias in node.names)

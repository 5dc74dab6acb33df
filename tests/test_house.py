"""The sizes and habits of the house, from the first commit. There are no exceptions: what does not fit is split."""

import ast
from collections.abc import Iterable
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

from tests.source import Function, Module, app_of, code, code_of_tests, files, imported, modules, name_of

FILE_LINES = 400
FUNCTION_LINES = 60
TEMPLATE_LINES = 120
SCRIPT_LINES = 400
LINE_CHARACTERS = 120
ANNOTATED = 0.99
SIGNAL_RECEIVERS = 0
IMPORTS_IN_FUNCTIONS = 0
EXCEPTIONS: frozenset[str] = frozenset()


def held(offenders: Iterable[str]) -> None:
    """Fails with a line for each offender."""
    listed = [one for one in offenders if one.split(" ")[0] not in EXCEPTIONS]
    assert not listed, "\n" + "\n".join(listed)


def line_count(path: Path) -> int:
    return len(path.read_text(encoding="utf-8").splitlines())


def longer_than(limit: int, *endings: str) -> list[str]:
    return [f"{name_of(path)} {size}" for path in files(*endings) if (size := line_count(path)) > limit]


def size_of(function: Function) -> int:
    return (function.end_lineno or function.lineno) - function.lineno + 1


def is_annotated(function: Function) -> bool:
    arguments = function.args
    every = [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs]
    rest = [one for one in (arguments.vararg, arguments.kwarg) if one]
    named = [one for one in (*every, *rest) if one.arg not in {"self", "cls", "mcs"}]
    return function.returns is not None and all(one.annotation is not None for one in named)


def app_graph(sources: Iterable[Module]) -> dict[str, set[str]]:
    """Which app imports which, wherever the import stands."""
    graph: dict[str, set[str]] = {}
    for module in sources:
        app = app_of(module.path)
        for name in imported(module.tree):
            parts = name.split(".")
            if app and parts[0] == "shanzhi" and len(parts) > 1 and parts[1] != app:
                graph.setdefault(app, set()).add(parts[1])
    return graph


def test_the_list_of_exceptions_is_empty() -> None:
    assert not EXCEPTIONS


def test_python_files_are_short() -> None:
    held(f"{module.name} {len(module.lines)}" for module in modules() if len(module.lines) > FILE_LINES)


def test_functions_are_short() -> None:
    held(
        f"{module.name}:{function.name} {size_of(function)}"
        for module in modules()
        for function in module.functions()
        if size_of(function) > FUNCTION_LINES
    )


def test_templates_are_short() -> None:
    held(longer_than(TEMPLATE_LINES, ".html"))


def test_scripts_are_short() -> None:
    held(longer_than(SCRIPT_LINES, ".js", ".mjs"))


@pytest.mark.parametrize("ending", [".py", ".html", ".js", ".mjs", ".css", ".toml"])
def test_lines_are_short(ending: str) -> None:
    held(
        f"{name_of(path)}:{number} {len(line)}"
        for path in files(ending)
        if "migrations" not in path.parts
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        if len(line) > LINE_CHARACTERS
    )


def test_functions_are_annotated() -> None:
    functions = [(module, function) for module in code() for function in module.functions()]
    bare = [
        f"{module.name}:{function.lineno} {function.name}"
        for module, function in functions
        if not is_annotated(function)
    ]
    assert len(bare) <= (1 - ANNOTATED) * len(functions), "\n" + "\n".join(bare)


def test_there_is_a_line_of_test_for_each_line_of_code() -> None:
    tests, written = (sum(len(module.lines) for module in group) for group in (code_of_tests(), code()))
    assert tests >= written, f"{tests} lines of tests for {written} lines of code"


def test_no_signal_receivers() -> None:
    found = [
        f"{module.name}:{function.name}"
        for module in code()
        for function in module.functions()
        if any("receiver" in ast.unparse(decorator) for decorator in function.decorator_list)
    ]
    connected = [
        f"{module.name}:{node.lineno}"
        for module in code()
        for node in ast.walk(module.tree)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "connect"
        if ast.unparse(node.func.value).startswith(("signals.", "post_", "pre_", "m2m_"))
    ]
    assert len(found + connected) <= SIGNAL_RECEIVERS, found + connected


def test_no_imports_inside_functions() -> None:
    found = [
        f"{module.name}:{node.lineno}"
        for module in code()
        for function in module.functions()
        for node in ast.walk(function)
        if isinstance(node, ast.Import | ast.ImportFrom)
    ]
    assert len(found) <= IMPORTS_IN_FUNCTIONS, found


def test_no_relative_imports() -> None:
    held(
        f"{module.name}:{node.lineno}"
        for module in modules()
        for node in ast.walk(module.tree)
        if isinstance(node, ast.ImportFrom) and node.level
    )


def test_no_import_cycle_between_apps() -> None:
    try:
        TopologicalSorter(app_graph(code())).prepare()
    except CycleError as error:
        pytest.fail(f"apps import each other: {' → '.join(error.args[1])}")

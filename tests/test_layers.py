"""Lower apps know nothing of higher ones: neither by import, nor by foreign key, nor by template.

The order of the layers is written once, in pyproject.toml.
"""

import re
import tomllib
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from django.apps import apps
from django.db.models import Field
from importlinter import cli as importlinter

from tests.source import PACKAGE, ROOT, app_of, code, files, name_of

REFERENCE = re.compile(r"""\{%-?\s*(?:include|extends)\s+["']([a-z_]+)/""")
LOAD = re.compile(r"\{%-?\s*load\s+(?:[\w\s]+\s+from\s+)?([\w.\s]+?)\s*-?%\}")
TEMPLATE_NAME = re.compile(r"""["']([a-z_]+)/[\w/.-]+\.(?:html|txt)["'#]""")


@cache
def ranks() -> dict[str, int]:
    """App → height; apps that may not import each other share one."""
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["importlinter"][
        "contracts"
    ]
    layers = next(contract["layers"] for contract in contracts if contract["id"] == "apps")
    heights: dict[str, int] = {}
    for height, layer in enumerate(reversed(layers)):
        for name in re.split(r"[|:]", layer):
            heights[name.strip(" ()")] = height
    return heights


def points_up(lower: str, upper: str) -> bool:
    """Whether one app's use of another goes up or sideways; only our own apps have a height."""
    heights = ranks()
    return lower != upper and lower in heights and upper in heights and heights[upper] >= heights[lower]


def foreign_keys() -> Iterator[tuple[str, str, str]]:
    for model in apps.get_models(include_auto_created=True):
        if model.__module__.startswith(f"{PACKAGE}."):
            for field in model._meta.get_fields():
                if isinstance(field, Field) and field.remote_field and field.related_model:
                    target = field.related_model
                    assert not isinstance(target, str)
                    yield f"{model._meta.label}.{field.name}", model._meta.app_label, target._meta.app_label


def tag_libraries() -> dict[str, str]:
    return {path.stem: path.parts[-3] for path in (ROOT / PACKAGE).glob("*/templatetags/*.py")}


def template_references(path: Path) -> Iterator[str]:
    """Apps whose templates or template tags this template uses."""
    text = path.read_text(encoding="utf-8")
    yield from REFERENCE.findall(text)
    libraries = tag_libraries()
    for names in LOAD.findall(text):
        yield from (libraries[name] for name in names.split() if name in libraries)


def test_imports_point_down() -> None:
    """All contracts of pyproject.toml: the order of the apps, and the order of the modules inside each app."""
    assert importlinter.lint_imports(config_filename=str(ROOT / "pyproject.toml"), no_cache=True) == 0


def test_every_app_has_its_layer() -> None:
    folders = {path.parent.name for path in (ROOT / PACKAGE).glob("*/__init__.py")}
    assert folders - set(ranks()) == set()


def test_installed_apps_have_a_layer() -> None:
    ours = {
        config.name.removeprefix(f"{PACKAGE}.") for config in apps.get_app_configs() if config.name.startswith(PACKAGE)
    }
    assert ours <= set(ranks())


def test_foreign_keys_point_down() -> None:
    upward = [f"{name} → {upper}" for name, lower, upper in foreign_keys() if points_up(lower, upper)]
    assert not upward


def test_templates_point_down() -> None:
    upward = [
        f"{name_of(path)} → {target}"
        for path in files(".html")
        if (app := app_of(path))
        for target in template_references(path)
        if points_up(app, target)
    ]
    assert not upward


def test_code_renders_templates_of_its_own_app_or_below() -> None:
    upward = [
        f"{module.name} → {target}"
        for module in code()
        if (app := app_of(module.path))
        for target in TEMPLATE_NAME.findall(module.text)
        if points_up(app, target)
    ]
    assert not upward


def test_the_rule_itself() -> None:
    assert points_up("lib", "cases")
    assert points_up("demo", "portal")
    assert not points_up("cases", "lib")
    assert not points_up("cases", "cases")
    assert not points_up("cases", "allauth")


def test_references_are_found() -> None:
    text = """{% extends "ui/desk.html" %}{% load ui %}{% include 'cases/parts/row.html' with x=1 %}"""
    assert REFERENCE.findall(text) == ["ui", "cases"]
    assert [name for names in LOAD.findall(text) for name in names.split()] == ["ui"]
    assert TEMPLATE_NAME.findall('render(request, "cases/list.html")') == ["cases"]
    assert TEMPLATE_NAME.findall('render(request, "cases/list.html#row")') == ["cases"]

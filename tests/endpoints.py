"""Every page and every API operation of the house, as it declares itself."""

from collections.abc import Iterator
from dataclasses import dataclass
from importlib import import_module
from importlib.util import find_spec
from typing import Any

from django.urls import URLPattern, URLResolver, get_resolver

API_APPS = (
    "accounts", "areas", "areas.households", "areas.mapping", "cases", "cases.callbacks", "cases.gate", "cases.kinds",
    "cases.mapping", "cases.rates", "cases.residents", "cases.suggesting", "cases.taking", "cases.worklists", "clues",
    "duties", "exchange", "files", "insight", "insight.boards", "jobs", "notices", "packs", "portal",
    "portal.village", "people", "people.finding", "people.importing", "staffing", "trail", "visits",
)  # fmt: skip


@dataclass(frozen=True)
class Endpoint:
    """`path` with its parameters in angle brackets, `methods` to try, and the permission it declares."""

    name: str
    path: str
    methods: tuple[str, ...]
    permission: str | None
    is_object: bool
    is_api: bool

    @property
    def in_county(self) -> bool:
        return "<county:county>" in self.path or "{county" in self.path

    def __str__(self) -> str:
        return f"{'api' if self.is_api else 'page'} {self.name}"


def _walk(resolver: Any, prefix: str = "/", space: str = "") -> Iterator[tuple[str, str, Any]]:
    for entry in resolver.url_patterns:
        if isinstance(entry, URLResolver):
            name = f"{space}{entry.namespace}:" if entry.namespace else space
            yield from _walk(entry, prefix + str(entry.pattern), name)
        elif isinstance(entry, URLPattern):
            yield prefix + str(entry.pattern), f"{space}{entry.name}", entry.callback


def pages() -> list[Endpoint]:
    """All pages; the API's own addresses are told by `operations`."""
    return [
        Endpoint(
            name, path, ("GET", "POST"), getattr(view, "permission", None), getattr(view, "is_object", False), False
        )
        for path, name, view in _walk(get_resolver())
        if not path.startswith("/api/")
    ]


def operations() -> list[Endpoint]:
    """All API operations."""
    found = []
    for app in API_APPS:
        if find_spec(f"shanzhi.{app}.api") is None:
            continue
        for path, view in import_module(f"shanzhi.{app}.api").router.path_operations.items():
            for operation in view.operations:
                function: Any = operation.view_func
                found.append(
                    Endpoint(
                        f"{app}.{function.__name__}",
                        f"/api/v1/<county:county>/{path.lstrip('/')}".replace("{", "<").replace("}", ">"),
                        tuple(operation.methods),
                        function.permission,
                        function.is_object,
                        True,
                    )
                )
    return found

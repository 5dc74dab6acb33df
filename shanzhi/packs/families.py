"""Families of definitions: what may be defined as data, by which schema, and what must be so around it.

An upper app registers its families in its own `families.py`, which is discovered at start-up like `permissions.py`.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import Any, Final

from pydantic import BaseModel

from shanzhi.access.actor import Actor
from shanzhi.areas.models import Area, Unit
from shanzhi.packs.models import TITLE_LENGTH, Version


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong in a body: `path` leads to it (keys and indexes from the top), `sentence` says how to mend it."""

    path: tuple[str | int, ...]
    sentence: str


@dataclass(frozen=True, slots=True)
class UnitName:
    """An open department or centre as a check sees it; `level` is the level of its place."""

    code: str
    name: str
    kind: str
    level: str
    area_code: str


@dataclass
class Place:
    """The county in which a body is to count: looked up once for a whole pack.

    `coming` are the bodies that are published together with this one, by family and code: what they will make may be
    relied on. `units` has only what is there now; `unit_named` knows both.
    """

    coming: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)

    @cached_property
    def units(self) -> tuple[UnitName, ...]:
        """The open units of the county."""
        rows = Unit.objects.filter(valid_to__isnull=True).select_related("area").order_by("area__path", "code")
        return tuple(UnitName(unit.code, unit.name, unit.kind, unit.area.level, unit.area.code) for unit in rows)

    @cached_property
    def _areas(self) -> dict[str, tuple[str, str]]:
        rows = Area.objects.filter(valid_to__isnull=True).values_list("code", "level", "name")
        return {code: (level, name) for code, level, name in rows}

    def area(self, code: str) -> tuple[str, str] | None:
        """Level and name of the open area with this code; None if there is none."""
        return self._areas.get(code)

    @cached_property
    def _unit_names(self) -> dict[str, set[str]]:
        names: dict[str, set[str]] = {"county": set(), "township": set()}
        for unit in self.units:
            names.setdefault(unit.level, set()).update((unit.name, unit.code))
        names["county"].update(body.name for body in self.coming.get("department", {}).values() if body.makes_unit)
        return names

    def unit_named(self, name: str, level: str) -> bool:
        """Whether an open unit of this name or code is at this level, or will be with what comes along."""
        return name in self._unit_names.get(level, set())


Check = Callable[[Any, Place], Iterable[Fault]]
Applied = Callable[[Actor, Version, datetime], None]


def _nothing(body: Any, place: Place) -> Iterable[Fault]:
    return ()


@dataclass(frozen=True)
class Family:
    """A kind of definition. `schema` forbids extra fields; `check` looks beyond the body; `applied` runs in the
    transaction of each publication that changes something; `preview` is a template that gets `body` and `version`.

    Families are published in `order`, so that what one makes is there for the next. `edit_url` names a page with its
    own editor (arguments: county, code).
    """

    code: str
    label: str
    schema: type[BaseModel]
    title: Callable[[Any], str]
    check: Check = _nothing
    applied: Applied | None = None
    preview: str | None = None
    order: int = 100
    edit_url: str | None = None

    def title_of(self, body: BaseModel) -> str:
        """What a list shows, cut to what the column holds."""
        return self.title(body)[:TITLE_LENGTH]

    def stored(self, body: BaseModel) -> dict[str, Any]:
        """The body as it is kept: JSON values, without what equals the schema's default."""
        return body.model_dump(mode="json", by_alias=True, exclude_defaults=True)


FAMILIES: Final[dict[str, Family]] = {}


def register(family: Family) -> Family:
    """Declare a family once, at import; a second declaration or a lax schema is a programming error."""
    if family.code in FAMILIES:
        raise ValueError(f"family {family.code} is declared twice")
    if family.schema.model_config.get("extra") != "forbid":
        raise ValueError(f"the schema of {family.code} must forbid extra fields")
    FAMILIES[family.code] = family
    return family


def in_order() -> list[Family]:
    """All families in the order in which they are published and shown."""
    return sorted(FAMILIES.values(), key=lambda family: (family.order, family.code))

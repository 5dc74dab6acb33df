"""Definitions and their versions: what counts now, what counted once."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from django.db.models import Q

from shanzhi.access.actor import Actor
from shanzhi.lib.errors import NotFound
from shanzhi.packs.families import FAMILIES
from shanzhi.packs.models import Definition, Version
from shanzhi.packs.permissions import VIEW
from shanzhi.tenancy.keyset import SIZE, Order, Page, page_of
from shanzhi.tenancy.models import CountyQuerySet

ORDER = Order("definitions", ("family", "code"))
STATES = {"pack": "装入", "edited": "本地已改", "retired": "已停用"}


@dataclass(frozen=True, slots=True)
class DefinitionFilter:
    """What a list of definitions is narrowed to; empty fields narrow nothing. `state`: see STATES, or open."""

    text: str = ""
    family: str = ""
    state: str = ""


def version_get(version_id: int) -> Version:
    """One version by its id; NotFound otherwise."""
    version = Version.objects.filter(id=version_id).first()
    if version is None:
        raise NotFound
    return version


def definition_find(family: str, code: str) -> Definition | None:
    """The definition, retired or not."""
    return Definition.objects.filter(family=family, code=code, current_number__gt=0).first()


def definition_get_for(actor: Actor, family: str, code: str) -> Definition:
    """A definition that the actor may see; NotFound otherwise, for an unknown family too."""
    found = definition_find(family, code) if actor.can(VIEW) and family in FAMILIES else None
    if found is None:
        raise NotFound
    return found


def definition_list_for(actor: Actor, wanted: DefinitionFilter | None = None) -> CountyQuerySet[Definition]:
    """The definitions of the families that this installation knows; retired ones only if asked for."""
    wanted = wanted or DefinitionFilter()
    rows = Definition.objects.filter(family__in=list(FAMILIES), current_number__gt=0)
    if not actor.can(VIEW):
        rows = rows.none()
    if wanted.state == "retired":
        rows = rows.filter(retired_at__isnull=False)
    elif wanted.state != "all":
        rows = rows.filter(retired_at__isnull=True)
    if wanted.state in ("pack", "edited"):
        rows = rows.filter(origin=wanted.state)
    if wanted.family:
        rows = rows.filter(family=wanted.family)
    if wanted.text:
        rows = rows.filter(Q(title__icontains=wanted.text) | Q(code__icontains=wanted.text))
    return rows.order_by(*ORDER.terms)  # type: ignore[return-value]


def definition_page_for(
    actor: Actor, wanted: DefinitionFilter, *, cursor: str = "", size: int = SIZE
) -> Page[Definition]:
    """One page of the list."""
    return page_of(definition_list_for(actor, wanted), ORDER, cursor=cursor, size=size)


def versions_of(definition: Definition) -> list[Version]:
    """All versions, newest first, without their bodies."""
    return list(Version.objects.filter(definition=definition).defer("body").order_by("-number"))


def version_at(definition: Definition, number: int) -> Version:
    """One version of a definition, with its body; NotFound otherwise."""
    version = Version.objects.filter(definition=definition, number=number).first()
    if version is None:
        raise NotFound
    return version


def current_of(definitions: Collection[Definition]) -> dict[int, Version]:
    """The current version of each of these definitions, by the definition's id; one statement."""
    wanted = Q(pk__in=[])
    for one in definitions:
        wanted |= Q(definition_id=one.id, number=one.current_number)
    return {version.definition_id: version for version in Version.objects.filter(wanted)}


def counts_by_family(actor: Actor) -> dict[str, int]:
    """How many definitions count now in each family that the actor may see."""
    counts: dict[str, int] = {}
    found: Any = definition_list_for(actor).order_by().values_list("family", flat=True)
    for family in found:
        counts[family] = counts.get(family, 0) + 1
    return counts

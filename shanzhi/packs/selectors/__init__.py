"""What others read of definitions."""

from shanzhi.packs.selectors.bodies import body_of
from shanzhi.packs.selectors.current import current_versions, forget_bodies
from shanzhi.packs.selectors.definitions import (
    STATES,
    DefinitionFilter,
    counts_by_family,
    current_of,
    definition_find,
    definition_get_for,
    definition_list_for,
    definition_page_for,
    version_at,
    version_get,
    versions_of,
)

__all__ = [
    "STATES",
    "DefinitionFilter",
    "body_of",
    "counts_by_family",
    "current_of",
    "current_versions",
    "definition_find",
    "definition_get_for",
    "definition_list_for",
    "definition_page_for",
    "forget_bodies",
    "version_at",
    "version_get",
    "versions_of",
]

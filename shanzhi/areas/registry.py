"""Tables of upper apps that keep the path of an area: named there, rewritten here when a subtree moves."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.apps import AppConfig, apps
from django.core import checks
from django.db import models


@dataclass(frozen=True, slots=True)
class PathHolder:
    """A column of a county table that holds an area's path as it is now."""

    model: str
    field: str

    @property
    def model_class(self) -> type[models.Model]:
        return apps.get_model(self.model)

    @property
    def label(self) -> str:
        return str(self.model_class._meta.verbose_name)


_holders: dict[tuple[str, str], PathHolder] = {}


def path_holder(model: str, field: str = "area_path") -> PathHolder:
    """Register `app.Model` and its path column; call it at import from a module that start-up discovers.

    The column must be a PathField of a CountyModel with an index that leads with (county_id, column), and none of its
    TRAIL_FIELDS: after a merge or a move a job rewrites it in batches without a trail row, since no person acts on the
    record. Until then the row keeps its old path, which nobody else ever gets.
    """
    return _holders.setdefault((model, field), PathHolder(model, field))


def path_holders() -> list[PathHolder]:
    """Every registered column, in a stable order."""
    return [_holders[key] for key in sorted(_holders)]


@checks.register
def check_holders(app_configs: Sequence[AppConfig] | None, **options: Any) -> list[checks.CheckMessage]:
    """A rewritten column that the trail covers would make the verifier name every moved row."""
    found: list[checks.CheckMessage] = []
    for holder in path_holders():
        if holder.field in getattr(holder.model_class, "TRAIL_FIELDS", ()):
            words = f"{holder.model}.{holder.field} is rewritten without a trail row: take it out of TRAIL_FIELDS"
            found.append(checks.Error(words, obj=holder.model_class, id="areas.E1"))
    return found

"""Tables of upper apps that keep the path of an area: named there, rewritten here when a subtree moves."""

from dataclasses import dataclass

from django.apps import apps
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

    The column must be a PathField of a CountyModel with an index that leads with (county_id, column). After a merge
    or a move a job rewrites it in batches; until then the row keeps its old path, which nobody else ever gets.
    """
    return _holders.setdefault((model, field), PathHolder(model, field))


def path_holders() -> list[PathHolder]:
    """Every registered column, in a stable order."""
    return [_holders[key] for key in sorted(_holders)]

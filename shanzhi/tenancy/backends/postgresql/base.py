"""PostgreSQL as the county tables need it."""

from typing import Any

from django.db.backends.postgresql import base, features, operations

from shanzhi.tenancy.context import announce, current_or_none


class DatabaseFeatures(features.DatabaseFeatures):
    def allows_group_by_selected_pks_on_model(self, model: Any) -> bool:
        """The key underneath is (county_id, id): grouping by id alone is refused."""
        return super().allows_group_by_selected_pks_on_model(model) and not hasattr(model, "county_id")


class DatabaseOperations(operations.DatabaseOperations):
    compiler_module = "shanzhi.tenancy.backends.postgresql.compiler"


class DatabaseWrapper(base.DatabaseWrapper):
    features_class = DatabaseFeatures
    ops_class = DatabaseOperations

    def set_autocommit(self, autocommit: bool, *args: Any, **kwargs: Any) -> None:
        """Each outermost transaction begins with the county of the moment, if there is one."""
        super().set_autocommit(autocommit, *args, **kwargs)
        value = current_or_none()
        if not autocommit and value is not None:
            announce(self, value)

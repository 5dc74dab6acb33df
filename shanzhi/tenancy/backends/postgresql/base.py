"""PostgreSQL as the county tables need it."""

import select
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

    def is_usable(self) -> bool:
        """Asked before each request's first statement; the server is asked only if there is a reason to.

        A connection that the server closed (a restart, a failover, an administrator) has its end to read, an idle one
        has nothing: that is seen here, for the price of no round trip.
        """
        if self.connection is not None and not self.errors_occurred and not self.connection.closed:
            poll = select.poll()
            poll.register(self.connection.fileno(), select.POLLIN)
            if not poll.poll(0):
                return True
        return bool(super().is_usable())

"""The composite foreign key behind a CountyForeignKey."""

from typing import Any

from django.db import models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor


class CountyForeignConstraint(models.BaseConstraint):
    """FOREIGN KEY (county_id, x_id) REFERENCES t (county_id, id); a plain foreign key to a global table.

    On SQLite the constraint is plain in both cases and deferred; there the model's own stamp refuses a parent of
    another county. On PostgreSQL it is immediate: Citus cannot defer it.
    """

    def __init__(self, *, field: str, wide: bool, name: str) -> None:
        self.field, self.wide = field, wide
        super().__init__(name=name)

    def deconstruct(self) -> Any:
        path, args, kwargs = super().deconstruct()
        return path, args, {**kwargs, "field": self.field, "wide": self.wide}

    def __eq__(self, other: object) -> bool:
        return isinstance(other, CountyForeignConstraint) and self.deconstruct() == other.deconstruct()

    def __hash__(self) -> int:
        return hash((self.name, self.field, self.wide))

    def _clause(self, model: Any, editor: BaseDatabaseSchemaEditor) -> str:
        quote = editor.quote_name
        field: Any = model._meta.get_field(self.field)
        remote = field.remote_field.model._meta
        sqlite = editor.connection.vendor == "sqlite"
        own, other = quote(field.column), quote(remote.pk.column)
        if self.wide and not sqlite:
            own, other = f"{quote('county_id')}, {own}", f"{quote('county_id')}, {other}"
        late = " DEFERRABLE INITIALLY DEFERRED" if sqlite else ""
        table = quote(remote.db_table)
        return f"CONSTRAINT {quote(self.name)} FOREIGN KEY ({own}) REFERENCES {table} ({other}){late}"

    def add_sql(self, model: Any, editor: BaseDatabaseSchemaEditor) -> str:
        """The ALTER TABLE that adds the constraint; used again by `distribute` after keys were widened."""
        return f"ALTER TABLE {editor.quote_name(model._meta.db_table)} ADD {self._clause(model, editor)}"

    def constraint_sql(self, model: Any, schema_editor: Any) -> Any:
        if schema_editor.connection.vendor == "sqlite":
            return self._clause(model, schema_editor)
        schema_editor.deferred_sql.append(self.add_sql(model, schema_editor))
        return None

    def create_sql(self, model: Any, schema_editor: Any) -> Any:
        return self.add_sql(model, schema_editor)

    def remove_sql(self, model: Any, schema_editor: Any) -> Any:
        quote = schema_editor.quote_name
        return f"ALTER TABLE {quote(model._meta.db_table)} DROP CONSTRAINT {quote(self.name)}"

    def validate(self, *args: Any, **kwargs: Any) -> None:
        """The database checks it; a form's own field has looked the parent up in its scope already."""

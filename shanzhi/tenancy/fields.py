"""Fields and lookups that carry the county into every statement, whichever way the ORM builds it."""

from typing import Any

from django.core.exceptions import FullResultSet
from django.db import models
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models.expressions import Col
from django.db.models.lookups import Exact, In
from django.db.models.sql.compiler import SQLCompiler
from django.db.models.sql.where import AND, WhereNode

from shanzhi.tenancy.context import ALL, NoCounty, current
from shanzhi.tenancy.keyring import FIELDS, key_ring, opened, sealed


def is_county_model(model: Any) -> bool:
    """Whether rows of this model belong to a county."""
    return isinstance(model, type) and issubclass(model, models.Model) and getattr(model, "is_county_model", False)


class InCounty(Exact):
    """`alias.county_id = <current>`, resolved when the SQL is compiled: a queryset built at import time is safe."""

    def as_sql(self, compiler: SQLCompiler, connection: BaseDatabaseWrapper) -> Any:
        value = current()
        if connection.vendor == "postgresql" and not connection.in_atomic_block:
            raise NoCounty("on PostgreSQL county rows are visible only inside a transaction; use atomic()")
        if value == ALL:
            raise FullResultSet
        sql, params = compiler.compile(self.lhs)
        return f"{sql} = %s", [*params, value]

    # Every condition that is added to a query is compared with those there; an expression's own comparison binds
    # the arguments of its constructor each time, which took a fifth of a page.
    def __eq__(self, other: object) -> bool:
        return isinstance(other, InCounty) and (self.lhs.alias, self.lhs.target) == (other.lhs.alias, other.lhs.target)

    def __hash__(self) -> int:
        return hash((InCounty, self.lhs.alias, self.lhs.target))


def in_county(model: type[models.Model], alias: str) -> InCounty:
    """The condition that a table (by its alias in the query) is seen in the current county only."""
    field: Any = model._meta.get_field("county_id")
    return InCounty(Col(alias, field), 0)


class CountyIdField(models.BigIntegerField):  # type: ignore[type-arg]
    """The id of a county row. Its `in` lookup names the county too: cascades bypass managers."""


@CountyIdField.register_lookup
class CountyIdIn(In):
    def as_sql(self, compiler: SQLCompiler, connection: BaseDatabaseWrapper) -> tuple[str, Any]:
        sql, params = super().as_sql(compiler, connection)
        lhs = self.lhs
        if not isinstance(lhs, Col) or not is_county_model(lhs.target.model) or current() == ALL:
            return sql, params
        scope, scope_params = compiler.compile(in_county(lhs.target.model, str(lhs.alias)))
        return f"({sql} AND {scope})", [*params, *scope_params]


class PathField(models.CharField):  # type: ignore[type-arg]
    """A path of fixed-width segments; ordered bytewise on every database, so that a subtree is one range."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("max_length", 40)
        super().__init__(*args, **kwargs)

    def db_parameters(self, connection: BaseDatabaseWrapper) -> Any:
        params = super().db_parameters(connection)
        if connection.vendor == "postgresql":
            params["collation"] = "C"
        return params


class CountyForeignKey(models.ForeignKey):  # type: ignore[type-arg]
    """A reference from a county row to another county row or to a global row.

    Joins equate `county_id` and name the current county for each county table that they touch. The constraint in the
    database is composite (`constraints.CountyForeignConstraint`) and is added by the model's metaclass, as is an
    index (county_id, column) unless `index=False`.
    """

    def __init__(self, *args: Any, index: bool = True, **kwargs: Any) -> None:
        kwargs["db_constraint"] = False
        kwargs["db_index"] = False
        self.county_index = index
        super().__init__(*args, **kwargs)

    def deconstruct(self) -> Any:
        name, path, args, kwargs = super().deconstruct()
        kwargs.pop("db_constraint", None)
        kwargs.pop("db_index", None)
        if not self.county_index:
            kwargs["index"] = False
        return name, path, args, kwargs

    def get_joining_fields(self, reverse_join: bool = False) -> Any:
        pairs: Any = super().get_joining_fields(reverse_join)
        own, other = self.model, self.remote_field.model
        if is_county_model(own) and is_county_model(other):
            pair = (own._meta.get_field("county_id"), other._meta.get_field("county_id"))
            pairs = (*pairs, pair[::-1] if reverse_join else pair)
        return pairs

    def get_extra_restriction(self, alias: Any, related_alias: Any) -> Any:
        condition = super().get_extra_restriction(alias, related_alias)
        parts: list[Any] = [condition] if condition else []
        if current() != ALL:
            for model, name in ((self.remote_field.model, alias), (self.model, related_alias)):
                if name and is_county_model(model):
                    parts.append(in_county(model, name))
        return WhereNode(parts, connector=AND) if parts else None

    def get_extra_descriptor_filter(self, instance: Any) -> Any:
        return {"county_id": instance.county_id} if is_county_model(self.remote_field.model) else {}


class CountyOneToOneField(CountyForeignKey, models.OneToOneField):  # type: ignore[type-arg]
    """One row of the other table, at most; unique within the county by a constraint that the model declares."""


class EncryptedTextField(models.TextField):  # type: ignore[type-arg]
    """Text in Python, a seal (lib/sealing.py) in the database, bound to its table and column.

    It can be asked for only whether it is null: what is to be found by equality keeps `blind_index(value)` in a column
    beside it. Raises SealError when a row is read whose seal was tampered with or whose key is missing. `ring` is the
    setting that names the key file.
    """

    def __init__(self, *args: Any, ring: str = FIELDS, **kwargs: Any) -> None:
        self.ring = ring
        super().__init__(*args, **kwargs)

    def deconstruct(self) -> Any:
        name, path, args, kwargs = super().deconstruct()
        if self.ring != FIELDS:
            kwargs["ring"] = self.ring
        return name, path, args, kwargs

    @property
    def place(self) -> str:
        return f"{self.model._meta.db_table}.{self.column}"

    def blind_index(self, value: str) -> str:
        """64 hexadecimal digits for a look-up by equality; whoever calls brings the value into one form first."""
        return key_ring(self.ring).blind(value, self.place)

    @classmethod
    def index_in(cls, model: type[models.Model], name: str, value: str) -> str:
        """The blind index of a value as the model's field of this name makes it."""
        field = model._meta.get_field(name)
        assert isinstance(field, cls)
        return field.blind_index(value)

    def get_prep_value(self, value: Any) -> Any:
        plain = super().get_prep_value(value)
        return plain if plain is None or hasattr(plain, "as_sql") else sealed(plain, self.place, self.ring)

    def from_db_value(self, value: str | None, expression: Any, connection: BaseDatabaseWrapper) -> str | None:
        return None if value is None else opened(value, self.place, self.ring)

    def get_lookup(self, lookup_name: str) -> Any:
        return super().get_lookup(lookup_name) if lookup_name == "isnull" else None

    def get_transform(self, lookup_name: str) -> Any:
        return None

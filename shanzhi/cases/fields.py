"""Columns that each database indexes in its own way: search tokens (tsvector, FTS5) and the spot of a position."""

from collections.abc import Iterable
from typing import Any, ClassVar

from django.db import connection, models
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models.expressions import Func, RawSQL
from django.utils.deconstruct import deconstructible

from shanzhi.lib.bigrams import query_tokens
from shanzhi.lib.quadtree import LAT_BITS, LON_BITS, SHIFT, SOUTH, WEST
from shanzhi.tenancy.context import current


class TokensField(models.TextField):  # type: ignore[type-arg]
    """A list of tokens; written as a list, never read back as one."""

    def db_type(self, connection: BaseDatabaseWrapper) -> str | None:
        return "tsvector" if connection.vendor == "postgresql" else super().db_type(connection)

    def get_placeholder(self, value: Any, compiler: Any, connection: BaseDatabaseWrapper) -> str:
        return "%s::tsvector" if connection.vendor == "postgresql" else "%s"

    def get_db_prep_value(self, value: Any, connection: BaseDatabaseWrapper, prepared: bool = False) -> Any:
        if isinstance(value, str) or value is None:
            return value
        return _joined(value, connection.vendor)


def _joined(words: Iterable[str], vendor: str) -> str:
    """Tokens hold letters, digits and Chinese characters only (lib.bigrams), so quoting them is all it takes."""
    return " ".join(f"'{word}'" for word in words) if vendor == "postgresql" else " ".join(words)


def matching_case_ids(query: str) -> RawSQL | None:
    """Ids of the current county's cases that hold every token of the query; None if it holds no token."""
    words = query_tokens(query)
    if not words:
        return None
    if connection.vendor == "postgresql":
        wanted = " & ".join(f"'{word}'" for word in words)
        return RawSQL(
            "SELECT case_id FROM cases_casetext WHERE county_id = %s AND tokens @@ %s::tsquery", [current(), wanted]
        )
    wanted = " ".join(f'"{word}"' for word in words)
    return RawSQL("SELECT rowid FROM cases_search WHERE cases_search MATCH %s", [wanted])


@deconstructible(path="shanzhi.cases.fields.Spot")
class Spot(Func):
    """The spot (`lib.quadtree`) of a longitude and a latitude column, as the database keeps it; NULL without both."""

    arity = 2
    output_field: ClassVar[Any] = models.BigIntegerField()

    def as_sql(
        self, compiler: Any, connection: BaseDatabaseWrapper, function: str | None = None, template: str | None = None,
        arg_joiner: str | None = None, **extra_context: Any,
    ) -> tuple[str, tuple[str | int, ...]]:  # fmt: skip
        lon, lat = (compiler.compile(column)[0] for column in self.get_source_expressions())
        terms = [_bit(lon, WEST, bit, 2 * bit) for bit in range(LON_BITS)]
        terms += [_bit(lat, SOUTH, bit, 2 * bit + 1) for bit in range(LAT_BITS)]
        return f"({' + '.join(terms)})", ()


def _bit(column: str, least: int, bit: int, place: int) -> str:
    """One bit of a coordinate at its place in the spot."""
    return f"((((CAST({column} AS bigint) + {-least}) >> {SHIFT + bit}) & 1) << {place})"

"""Keyset pages of places and units: a page begins behind a row, however many rows there are before it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from django.db.models import Q

from shanzhi.lib.errors import Invalid
from shanzhi.tenancy.ids import id_of
from shanzhi.tenancy.models import CountyModel

M = TypeVar("M", bound=CountyModel)
SIZE = 50


@dataclass(frozen=True, slots=True)
class Page(Generic[M]):
    """Rows in order; a cursor is the id of the row at that end, absent where the list ends."""

    rows: Sequence[M]
    next_cursor: str | None = None
    previous_cursor: str | None = None

    def __len__(self) -> int:
        return len(self.rows)


def page_of(rows: Any, order: Sequence[str], *, after: str = "", before: str = "", size: int = SIZE) -> Page[Any]:
    """A page of a queryset in an order whose last field is unique; the cursor's row may have left the list."""
    edge = after or before
    backwards = bool(before) and not after
    names = [_flipped(name) for name in order] if backwards else list(order)
    if edge:
        rows = rows.filter(_behind(rows.model, names, edge))
    found = list(rows.order_by(*names)[: size + 1])
    more, found = len(found) > size, found[:size]
    if backwards:
        found.reverse()
    if not found:
        return Page([])
    first, last = str(found[0].id), str(found[-1].id)
    if backwards:
        return Page(found, last, first if more else None)
    return Page(found, last if more else None, first if edge else None)


def _flipped(name: str) -> str:
    return name[1:] if name.startswith("-") else f"-{name}"


def _behind(model: type[CountyModel], order: Sequence[str], cursor: str) -> Q:
    """(a, b) > (x, y) as plain comparisons, with each field's own direction."""
    fields = [name.lstrip("-") for name in order]
    edge = id_of(cursor)
    if edge is None:
        raise Invalid("翻页位置无效，请回到第一页再看。", code="cursor")
    values = model.objects.filter(id=edge).values_list(*fields).first()
    if values is None:
        raise Invalid("翻页位置无效，请回到第一页再看。", code="cursor")
    condition, same = Q(), Q()
    for name, field, value in zip(order, fields, values, strict=True):
        one = Q(**{f"{field}__{'lt' if name.startswith('-') else 'gt'}": value})
        condition |= same & one
        same &= Q(**{field: value})
    return condition

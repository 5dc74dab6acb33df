"""Keyset pages: a page begins behind a row, however many rows there are before it. Every list pages by this.

A cursor is opaque: the sort values and the id of the row at an end of a page, with the order and the direction, signed
for one list of one county. Nobody can make one up to feel for ids or values. One that is broken, or was made for
another list, order or county, is `CursorInvalid`: 422 in the API, while a page answers with its first page.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, ClassVar, Final, Generic, TypeVar

from django.core.signing import BadSignature, Signer
from django.db.models import Model, Q, QuerySet

from shanzhi.lib.errors import Invalid
from shanzhi.tenancy.context import current

LENGTH: Final = 400  # of a cursor; the longest name of a place gives about 300
SIZE: Final = 50

M = TypeVar("M", bound=Model)
T = TypeVar("T")
N = TypeVar("N")


class CursorInvalid(Invalid):
    """The place in the list can't be found again."""

    default_code: ClassVar[str] = "cursor_invalid"
    default_message: ClassVar[str] = "翻页位置已失效，请从第一页重新看。"


@dataclass(frozen=True, slots=True)
class Order:
    """How a list is ordered: by these columns, which are never null, then by id; all of them up, or all down.

    `name` is the list's own: a cursor of another list is refused. A column may lie over there (`area__path`).
    With `private` a cursor holds the row's id alone, because its values are somebody's data and a cursor stands in an
    address; that costs one statement more, and a row that was deleted since makes the cursor invalid.
    """

    name: str
    columns: tuple[str, ...] = ()
    descending: bool = False
    private: bool = False

    @property
    def keys(self) -> tuple[str, ...]:
        return (*self.columns, "id")

    @property
    def spelled(self) -> str:
        return f"{'-' if self.descending else ''}{','.join(self.keys)}"

    @property
    def terms(self) -> list[str]:
        """What `order_by` takes."""
        return self._terms(self.descending)

    def _terms(self, descending: bool) -> list[str]:
        return [f"-{key}" for key in self.keys] if descending else list(self.keys)

    def sorted(self, rows: QuerySet[M], *, back: bool = False) -> QuerySet[M]:
        """The rows in this order, or from its end."""
        return rows.order_by(*self._terms(self.descending != back))

    def behind(self, values: Sequence[Any], *, back: bool) -> Q:
        """(a, b, id) > (x, y, z) as plain comparisons; a >= x stands alone too, so that the index is entered at it."""
        beyond = "lt" if self.descending != back else "gt"
        found, same = Q(), Q()
        for key, value in zip(self.keys, values, strict=True):
            found |= same & Q((f"{key}__{beyond}", value))
            same &= Q((key, value))
        return Q((f"{self.columns[0]}__{beyond}e", values[0])) & found if self.columns else found


@dataclass(frozen=True, slots=True)
class Page(Generic[T]):
    """Rows in order, with the cursors of the pages beside them; a cursor is absent where the list ends."""

    rows: Sequence[T] = ()
    next_cursor: str | None = None
    previous_cursor: str | None = None

    def showing(self, rows: Sequence[N]) -> "Page[N]":
        """The same place in the list, with what is shown for each row."""
        return Page(rows, self.next_cursor, self.previous_cursor)


def page_of(rows: QuerySet[M], order: Order, *, cursor: str = "", size: int = SIZE) -> Page[M]:
    """The page of these rows that a cursor leads to, the first one without; the cursor's row may have left the list.

    One statement; two at the way back to the first page, which is always full.
    """
    back, values = _opened(cursor, order) if cursor else (False, [])
    if values and order.private:
        values = _values_of(rows.model, order, values[0])
    if back:
        found = list(order.sorted(rows.filter(order.behind(values, back=True)), back=True)[: size + 1])
        if len(found) >= size:
            more, found = len(found) > size, found[:size][::-1]
            return Page(found, _cursor(found[-1], order), _cursor(found[0], order, back=True) if more else None)
        values = []  # fewer than a page lie before: the list begins anew
    if values:
        rows = rows.filter(order.behind(values, back=False))
    found = list(order.sorted(rows)[: size + 1])
    more, found = len(found) > size, found[:size]
    return Page(
        found,
        _cursor(found[-1], order) if more else None,
        _cursor(found[0], order, back=True) if values and found else None,
    )


def _signer(order: Order) -> Signer:
    return Signer(salt=f"keyset.{order.name}.{current()}")


def _cursor(row: Model, order: Order, *, back: bool = False) -> str:
    values = [_packed(row, key) for key in (("id",) if order.private else order.keys)]
    return _signer(order).sign_object([order.spelled, back, values], compress=True)


def _packed(row: Any, key: str) -> Any:
    """A sort value as JSON holds it, with its kind where JSON has none."""
    value = row
    for name in key.split("__"):
        value = getattr(value, name)
    if value is None:
        raise ValueError(f"a list can't be ordered by {key}, which may be null")
    if isinstance(value, date):
        return {"at" if isinstance(value, datetime) else "on": value.isoformat()}
    return value


def _opened(cursor: str, order: Order) -> tuple[bool, list[Any]]:
    """Direction and sort values of a cursor that was made for this list, order and county."""
    try:
        spelled, back, values = _signer(order).unsign_object(cursor[: LENGTH + 1])
    except (BadSignature, ValueError):  # half a character is no text to sign
        raise CursorInvalid from None
    if spelled != order.spelled:
        raise CursorInvalid
    return back, [_unpacked(value) for value in values]


def _values_of(model: type[M], order: Order, row_id: int) -> list[Any]:
    """What a private cursor does not say, read from its row."""
    found = model._default_manager.filter(id=row_id).values_list(*order.keys).first()
    if found is None:
        raise CursorInvalid
    return list(found)


def _unpacked(value: Any) -> Any:
    if not isinstance(value, dict):
        return value
    return datetime.fromisoformat(value["at"]) if "at" in value else date.fromisoformat(value["on"])

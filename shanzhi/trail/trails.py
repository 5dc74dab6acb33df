"""Which models leave a trail, and what of a row its digest covers.

An app registers its models in its own `trails.py`: `track(Case)`. The model declares `TRAIL_FIELDS`; a service that
changes one of these fields records it in the same transaction, else the verifier names the row.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Any, Final

from django.db.models import Field

from shanzhi.lib.canonical import canonical
from shanzhi.tenancy.models import CountyModel

PLAIN: Final = frozenset({type(None), bool, int, str})
ERASED: Final = bytes(32)  # digest of the last entry of a lawfully deleted object


# What else must agree with rows that are proved themselves: gets rows of one county, yields a sentence for each fault.
# It judges by what the given rows say, not by what was written since they were read.
Also = Callable[[Sequence[Any]], Iterable[str]]


@dataclass(frozen=True)
class Tracked:
    """A model with the fields that its digests cover, in the order of their names."""

    model: type[CountyModel]
    fields: tuple["Field[Any, Any]", ...]
    also: "Also | None" = None

    @property
    def type(self) -> str:
        return self.model._meta.label_lower

    @property
    def label(self) -> str:
        return str(self.model._meta.verbose_name)

    def version(self, row: CountyModel) -> int:
        """The row's own version, which orders its entries exactly; 0 where the model has none."""
        value = getattr(row, "version", 0)
        if not isinstance(value, int):
            raise TypeError(f"{self.type}: read the row again before it is recorded, version is {value!r}")
        return value

    def digest(self, row: CountyModel, salt: bytes) -> bytes:
        """SHA-256 over the salt and the declared fields as the database holds them.

        Values are brought into the field's own type first, so that a row just made and the same row read back agree.
        """
        values = {field.attname: self._value(field, row) for field in self.fields}
        return sha256(salt + canonical((self.type, row.id, values))).digest()

    def _value(self, field: "Field[Any, Any]", row: CountyModel) -> object:
        value = getattr(row, field.attname)
        if type(value) not in PLAIN and hasattr(value, "resolve_expression"):
            raise TypeError(f"{self.type}.{field.name} is an expression: read the row again before it is recorded")
        return field.to_python(value)

    def short_name(self, row: CountyModel) -> str:
        """Kind and public code of a row, else its name, else its id."""
        for attribute in ("code", "number", "name", "username"):
            value = getattr(row, attribute, None)
            if isinstance(value, str) and value:
                return f"{self.label} {value}"
        return f"{self.label} {row.id}"

    def name(self, row: CountyModel) -> str:
        """How a finding names a row: as above, with its id."""
        return f"{self.short_name(row)}（编号 {row.id}）"


TRACKED: dict[str, Tracked] = {}
CODE_LABELS: dict[str, str] = {}
_post_names: list[Callable[[Iterable[int]], Mapping[int, str]]] = []


def track(model: type[CountyModel], *, fields: tuple[str, ...] | None = None, also: Also | None = None) -> Tracked:
    """Register a model once; `fields` defaults to its TRAIL_FIELDS, `also` checks what hangs on its rows.

    Unknown fields are programming errors.
    """
    names = fields if fields is not None else model.TRAIL_FIELDS  # type: ignore[attr-defined]
    if not names:
        raise ValueError(f"{model._meta.label}: TRAIL_FIELDS is empty")
    if model._meta.label_lower in TRACKED:
        raise ValueError(f"{model._meta.label} is tracked twice")
    found = tuple(model._meta.get_field(name) for name in sorted(names))
    tracked = Tracked(model, found, also)  # type: ignore[arg-type]
    TRACKED[tracked.type] = tracked
    return tracked


def tracked(model: type[CountyModel]) -> Tracked:
    """The registration of a model; LookupError for one that nobody tracks."""
    try:
        return TRACKED[model._meta.label_lower]
    except KeyError:
        raise LookupError(f"{model._meta.label} is not tracked; add it to its app's trails.py") from None


def trail_labels(labels: Mapping[str, str]) -> None:
    """Chinese words for trail codes (`cases.case.dispatched` → 分派事件), declared beside `track`."""
    CODE_LABELS.update(labels)


def code_label(code: str) -> str:
    return CODE_LABELS.get(code, code)


def type_label(object_type: str) -> str:
    return TRACKED[object_type].label if object_type in TRACKED else object_type


def name_posts(resolver: Callable[[Iterable[int]], Mapping[int, str]]) -> None:
    """Let the app that owns posts say how they are called; the trail itself knows only their ids."""
    _post_names[:] = [resolver]


def post_names(ids: Iterable[int]) -> Mapping[int, str]:
    wanted = set(ids)
    return _post_names[0](wanted) if _post_names and wanted else {}

"""The versions that count now. Every case that begins asks for them, so what this process knows is not read again.

A version never changes; only which one is current does. That is asked each time, as ids; rows and bodies are read once.
"""

from collections import OrderedDict
from collections.abc import Collection, Iterable
from threading import Lock
from typing import Final

from django.db import connection
from django.db.models import F
from django.db.models.base import ModelState

from shanzhi.packs.families import FAMILIES
from shanzhi.packs.models import Definition, Version
from shanzhi.packs.selectors.bodies import KEPT, forget_parsed, recall, remember
from shanzhi.tenancy.context import current

_rows: OrderedDict[tuple[int, int], Version] = OrderedDict()
_met: set[tuple[int, str]] = set()  # families of a county that were read whole by this process
_lock: Final = Lock()


def current_versions(*families: str, retired: bool = False) -> list[Version]:
    """The versions that count now, of these families (all, if none is named), by family and code.

    One statement; a second one the first time after others were published. `body` is not loaded: `body_of` has it
    without a statement. Retired definitions are left out unless asked for.
    """
    wanted = families or tuple(FAMILIES)
    number = current()
    if retired or not all((number, family) in _met for family in wanted):
        versions = _kept(_whole(wanted, retired=retired))
        if not retired:
            _met.update((number, family) for family in wanted)
        return versions
    ids = _ids(number, wanted)
    found = {version_id: _recalled(number, version_id) for version_id in ids}
    missing = [version_id for version_id, row in found.items() if row is None]
    if missing:
        found |= {version.id: version for version in _kept(Version.objects.filter(id__in=missing))}
    return [row for version_id in ids if (row := found[version_id]) is not None]


def _whole(families: Collection[str], *, retired: bool) -> Iterable[Version]:
    """Rows with their bodies."""
    rows = Version.objects.filter(family__in=families, number=F("definition__current_number"))
    if not retired:
        rows = rows.filter(definition__retired_at__isnull=True)
    return rows.order_by("family", "code")


def _ids(number: int, families: Collection[str]) -> list[int]:
    """By hand, because it is asked for so often: building this statement costs more than the database takes for it."""
    places = ", ".join(["%s"] * len(families))
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT current_id FROM {Definition._meta.db_table}"  # noqa: S608
            f" WHERE county_id = %s AND family IN ({places}) AND retired_at IS NULL AND current_id IS NOT NULL"
            " ORDER BY family, code",
            [number, *families],
        )
        return [row[0] for row in cursor.fetchall()]


def _kept(rows: Iterable[Version]) -> list[Version]:
    """The rows without their bodies, which are parsed and kept, as are the rows."""
    number, kept = current(), []
    for row in rows:
        body = row.__dict__.pop("body")
        if recall(row.id) is None:
            remember(row.id, row.family, body)
        with _lock:
            _rows[number, row.id] = row
            while len(_rows) > KEPT:
                _rows.popitem(last=False)
        kept.append(_twin(row))
    return kept


def _recalled(number: int, version_id: int) -> Version | None:
    if recall(version_id) is None:
        return None
    with _lock:
        row = _rows.get((number, version_id))
        if row is None:
            return None
        _rows.move_to_end((number, version_id))
    return _twin(row)


def _twin(row: Version) -> Version:
    """Another object for the same row: what one caller hangs on it (its definition, say) is not another's."""
    twin = Version.__new__(Version)
    twin.__dict__.update(row.__dict__)
    twin._state = ModelState()
    twin._state.adding, twin._state.db = False, row._state.db
    return twin


def forget_bodies() -> None:
    """Start without anything known, as a new process does."""
    forget_parsed()
    with _lock:
        _rows.clear()
    _met.clear()

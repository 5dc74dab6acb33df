"""What the bar of a list offers: places, units, kinds that ended, and the person's own lists; one statement."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from django.db.models import BigIntegerField, Case, CharField, F, IntegerField, QuerySet, Value, When
from django.db.models.functions import Cast

from shanzhi.access.actor import Actor
from shanzhi.areas.models import Area, Unit
from shanzhi.areas.paths import WIDTH
from shanzhi.cases import permissions
from shanzhi.cases.kinds.registry import FAMILY
from shanzhi.cases.models import SavedFilter
from shanzhi.packs.models import Definition

LEVELS: Final = {1: Area.Level.TOWNSHIP, 2: Area.Level.VILLAGE}  # what a person of this depth chooses from


@dataclass(frozen=True)
class Own:
    """A list that the person keeps."""

    id: int
    name: str
    query: str
    is_default: bool = False


@dataclass(frozen=True)
class Offers:
    """Choices in the order in which they are shown; `retired` are (code, label) of kinds that count no more."""

    places: tuple[Area, ...] = ()
    units: tuple[Unit, ...] = ()
    retired: tuple[tuple[str, str], ...] = ()
    own: tuple[Own, ...] = field(default_factory=tuple)

    @property
    def default(self) -> Own | None:
        return next((one for one in self.own if one.is_default), None)


def offers_for(actor: Actor) -> Offers:
    """Townships for a county, villages for a township, nothing below; the units of the same level; one's own lists."""
    parts: list[Any] = [_own(actor), _retired()]
    depth = min((len(part.lo) // WIDTH for part in actor.scope(permissions.VIEW).ranges), default=0)
    if depth in LEVELS:
        parts += [_places(actor, LEVELS[depth]), _units(actor)]
    rows = sorted(parts[0].union(*parts[1:], all=True), key=lambda row: (row[0], row[5], row[4], row[2]))
    return Offers(
        places=tuple(
            Area(id=row[1], code=row[2], name=row[3], path=row[4], level=LEVELS[depth]) for row in _of(rows, "place")
        ),
        units=tuple(Unit(id=row[1], code=row[2], name=row[3]) for row in _of(rows, "unit")),
        retired=tuple((row[2], f"{row[3]}（已停用）") for row in _of(rows, "kind")),
        own=tuple(
            Own(row[1], row[3], row[2], bool(row[4])) for row in sorted(_of(rows, "own"), key=lambda row: row[5])
        ),
    )


def _of(rows: Sequence[Any], what: str) -> list[Any]:
    return [row for row in rows if row[0] == what]


def _shaped(rows: QuerySet[Any], what: str, code: str, name: str, path: Any, position: Any) -> Any:
    return rows.order_by().values_list(
        Value(what, CharField()), Cast("id", BigIntegerField()), Cast(code, CharField()), Cast(name, CharField()),
        Cast(path, CharField()), Cast(position, IntegerField()),
    )  # fmt: skip


def _own(actor: Actor) -> Any:
    rows = SavedFilter.objects.filter(user_id=actor.user_id or 0, deleted_at=None)
    first = Case(When(is_default=True, then=Value("1")), default=Value(""))
    return _shaped(rows, "own", "query", "name", first, F("position"))


def _retired() -> Any:
    rows = Definition.objects.filter(family=FAMILY, retired_at__isnull=False, current_number__gt=0)
    return _shaped(rows, "kind", "code", "title", Value(""), Value(0))


def _places(actor: Actor, level: str) -> Any:
    rows = Area.objects.filter(actor.scope(permissions.VIEW).q("path"), level=level, valid_to=None)
    return _shaped(rows, "place", "code", "name", F("path"), Value(0))


def _units(actor: Actor) -> Any:
    rows = Unit.objects.filter(area_id__in=actor.scope(permissions.VIEW).area_ids, valid_to=None)
    return _shaped(rows, "unit", "code", "name", Value(""), Value(0))

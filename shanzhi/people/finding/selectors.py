"""Who answers to a search, within what the actor may see: page by page, each way by an index of its own.

Somebody is found who lives in or is registered in the scope. A number that belongs to somebody outside of it finds
nobody, like a number of nobody.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Final, NamedTuple

from django.core.signing import BadSignature, Signer
from django.db.models import Q, QuerySet

from shanzhi.access.actor import BEYOND, Actor, PathRange, Scope
from shanzhi.areas.models import Area
from shanzhi.lib.errors import NotFound
from shanzhi.people.finding.asking import Asked, Kind, asked_of
from shanzhi.people.importing.places import stem
from shanzhi.people.models import Dwelling, Resident, Search
from shanzhi.people.numbers import address_index, address_read, paper_index, phone_index
from shanzhi.people.permissions import VIEW
from shanzhi.tenancy.context import current
from shanzhi.tenancy.ids import LARGEST
from shanzhi.tenancy.keyset import CursorInvalid, Page

SIZE: Final = 30
KEPT: Final = timedelta(hours=1)
HOMES: Final = 200  # of one address
LIKE_NAMED: Final = 300  # whose numbers are compared with four digits
END: Final = "\U0010ffff"
RELATED: Final = ("lives__parent", "registered__parent")
# Columns of the index that each way enters by; the name is tried from its first, second and third character on.
WAYS: Final = {Kind.NAME: ("name", "given", "last"), Kind.INITIALS: ("initials",)}


class Hit(NamedTuple):
    """Somebody, and why."""

    resident: Resident
    why: str

    @property
    def id(self) -> int:
        return int(self.resident.id)


def search_get_for(actor: Actor, search_id: int, *, at: datetime) -> Search:
    """One's own search of the last hour; another's is not found."""
    rows = Search.objects.filter(user_id=actor.user_id or 0, created_at__gt=at - KEPT)
    found = rows.filter(id=search_id).first() if search_id <= LARGEST else None
    if found is None:
        raise NotFound("这次查找已过一小时，请重新查找。", code="search_over")
    return found


def area_in(actor: Actor, code: str) -> Area | None:
    """A place of the scope to look in only; NotFound for one outside of it."""
    if not code:
        return None
    area = (
        Area.objects.filter(actor.scope(VIEW).q("path"), code=code.replace("\0", "")[:15]).order_by("valid_to").first()
    )
    if area is None:
        raise NotFound
    return area


def find(actor: Actor, text: str, *, area: str = "", cursor: str = "", size: int = SIZE) -> Page[Hit]:
    """A page of whoever answers to it; the likeliest way first."""
    asked, place = asked_of(text), area_in(actor, area)
    scope = Scope(ranges=(PathRange.below(place.path),)) if place else actor.scope(VIEW)
    if not asked.kinds or not scope.ranges:
        return Page()
    at, number = _opened(cursor) if cursor else (0, 0)
    hits: list[Hit] = []
    seen: set[int] = set()
    steps: list[tuple[int, int]] = []
    for step, kind, column in _ways(asked):
        if step < at or len(hits) > size or (kind == Kind.ADDRESS and hits):
            continue  # a place is meant only where nobody is called so
        behind = (_value(number, column or "name"), number) if step == at and cursor else None
        for row in _look(asked, kind, column, scope, behind, size + 1 - len(hits)):
            if row.id not in seen:
                seen.add(row.id)
                hits.append(Hit(row, kind.value))
                steps.append((step, row.id))
    more = len(hits) > size
    return Page(hits[:size], _cursor(steps[size - 1]) if more else None)


def _ways(asked: Asked) -> Sequence[tuple[int, Kind, str]]:
    """Three at most: no part of a name is looked for behind its second sign that is longer than two, nor letters."""
    found = [(kind, column) for kind in asked.kinds for column in WAYS.get(kind, ("",))]
    if asked.kinds[0] == Kind.INITIALS:
        found = found[:2]
    elif len(asked.text) > 2:
        found = [one for one in found if one[1] != "last"]
    return [(step, kind, column) for step, (kind, column) in enumerate(found)]


def _look(
    asked: Asked, kind: Kind, column: str, scope: Scope, behind: tuple[str, int] | None, size: int
) -> Iterable[Resident]:
    if kind in WAYS:
        return _by_prefix(asked.text, column, scope, behind, size)
    if kind == Kind.ADDRESS:
        return _by_address(asked.text, scope, behind, size)
    if kind == Kind.TAIL:
        named = _within(scope).filter(name__gte=asked.text, name__lt=asked.text + END).order_by("name", "id")
        found = [row for row in named[:LIKE_NAMED] if row.paper_number.endswith(asked.tail)]
    else:
        rows = Resident.objects.select_related(*RELATED).filter(_number(asked.text, kind))
        found = [row for row in rows[:LIKE_NAMED] if _seen(row, scope)]
    found.sort(key=lambda row: (row.name, row.id))
    return [row for row in found if behind is None or (row.name, row.id) > behind][:size]


def _seen(row: Resident, scope: Scope) -> bool:
    """Asked of the few who have the number: as a condition it would lead the planner to the places instead."""
    return any(path and scope.covers(path) for path in (row.lives_path, row.registered_path))


def _number(text: str, kind: Kind) -> Q:
    """By the blind index; that it is none of those without a number lets SQLite enter by it, too."""
    if kind == Kind.PHONE:
        return ~Q(phone_index="") & Q(phone_index=phone_index(text))
    return ~Q(paper_index="") & Q(paper_index=paper_index(text))


def _within(scope: Scope) -> "QuerySet[Resident]":
    return Resident.objects.select_related(*RELATED).filter(scope.q("lives_path") | scope.q("registered_path"))


def _behind(rows: "QuerySet[Resident]", column: str, behind: tuple[str, int] | None) -> "QuerySet[Resident]":
    if behind is not None:
        value, number = behind
        later = Q(**{f"{column}__gt": value}) | Q(**{column: value, "id__gt": number})
        rows = rows.filter(later, **{f"{column}__gte": value})
    return rows.order_by(column, "id")


def _by_prefix(
    text: str, column: str, scope: Scope, behind: tuple[str, int] | None, size: int
) -> Iterable[Resident]:  # fmt: skip
    """A range of one column, which its index is entered by; what an earlier column found is not found again."""
    rows = _within(scope).filter(**{f"{column}__gte": text, f"{column}__lt": text + END})
    for earlier in WAYS[Kind.NAME][: WAYS[Kind.NAME].index(column)] if column != "initials" else ():
        rows = rows.exclude(Q(**{f"{earlier}__gte": text, f"{earlier}__lt": text + END}))
    return _behind(rows, column, behind)[:size]


def _by_address(text: str, scope: Scope, behind: tuple[str, int] | None, size: int) -> Iterable[Resident]:
    """Of a place that it names, or the whole scope if that is one village: who lives in the homes of this address."""
    place, rest = _place_of(text, scope)
    if place is None:
        return ()
    inside = _within(Scope(ranges=(PathRange.below(place),)))
    if not rest:
        return _behind(inside, "name", behind)[:size]
    homes = Dwelling.objects.filter(area_path__gte=place, area_path__lt=place + BEYOND, gone_on__isnull=True)
    road = rest.replace(" ", "")
    door = address_index("", rest.rsplit(" ", 1)[-1])  # within a grid an address has no road in front
    for way in (
        Q(address_index=address_index(road, "")),
        Q(road__gte=road, road__lt=road + END),
        Q(address_index=door),
    ):
        ids = list(homes.filter(way).order_by("area_path", "road", "id").values_list("id", flat=True)[:HOMES])
        if ids:
            break
    else:
        return ()
    return _behind(inside.filter(dwelling_id__in=ids), "name", behind)[:size]


def _place_of(text: str, scope: Scope) -> tuple[str | None, str]:
    """The path of the village or grid whose name stands in front, and the rest; one query."""
    rows = (
        Area.objects.filter(scope.q("path"), valid_to__isnull=True)
        .order_by("path")
        .values_list("path", "name", "level")
    )
    best, rest = None, text
    villages = [(path, name) for path, name, level in rows if level in (Area.Level.VILLAGE, Area.Level.TOWNSHIP)]
    grids = [(path, name) for path, name, level in rows if level == Area.Level.GRID]
    for level in (villages, grids):
        for path, name in level:
            for word in (name.upper(), stem(name).upper()):
                if len(word) > 1 and rest.startswith(word) and (best is None or path.startswith(best)):
                    best, rest = path, rest[len(word) :].removeprefix("村").strip()
                    break
    numbered = any(sign.isdigit() for sign in text)  # else it is no address within a village, but nobody's name
    if best is None and numbered and len(scope.ranges) == 1 and len(scope.ranges[0].lo) >= 12:
        best = scope.ranges[0].lo
    return best, address_read(rest) if rest and " " not in rest else rest


def _signer() -> Signer:
    return Signer(salt=f"people.find.{current()}")


def _cursor(step: tuple[int, int]) -> str:
    """Which way and behind whom: a cursor stands in an address, so it holds no name."""
    return _signer().sign_object(list(step), compress=True)


def _opened(cursor: str) -> tuple[int, int]:
    try:
        step, number = _signer().unsign_object(cursor[:400])
    except (BadSignature, ValueError):
        raise CursorInvalid from None
    return int(step), int(number)


def _value(number: int, column: str) -> str:
    found = Resident.objects.filter(id=number).values_list(column, flat=True).first()
    if found is None:
        raise CursorInvalid
    return str(found)

"""What is wrong with outlines that somebody drew or sent, seen against the places beside, above and below them."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

import shapely

from shanzhi.areas.models import Area, Outline
from shanzhi.areas.selectors.outlines import outlines_of, touching
from shanzhi.lib.shapes import (
    SMALL_M2,
    Fitted,
    areal,
    as_geojson,
    common,
    fault_of,
    fitted,
    matters,
    polygons,
    square_metres,
    to_parts,
    to_shape,
    without,
)

ERROR, WARNING, NOTE = "error", "warning", "note"
WORDS: Final = {"township": "乡镇（街道）", "village": "村（社区）", "grid": "网格"}
Shapes = Mapping[int, Any]


@dataclass(frozen=True)
class Wish:
    """A place and the outline that it shall have, in whole units; `number` is the feature's place in a file."""

    area: Area
    shape: Any
    number: int = 0


@dataclass(frozen=True)
class Finding:
    """One sentence about the outline of a place; `geometry` (GeoJSON) shows where on a map."""

    severity: str
    kind: str
    code: str
    sentence: str
    geometry: dict[str, Any] | None = None
    number: int = 0

    def as_json(self) -> dict[str, Any]:
        return {
            "severity": self.severity, "kind": self.kind, "code": self.code, "sentence": self.sentence,
            "geometry": self.geometry, "number": self.number,
        }  # fmt: skip


@dataclass
class Examined:
    """Outlines fit to be kept, by the place's id, and everything that was found."""

    fits: dict[int, Fitted] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)

    @property
    def errors(self) -> list[Finding]:
        return [one for one in self.findings if one.severity == ERROR]


def size_words(square: float) -> str:
    """1,234 平方米; from a hectare on 1.2 公顷."""
    return f"{square:,.0f} 平方米" if square < 10_000 else f"{square / 10_000:,.1f} 公顷"


def examine(wishes: Sequence[Wish]) -> Examined:
    """Look at all of them as one change: each against what its neighbours will be, not against what they were."""
    found = Examined()
    for wish in wishes:
        _alone(wish, found)
    kept = [wish for wish in wishes if wish.area.id in found.fits]
    shapes = {wish.area.id: found.fits[wish.area.id].shape for wish in kept}
    for level in dict.fromkeys(wish.area.level for wish in kept):
        found.findings += _beside(level, [wish for wish in kept if wish.area.level == level], shapes)
    found.findings += _above(kept, shapes)
    found.findings += _below(kept, shapes)
    found.findings += _gaps(kept, shapes)
    return found


def _alone(wish: Wish, found: Examined) -> None:
    area = wish.area
    if fault := fault_of(wish.shape):
        at = fault[1]
        spot = {"type": "Point", "coordinates": [at[0] / 1e7, at[1] / 1e7]} if at else None
        found.findings.append(Finding(ERROR, "crossing", area.code, f"{area.name}：{fault[0]}", spot, wish.number))
        return
    fit = fitted(wish.shape)
    if isinstance(fit, str):
        found.findings.append(Finding(ERROR, "points", area.code, f"{area.name}{fit}", None, wish.number))
        return
    found.fits[area.id] = fit
    turned = ["环的方向不合标准，已改正"] if fit.turned and wish.number else []  # of a file; a hand draws either way
    for note in (*fit.notes, *turned):
        found.findings.append(Finding(NOTE, "mended", area.code, f"{area.name}：{note}。", None, wish.number))


def _shown(shape: Any) -> dict[str, Any] | None:
    """What matters of an overlap or a gap, for the map."""
    seen = areal(one for one in polygons(shape) if matters(one))
    return None if seen.is_empty else as_geojson(to_parts(seen))


def _size(shape: Any) -> str:
    return size_words(sum(square_metres(one) for one in polygons(shape) if matters(one)))


def _beside(level: str, wishes: Sequence[Wish], shapes: Shapes) -> Iterable[Finding]:
    """Overlaps with places of the same level: those that stay as they are, and those before it in this change."""
    mine = [(wish.area, shapes[wish.area.id]) for wish in wishes]
    west, south, east, north = (round(side) for side in shapely.total_bounds([shape for _, shape in mine]))
    every = [*mine, *touching(level, (west, south, east, north), leave=shapes)]
    asked, met = shapely.STRtree([shape for _, shape in every]).query(
        [shape for _, shape in mine], predicate="intersects"
    )
    for at, beside in sorted(zip(asked.tolist(), met.tolist(), strict=True)):
        if at <= beside < len(mine):
            continue
        (area, shape), (other, theirs) = every[at], every[beside]
        shared = common(shape, theirs)
        if matters(shared):
            sentence = f"{area.name}和{other.name}重叠 {_size(shared)}，请改到不重叠。"
            yield Finding(ERROR, "overlap", area.code, sentence, _shown(shared), wishes[at].number)


def _above(wishes: Sequence[Wish], shapes: Shapes) -> Iterable[Finding]:
    """Pieces outside of the place above."""
    parents = {wish.area.parent_id: wish.area.parent for wish in wishes if wish.area.parent is not None}
    known = _present(parents, shapes)
    for parent_id, parent in parents.items():
        if parent_id not in known and parent is not None:
            sentence = f"{parent.name}还没有边界，没有核对是否越界。"
            yield Finding(WARNING, "unbounded", parent.code, sentence)
    for wish in wishes:
        parent = wish.area.parent
        if parent is None or parent.id not in known:
            continue
        outside = without(shapes[wish.area.id], known[parent.id])
        if matters(outside):
            sentence = f"{wish.area.name}有 {_size(outside)}在{parent.name}外面，请改到里面。"
            yield Finding(ERROR, "outside", wish.area.code, sentence, _shown(outside), wish.number)


def _below(wishes: Sequence[Wish], shapes: Shapes) -> Iterable[Finding]:
    """Places below that would be left outside."""
    by_id = {wish.area.id: wish for wish in wishes}
    children = Area.objects.filter(parent_id__in=list(by_id), valid_to__isnull=True).exclude(id__in=list(shapes))
    known = _present([child.id for child in children], {})
    for child in children.order_by("code"):
        if child.id not in known:
            continue
        wish = by_id[child.parent_id or 0]
        outside = without(known[child.id], shapes[wish.area.id])
        if matters(outside):
            sentence = f"{child.name}会有 {_size(outside)}落在{wish.area.name}外面，请一起调整。"
            yield Finding(ERROR, "left_out", wish.area.code, sentence, _shown(outside), wish.number)


def _gaps(wishes: Sequence[Wish], shapes: Shapes) -> Iterable[Finding]:
    """Land of a place that belongs to none of the places below, once each of them has an outline."""
    parents = {wish.area.parent_id: wish.area.parent for wish in wishes if wish.area.parent is not None}
    parents |= {wish.area.id: wish.area for wish in wishes}
    tops = _present(parents, shapes)
    rows = Area.objects.filter(parent_id__in=list(tops), valid_to__isnull=True).order_by("code")
    children: dict[int, list[Area]] = {}
    for row in rows:
        children.setdefault(row.parent_id or 0, []).append(row)
    known = _present([row.id for row in rows], shapes)
    for parent_id, below in children.items():
        parent = parents[parent_id]
        if parent is None or any(child.id not in known for child in below):
            continue
        covered = shapely.union_all([known[child.id] for child in below], grid_size=1)
        gap = areal(one for one in polygons(without(tops[parent_id], covered)) if matters(one, SMALL_M2))
        if not gap.is_empty:
            word = WORDS[below[0].level]
            sentence = f"{parent.name}里还有 {_size(gap)}不属于任何{word}。"
            yield Finding(WARNING, "gap", parent.code, sentence, _shown(gap))


def _present(ids: Iterable[Any], shapes: Shapes) -> dict[int, Any]:
    """Outlines as they will be: of this change where it says so, else of now."""
    wanted = {one for one in ids if one is not None}
    rows: dict[int, Outline] = outlines_of(wanted - set(shapes))
    return {one: shapes[one] for one in wanted if one in shapes} | {
        one: to_shape(row.shape) for one, row in rows.items()
    }

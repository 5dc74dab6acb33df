"""Files of outlines that a county sent, and the tables that its map is exported as."""

from collections.abc import Iterator
from typing import Any, Final

from shanzhi.access.actor import Actor
from shanzhi.areas.mapping.importing import reading_of
from shanzhi.areas.models import Outline, OutlineImport
from shanzhi.areas.permissions import MANAGE
from shanzhi.areas.selectors.outlines import OutlineFilter, feature, outline_list_for
from shanzhi.lib.datums import Datum
from shanzhi.lib.errors import NotFound
from shanzhi.lib.georead import Unreadable
from shanzhi.lib.shapes import as_geojson
from shanzhi.tenancy.models import CountyQuerySet

LARGEST: Final = 2**63
COLUMNS: Final = (
    "代码", "名称", "级别", "上级代码", "上级", "面积（平方米）", "启用日期", "来源", "是否示意（合成）", "边界",
)  # fmt: skip


def outline_import_list_for(actor: Actor) -> CountyQuerySet[OutlineImport]:
    """Every file of the county, newest first, for who may import; none for others."""
    rows = OutlineImport.objects.order_by("-created_at", "-id")
    return rows if actor.can(MANAGE) else rows.none()  # type: ignore[return-value]


def outline_import_get_for(actor: Actor, import_id: int) -> OutlineImport:
    rows = outline_import_list_for(actor).select_related("file")
    found = rows.filter(id=import_id).first() if import_id < LARGEST else None
    if found is None:
        raise NotFound
    return found


def import_features(sent: OutlineImport) -> list[dict[str, Any]]:
    """The outlines of a file that would be written (or were), as GeoJSON features."""
    if sent.state == OutlineImport.State.APPLIED:
        rows = Outline.objects.filter(act_id=sent.id).select_related("area__parent").order_by("area__code")
        return [feature(row) for row in rows]
    try:
        reading = reading_of(sent.file, Datum(sent.datum), sent.effective_on)
    except Unreadable:
        return []
    return [
        {
            "type": "Feature", "id": wish.area.code,
            "geometry": as_geojson(reading.examined.fits[wish.area.id].parts),
            "properties": {"code": wish.area.code, "name": wish.area.name, "level": wish.area.level},
        }
        for wish in reading.wishes
    ]  # fmt: skip


def collection(rows: list[dict[str, Any]]) -> dict[str, Any]:
    return {"type": "FeatureCollection", "features": rows}


def outline_rows(actor: Actor, wanted: OutlineFilter) -> Iterator[list[str]]:
    """The map as a table that can be imported again: the outline in WKT, degrees of CGCS2000."""
    for row in outline_list_for(actor, wanted):
        area = row.area
        yield [
            area.code, area.name, area.get_level_display(), area.parent.code if area.parent else "",
            area.parent.name if area.parent else "", str(row.square_metres), row.valid_from.isoformat(),
            row.get_source_display(), "是" if row.synthetic else "", wkt(row),
        ]  # fmt: skip


def wkt(row: Outline) -> str:
    """POLYGON or MULTIPOLYGON with seven decimals."""
    told = ["(" + ", ".join(_ring(ring) for ring in rings) + ")" for rings in row.shape]
    return f"POLYGON {told[0]}" if len(told) == 1 else f"MULTIPOLYGON ({', '.join(told)})"


def _ring(ring: list[list[int]]) -> str:
    return "(" + ", ".join(f"{x / 1e7:.7f} {y / 1e7:.7f}" for x, y in ring) + ")"

"""A file of outlines: GeoJSON with the code of each place, or a table with code and outline."""

import csv
import io
import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

from shanzhi.lib.georead import Unreadable, foreign_crs, geometry_of, text_geometry

CODES: Final = ("code", "代码", "区划代码", "网格代码")
OUTLINES: Final = ("outline", "wkt", "geometry", "边界", "坐标", "范围")
MOST: Final = 5_000
BYTES: Final = 20 * 1024**2
CELL: Final = 4 * 1024**2


@dataclass(frozen=True)
class Feature:
    """One place of a file by its number in it: geometry as the file has it, or a sentence that says what is wrong."""

    number: int
    code: str
    geometry: Any = None
    problem: str = ""


def features_read(data: bytes) -> list[Feature]:
    """All features of a file; Unreadable with a sentence when it is none."""
    if len(data) > BYTES:
        raise Unreadable(f"文件超过 {BYTES // 1024**2} MB，请按乡镇分开导入。")
    text = _decoded(data)
    found = list(_geojson(text) if text.lstrip()[:1] in ("{", "[") else _table(text))
    if not found:
        raise Unreadable("文件里没有边界，请检查后重新选择。")
    if len(found) > MOST:
        raise Unreadable(f"文件里有 {len(found):,} 个边界，一次最多 {MOST:,} 个，请按乡镇分开导入。")
    return found


def _decoded(data: bytes) -> str:
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise Unreadable("文件的编码读不出来，请另存为 UTF-8 再上传。")


def _geojson(text: str) -> Iterator[Feature]:
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        raise Unreadable("文件不是正确的 GeoJSON，请检查后重新导出。") from None
    if problem := foreign_crs(value):
        raise Unreadable(problem)
    rows = value.get("features") if isinstance(value, dict) else None
    if not isinstance(rows, list):
        raise Unreadable("GeoJSON 里没有 features，请导出为 FeatureCollection。")
    for number, row in enumerate(rows, 1):
        row = row if isinstance(row, dict) else {}
        code = _code(row)
        try:
            yield Feature(number, code, geometry_of(row.get("geometry")))
        except Unreadable as error:
            yield Feature(number, code, problem=str(error))


def _code(row: dict[str, Any]) -> str:
    properties = row.get("properties")
    told = properties if isinstance(properties, dict) else {}
    found = next((told[name] for name in CODES if told.get(name)), row.get("id", ""))
    return str(found or "").strip()[:20]


def _table(text: str) -> Iterator[Feature]:
    csv.field_size_limit(CELL)
    try:
        rows = list(csv.reader(io.StringIO(text, newline="")))
    except csv.Error:
        raise Unreadable("表格读不出来，请另存为 CSV（逗号分隔）再上传。") from None
    header = [cell.strip().lower() for cell in rows[0]] if rows else []
    code = next((header.index(name) for name in CODES if name in header), None)
    outline = next((header.index(name) for name in OUTLINES if name in header), None)
    if code is None or outline is None:
        raise Unreadable("第一行要有“代码”和“边界”两列，请补上列名。")
    for number, row in enumerate(rows[1:], 1):
        if not any(cell.strip() for cell in row):
            continue
        cells = [*row, *[""] * (max(code, outline) + 1 - len(row))]
        name = cells[code].strip().lstrip("'").strip()[:20]
        try:
            yield Feature(number, name, text_geometry(cells[outline].lstrip("'")))
        except Unreadable as error:
            yield Feature(number, name, problem=str(error))

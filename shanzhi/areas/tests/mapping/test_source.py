"""Files of outlines: GeoJSON and tables, in the encodings and column names that people use."""

import json
from typing import Any

import pytest

from shanzhi.areas.mapping import source
from shanzhi.areas.mapping.source import features_read
from shanzhi.areas.tests.factories import BEIDANG, XIAOGUAN
from shanzhi.areas.tests.land import box, degrees
from shanzhi.lib.georead import Unreadable

SHAPE = degrees(box(0, 0, 1, 1))
WKT = "POLYGON ((118.8 32.6, 118.9 32.6, 118.9 32.7, 118.8 32.6))"


def collection(*rows: Any, **more: Any) -> bytes:
    return json.dumps({"type": "FeatureCollection", "features": rows, **more}, ensure_ascii=False).encode()


def row(code: str, geometry: Any = SHAPE, name: str = "code") -> dict[str, Any]:
    return {"type": "Feature", "properties": {name: code}, "geometry": geometry}


def refused(data: bytes) -> str:
    with pytest.raises(Unreadable) as caught:
        features_read(data)
    return str(caught.value)


@pytest.mark.parametrize("name", ["code", "代码", "区划代码", "网格代码"])
def test_geojson_with_the_code_under_any_of_its_names(name: str) -> None:
    (one,) = features_read(collection(row(XIAOGUAN, name=name)))
    assert (one.number, one.code, one.problem) == (1, XIAOGUAN, "")
    assert one.geometry.area == pytest.approx(1e-4)


def test_the_id_of_a_feature_is_its_code_and_numbers_are_read() -> None:
    by_id = {"type": "Feature", "id": XIAOGUAN, "properties": None, "geometry": SHAPE}
    number = {"type": "Feature", "properties": {"code": int(XIAOGUAN)}, "geometry": SHAPE}
    assert [one.code for one in features_read(collection(by_id, number))] == [XIAOGUAN, XIAOGUAN]


def test_bad_features_keep_their_number_and_say_what_is_wrong() -> None:
    found = features_read(collection(row(XIAOGUAN), row(BEIDANG, None), "nonsense"))
    assert [(one.number, bool(one.problem)) for one in found] == [(1, False), (2, True), (3, True)]
    assert found[1].problem == "没有图形，请检查 geometry。"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_a_table(encoding: str) -> None:
    text = f'代码,名称,边界\r\n{XIAOGUAN},小关社区,"{WKT}"\r\n\r\n{BEIDANG},北荡村,"118.8 32.6, 118.9 32.6, 118.9 32.7"\r\n'
    found = features_read(text.encode(encoding))
    assert [(one.number, one.code, one.problem) for one in found] == [(1, XIAOGUAN, ""), (3, BEIDANG, "")]


def test_what_a_spreadsheet_put_in_front_is_no_part_of_the_code() -> None:
    (one,) = features_read(f'code,wkt\n\'{XIAOGUAN},"{WKT}"\n'.encode())
    assert one.code == XIAOGUAN


def test_a_short_row_lacks_its_outline() -> None:
    (one,) = features_read(f"code,wkt\n{XIAOGUAN}\n".encode())
    assert one.problem == "边界没有填，请补上。"


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"", "第一行要有"), (b"a,b\n1,2\n", "第一行要有"), (b"code,wkt\n", "没有边界"), (b"{", "不是正确的 GeoJSON"),
        (b"[]", "没有 features"), (b'{"type": "Feature"}', "没有 features"), (b'{"features": []}', "没有边界"),
        (b"\xff\xfe\xff\xff\xff", "编码读不出来"), (b"code,wkt\n1,\x00\n", ""),
    ],
)  # fmt: skip
def test_files_that_are_none(data: bytes, says: str) -> None:
    if says:
        assert says in refused(data)
    else:
        assert features_read(data)[0].problem


def test_another_system_is_named() -> None:
    crs = {"type": "name", "properties": {"name": "EPSG:4549"}}
    assert "EPSG:4549" in refused(collection(row(XIAOGUAN), crs=crs))


def test_too_large_and_too_many(monkeypatch: Any) -> None:
    monkeypatch.setattr(source, "BYTES", 50)
    assert "超过" in refused(collection(row(XIAOGUAN)))
    monkeypatch.undo()
    monkeypatch.setattr(source, "MOST", 1)
    assert "一次最多 1 个" in refused(collection(row(XIAOGUAN), row(BEIDANG)))

"""GCJ-02 and BD-09 against published pairs, and there and back again."""

from math import cos, hypot, radians

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shanzhi.lib.datums import (
    LABELS,
    Datum,
    Position,
    bd09_to_gcj02,
    bd09_to_wgs84,
    gcj02_to_bd09,
    gcj02_to_wgs84,
    is_in_china,
    to_national,
    wgs84_to_bd09,
    wgs84_to_gcj02,
)

# The test vectors of googollee/eviltransform (latitude first there) and of wandergis/coordtransform.
PUBLISHED = [
    ((121.5272106, 31.1774276), (121.531541859215, 31.17530398364597)),
    ((113.912316, 22.543847), (113.9171764808363, 22.540796131694766)),
    ((116.377817, 39.911954), (116.38404722455657, 39.91334545536069)),
    ((116.404, 39.915), (116.41024449916938, 39.91640428150164)),
]
CHINA = st.tuples(st.floats(74, 135), st.floats(18, 53))


def metres(a: Position, b: Position) -> float:
    return hypot((a[0] - b[0]) * cos(radians(a[1])), a[1] - b[1]) * 111_320


@pytest.mark.parametrize(("national", "shifted"), PUBLISHED)
def test_published_pairs_of_gcj02(national: Position, shifted: Position) -> None:
    assert metres(wgs84_to_gcj02(*national), shifted) < 0.1
    assert metres(gcj02_to_wgs84(*shifted), national) < 0.1


def test_published_pairs_of_bd09() -> None:
    assert gcj02_to_bd09(116.404, 39.915) == pytest.approx((116.41036949371029, 39.92133699351021), abs=1e-9)
    assert metres(bd09_to_gcj02(116.404, 39.915), (116.39762729119315, 39.90865673957631)) < 0.5


@given(CHINA)
def test_there_and_back_is_within_a_metre(at: Position) -> None:
    """Far within: a centimetre, which is what is stored."""
    assert metres(gcj02_to_wgs84(*wgs84_to_gcj02(*at)), at) < 0.01
    assert metres(bd09_to_wgs84(*wgs84_to_bd09(*at)), at) < 0.01
    assert metres(bd09_to_gcj02(*gcj02_to_bd09(*at)), at) < 0.01


@given(CHINA)
def test_both_shifts_are_some_hundred_metres(at: Position) -> None:
    assert metres(wgs84_to_gcj02(*at), at) < 1500
    assert 50 < metres(wgs84_to_bd09(*at), at) < 3000


def test_nothing_is_moved_abroad() -> None:
    assert not is_in_china(-104.9903, 39.7392)
    assert wgs84_to_gcj02(-104.9903, 39.7392) == (-104.9903, 39.7392)
    assert gcj02_to_wgs84(-104.9903, 39.7392) == (-104.9903, 39.7392)


def test_a_file_names_its_datum() -> None:
    at = (118.9, 32.7)
    assert to_national(Datum.CGCS2000, *at) == at
    assert metres(to_national(Datum.GCJ02, *wgs84_to_gcj02(*at)), at) < 0.01
    assert metres(to_national(Datum.BD09, *wgs84_to_bd09(*at)), at) < 0.01
    assert set(LABELS) == set(Datum)

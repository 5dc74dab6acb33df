"""Positions as maps in China write them: CGCS2000 and WGS-84 (taken as one), GCJ-02 and BD-09. Degrees.

GCJ-02 (高德, 腾讯) moves a position by some hundred metres, BD-09 (百度) moves that once more. Both ways back are found by
iteration and hit within a millimetre. Outside of China nothing is moved.
"""

from collections.abc import Callable
from enum import StrEnum
from math import atan2, cos, pi, sin, sqrt
from typing import Final

Position = tuple[float, float]  # longitude, latitude
AXIS: Final = 6378245.0
FLAT: Final = 0.00669342162296594323
TURN: Final = pi * 3000.0 / 180.0
CLOSE: Final = 1e-9
ROUNDS: Final = 30


class Datum(StrEnum):
    """In what a file gives its positions."""

    CGCS2000 = "cgcs2000"
    GCJ02 = "gcj02"
    BD09 = "bd09"


LABELS: Final = {
    Datum.CGCS2000: "CGCS2000 或 WGS-84（国家标准，手机定位）",
    Datum.GCJ02: "GCJ-02（高德、腾讯地图）",
    Datum.BD09: "BD-09（百度地图）",
}


def is_in_china(lon: float, lat: float) -> bool:
    """Where the shift applies: the rectangle that all programs use."""
    return 72.004 <= lon <= 137.8347 and 0.8293 <= lat <= 55.8271


def _wave(x: float) -> float:
    """What both shifts have in common, in metres."""
    return (20.0 * sin(6.0 * x * pi) + 20.0 * sin(2.0 * x * pi)) * 2.0 / 3.0


def _shift(lon: float, lat: float) -> Position:
    x, y = lon - 105.0, lat - 35.0
    north = -100.0 + 2.0 * x + 3.0 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * sqrt(abs(x)) + _wave(x)
    north += (20.0 * sin(y * pi) + 40.0 * sin(y / 3.0 * pi)) * 2.0 / 3.0
    north += (160.0 * sin(y / 12.0 * pi) + 320.0 * sin(y * pi / 30.0)) * 2.0 / 3.0
    east = 300.0 + x + 2.0 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * sqrt(abs(x)) + _wave(x)
    east += (20.0 * sin(x * pi) + 40.0 * sin(x / 3.0 * pi)) * 2.0 / 3.0
    east += (150.0 * sin(x / 12.0 * pi) + 300.0 * sin(x / 30.0 * pi)) * 2.0 / 3.0
    radians = lat / 180.0 * pi
    magic = 1 - FLAT * sin(radians) ** 2
    root = sqrt(magic)
    return (
        east * 180.0 / (AXIS / root * cos(radians) * pi),
        north * 180.0 / (AXIS * (1 - FLAT) / (magic * root) * pi),
    )


def wgs84_to_gcj02(lon: float, lat: float) -> Position:
    if not is_in_china(lon, lat):
        return lon, lat
    east, north = _shift(lon, lat)
    return lon + east, lat + north


def gcj02_to_bd09(lon: float, lat: float) -> Position:
    radius = sqrt(lon * lon + lat * lat) + 0.00002 * sin(lat * TURN)
    angle = atan2(lat, lon) + 0.000003 * cos(lon * TURN)
    return radius * cos(angle) + 0.0065, radius * sin(angle) + 0.006


def wgs84_to_bd09(lon: float, lat: float) -> Position:
    return gcj02_to_bd09(*wgs84_to_gcj02(lon, lat))


def _back(forth: Callable[[float, float], Position], lon: float, lat: float) -> Position:
    """The position that `forth` takes to this one."""
    x, y = lon, lat
    for _ in range(ROUNDS):
        east, north = forth(x, y)
        if abs(east - lon) < CLOSE and abs(north - lat) < CLOSE:
            break
        x, y = x + lon - east, y + lat - north
    return x, y


def gcj02_to_wgs84(lon: float, lat: float) -> Position:
    return _back(wgs84_to_gcj02, lon, lat)


def bd09_to_gcj02(lon: float, lat: float) -> Position:
    return _back(gcj02_to_bd09, lon, lat)


def bd09_to_wgs84(lon: float, lat: float) -> Position:
    return gcj02_to_wgs84(*bd09_to_gcj02(lon, lat))


def to_national(datum: Datum, lon: float, lat: float) -> Position:
    """A position of any of the three as CGCS2000."""
    if datum == Datum.GCJ02:
        return gcj02_to_wgs84(lon, lat)
    return bd09_to_wgs84(lon, lat) if datum == Datum.BD09 else (lon, lat)

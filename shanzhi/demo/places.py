"""The places of a demo county, worked out from the file of divisions before anything is written."""

import csv
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Final

from shanzhi.demo.land import Wanted, land_of, spots_in
from shanzhi.demo.packs import CountyPack, Township
from shanzhi.lib.errors import Invalid

NUMERALS: Final = "一二三四五六七八九十"
COMMITTEES: Final = (("社区居委会", "社区"), ("居委会", "社区"), ("村委会", "村"))


@dataclass(frozen=True)
class Grid:
    """`spots` are positions in its outline, in 1e-7 degree: where things happen."""

    code: str
    name: str
    spots: tuple[tuple[int, int], ...] = ()


@dataclass(frozen=True)
class Village:
    """`short` is how people call it: 桥南村 for 桥南村委会. A position inside, in 1e-7 degree."""

    code: str
    name: str
    short: str
    lon: int
    lat: int
    grids: tuple[Grid, ...]


@dataclass(frozen=True)
class TownshipPlan:
    """The villages of a township that the demo peoples, with their grids."""

    pack: Township
    name: str
    villages: tuple[Village, ...]

    @property
    def code(self) -> str:
        return self.pack.code


def plan_places(county: CountyPack, divisions: Path, seed: str) -> list[TownshipPlan]:
    """Each township with as many villages as the pack says and its grids spread evenly over them."""
    rows = _rows(divisions)
    shares = {one.code: _shares(one, rows) for one in county.townships}
    land = county_land(county, divisions)
    return [_township(one, rows, shares[one.code], land, seed) for one in county.townships]


def county_land(county: CountyPack, divisions: Path) -> Mapping[str, Any]:
    """The outline of every place of the county by its code: the grids of the pack, all villages and townships."""
    rows = _rows(divisions)
    packed = {one.code: one for one in county.townships}
    shares = {village: count for one in county.townships for village, count in _shares(one, rows)}
    wanted = [
        Wanted(
            code,
            tuple((village, shares.get(village, 0)) for village in _below(code, rows)),
            packed[code].at if code in packed else None,
        )
        for code in _below(county.code.ljust(12, "0"), rows)
    ]
    return land_of(county.code, tuple(wanted))


def _below(code: str, rows: Mapping[str, Mapping[str, str]]) -> list[str]:
    return sorted(below for below, row in rows.items() if row["parent_code"] == code)


@cache
def _rows(divisions: Path) -> dict[str, dict[str, str]]:
    with divisions.open(encoding="utf-8", newline="") as file:
        return {row["code"]: row for row in csv.DictReader(file)}


def _shares(pack: Township, rows: Mapping[str, Mapping[str, str]]) -> list[tuple[str, int]]:
    """The villages of a township that the pack peoples, each with the number of its grids."""
    if pack.code not in rows:
        raise Invalid(f"区划文件里没有 {pack.code}，请核对演示包。", code="pack_broken")
    below = _below(pack.code, rows)
    if len(below) < pack.villages:
        raise Invalid(f"{rows[pack.code]['name']}只有 {len(below)} 个村，请改演示包。", code="pack_broken")
    return list(zip(below, spread(pack.grids, pack.villages), strict=False))


def _township(
    pack: Township, rows: Mapping[str, Mapping[str, str]], shares: Sequence[tuple[str, int]], land: Mapping[str, Any],
    seed: str,
) -> TownshipPlan:  # fmt: skip
    villages = []
    for code, share in shares:
        ((lon, lat),) = spots_in(land[code], seed, "place", code, count=1)
        grids = tuple(_grid(code, number, land, seed) for number in range(1, share + 1))
        name = rows[code]["name"]
        villages.append(Village(code, name, short_name(name), lon, lat, grids))
    return TownshipPlan(pack, rows[pack.code]["name"], tuple(villages))


def _grid(village: str, number: int, land: Mapping[str, Any], seed: str) -> Grid:
    code = f"{village}{number:03d}"
    return Grid(code, f"第{numeral(number)}网格", spots_in(land[code], seed, "place", code))


def spread(total: int, over: int) -> Sequence[int]:
    """`total` in `over` parts that differ by one at most, the larger ones first: 55 over 10 is 6,6,6,6,6,5,5,5,5,5."""
    share, rest = divmod(total, over) if over else (0, 0)
    return [share + (number < rest) for number in range(over)]


def short_name(name: str) -> str:
    """桥南村 for 桥南村委会, 小关社区 for 小关社区居委会; other names stay."""
    for ending, short in COMMITTEES:
        if name.endswith(ending):
            return name.removesuffix(ending) + short
    return name


def numeral(number: int) -> str:
    """1 一 … 10 十, 11 十一 … 99 九十九."""
    tens, ones = divmod(number, 10)
    text = "" if tens == 0 else "十" if tens == 1 else f"{NUMERALS[tens - 1]}十"
    return text + (NUMERALS[ones - 1] if ones else "")

"""The places of a demo county, worked out from the file of divisions before anything is written."""

import csv
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

from shanzhi.demo.chance import chance
from shanzhi.demo.packs import CountyPack, Township
from shanzhi.lib.errors import Invalid

NUMERALS: Final = "一二三四五六七八九十"
COMMITTEES: Final = (("社区居委会", "社区"), ("居委会", "社区"), ("村委会", "村"))
SPREAD: Final = 450_000  # villages lie within 0.045 degree of the middle of their township, in 1e-7 degree


@dataclass(frozen=True)
class Grid:
    code: str
    name: str


@dataclass(frozen=True)
class Village:
    """`short` is how people call it: 桥南村 for 桥南村委会. Position in 1e-7 degree."""

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
    return [_township(one, _rows(divisions), seed) for one in county.townships]


@cache
def _rows(divisions: Path) -> dict[str, dict[str, str]]:
    with divisions.open(encoding="utf-8", newline="") as file:
        return {row["code"]: row for row in csv.DictReader(file)}


def _township(pack: Township, rows: dict[str, dict[str, str]], seed: str) -> TownshipPlan:
    if pack.code not in rows:
        raise Invalid(f"区划文件里没有 {pack.code}，请核对演示包。", code="pack_broken")
    below = sorted(code for code, row in rows.items() if row["parent_code"] == pack.code)
    if len(below) < pack.villages:
        raise Invalid(f"{rows[pack.code]['name']}只有 {len(below)} 个村，请改演示包。", code="pack_broken")
    shares = spread(pack.grids, pack.villages)
    villages = []
    for code, share in zip(below, shares, strict=False):
        random = chance(seed, "place", code)
        lon, lat = (round(degree * 1e7) + random.randint(-SPREAD, SPREAD) for degree in pack.at)
        grids = tuple(Grid(f"{code}{number:03d}", f"第{numeral(number)}网格") for number in range(1, share + 1))
        name = rows[code]["name"]
        villages.append(Village(code, name, short_name(name), lon, lat, grids))
    return TownshipPlan(pack, rows[pack.code]["name"], tuple(villages))


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

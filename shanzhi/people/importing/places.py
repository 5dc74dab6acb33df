"""Where a row of a list lies: a village or grid of the county by its code or name, else words for a place outside."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final, NamedTuple

from shanzhi.access.actor import Scope
from shanzhi.areas.models import Area

ENDINGS: Final = ("村民委员会", "居民委员会", "村委会", "居委会", "村", "社区")
KEPT: Final = 20_000  # spellings that are remembered


class Spot(NamedTuple):
    """A place as rows need it."""

    id: int
    path: str
    name: str
    level: str
    code: str


class Unplaced(Exception):
    """A sentence that says what to do about a place."""


def stem(name: str) -> str:
    """张庄村村民委员会, 张庄村 and 张庄 are one."""
    for ending in ENDINGS:
        if name.endswith(ending) and len(name) > len(ending) + 1:
            return stem(name[: -len(ending)]) if ending in ENDINGS[:4] else name[: -len(ending)]
    return name


@dataclass(slots=True)
class Places:
    """The open villages and grids of the county; `scope` is what this person may import into."""

    county: str
    scope: Scope
    codes: dict[str, Spot] = field(default_factory=dict)
    names: dict[str, list[Spot]] = field(default_factory=dict)
    below: dict[int, dict[str, Spot]] = field(default_factory=dict)
    townships: dict[str, str] = field(default_factory=dict)
    _seen: dict[str, Spot | str | None] = field(default_factory=dict)

    @classmethod
    def load(cls, scope: Scope) -> "Places":
        """One query."""
        rows = Area.objects.filter(valid_to__isnull=True).order_by("path")
        found = cls("", scope)
        by_path: dict[str, Spot] = {}
        for area in rows:
            spot = by_path[area.path] = Spot(area.id, area.path, area.name, area.level, area.code)
            if area.level == Area.Level.COUNTY:
                found.county = area.name
            elif area.level == Area.Level.TOWNSHIP:
                found.townships[area.path] = area.name
            else:
                found._add(spot, by_path.get(area.path[:-4]))
        return found

    def _add(self, spot: Spot, above: Spot | None) -> None:
        self.codes[spot.code] = spot
        if spot.level == Area.Level.VILLAGE:
            self.names.setdefault(stem(spot.name), []).append(spot)
        elif above is not None:
            self.below.setdefault(above.id, {})[spot.name] = spot

    def village(self, text: str) -> Spot:
        """By a code or by its name, with its township's in front if there are two; Unplaced otherwise."""
        spot = self.codes.get(text) or self._named(text)
        if spot is None:
            kind = "代码" if text.isascii() and text.isdigit() else "村、社区"
            raise Unplaced(f"本县没有{kind}“{text[:30]}”，请核对后填现行的名称或代码")
        if not self.scope.covers(spot.path):
            raise Unplaced(f"{spot.name}不在你的范围，请由那里的乡镇导入")
        return spot

    def _named(self, text: str) -> Spot | None:
        spots = self.names.get(stem(text), [])
        if len(spots) == 1:
            return spots[0]
        for path, township in self.townships.items():
            if text.startswith(township):
                inside = self.names.get(stem(text[len(township) :]), [])
                return next((spot for spot in inside if spot.path.startswith(path)), None)
        own = [spot for spot in spots if self.scope.covers(spot.path)]
        if len(spots) > 1 and len(own) != 1:
            raise Unplaced(f"有 {len(spots)} 个叫“{text[:30]}”的村、社区，请在前面写上乡镇或改填代码")
        return own[0] if own else None

    def grid(self, village: Spot, text: str) -> tuple[Spot, str]:
        """The grid of this name or code, or the village with the word as the name of a group in it."""
        inside = self.below.get(village.id, {})
        spot = inside.get(text) or self.codes.get(text)
        if spot is not None and spot.path.startswith(village.path):
            return spot, ""
        return village, text

    def address(self, text: str) -> Spot | None:
        """Of an address: the village that it names, or None for a place outside of the county.

        Unplaced if it names the county but no village of it. Every spelling is looked at once.
        """
        if text not in self._seen:
            if len(self._seen) >= KEPT:
                self._seen.clear()
            try:
                self._seen[text] = self._address(text)
            except Unplaced as problem:
                self._seen[text] = str(problem)
        found = self._seen[text]
        if isinstance(found, str):
            raise Unplaced(found)
        return found

    def _address(self, text: str) -> Spot | None:
        if spot := self.codes.get(text):
            return spot
        if spots := self.names.get(stem(text)):
            return self._named(text) or spots[0]
        for spot in (one for spots in self.names.values() for one in spots if text.startswith(one.name)):
            if grid := self.below.get(spot.id, {}).get(text[len(spot.name) :].strip()):
                return grid
        inside = bool(self.county) and self.county in text
        for path, township in self.townships.items():
            if township in text:
                inside, rest = True, text.split(township, 1)[1]
                if spot := _longest((spot for spots in self.names.values() for spot in spots), rest, path):
                    return spot
        if inside:
            raise Unplaced(f"“{text[:30]}”在本县，但看不出是哪个村、社区，请写上村名")
        return None


def _longest(spots: Iterable[Spot], text: str, path: str) -> Spot | None:
    found = [spot for spot in spots if spot.path.startswith(path) and text.startswith(stem(spot.name))]
    return max(found, key=lambda spot: len(spot.name), default=None)
